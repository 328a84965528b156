"""What goes wrong between the engine and the embedded Azure, in the words that the real provider uses for it."""

from __future__ import annotations

from sandbox.arm import ArmError

_GONE = frozenset({"NotFound", "ResourceNotFound", "ResourceGroupNotFound", "ParentResourceNotFound", "ContainerNotFound", "BlobNotFound"})


class ProviderError(Exception):
    """Shown to the user as it stands."""


def is_gone(error: ArmError) -> bool:
    """Whether a 404 means that the resource does not exist. One without a code of Azure's may come from a proxy on the way.

    (pulumi-azure-native, provider/pkg/azure `IsNotFound`, later versions.)
    """
    return error.status == 404 and error.code in _GONE
