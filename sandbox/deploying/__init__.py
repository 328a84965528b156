"""OneDeploy: how code gets onto a Flex Consumption app. `deploying_types()` for the control plane, `deployments_of(plane)` for the engine."""

from .arm_types import deploying_types
from .engine import DeploymentPhase, Deployments, deployments_of

__all__ = ["DeploymentPhase", "Deployments", "deploying_types", "deployments_of"]
