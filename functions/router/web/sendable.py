"""Whether a request could be sent at all: asked before it is stored.

What the proxy would refuse can be tried again for as long as it is kept, and would hold up its line's other requests, and its line's end. So it is
refused at once, with the answer that it would get if its app were there.
"""

from __future__ import annotations

from dataclasses import replace

from ..forwarding import BadTarget, Inbound, Outbound, Reserved, problem
from ..forwarding.preparing import BadHeader, NeverSent, made_ready
from ..rewriting import Backend, BadBase, NotManagement, management_target
from ..rewriting.parties import checked_base
from ..versions import Line

_ANY_APP = Backend("https://app.invalid", system_key="any")
"""What is checked does not depend on the app. Nothing is sent to it."""


async def refused(request: Inbound, target: str, line: Line, public_base: str, *, management: bool) -> Outbound | None:
    """None: it can be sent. The body is not looked at."""
    try:
        checked_base(public_base)
        if management:
            path, _, query = target.partition("?")
            target = management_target(request.method.upper(), path, query, _ANY_APP)
        await made_ready(_ANY_APP, replace(request, raw_target=target, body=b""), str(line), None, None, 0, management)
    except BadBase:
        return problem(400, "BadHost", "The Host header is no host name.", line, sent=False)
    except NeverSent:
        return problem(405, "MethodNotAllowed", "Requests of this method are not passed on.", line, sent=False)
    except (NotManagement, Reserved) as error:
        return problem(404, "NotFound", f"Refused: {error}.", line, sent=False)
    except BadTarget as error:
        return problem(400, "BadTarget", f"Refused: {error}.", line, sent=False)
    except BadHeader:
        return problem(400, "BadHeader", "A header is not UTF-8, and no app would read it.", line, sent=False)
    return None


__all__ = ["refused"]
