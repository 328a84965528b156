"""The function itself: a request in, JSON out. Every way to fail ends in `HasRunning: true` with a reason."""

from __future__ import annotations

import json
import logging
import os
from typing import Any

import azure.functions as func

from .answering import answer, unknown
from .asking import BadRequest, read_question
from .checking import check_this_slot
from .problem import NotLocated

blueprint = func.Blueprint()  # type: ignore[no-untyped-call]


@blueprint.function_name("StatusCheck")
@blueprint.route(route="StatusCheck", methods=["GET", "POST"], auth_level=func.AuthLevel.FUNCTION)
async def status_check(req: func.HttpRequest) -> func.HttpResponse:
    try:
        finding = await check_this_slot(os.environ, read_question(req.params))
    except BadRequest as error:
        return _json(unknown(str(error), "bad_request"), status=400)
    except NotLocated as error:
        return _json(unknown(str(error)))
    except Exception as error:
        # Whatever it was, it is not known that nothing runs. The message may hold what is nobody's business, so it goes to the log.
        logging.exception("StatusCheck failed")
        return _json(unknown(f"StatusCheck failed with {type(error).__name__}; the app's log has the rest."))
    return _json(answer(finding))


def _json(body: dict[str, Any], status: int = 200) -> func.HttpResponse:
    """200 also for UNKNOWN: a pipeline's success criterion is asked about the body of a 200 only."""
    headers = {"Cache-Control": "no-store"}
    return func.HttpResponse(json.dumps(body), status_code=status, headers=headers, mimetype="application/json")


__all__ = ["blueprint", "status_check"]
