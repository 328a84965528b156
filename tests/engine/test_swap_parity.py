"""The invariant of the product, on the real engine: whatever is swapped, Pulumi leaves every bundle with its code."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.sampling import seed

from .azure import Azure
from .packages import deployment, write_app
from .project import Project
from .stories import staged

pytestmark = pytest.mark.engine


def test_an_app_comes_up_and_a_second_preview_finds_nothing_to_do(azure: Azure, project: Project, app: Path) -> None:
    project.args(deployment(app))
    project.up()
    assert azure.bundles() == {"production": ("ordersblue", "1.0.0"), "staging": ("ordersgreen", None)}
    project.preview("--expect-no-changes")
    project.preview("--refresh", "--expect-no-changes")
    project.destroy()
    assert azure.plane.store.ids() == []


def test_after_a_swap_a_preview_finds_nothing_to_do_and_an_update_changes_no_value(azure: Azure, project: Project, app: Path) -> None:
    staged(azure, project, app)
    azure.swap()
    swapped = azure.bundles()
    assert swapped == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "1.0.0")}

    project.preview("--refresh", "--expect-no-changes")
    before = {slot: azure.settings(slot) for slot in swapped}
    project.up()  # without a refresh: Pulumi's own state still says what was there before the swap
    assert {slot: azure.settings(slot) for slot in swapped} == before
    project.preview("--refresh", "--expect-no-changes")


def test_an_unrelated_change_after_a_swap_leaves_each_bundle_with_its_code(azure: Azure, project: Project, app: Path) -> None:
    staged(azure, project, app)
    azure.swap()
    project.up("--refresh")
    start = len(azure.plane.journal)
    project.args({**deployment(app, "2.0.0"), "site_tag": "since the swap"})
    project.up("--refresh")
    assert sorted(azure.writes_since(start)) == [("PUT", "Microsoft.Web/sites/orders"), ("PUT", "Microsoft.Web/sites/orders/slots/staging")]
    assert azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "1.0.0")}


def test_a_new_version_right_after_a_swap_touches_only_the_staging_slot_and_the_package(azure: Azure, project: Project, app: Path) -> None:
    staged(azure, project, app)
    azure.swap()
    start = len(azure.plane.journal)
    project.args(deployment(app, "3.0.0", replace="1.0.0"))
    project.up("--refresh")
    changed = {id for _, id in azure.writes_since(start)}
    package = next(
        name for name in azure.packages() if name.endswith(".zip") and azure.settings("staging")["WEBSITE_RUN_FROM_PACKAGE"].endswith(name)
    )
    container = "Microsoft.Storage/storageAccounts/orderspkgs/blobServices/default/containers/packages"
    assert changed == {"Microsoft.Web/sites/orders/slots/staging/config/appsettings", container, f"{container}/blobs/{package}"}
    assert azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "3.0.0")}

    azure.swap()
    assert azure.bundles() == {"production": ("ordersblue", "3.0.0"), "staging": ("ordersgreen", "2.0.0")}
    project.preview("--refresh", "--expect-no-changes")


def test_a_version_with_another_runtime_stack_takes_its_stack_along(azure: Azure, project: Project, app: Path) -> None:
    project.args(deployment(app))
    project.up()
    project.args(deployment(app, "2.0.0", runtime="PYTHON|3.12"))
    project.up("--refresh")
    assert (azure.stack("production"), azure.stack("staging")) == ("PYTHON|3.11", "PYTHON|3.12")
    azure.swap()
    assert (azure.stack("production"), azure.stack("staging")) == ("PYTHON|3.12", "PYTHON|3.11")
    project.preview("--refresh", "--expect-no-changes")


def test_a_rollback_to_the_version_in_the_other_bundle_uploads_nothing(azure: Azure, project: Project, app: Path) -> None:
    staged(azure, project, app)
    azure.swap()
    start = len(azure.plane.journal)
    project.args(deployment(app, "1.0.0"))
    project.up("--refresh")
    assert not [id for _, id in azure.writes_since(start) if "/blobs/" in id or "Microsoft.Web" in id]
    azure.swap()
    assert azure.bundles() == {"production": ("ordersblue", "1.0.0"), "staging": ("ordersgreen", "2.0.0")}
    project.preview("--refresh", "--expect-no-changes")


def test_an_old_version_comes_back_without_a_second_upload(azure: Azure, project: Project, app: Path) -> None:
    staged(azure, project, app)
    azure.swap()
    project.args(deployment(app, "3.0.0", replace="1.0.0"))
    project.up("--refresh")
    azure.swap()
    start = len(azure.plane.journal)
    project.args(deployment(app, "1.0.0", replace="2.0.0"))
    project.up("--refresh")
    assert not [write for write in azure.writes_since(start) if "/blobs/" in write[1]]
    assert azure.bundles() == {"production": ("ordersblue", "3.0.0"), "staging": ("ordersgreen", "1.0.0")}
    assert_every_package_exists(azure)
    project.preview("--refresh", "--expect-no-changes")


def test_four_slots_keep_their_bundles_through_five_rounds_of_releases_and_swaps(azure: Azure, project: Project, app: Path) -> None:
    random = Random(seed())
    slots = ["red", "north", "last"]
    project.args(deployment(app, slots=slots))
    project.up()
    for round in range(2, 7):
        version = f"{round}.0.0"
        if not (app / version).exists():
            write_app(app / version, version)
        free = next((slot for slot in slots if azure.bundle(slot)[1] is None), None) or random.choice(slots)
        project.args(deployment(app, version, slots=slots, **({"replace": held} if (held := azure.bundle(free)[1]) else {})))
        project.up("--refresh")
        assert azure.bundle(free)[1] == version
        for first, second in (random.sample(["production", *slots], 2) for _ in range(2)):
            azure.swap(*((second, first) if first == "production" else (first, second)))
            assert len({account for account, _ in azure.bundles().values()}) == 4
        if round in (3, 6):
            project.preview("--refresh", "--expect-no-changes")
        assert_every_package_exists(azure)


def assert_every_package_exists(azure: Azure) -> None:
    for name in filter(None, azure.packages()):
        assert azure.sandbox.storage.get_blob("orderspkgs", "packages", name) is not None, f"a slot runs from {name}, which is gone"
