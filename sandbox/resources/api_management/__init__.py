"""Microsoft.ApiManagement: a service, its APIs, operations, policies, named values, backends and subscriptions, as resources.

What a gateway does with them is in `sandbox/gateway`.
"""

from ..tracked import Tracked
from .apis import APIS, BACKENDS, OPERATIONS, Apis, Backends, Operations, Services
from .named_values import NAMED_VALUES, NamedValues
from .policies import POLICIES, Policies
from .subscriptions import Subscriptions, opens
from .tagged import SERVICES, service_of


def api_management_types() -> list[Tracked]:
    return [Services(), Apis(), Operations(), Policies(), NamedValues(), Backends(), Subscriptions()]


__all__ = ["APIS", "BACKENDS", "NAMED_VALUES", "OPERATIONS", "POLICIES", "SERVICES", "api_management_types", "opens", "service_of"]
