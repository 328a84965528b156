"""Who may what on the data plane. Role ids and needs: Microsoft docs, "Azure built-in roles" and "Azure Functions developer guide".

Roles go to one identity that every slot uses, on every bundle's account: at a swap the storage settings travel, identities do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization

from .._azure.names import role_assignment_name
from .._wanted import CommonArguments
from .accounts import Accounts
from .foundation import AppIdentity, Monitor, Place

BLOB_OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
QUEUE_CONTRIBUTOR = "974c5e8b-45b9-4653-ba55-5f855dd0fb88"
QUEUE_READER = "19e7f393-937e-4f77-808e-94535e297925"
TABLE_CONTRIBUTOR = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
TABLE_READER = "76199698-9eea-4c19-bc75-cec21354c6b6"
METRICS_PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
WEBSITE_CONTRIBUTOR = "de139f84-1756-47ae-9be6-808fbbe84772"


@dataclass(frozen=True)
class Grant:
    purpose: str
    """What the child is called after: `<component>-<purpose>`."""
    scope_key: str
    """A plain name of the scope, for the assignment's deterministic name."""
    scope: pulumi.Input[str]
    role: str


def app_grants(accounts: Accounts, monitor: Monitor) -> Iterator[Grant]:
    """Host storage: Blob Owner and Table Contributor. Durable accounts: Blob, Queue and Table Contributor. Packages: Blob Reader."""
    yield Grant("host-blob-owner", accounts.host.name, accounts.host.id, BLOB_OWNER)
    yield Grant("host-table-contributor", accounts.host.name, accounts.host.id, TABLE_CONTRIBUTOR)
    for purpose, account in accounts.by_purpose.items():
        yield Grant(f"{purpose}-blob-contributor", account.name, account.id, BLOB_CONTRIBUTOR)
        yield Grant(f"{purpose}-queue-contributor", account.name, account.id, QUEUE_CONTRIBUTOR)
        yield Grant(f"{purpose}-table-contributor", account.name, account.id, TABLE_CONTRIBUTOR)
    yield Grant("packages-blob-reader", accounts.packages.name, accounts.packages.id, BLOB_READER)
    yield Grant("insights-metrics-publisher", "insights", monitor.id, METRICS_PUBLISHER)


def operator_grants(arguments: CommonArguments, accounts: Accounts, site_id: pulumi.Input[str]) -> Iterator[Grant]:
    """What reading task hubs, listing and swapping slots, and uploading packages needs."""
    yield Grant("site-contributor", arguments.site.name, site_id, WEBSITE_CONTRIBUTOR)
    for purpose, account in accounts.by_purpose.items():
        yield Grant(f"{purpose}-reader", account.name, account.id, READER)
        yield Grant(f"{purpose}-queue-reader", account.name, account.id, QUEUE_READER)
        yield Grant(f"{purpose}-table-reader", account.name, account.id, TABLE_READER)
    yield Grant("packages-reader", accounts.packages.name, accounts.packages.id, READER)
    yield Grant("packages-blob-contributor", accounts.packages.name, accounts.packages.id, BLOB_CONTRIBUTOR)


def grant_to_app(place: Place, identity: AppIdentity, grants: Iterable[Grant]) -> list[pulumi.Resource]:
    return [
        _assign(place, f"{place.name}-{grant.purpose}", "identity", identity.principal_id, grant, "ServicePrincipal") for grant in grants
    ]


def grant_to_operators(place: Place, operators: list[str], grants: Iterable[Grant]) -> None:
    """The kind of an operator (user, group, service principal) is left to Azure to find out.

    It takes an Output of None to leave it out: where nothing is given the SDK fills in `User`, which Azure refuses for a pipeline.
    """
    wanted, kind = list(grants), pulumi.Output.from_input(None)
    for operator in operators:
        for grant in wanted:
            _assign(place, f"{place.name}-operator-{operator}-{grant.purpose}", operator, operator, grant, kind)


def _assign(
    place: Place, name: str, principal_key: str, principal: pulumi.Input[str], grant: Grant, kind: pulumi.Input[str | None]
) -> pulumi.Resource:
    return authorization.RoleAssignment(
        name,
        role_assignment_name=role_assignment_name(f"{place.name}/{grant.scope_key}", principal_key, grant.role),
        scope=grant.scope,
        role_definition_id=pulumi.Output.from_input(grant.scope).apply(lambda scope: _definition(scope, grant.role)),
        principal_id=principal,
        principal_type=kind,
        opts=place.options,
    )


def _definition(scope: str, role: str) -> str:
    subscription = "/".join(scope.split("/")[:3])
    return f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
