"""The host id that Azure derives where no setting gives one."""

from __future__ import annotations


def host_id(site: str, slot: str) -> str:
    """azure-functions-host ScriptHostIdProvider.cs: site and slot, cut at 32 characters. Two slots of a long name share one."""
    name = site if slot.lower() == "production" else f"{site}-{slot}"
    return name.lower()[:32].rstrip("-")
