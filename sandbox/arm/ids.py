"""ARM resource ids: parsed once, compared without regard to case, as Azure does."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RESOURCE_GROUP = re.compile(r"^/subscriptions/(?P<subscription>[^/]+)(/resourceGroups/(?P<group>[^/]+))?$", re.IGNORECASE)


@dataclass(frozen=True)
class ResourceId:
    """`scope` is what stands before the last `/providers/`: a resource group, or for an extension resource any resource."""

    scope: str
    type: str
    names: tuple[str, ...]

    @classmethod
    def parse(cls, path: str) -> ResourceId:
        """The id in `path`, in the casing that was given. Raises ValueError for anything that is not an ARM id."""
        path = "/" + path.strip("/")
        if match := _RESOURCE_GROUP.match(path):
            if match["group"] is None:
                return cls(path, "Microsoft.Resources/subscriptions", (match["subscription"],))
            return cls(f"/subscriptions/{match['subscription']}", "Microsoft.Resources/resourceGroups", (match["group"],))
        scope, separator, tail = _rpartition_ignoring_case(path, "/providers/")
        segments = tail.split("/")
        if not separator or len(segments) < 3 or len(segments) % 2 == 0 or not all(segments):
            raise ValueError(f"{path!r} is not an ARM resource id")
        namespace, rest = segments[0], segments[1:]
        return cls(scope, "/".join([namespace, *rest[0::2]]), tuple(rest[1::2]))

    def __str__(self) -> str:
        if self.type.lower() == "microsoft.resources/subscriptions":
            return self.scope
        if self.type.lower() == "microsoft.resources/resourcegroups":
            return f"{self.scope}/resourceGroups/{self.names[0]}"
        namespace, *kinds = self.type.split("/")
        pairs = "/".join(f"{kind}/{name}" for kind, name in zip(kinds, self.names, strict=True))
        return f"{self.scope}/providers/{namespace}/{pairs}"

    @property
    def key(self) -> str:
        """What the store files the resource under: ARM compares ids without regard to case."""
        return str(self).lower()

    @property
    def name(self) -> str:
        return self.names[-1]

    @property
    def subscription(self) -> str:
        return self.scope.split("/")[2]

    @property
    def resource_group(self) -> str | None:
        if self.type.lower() == "microsoft.resources/resourcegroups":
            return self.names[0]
        match = re.match(r"^/subscriptions/[^/]+/resourceGroups/([^/]+)", self.scope, re.IGNORECASE)
        return match[1] if match else None

    @property
    def parent(self) -> ResourceId | None:
        """The resource that must exist before this one: `sites/x` for `sites/x/slots/y`, else the resource group, else None."""
        if len(self.names) > 1:
            return ResourceId(self.scope, self.type.rsplit("/", 1)[0], self.names[:-1])
        if self.type.lower().startswith("microsoft.resources/"):
            return None
        try:
            return ResourceId.parse(self.scope)
        except ValueError:
            return None

    def child(self, kind: str, name: str) -> ResourceId:
        return ResourceId(self.scope, f"{self.type}/{kind}", (*self.names, name))

    def is_type(self, type_: str) -> bool:
        return self.type.lower() == type_.lower()


def _rpartition_ignoring_case(text: str, separator: str) -> tuple[str, str, str]:
    at = text.lower().rfind(separator)
    if at < 0:
        return "", "", text
    return text[:at], separator, text[at + len(separator) :]
