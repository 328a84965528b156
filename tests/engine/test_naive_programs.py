"""The control: programs that state a storage per slot do move it away from its code, here as on Azure.

If these pass quietly, the embedded Azure is too kind, and what the other tests prove is worth nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .azure import Azure
from .project import Project

pytestmark = pytest.mark.engine

_PARTS = """\
import json
from pathlib import Path
import pulumi
from pulumi_azure_native import resources, web

tag = json.loads(Path(__file__).with_name("args.json").read_text()).get("tag", "first")
group = resources.ResourceGroup("group", resource_group_name="orders-rg")
plan = web.AppServicePlan("plan", name="orders-plan", resource_group_name=group.name, kind="linux", reserved=True, sku={{"name": "P0v3", "tier": "Premium0V3"}})
BLUE = {{"DurableManagementStorage__tableServiceUri": "https://127.0.0.1/ordersblue/", "DURABLE_DEPLOY_VERSION": "1.0.0"}}
GREEN = {{"DurableManagementStorage__tableServiceUri": "https://127.0.0.1/ordersgreen/", "DURABLE_DEPLOY_VERSION": "2.0.0"}}
root = {root!r}
"""

INLINE = (
    _PARTS
    + """
def config(settings):
    return {{"linuxFxVersion": "PYTHON|3.11", "appSettings": [{{"name": name, "value": value}} for name, value in settings.items()]}}

site = web.WebApp("site", name="orders", resource_group_name=group.name, server_farm_id=plan.id, kind="functionapp,linux", reserved=True, site_config=config(BLUE), tags={{"t": tag}})
web.WebAppSlot("staging", name=site.name, slot="staging", resource_group_name=group.name, server_farm_id=plan.id, kind="functionapp,linux", reserved=True, site_config=config(GREEN))
"""
)

FIXED = (
    _PARTS
    + """
site = web.WebApp("site", name="orders", resource_group_name=group.name, server_farm_id=plan.id, kind="functionapp,linux", reserved=True, tags={{"t": tag}})
slot = web.WebAppSlot("staging", name=site.name, slot="staging", resource_group_name=group.name, server_farm_id=plan.id, kind="functionapp,linux", reserved=True)
web.WebAppApplicationSettings("settings", name=site.name, resource_group_name=group.name, properties=BLUE)
web.WebAppApplicationSettingsSlot("staging-settings", name=site.name, slot=slot.name.apply(lambda _: "staging"), resource_group_name=group.name, properties=GREEN)
"""
)


@pytest.fixture
def naive(azure: Azure, engine: Path, tmp_path: Path) -> Iterator[type[Project]]:
    def make(program: str) -> Project:
        project = Project(tmp_path / "naive", azure.sandbox.environment(), engine, program)
        project.args({})
        project.up()
        azure.swap()
        assert azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "1.0.0")}
        return project

    yield make  # type: ignore[misc]


def test_fixed_settings_resources_undo_the_swap_at_the_next_refreshing_update(azure: Azure, naive: type[Project]) -> None:
    project = naive(FIXED)
    assert project.preview("--refresh", "--expect-no-changes", check=False).code != 0
    project.up("--refresh")
    assert azure.bundles() == {"production": ("ordersblue", "1.0.0"), "staging": ("ordersgreen", "2.0.0")}


def test_inline_settings_look_quiet_and_undo_the_swap_at_the_next_unrelated_change(azure: Azure, naive: type[Project]) -> None:
    """The worse of the two: no preview ever shows it, because a refresh does not see these settings (pulumi-azure-native#4263)."""
    project = naive(INLINE)
    project.preview("--refresh", "--expect-no-changes")
    project.args({"tag": "second"})
    project.up("--refresh")
    assert azure.bundle("production") == ("ordersblue", "1.0.0"), "the running orchestrations' storage left production"
    assert azure.bundle("staging") == ("ordersblue", "1.0.0"), "and both slots now work on one task hub"
