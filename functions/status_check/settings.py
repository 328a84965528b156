"""A slot's app settings as .NET's configuration sees them: names without regard to case, `__` between the parts of a path.

Pure. Source: azure-webjobs-sdk `IConfigurationExtensions`, azure-functions-durable-extension `WebJobsConnectionInfoProvider`.
"""

from __future__ import annotations

from collections.abc import Mapping


class Settings:
    """`environment` is what the process got, usually os.environ. A setting that is empty counts as absent."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._values = {name.replace(":", "__").lower(): value for name, value in environment.items() if value}

    def get(self, name: str) -> str | None:
        return self._values.get(name.replace(":", "__").lower())

    def group(self, name: str) -> dict[str, str]:
        """What is below `name__`, by the rest of its name in lower case."""
        prefix = f"{name.replace(':', '__').lower()}__"
        return {key.removeprefix(prefix): value for key, value in self._values.items() if key.startswith(prefix)}


__all__ = ["Settings"]
