"""A policy that has been read, and one request's way through it: inbound, backend, outbound, and on-error if something fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from .document import Format, read_document
from .elements import ELEMENTS, Running, Step
from .expressions import PolicyFailed, PolicyRefused
from .expressions.texts import text_of
from .messages import Answer, Context, Forward, Onward, Request, request_seen, response_seen
from .reading import refused

SECTIONS = ("inbound", "backend", "outbound", "on-error")
_FORWARDING = {("backend", "forward-request"), ("backend", "base")}


class Policy:
    """Use `Policy.read`. Nothing here touches the network, and a policy may be run by several threads at once."""

    def __init__(self, sections: Mapping[str, Step], backends: Mapping[str, str]) -> None:
        self._sections, self._backends = sections, backends

    @classmethod
    def read(
        cls,
        text: str,
        named_values: Mapping[str, str] | None = None,
        backends: Mapping[str, str] | None = None,
        *,
        format: Format = "rawxml",
    ) -> Policy:
        """`named_values` by display name, `backends` from id to URL. Raises PolicyRefused for all that is not supported."""
        root = read_document(text, named_values or {}, format)
        if root.tag != "policies" or root.attrib:
            raise PolicyRefused("a policy is one element <policies>")
        found: dict[str, Element] = {}
        for section in root:
            if section.tag not in SECTIONS or section.tag in found or section.attrib:
                raise refused(section, "is no section, or stands twice")
            found[section.tag] = section
        forwards = [one for name, section in found.items() for one in section.iter() if (name, one.tag) in _FORWARDING]
        if len(forwards) > 1:
            raise refused(forwards[1], "may stand in a policy once")
        return cls({name: _steps(found[name], name) if name in found else _inherited(name) for name in SECTIONS}, backends or {})

    def begin(self, request: Request, *, api_path: str = "", service_url: str | None = None) -> Passage:
        """`api_path`: the API's own, which the backend does not see; `service_url`: where requests go that no element sends elsewhere."""
        return Passage(self._sections, self._backends, request, api_path, service_url)


class Passage:
    """`inbound`, then `outbound`; `failed` instead, as soon as one of them, or the backend, has failed."""

    def __init__(
        self, sections: Mapping[str, Step], backends: Mapping[str, str], request: Request, api_path: str, service_url: str | None
    ) -> None:
        path = urlsplit(request.url).path
        own = api_path.strip("/")
        path = path[len(own) + 1 :] if own else path
        self.context = Context(request_seen(request, path or "/"))
        self._running = Running(self.context, base_url=service_url)
        self._sections, self._backends = sections, backends
        self._on_the_way = self._until_answered()

    def inbound(self) -> Onward | None:
        """What goes to the backend; None: nothing does. Raises PolicyFailed."""
        forward = next(self._on_the_way, None)
        return None if forward is None else self._onward(forward)

    def outbound(self, answer: Answer) -> Answer:
        """`answer`: the backend's; where there is no backend, an empty 200. Raises PolicyFailed."""
        self.context.response = response_seen(answer, self.context.request.method)
        for _ in self._on_the_way:
            raise PolicyFailed("InvalidOperationException", "a request is forwarded once")
        self._run("outbound")
        return self._answer()

    def failed(self, problem: PolicyFailed, answer: Answer) -> Answer:
        """`answer`: what the gateway says of the problem, which on-error may change. If that fails too, the rest of it is left out."""
        self.context.response = response_seen(answer, self.context.request.method)
        try:
            self._run("on-error")
        except PolicyFailed:
            pass  # the client gets what there is
        return self._answer()

    def _until_answered(self) -> Iterator[Forward]:
        for name in ("inbound", "backend"):
            self._running.section = name
            yield from self._sections[name](self._running)

    def _run(self, section: str) -> None:
        self._running.section = section
        for _ in self._sections[section](self._running):
            raise PolicyFailed("InvalidOperationException", f"nothing is forwarded in {section}")

    def _onward(self, forward: Forward) -> Onward:
        seen, url = self.context.request, self.context.request.url
        target = f"{self._target().rstrip('/')}{url.path}{url.query_string}"
        if not seen.headers.written("Host"):
            seen.headers.remove("Host")  # the backend's takes its place
        return Onward(seen.method, text_of(target), seen.headers.pairs, None if seen.body is None else seen.body.content, forward)

    def _target(self) -> str:
        running = self._running
        if running.backend_id is not None:
            if running.backend_id not in self._backends:
                raise PolicyFailed("BackendNotFound", f"there is no backend {running.backend_id!r}")
            return self._backends[running.backend_id]
        if not running.base_url:
            raise PolicyFailed("BackendConnectionFailure", "the API has no service URL, and no element names one")
        return running.base_url

    def _answer(self) -> Answer:
        seen = self.context.response
        assert seen is not None
        return Answer(seen.status, seen.headers.pairs, None if seen.body is None else seen.body.content)


def _steps(parent: Element, section: str) -> Step:
    if (parent.text or "").strip() or any((child.tail or "").strip() for child in parent):
        raise refused(parent, "has text between its elements")
    read = []
    for child in parent:
        allowed, reader = ELEMENTS.get(child.tag, (frozenset(), None))
        if reader is None:
            raise refused(child, "is not supported")
        if section not in allowed:
            raise refused(child, f"may not stand in {section}")
        if child.tag not in ("choose", "set-header") and len(child):
            raise refused(child, "has elements")
        read.append(reader(child, section, _steps))

    def act(running: Running) -> Iterator[Forward]:
        for step in read:
            yield from step(running)

    return act


def _inherited(section: str) -> Step:
    """A section that is left out does nothing; not even the request is forwarded then."""
    return lambda running: iter(())


__all__ = ["Passage", "Policy"]
