"""From a location to a finding: the identity signs in, `taskhub` reads."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ClientAuthenticationError
from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential

from taskhub import Finding, Hub, Tracking, check

from .asking import Question
from .connections import Connection, Identity
from .host_json import app_folder, read_host_json
from .location import Location, locate
from .problem import NotLocated

_STORAGE_SCOPE = "https://storage.azure.com/.default"


async def check_this_slot(environment: Mapping[str, str], question: Question) -> Finding:
    """Everything a slot needs to know is in its own environment. Raises NotLocated."""
    host_json = read_host_json(app_folder(environment, Path(__file__).resolve(), Path.cwd()))
    return await check_location(locate(host_json, environment), question)


async def check_location(location: Location, question: Question, **client_options: Any) -> Finding:
    """Raises NotLocated if the settings name too little, or nobody who signs in."""
    hub, connection_string = hub_of(location)
    wanted: dict[str, Any] = {"settle": question.settle, "exclude": question.exclude, **client_options}
    if connection_string is not None:
        return await check(hub, connection_string, deadline=question.deadline, **wanted)
    identity = location.storage.identity
    async with credential_of(identity) as credential:
        seconds = await _sign_in(credential, identity, question.deadline)
        return await check(hub, credential, deadline=max(question.deadline - seconds, 1.0), **wanted)


async def _sign_in(credential: AsyncTokenCredential, identity: Identity, deadline: float) -> float:
    """Seconds that it took. Apart from reading: a storage client would try again and again, and end up saying that time was over.

    Raises NotLocated.
    """
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        async with asyncio.timeout(deadline):
            await credential.get_token(_STORAGE_SCOPE)
    except (ClientAuthenticationError, TimeoutError) as error:
        who = f"The identity {identity.client_id}" if identity.client_id else "This slot's identity"
        raise NotLocated(f"{who} can't sign in: {str(error).splitlines()[0] if str(error) else 'no answer'}") from None
    return clock() - began


def hub_of(location: Location) -> tuple[Hub, str | None]:
    """The hub, and the connection string that opens it if no identity does. Raises NotLocated."""
    main = location.storage
    tracking = None if location.tracking is None else _tracking_of(location.tracking, main, location.tracking_prefix)
    if main.connection_string is not None:
        return _hub_by_string(main, location.name, tracking), main.connection_string
    # Where there is a tracking store, nothing is read from a table of the main account: its endpoint may be missing.
    table = main.endpoint("table") if tracking is None else dict(main.endpoints).get("table", tracking.table)
    return Hub(name=location.name, queue=main.endpoint("queue"), table=table, tracking=tracking), None


def _tracking_of(tracking: Connection, main: Connection, prefix: str) -> Tracking:
    if tracking.connection_string is not None:
        table = _hub_by_string(tracking, "tracking", None).table
        return Tracking(table, prefix, connection_string=tracking.connection_string)
    if main.connection_string is not None or tracking.identity != main.identity:
        raise NotLocated(
            f"The tracking store ({tracking.setting}) is opened by another identity than the durable storage ({main.setting}), "
            "but StatusCheck signs in once: give both the same one."
        )
    return Tracking(tracking.endpoint("table"), prefix)


def _hub_by_string(connection: Connection, name: str, tracking: Tracking | None) -> Hub:
    try:
        return Hub.from_connection_string(connection.connection_string or "", name, tracking=tracking)
    except ValueError as error:
        raise NotLocated(f"The setting {connection.setting} can't be used: {error}") from None


def credential_of(identity: Identity) -> AsyncTokenCredential:
    """To be used in `async with`."""
    if identity.managed:
        return ManagedIdentityCredential(client_id=identity.client_id)
    return DefaultAzureCredential(managed_identity_client_id=identity.client_id)


__all__ = ["check_location", "check_this_slot", "credential_of", "hub_of"]
