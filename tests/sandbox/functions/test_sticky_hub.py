"""A task hub that stays with its slot, in a swap: the window in which two codes work on production's hub.

Sources: Microsoft docs, "Set up staging environments in Azure App Service", section "What happens during a swap?" (the target's sticky
settings come to the source's instances first); azure-functions-durable-extension#2696 and #2635, where that window shows.
"""

from __future__ import annotations

from tests.sandbox.functions.apps import Azure, Site, Wait, package
from tests.sandbox.functions.test_durable import APP, HUB, finished, start


def two_codes(azure: Azure) -> Site:
    """Old code in production, new in staging, each on its slot's own hub."""
    site, storage = azure.site("staging"), azure.connection_string(azure.account())
    site.stick("HUB", "START_VERSION")
    for slot, code, version in (("production", "old", "1.0"), ("staging", "new", "2.0")):
        settings = {"AzureWebJobsStorage": storage, "HUB": f"hub{slot}", "START_VERSION": version}
        site.run(slot, package(APP, host___json=HUB), CODE=code, DURABLE_DEPLOY_VERSION=code, **settings)
    return site


def hubs(site: Site) -> dict[str, tuple[str, str]]:
    """Of the code whose process each slot routes to: its hub and its start version, as the process has them."""
    return {
        slot: (process["HUB"], process["START_VERSION"])
        for slot, process in ((s, site.process(s).settings) for s in ("production", "staging"))
    }


def test_between_phase_1_and_phase_4_both_codes_run_what_production_starts(manual: Azure, eventually: Wait) -> None:
    site = two_codes(manual)
    numbers = iter(range(1000))

    def started() -> set[str]:
        """Which codes run the next instance of production."""
        id = f"order-{next(numbers)}"
        links = start(site, id)
        eventually(lambda: finished(site, links, key=True))
        return {one["app_version"] for one in site.executions(instance=id)}

    def until_run_by(code: str) -> None:
        eventually(lambda: code in started())

    assert [started() for _ in range(2)] == [{"old"}] * 2
    manual.post(f"{site.slot('staging')}/slotsswap", targetSlot="production")
    assert manual.swaps.advance(site.id)
    shown = manual.sandbox.plane.request("GET", site.slot("staging")).body["properties"]
    assert (shown["targetSwapSlot"], hubs(site)) == (
        "production",
        {"production": ("hubproduction", "1.0"), "staging": ("hubproduction", "1.0")},
    )
    until_run_by("new")
    until_run_by("old")
    assert manual.swaps.advance(site.id)
    assert manual.swaps.advance(site.id)
    assert hubs(site) == {"production": ("hubproduction", "1.0"), "staging": ("hubproduction", "1.0")}
    until_run_by("old")
    assert manual.swaps.advance(site.id)
    assert hubs(site) == {"production": ("hubproduction", "1.0"), "staging": ("hubstaging", "2.0")}
    assert [started() for _ in range(2)] == [{"new"}] * 2
    assert "targetSwapSlot" not in manual.sandbox.plane.request("GET", site.slot("staging")).body["properties"]
    assert manual.swaps.advance(site.id) is None
