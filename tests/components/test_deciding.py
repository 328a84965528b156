"""From what can be read to one decision: what is asked, what a refusal says, and how bundles are recognised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from components._live.deciding import Undecidable, bundle_keys, interpret, read_and_decide
from components._live.parity import Code, Held
from components._live.reading import LiveState, Missing, Unreadable
from components._live.settings import BundleKeys
from components._live.uploads import Upload
from components._wanted import Arguments, read_arguments

V1 = Code("orders-1111111111111111.zip", "1.0.0", "PYTHON|3.11")
DIGEST = "1111111111111111"
NO_RIGHT = Unreadable("the settings of slot 'staging'", "no right")
BLUE = {"DurableManagementStorage__tableServiceUri": "https://ordersblue.table.core.windows.net/"}
GREEN = {"DurableManagementStorage__tableServiceUri": "https://ordersgreen.table.core.windows.net/"}
PACKAGE = {"WEBSITE_RUN_FROM_PACKAGE": "https://orderspkgs.blob.core.windows.net/packages/orders-1111111111111111.zip"}


class Answers(LiveState):
    """Live state from a table; what the table lacks is not there."""

    def __init__(self, slots: Mapping[str, Any], uploaded: Any = None, tables: Mapping[str, Any] | None = None) -> None:
        self.slots, self.metadata, self.tables = slots, uploaded or {}, tables or {}
        self.asked: list[str] = []

    def slot(self, slot: str) -> Any:
        return self.slots.get(slot, Missing())

    def uploaded(self, account: str, container: str) -> Any:
        return self.metadata

    def has_table(self, account: str, table: str) -> Any:
        self.asked.append(f"{account}/{table}")
        return self.tables.get(account, False)

    def region(self, account: str) -> str | None:
        return None


def read(**args: Any) -> Arguments:
    return read_arguments("a component", {"site": {"name": "orders"}, **args})


def test_a_first_deployment_asks_for_every_bundle_s_hub() -> None:
    live = Answers({})
    decision = read_and_decide(live, read(), V1, DIGEST, dry_run=False)
    assert live.asked == ["ordersblue/ordersTasksInstances", "ordersgreen/ordersTasksInstances"]
    assert decision.plan is not None and decision.plan.target == "production"
    assert decision.upload == Upload(True, {"managed": DIGEST, f"h{DIGEST}": "uploaded"})
    assert decision.held == {"production": Held(exists=False), "staging": Held(exists=False)}


def test_a_live_app_s_hubs_are_not_asked_for() -> None:
    live = Answers({"production": {**BLUE, **PACKAGE}, "staging": GREEN})
    read_and_decide(live, read(), V1, DIGEST, dry_run=False)
    assert live.asked == []


def test_one_shared_account_is_asked_for_each_bundle_s_hub() -> None:
    live = Answers({})
    read_and_decide(live, read(durable={"isolation": "task_hub"}), V1, DIGEST, dry_run=False)
    assert live.asked == ["ordersdurable/ordersTasksBlueInstances", "ordersdurable/ordersTasksGreenInstances"]


def test_all_that_can_t_be_read_is_named_at_once() -> None:
    live = Answers({"production": BLUE, "staging": NO_RIGHT}, uploaded=Unreadable("container 'packages'", "time-out"))
    with pytest.raises(Undecidable) as refused:
        read_and_decide(live, read(), V1, DIGEST, dry_run=False)
    message = str(refused.value)
    assert message.startswith("the settings of slot 'staging' can't be read: no right; container 'packages' can't be read: time-out.")
    assert "nothing was written. It takes Reader plus Microsoft.Web/sites/config/list/action" in message


def test_a_dry_run_decides_nothing_about_what_it_can_t_read() -> None:
    decision = read_and_decide(Answers({"production": BLUE, "staging": NO_RIGHT}), read(), V1, DIGEST, dry_run=True)
    assert decision.plan is None and len(decision.warnings) == 1
    assert decision.upload.metadata == {"managed": DIGEST, f"h{DIGEST}": "uploaded"}


def test_a_dry_run_that_can_t_read_the_container_claims_nothing_about_it() -> None:
    decision = read_and_decide(Answers({"production": BLUE}, uploaded=Unreadable("it", "no")), read(), V1, DIGEST, dry_run=True)
    assert decision.upload == Upload(True, None)


def test_a_contradiction_stops_a_dry_run_as_well() -> None:
    live = Answers({"production": {**BLUE, **PACKAGE, "DURABLE_DEPLOY_BUNDLE": "green"}, "staging": GREEN})
    for dry_run in (True, False):
        with pytest.raises(Undecidable, match=r"slot 'production' contradicts itself.*Nothing was written\."):
            read_and_decide(live, read(), V1, DIGEST, dry_run=dry_run)


def test_what_is_missing_or_unreadable_holds_nothing() -> None:
    keys = bundle_keys(read())
    assert interpret(Missing(), keys) == interpret(NO_RIGHT, keys) == Held(exists=False)
    assert interpret({}, keys) == Held()
    assert interpret(BLUE, keys) == Held(bundle="blue")


KEYS: list[tuple[str, dict[str, Any], BundleKeys]] = [
    ("by account", {}, BundleKeys("DurableManagementStorage", {"ordersblue": "blue", "ordersgreen": "green"}, {}, "TaskHubName", {})),
    (
        "by task hub in one account",
        {"durable": {"isolation": "task_hub", "hub_name": "Shop"}},
        BundleKeys("DurableManagementStorage", {}, {}, "TaskHubName", {"shopblue": "blue", "shopgreen": "green"}, "ordersdurable"),
    ),
    (
        "by secret, and by account for what was there before",
        {"durable": {"connection": "key_vault_secret", "connection_setting": "Hub", "key_vault_secrets": {"blue": "https://V/b/", "green": "https://V/g"}}},
        BundleKeys("Hub", {"ordersblue": "blue", "ordersgreen": "green"}, {"https://v/b": "blue", "https://v/g": "green"}, "TaskHubName", {}),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("args", "keys"), [case[1:] for case in KEYS], ids=[case[0] for case in KEYS])
def test_bundles_are_recognised(args: dict[str, Any], keys: BundleKeys) -> None:
    assert bundle_keys(read(**args)) == keys
