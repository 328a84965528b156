"""The looks that an update takes at the slots: right before their settings are written, and when everything is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .apps import arguments
from .deploying import Deployment, deploy
from .mocked_azure import FORBIDDEN, MockedAzure

LIST, LIST_SLOT = "listWebAppApplicationSettings", "listWebAppApplicationSettingsSlot"


def once(function: str, count: int, act: Callable[[], None]) -> Callable[[str, str, int], None]:
    """Acts right before the `count`-th answer of `function`, from 1."""

    def before_answer(asked: str, _: str, number: int) -> None:
        if (asked, number) == (function, count):
            act()

    return before_answer


def written(made: Deployment) -> set[str]:
    return {
        name
        for name in ("orders-staging-settings", "orders-production-settings")
        if any(child.name == name for child in made.children.values())
    }


def test_a_swap_between_reading_and_writing_stops_the_update_before_any_setting_is_written(staged: MockedAzure, app: Path) -> None:
    staged.before_answer = once(LIST, 2, lambda: staged.swap("staging"))
    failed = deploy(staged, arguments(app, "3.0.0", replace="2.0.0"), fails=True)
    message = str(failed.error)
    assert "slot 'production' changed while this update ran: it held bundle 'blue' with version '1.0.0'" in message
    assert "now it holds bundle 'green' with version '2.0.0'" in message and "run `pulumi up` again" in message
    assert written(failed) == set()
    assert staged.settings["production"]["DURABLE_DEPLOY_BUNDLE"] == "green"


def test_a_deployment_by_others_to_a_staging_slot_is_noticed_as_well(staged: MockedAzure, app: Path) -> None:
    staged.before_answer = once(LIST_SLOT, 2, lambda: staged.settings["staging"].update(WEBSITE_RUN_FROM_PACKAGE="https://x/other.zip"))
    failed = deploy(staged, arguments(app, "2.0.0"), fails=True)
    assert "slot 'staging' changed while this update ran" in str(failed.error)
    assert written(failed) == set()


def test_a_swap_after_the_staging_slot_was_written_leaves_production_unwritten(staged: MockedAzure, app: Path) -> None:
    staged.before_answer = once(LIST, 3, lambda: staged.swap("staging"))
    failed = deploy(staged, arguments(app, "2.0.0"), fails=True)
    assert "slot 'production' changed while this update ran" in str(failed.error)
    assert written(failed) == {"orders-staging-settings"}


def test_two_slots_on_one_hub_at_the_end_fail_the_update_with_the_way_out(staged: MockedAzure, app: Path) -> None:
    def swap_under_the_write() -> None:
        staged.settings["staging"] = {
            **staged.settings["staging"],
            **{n: v for n, v in staged.settings["production"].items() if n.startswith("Durable")},
        }

    staged.before_answer = once(LIST, 4, swap_under_the_write)
    failed = deploy(staged, arguments(app, "2.0.0"), fails=True)
    message = str(failed.error)
    assert "slots 'production' and 'staging' both name the task hub of bundle 'blue'" in message
    assert "Run `pulumi up` again at once" in message


def test_slots_that_can_t_be_read_again_stop_the_update(staged: MockedAzure, app: Path) -> None:
    staged.before_answer = once(LIST, 2, lambda: staged.failures.update(production=FORBIDDEN))
    failed = deploy(staged, arguments(app, "2.0.0"), fails=True)
    assert "AuthorizationFailed" in str(failed.error) and "can't be compared with what was planned" in str(failed.error)
    assert written(failed) == set()


def test_a_slot_that_was_just_made_but_is_not_found_points_at_the_subscription(azure: MockedAzure, app: Path) -> None:
    azure.before_answer = once(LIST, 2, azure.settings.clear)
    failed = deploy(azure, arguments(app), fails=True)
    assert "is `azure-native:subscriptionId` another subscription" in str(failed.error)
    assert written(failed) == set()


def test_a_setting_that_is_not_of_the_bundle_may_change_meanwhile(staged: MockedAzure, app: Path) -> None:
    staged.before_answer = once(LIST, 2, lambda: staged.settings["production"].update(SOMETHING="else"))
    assert deploy(staged, arguments(app, "2.0.0")).error is None


def test_a_dry_run_looks_once(staged: MockedAzure, app: Path) -> None:
    deploy(staged, arguments(app, "2.0.0"), dry_run=True)
    assert (staged.counts[(LIST, "production")], staged.counts[(LIST_SLOT, "staging")]) == (1, 1)


def test_an_update_looks_before_each_kind_of_write_and_at_the_end(staged: MockedAzure, app: Path) -> None:
    deploy(staged, arguments(app, "2.0.0"))
    assert (staged.counts[(LIST, "production")], staged.counts[(LIST_SLOT, "staging")]) == (4, 3)
