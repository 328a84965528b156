"""The invariant of the product, on the real engine: whatever is swapped, Pulumi leaves every bundle with its code."""

from __future__ import annotations

from pathlib import Path

import pytest

from .azure import Azure
from .packages import deployment
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
    assert azure.lost_packages() == []
    project.preview("--refresh", "--expect-no-changes")
