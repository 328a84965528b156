"""Notes that every instance has the code that the settings are for: `live` in the metadata of the packages' container.

The component reads it there: on Flex Consumption nothing else tells which code runs. `<key of the package>;<its newest version>`.
"""

from __future__ import annotations

from azure.core.credentials import TokenCredential

from ..azure import Arm
from ..deployment import Deployment
from ..live import LiveSlot
from ..live.flex import LIVE, PACKAGE
from ..live.settings import VERSIONS, listed
from ..packaging.container import PackageContainer
from ..problem import UNEXPECTED, OperationProblem


def note_live(deployment: Deployment, arm: Arm, credential: TokenCredential, production: LiveSlot) -> None:
    """Raises OperationProblem if the settings don't say which package they are for."""
    key, versions = production.settings.get(PACKAGE), listed(production.settings, VERSIONS)
    if not key:
        raise OperationProblem(
            f"The settings of '{deployment.site}' don't say which package they are for ({PACKAGE}). `pulumi up` writes it.", UNEXPECTED
        )
    container = PackageContainer(deployment.packages_url, deployment.group_id, arm, credential=credential)
    try:
        container.change_metadata(add={LIVE: f"{key};{versions[-1] if versions else ''}"})
    finally:
        container.close()


__all__ = ["note_live"]
