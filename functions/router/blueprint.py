"""What the router has to know to make a version app: declared by the component as JSON, delivered as a blob, validated here.

The component's view and this one are held together by a test, since neither imports the other.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FORMAT = 1
"""Of the document. A router refuses a newer one: it may say something that this code would not do."""

LONGEST_GATEWAY_SECONDS = 3_600
"""That `Gateway.seconds` may be, here and in the component's argument."""

_APP = r"^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$"
"""22 characters at most: with `-65535-65535` behind it a site's name stays below 40, and its host id is set explicitly."""


class BadBlueprint(Exception):
    """Every problem on a line of its own: path, what is wrong, and the value unless it may be a secret."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Identity(_Part):
    """The user-assigned identity of all version apps. Its roles were assigned when the component was deployed."""

    id: str
    client_id: str
    principal_id: str


class Plan(_Part):
    kind: Literal["flex", "elastic_premium", "dedicated", "existing"]
    """`flex`, `elastic_premium`, `dedicated`: a plan of its own for each line. `existing`: all lines on one plan, never deleted."""
    sku: str = "FC1"
    existing_id: str | None = None
    maximum_instances: int = Field(40, ge=1, le=1000)
    instance_memory: Literal[512, 2048, 4096] = 2048
    """MB, Flex Consumption only."""


class App(_Part):
    """Where version apps are made, and what they look like. `owner` is the mark that tells the router's own apps from all others."""

    resource_group_id: str
    location: str
    prefix: str = Field(pattern=_APP)
    """An app is called `<prefix>-<major>-<minor>`."""
    owner: str
    """Value of the tag `durable-deploy-owner`: the router's resource id. What lacks it is never touched."""
    identity: Identity
    plan: Plan
    runtime_name: Literal["python", "node", "dotnet-isolated", "java", "powershell"]
    runtime_version: str
    subnet_id: str | None = None
    public_access: bool = True
    tags: dict[str, str] = {}


class Storage(_Part):
    """One account, by its endpoints, for identity-based connections."""

    account: str
    blob: str
    queue: str
    table: str


class Durable(_Part):
    scheduling: Literal["hub_per_line", "account_per_line"] = "hub_per_line"
    """`account_per_line`: the router makes an account for each line in the version apps' resource group; its roles follow from the group."""
    storage: Storage
    """Queues of all lines, one hub per line; with `account_per_line` only the tracking store, if shared."""
    connection_name: str = "DurableStorage"
    hub_prefix: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9]{0,30}$")
    """A hub is called `<prefix>V<major>x<minor>`."""
    tracking: Literal["shared", "per_line"] = "shared"
    tracking_storage: Storage | None = None
    tracking_connection_name: str = "DurableTracking"
    tracking_prefix: str = Field("Durable", pattern=r"^[A-Za-z][A-Za-z0-9]{2,44}$")
    """Tables `<prefix>Instances` and `<prefix>History`, the same for all lines."""


class Stores(_Part):
    """What belongs to the router itself, all on one account."""

    state: Storage
    state_table: str = "RouterState"
    packages_url: str
    """Container of the packages of all versions."""
    requests_container: str = "requests"
    request_ttl_seconds: int = Field(86_400, ge=60)
    """A stored request that could not be forwarded is deleted after this time."""


class Policy(_Part):
    keep: int = Field(1, ge=1)
    """The newest lines that stay active."""
    removal_delay_seconds: int = Field(3_600, ge=0)
    """A drained line is kept at least this long before it closes."""
    quiet_seconds: int = Field(300, ge=0)
    """The two clean verdicts are at least this far apart, and no start was seen in between."""
    closing_seconds: int = Field(90, ge=30)
    """Longer than `cache_seconds` of every router, by a margin."""
    cache_seconds: int = Field(10, ge=1, le=60)
    """How long a router may act on what it has read."""
    request_seconds: int = Field(230, ge=0, le=600)
    """How long a request may be under way, so that what it starts is not seen yet: the front end of Azure Functions ends it after 230 s
    (Microsoft docs, "Azure Functions HTTP trigger"). No verdict counts as clean before that time has passed since a line's last start."""
    maximum_lines: int = Field(20, ge=1)
    """Apps that exist at once. The subscription's own limit is the owner's to know."""
    alarm_at: float = Field(0.8, gt=0, le=1)
    """Share of `maximum_lines` from which on an alarm is raised."""
    default: str = "latest"
    """`latest`: the newest active line; else a line such as `1.0`."""
    draining_starts: Literal["accept", "redirect", "refuse"] = "accept"
    revive: bool = False
    """A start on a retired line makes it anew. Otherwise it is answered with 410."""
    create: Literal["on_first_request", "on_deployment"] = "on_first_request"
    rollout: Literal["new_apps", "all_apps"] = "new_apps"
    """Which apps a changed blueprint reaches."""
    history_retention_days: int | None = Field(None, ge=1)
    """Terminal instances of our hubs older than this are purged. None: kept for good."""
    deployers: tuple[str, ...] = ()
    """Principal ids that may deploy. Empty: whoever has the master key."""


class Http(_Part):
    version_header: str = Field("x-app-version", pattern=r"^[A-Za-z0-9-]{1,64}$")
    version_query: str = Field("version", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    maximum_body_bytes: int = Field(100 * 1024 * 1024, ge=1)
    maximum_stored_bytes: int = Field(4 * 1024 * 1024, ge=1)
    """Of a request that waits for its app."""
    public_url: str | None = None
    """What clients call. None: taken from each request's Host."""


class Gateway(_Part):
    """API Management in front, whose policy sends active lines straight to their apps."""

    list_id: str
    """Resource Manager's id of the named value that tells it which ones; the router may write nothing else there."""
    seconds: int = Field(120, ge=30, le=LONGEST_GATEWAY_SECONDS)
    """How long a gateway may go by an older list. Azure names no figure."""


class Blueprint(_Part):
    format: int = FORMAT
    version: str
    """Hash of what makes up an app: tells whether one was made from this very blueprint. The tag `durable-deploy-blueprint` of each app."""
    app: App
    settings: dict[str, str] = {}
    """App settings of every version app. `{line}`, `{hub}` and `{app}` in a value are replaced; a doubled brace is a brace. No secrets: Key Vault references."""
    host_storage: Storage
    durable: Durable
    stores: Stores
    insights_connection_string: str | None = None
    policy: Policy
    http: Http = Field(default_factory=lambda: Http.model_validate({}))
    gateway: Gateway | None = None
    """None: every request passes the router."""

    @classmethod
    def read(cls, text: str | bytes) -> Self:
        """Raises BadBlueprint with all that is wrong."""
        try:
            found = cls.model_validate_json(text)
        except ValidationError as error:
            raise BadBlueprint("\n".join(f"{_path(one['loc'])}: {one['msg']}" for one in error.errors(include_input=False))) from None
        if found.format != FORMAT:
            raise BadBlueprint(f"format: this router reads format {FORMAT}, the blueprint has {found.format}; deploy a router that fits")
        return found


def _path(parts: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in parts) or "the document"
