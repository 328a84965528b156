"""What the elements of a policy do. Each is checked when the policy is read, and everything that is not named here is refused.

Sources: Microsoft docs, the pages "Set variable", "Control flow", "Set backend service", "Set header", "Set query string parameter", "Set body",
"Forward request" of the policy reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol
from xml.etree.ElementTree import Element

from .expressions import PolicyFailed
from .expressions.types import BOOL, VARIABLE_TYPES
from .messages import Context, Forward
from .reading import Value, flag, no_more, refused, seconds, text_value, value

_NEVER = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})
"""Neither set nor deleted ("Set header", usage notes)."""
_ACTIONS = ("override", "skip", "append", "delete")


@dataclass
class Running:
    """One request on its way through a policy. `backend`: a backend's id, or a URL that begins with `http`."""

    context: Context
    section: str = "inbound"
    backend_id: str | None = None
    base_url: str | None = None


Step = Callable[[Running], Iterator[Forward]]
"""Yields where the request is to be sent on; what follows is done when its answer is there."""


class ReadSteps(Protocol):
    def __call__(self, parent: Element, section: str) -> Step: ...


def set_variable(element: Element, section: str, steps: ReadSteps) -> Step:
    name, given = text_value(element, "name"), value(element, "value", VARIABLE_TYPES)
    no_more(element, "name", "value")

    def act(running: Running) -> Iterator[Forward]:
        running.context.variables[name] = given(running.context)
        yield from ()

    return act


def choose(element: Element, section: str, steps: ReadSteps) -> Step:
    no_more(element)
    whens: list[tuple[Value, Step]] = []
    otherwise: Step | None = None
    for child in element:
        if otherwise is not None or child.tag not in ("when", "otherwise"):
            raise refused(child, "is not allowed here")
        if child.tag == "when":
            whens.append((value(child, "condition", {BOOL}), steps(child, section)))
            no_more(child, "condition")
        else:
            otherwise = steps(child, section)
            no_more(child)
    if not whens:
        raise refused(element, "has no element 'when'")

    def act(running: Running) -> Iterator[Forward]:
        chosen = next((step for condition, step in whens if condition(running.context)), otherwise)
        if chosen is not None:
            yield from chosen(running)

    return act


def set_backend_service(element: Element, section: str, steps: ReadSteps) -> Step:
    no_more(element, "backend-id", "base-url")
    if (element.get("backend-id") is None) is (element.get("base-url") is None):
        raise refused(element, "takes either backend-id or base-url")
    which = "backend-id" if element.get("backend-id") is not None else "base-url"
    given = value(element, which)

    def act(running: Running) -> Iterator[Forward]:
        running.backend_id = running.base_url = None
        setattr(running, which.replace("-", "_"), given(running.context))
        yield from ()

    return act


def set_header(element: Element, section: str, steps: ReadSteps) -> Step:
    name, action = value(element, "name"), element.get("exists-action", "override")
    no_more(element, "name", "exists-action")
    if action not in _ACTIONS:
        raise refused(element, f"has the exists-action {action!r}: {', '.join(_ACTIONS)}")
    spelled = str(element.get("name")).lower()
    if spelled in _NEVER or (spelled == "server" and action == "delete"):
        raise refused(element, f"can't change the header {spelled!r}")
    if any(child.tag != "value" or child.attrib or len(child) for child in element) or (len(element) > 0) is (action == "delete"):
        raise refused(element, "has elements 'value', and none with the exists-action 'delete'")
    values = [value(child, None) for child in element]

    def act(running: Running) -> Iterator[Forward]:
        message = running.context.request if running.section in ("inbound", "backend") else running.context.response
        if message is None:
            raise PolicyFailed("NullReferenceException", "there is no response to set a header of")
        wanted = name(running.context)
        if action == "delete":
            message.headers.remove(wanted)
        elif action != "skip" or not message.headers.has(wanted):
            given = [one for one in (given_(running.context) for given_ in values) if one is not None]
            if action == "append":
                given = [*filter(None, [message.headers.value(wanted)]), *given]
            message.headers.set(wanted, ",".join(given))
        yield from ()

    return act


def set_query_parameter(element: Element, section: str, steps: ReadSteps) -> Step:
    name = value(element, "name")
    no_more(element, "name", "exists-action")
    if element.get("exists-action") != "delete" or len(element):
        raise refused(element, "is supported with the exists-action 'delete' alone")

    def act(running: Running) -> Iterator[Forward]:
        running.context.request.url.query.remove(name(running.context))
        yield from ()

    return act


def set_body(element: Element, section: str, steps: ReadSteps) -> Step:
    no_more(element)
    given = value(element, None)

    def act(running: Running) -> Iterator[Forward]:
        message = running.context.request if running.section in ("inbound", "backend") else running.context.response
        if message is None or message.body is None:
            raise PolicyFailed("InvalidOperationException", "set-body of a message that has no body")
        message.body.set(given(running.context) or "")
        yield from ()

    return act


def forward_request(element: Element, section: str, steps: ReadSteps) -> Step:
    no_more(element, "timeout", "follow-redirects", "buffer-request-body", "buffer-response", "fail-on-error-status-code")
    how = Forward(
        timeout=seconds(element, "timeout", 300.0),
        follow_redirects=flag(element, "follow-redirects", False),
        buffer_request_body=flag(element, "buffer-request-body", False),
        buffer_response=flag(element, "buffer-response", True),
        fail_on_error_status_code=flag(element, "fail-on-error-status-code", False),
    )

    def act(running: Running) -> Iterator[Forward]:
        yield how

    return act


def base(element: Element, section: str, steps: ReadSteps) -> Step:
    """The policy of all APIs, as Azure makes it: nothing but forward-request in `backend`."""
    no_more(element)

    def act(running: Running) -> Iterator[Forward]:
        if section == "backend":
            yield Forward()

    return act


_EVERYWHERE = frozenset({"inbound", "backend", "outbound", "on-error"})
ELEMENTS: dict[str, tuple[frozenset[str], Callable[[Element, str, ReadSteps], Step]]] = {
    "base": (_EVERYWHERE, base),
    "set-variable": (_EVERYWHERE, set_variable),
    "choose": (_EVERYWHERE, choose),
    "set-header": (_EVERYWHERE, set_header),
    "set-backend-service": (frozenset({"inbound", "backend"}), set_backend_service),
    "set-query-parameter": (frozenset({"inbound", "backend"}), set_query_parameter),
    "set-body": (frozenset({"inbound", "backend", "outbound"}), set_body),
    "forward-request": (frozenset({"backend"}), forward_request),
}
"""Element -> the sections that it may stand in, and how it is read."""

__all__ = ["ELEMENTS", "ReadSteps", "Running", "Step"]
