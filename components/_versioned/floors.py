"""The lowest versions of Durable's SDKs with which orchestrations have versions. Pure.

Source: Microsoft docs "Orchestration versioning in Durable Functions", prerequisites; of in-process .NET: Azure/azure-functions-durable-js#640 and
Azure/azure-functions-durable-python#557. The floor of the extension bundle is with the other rules of host.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .._azure.versions import Version
from .._code.package import Sdk
from .._problems import Problem

FLOORS = {
    "azure-functions-durable": "1.5.0",
    "durable-functions": "3.3.0",
    "Microsoft.Azure.Functions.Worker.Extensions.DurableTask": "1.14.0",
    "Microsoft.Azure.WebJobs.Extensions.DurableTask": "3.1.0",
    "AzureFunctions.PowerShell.Durable.SDK": "2.2.0",
    "durabletask-azure-functions": "1.6.3",
}
_PINS = {
    "azure-functions-durable": "azure-functions-durable>={}",
    "durable-functions": '"durable-functions": "^{}"',
    "AzureFunctions.PowerShell.Durable.SDK": "'AzureFunctions.PowerShell.Durable.SDK' = '{}'",
}


def problems(found: Iterable[Sdk]) -> Iterator[Problem]:
    """One for each SDK that may be older than its floor."""
    for sdk in found:
        floor = FLOORS[sdk.name]
        if sdk.lowest and Version.parse(sdk.lowest) >= Version.parse(floor):
            continue
        if not sdk.lowest:
            rule = f"asks for {sdk.name} in any version: orchestration versions need {floor} or newer."
        elif sdk.lowest == sdk.written:
            rule = f"has {sdk.name} {sdk.lowest}, and orchestration versions need {floor} or newer."
        else:
            rule = f"asks for {sdk.name} {sdk.written}, which admits {sdk.lowest.replace('-pre', ' (a prerelease)')}: orchestration versions need {floor} or newer."
        pin = _PINS.get(sdk.name, "Version {}").format(floor)
        yield Problem("package.path", sdk.source, rule, f"Write {pin}, and install it anew.")


__all__ = ["FLOORS", "problems"]
