"""One SDK, and the readers' common ground."""

from __future__ import annotations

from dataclasses import dataclass

PYTHON = "azure-functions-durable"
NODE = "durable-functions"
ISOLATED = "Microsoft.Azure.Functions.Worker.Extensions.DurableTask"
IN_PROCESS = "Microsoft.Azure.WebJobs.Extensions.DurableTask"
POWERSHELL = "AzureFunctions.PowerShell.Durable.SDK"
JAVA = "durabletask-azure-functions"


@dataclass(frozen=True, order=True)
class Sdk:
    source: str
    """The file that says it: `requirements.txt:3`."""
    name: str
    written: str
    """As the file says it."""
    lowest: str
    """The lowest version that may be installed, as numbers with dots, with `-pre` behind it for a prerelease; empty: any."""


__all__ = ["IN_PROCESS", "ISOLATED", "JAVA", "NODE", "POWERSHELL", "PYTHON", "Sdk"]
