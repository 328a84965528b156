"""One step on Azure, and its outcome as plain data. Whatever goes wrong is an outcome of that step, and no end of the pass."""

from __future__ import annotations

import logging

import aiohttp
from azure.core.exceptions import AzureError

from ..arm import ArmProblem, NotOurs, Throttled, told
from ..keeping import Conflict
from ..lines import LineRow, VersionRow
from ..planning import (
    Action,
    Answered,
    Delist,
    Deploy,
    Deployed,
    Enlist,
    Failed,
    Held,
    Hold,
    Made,
    Make,
    Outcome,
    Probe,
    Purge,
    Purged,
    Release,
    Released,
    Remove,
    Removed,
)
from ..versions import Version
from .context import Context
from .listing import delist, enlist, refuse_if_listed


async def perform(context: Context, row: LineRow, action: Action) -> Outcome | None:
    """None: the action is none of Azure's. Raises Conflict: the row is another one by now, and the step was not ended."""
    try:
        return await _performed(context, row, action)
    except Throttled as problem:
        return Failed(told(problem), retry_after=problem.seconds)
    except NotOurs as problem:
        return Failed(told(problem), not_ours=True)
    except ArmProblem as problem:
        return Failed(told(problem))
    except AzureError as error:
        return Failed(f"the storage does not do what was asked ({type(error).__name__})")
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        return Failed(f"no answer ({type(error).__name__})")
    except Conflict:
        raise
    except Exception as error:
        logging.getLogger(__name__).exception("%s of line %s", type(action).__name__, row.line)
        return Failed(told(error))


async def _performed(context: Context, row: LineRow, action: Action) -> Outcome | None:
    apps = context.apps
    match action:
        case Make():
            return Made(await apps.make(row, await _version(context, row.deployed)))
        case Deploy(version=version):
            found = await _version(context, version)
            if found is None:
                return Failed(f"the package of {version} is not known any more; deploy it again")
            await apps.deploy(row, found)
            return Deployed()
        case Probe():
            seen = await apps.probe(row)
            return Answered(seen.answering, seen.version, seen.detail, seen.host_name)
        case Hold():
            await apps.hold(row)
            return Held()
        case Release():
            await apps.release(row)
            return Released()
        case Enlist(default=default):
            return await enlist(context, row, default, lambda: _unchanged(context, row))
        case Delist():
            return await delist(context, row, lambda: _unchanged(context, row))
        case Remove():
            await refuse_if_listed(context, row)
            await apps.remove(row, still=lambda: _unchanged(context, row))
            context.hubs.forget(row.line)
            return Removed()
        case Purge(before=before):
            hub = await apps.hub(row)
            if hub is not None:
                await context.purge(hub, before)
            return Purged()
        case _:
            return None


async def _unchanged(context: Context, row: LineRow) -> None:
    """Another router may have ended the removal, and begun the line anew. Raises Conflict."""
    there = await context.store.line(row.line)
    if there is None or there.etag != row.etag:
        raise Conflict(f"line {row.line} was written by somebody else")


async def _version(context: Context, version: Version | None) -> VersionRow | None:
    if version is None:
        return None
    return next((row for row in await context.store.versions() if row.version == version), None)


__all__ = ["perform"]
