"""What operators ask and tell: versions deployed, lines retired and tried again, the default pinned. Every refusal leaves everything as it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from azure.core.exceptions import AzureError

from ..blueprint import Blueprint
from ..forwarding import Outbound, problem
from ..keeping import Conflict, RequestStore, Store
from ..lines import LineRow, Pins, State, VersionRow
from ..planning import default_line
from ..versions import BadVersion, Line, Version
from . import answers
from .deployments import refuse_unfit, refuse_unwanted, row_after
from .knowing import Known
from .orders import Refused, as_object, flag_of, refusal, text_of
from .packages import PackageProblem, Packages
from .page import page
from .status import line_json, overview, world_of

TRIES = 5


@dataclass
class Operators:
    blueprint: Blueprint
    store: Store
    requests: RequestStore
    packages: Packages
    known: Known
    poke: Callable[[], Awaitable[None]]
    now: Callable[[], datetime]
    principals_are_told: bool = False
    """Whether the platform says who calls (App Service authentication is on), so that nobody else can."""

    async def versions(self, *, as_page: bool) -> Outbound:
        """All lines and versions, as JSON or as a page."""
        try:
            rows, versions, pins, waiting = await self._all()
        except AzureError:
            return answers.unreadable("The router's state")
        found = overview(self.blueprint, rows, versions, pins, waiting, self.now())
        return answers.as_html(page(found)) if as_page else answers.as_json(200, found)

    async def deploy(self, body: bytes, principal: str) -> Outbound:
        """`{"version", "package", "digest", "rollback", "entities"}`; the last three may be left out."""
        return await self._answered(lambda: self._deploy(body, principal))

    async def retire(self, line: str, body: bytes, principal: str) -> Outbound:
        """`{"force": null | count | "unknown"}`."""
        return await self._answered(lambda: self._retire(line, body, principal))

    async def retry(self, line: str, principal: str) -> Outbound:
        return await self._answered(lambda: self._retry(line, principal))

    async def pin(self, body: bytes, principal: str) -> Outbound:
        return await self._answered(lambda: self._pin(Line.parse(text_of(as_object(body), "line")), principal))

    async def unpin(self, principal: str) -> Outbound:
        return await self._answered(lambda: self._pin(None, principal))

    async def _answered(self, work: Callable[[], Awaitable[Outbound]]) -> Outbound:
        """Again where somebody else has changed a row meanwhile: what was decided may be wrong."""
        try:
            for _ in range(TRIES):
                try:
                    return await work()
                except Conflict:
                    continue
            return problem(503, "Contended", "The line's state changes too fast at the moment; send it again.", retry_after=1)
        except Refused as refused:
            return refusal(refused)
        except BadVersion as error:
            return problem(400, "BadVersion", f"{error}.")
        except PackageProblem as error:
            return problem(error.status, error.code, str(error))
        except AzureError:
            return answers.unreadable("The router's state")

    async def _deploy(self, body: bytes, principal: str) -> Outbound:
        self._allowed(principal)
        asked = as_object(body)
        version, rollback = Version.parse(text_of(asked, "version")), flag_of(asked, "rollback")
        digest = asked.get("digest")
        package = await self.packages.read(text_of(asked, "package"))
        if digest is not None and digest != package.digest:
            raise Refused(409, "DigestDiffers", f"The package's SHA-256 is {package.digest}, and not {str(digest)[:64]!r}.")
        refuse_unfit(package, asked, self.blueprint)
        rows, versions, _, _ = await self._all()
        before = next((row for row in rows if row.line == version.line), None)
        known = next((one for one in versions if one.version == version), None)
        refuse_unwanted(version, known, package, before, rollback=rollback)
        after = row_after(version, before, rows, self.blueprint, self.now())
        if known is None:
            by = principal if self.principals_are_told else ""  # Anybody may have written the header.
            known = await self.store.add_version(VersionRow(version, package.url, package.digest, self.now(), by))
            created = True
        else:
            created = False
        if after is not None and after != before:
            after = await self.store.save(after)
        self.known.forget()
        await self.poke()
        now_there = after or before
        state = now_there.state.value if now_there is not None else "registered"
        said = {"version": str(version), "line": str(version.line), "state": state, "new_line": before is None}
        return answers.as_json(201 if created else 200, said)

    async def _retire(self, text: str, body: bytes, principal: str) -> Outbound:
        self._allowed(principal)
        asked = as_object(body) if body.strip() else {}
        row, rows, pins = await self._row(text)
        force = asked.get("force")
        if row.state is State.RETIRED:
            raise Refused(409, "LineRetired", f"{row.line} is retired already.", row.line)
        if row.line == default_line(rows, pins, self.blueprint.policy) and len([one for one in rows if one.state is State.ACTIVE]) > 1:
            raise Refused(409, "IsDefault", f"Requests without a version go to {row.line}. Pin another line first.", row.line)
        active: Any = row.active if row.judged_at is not None else None
        runs = row.state in (State.ACTIVE, State.DRAINING) and active != 0
        if force is None:
            if runs:
                count = "It is not known how many instances run" if active is None else f"{active} instances run"
                raise Refused(
                    409,
                    "Busy",
                    f"{count} in {row.line}. Wait for them, or type their number to end it nevertheless.",
                    row.line,
                    active=active,
                )
            return await self._saved(replace(row, retire_asked=True))
        if force != ("unknown" if active is None else active):
            raise Refused(409, "Busy", f"force: {str(force)[:20]!r} is not what runs in {row.line} now.", row.line, active=active)
        return await self._saved(replace(row, retire_asked=True, retire_forced=True))

    async def _retry(self, text: str, principal: str) -> Outbound:
        self._allowed(principal)
        row, _, _ = await self._row(text)
        if row.state is State.FAILED and not row.removing:
            row = row.moved(State.PROVISIONING, self.now(), "an operator has asked for another try")
        return await self._saved(replace(row, attempts=0, retry_at=None, error=""))

    async def _pin(self, line: Line | None, principal: str) -> Outbound:
        self._allowed(principal)
        rows, versions, pins, _ = await self._all()
        if line is not None and line not in {one.version.line for one in versions}:
            known = ", ".join(sorted({str(one.version.line) for one in versions})) or "none"
            raise Refused(404, "UnknownVersion", f"No version of {line} was deployed. Lines that there are: {known}.", line)
        saved = pins if pins.default == line else await self.store.save_pins(replace(pins, default=line))
        self.known.forget()
        default = default_line(rows, saved, self.blueprint.policy)
        return answers.as_json(200, {"default": None if default is None else str(default), "pinned": None if line is None else str(line)})

    async def _saved(self, row: LineRow) -> Outbound:
        saved = await self.store.save(row)
        self.known.forget()
        await self.poke()
        rows, versions, pins, waiting = await self._all()
        return answers.as_json(202, line_json(saved, world_of(self.blueprint, rows, versions, pins, waiting, self.now())))

    async def _row(self, text: str) -> tuple[LineRow, tuple[LineRow, ...], Pins]:
        line = Line.parse(text)
        rows, _, pins, _ = await self._all()
        found = next((row for row in rows if row.line == line), None)
        if found is None:
            there = ", ".join(str(row.line) for row in sorted(rows, key=lambda one: one.line)) or "none"
            raise Refused(404, "UnknownLine", f"There is no line {line}. There are: {there}.", line)
        return found, rows, pins

    async def _all(self) -> tuple[tuple[LineRow, ...], tuple[VersionRow, ...], Pins, Mapping[Line, int]]:
        return await self.store.lines(), await self.store.versions(), await self.store.pins(), await self.requests.counts()

    def _allowed(self, principal: str) -> None:
        """Beyond the function's key. Empty `deployers`: the key is enough."""
        allowed = self.blueprint.policy.deployers
        if not allowed:
            return
        if not self.principals_are_told:
            raise Refused(
                403,
                "NotAllowed",
                "policy.deployers names principals, and App Service authentication is off, so that nobody can be told. Turn it on.",
            )
        if principal.lower() not in {one.lower() for one in allowed}:
            raise Refused(403, "NotAllowed", f"The principal {principal[:64] or '(none)'!r} is not among policy.deployers.")


__all__ = ["Operators"]
