"""The hands of a release in Azure: Pulumi, Resource Manager, the storage of task hubs, and the lease that keeps two releases apart."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from azure.core.credentials import TokenCredential

from taskhub import Finding, Instance, Verdict

from ..azure import Arm, sign_in
from ..deployment import Deployment, deployment_of
from ..gate.waiting import detail
from ..holder import this_process
from ..lease import Lease, Seen, read_record
from ..live import Live, LiveSlot, parity_problems, read_live
from ..problem import UNKNOWN, OperationProblem
from ..pulumi import Pulumi
from ..ramp import Ramp, RampStore, next_ramp, ramp_url
from ..reporting import Reporter
from ..rollout import Manner as Rollout
from ..rollout import note_live, one_deploy, prober, wait_until_rolled
from ..status.last import Last
from ..swapping import exchange, reset_preview, wait_for_swap
from ..swapping.exchanging import Waits
from ..updating import in_progress
from ..versions.containing import Contents, contents_of
from ..versions.moving import orphaned_by
from .hooks import TIMEOUT, HookPayload, call_hook
from .host import PATIENCE, Host
from .hubs import Hubs, code_of
from .reading import world_of
from .record import Record
from .staging import configured, is_worth_showing, pinned_start, update, wanted_package
from .world import PRODUCTION, Options, World


@dataclass(frozen=True)
class Manner:
    """How, not what: replaced in tests."""

    waits: Waits = field(default_factory=Waits)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    health_patience: float = PATIENCE
    hook_timeout: float = TIMEOUT
    rollout: Rollout = field(default_factory=Rollout)
    update: Callable[[Pulumi, str | None, Callable[[str], None]], None] = update
    """One `pulumi up`."""


class AzureHands:
    """A context manager: gives the lease back at its end. `leased` is False for a dry run, which takes none."""

    def __init__(
        self,
        pulumi: Pulumi,
        reporter: Reporter,
        *,
        leased: bool = True,
        force_unlock: bool = False,
        manner: Manner | None = None,
        credential: TokenCredential | None = None,
    ) -> None:
        self._pulumi, self._reporter, self._leased, self._force = pulumi, reporter, leased, force_unlock
        self._manner = manner or Manner()
        self._credential = credential or sign_in()
        self._arm = Arm(self._credential, say=reporter.retrying, pause=self._manner.waits.pause)
        self._hubs = Hubs(reporter.waiting, self._manner.now)
        self._package: Mapping[str, Any] = {}
        self._deployment: Deployment | None = None
        self._live: Live | None = None
        self._lease: Lease | None = None
        self._ramp_store: RampStore | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._lease is not None:
            self._lease.release()
        if self._ramp_store is not None:
            self._ramp_store.close()
        self._arm.close()

    def now(self) -> datetime:
        return self._manner.now()

    def new_id(self) -> str:
        return self._manner.new_id()

    def look(self, options: Options) -> World:
        self._package = wanted_package(self._pulumi)
        version = str(self._package["version"])
        updating = in_progress(self._pulumi)
        outputs = self._pulumi.outputs()
        if not outputs:  # never deployed, or its first update did not end
            detail_ = updating.detail if updating.state else None
            site, versioning = self._site_in_config(), configured(self._pulumi)
            return World(self._pulumi.stack, site, version, (), self.now(), update=detail_, versioning=versioning)
        self._deployment = deployment_of(self._pulumi.stack, outputs)
        if self._leased:
            self._take_lease()
        self._live = read_live(self._deployment, self._arm)
        return world_of(
            stack=self._pulumi.stack,
            site=self._deployment.site,
            package=self._package,
            live=self._live,
            seen=self._seen(),
            updating=updating,
            now=self.now(),
            options=options,
            versioning=self._deployment.versioning,
            pinned=pinned_start(self._pulumi),
            ramped=self._ramped(self._live, options),
        )

    def versions(self) -> Mapping[str, str | None]:
        self._live = read_live(self._stack, self._arm)
        return {name: one.label if one.package is not None else None for name, one in self._live.slots.items()}

    def packages(self) -> Mapping[str, str | None]:
        return {name: one.package for name, one in self._seen_live.slots.items()}

    def keep(self, record: Record) -> None:
        self._take_lease()
        assert self._lease is not None
        self._lease.save(release=record.as_json())

    def remember(self, what: str) -> None:
        live = read_live(self._stack, self._arm)
        assert self._lease is not None
        self._lease.save(last=Last.now(what, live, self.now()).as_json())

    def update(self, replaces: str | None) -> None:
        self._require()
        self._manner.update(self._pulumi, replaces, lambda line: self._reporter.note(line.strip()) if is_worth_showing(line) else None)
        if self._deployment is None:
            self._deployment = deployment_of(self._pulumi.stack, self._pulumi.outputs())

    def ahead(self) -> str | None:
        return self._seen_live.production.ahead

    def wait_until_rolled(self, since: datetime) -> None:
        wait_until_rolled(prober(self._arm, self._stack.site_id), since, self._manner.rollout, self._reporter.waiting)

    def deploy(self) -> None:
        self._require()
        self._deployment = deployment_of(self._pulumi.stack, self._pulumi.outputs())
        package, since = self._stack.wanted_package, self.now()
        if package is None:
            raise OperationProblem(
                f"Stack '{self._stack.stack}' names no package, so there is none to deploy. Set package.path or package.url."
            )
        one_deploy(self._arm, self._stack.site_id, package, self._credential, say=self._reporter.note, pause=self._manner.waits.pause)
        self.wait_until_rolled(since)
        production = read_live(self._stack, self._arm).production
        note_live(self._stack, self._arm, self._credential, production)

    def sync(self, slot: str) -> None:
        self._host(slot).sync()

    def wait_until_running(self, slot: str) -> None:
        self._host(slot).wait_until_running()

    def wait_until_drained(self, slot: str, options: Options) -> tuple[Finding, datetime]:
        gated = self._hubs.wait(self._now_in(slot), options)
        if gated.finding.verdict is not Verdict.DRAINED:
            oldest = detail(gated.finding)
            which = "production" if slot == PRODUCTION else f"slot '{slot}'"
            head = f"The task hub of {which} is not drained. {gated.finding.sentence}"
            raise OperationProblem((head, *([f"  {oldest}"] if oldest else [])), code_of(gated.finding))
        if gated.finding.excluded:
            self._reporter.note(f"passed over, as asked: {', '.join(gated.finding.excluded)}")
        return gated.finding, gated.clean_since

    def check(self, slot: str, options: Options) -> Finding:
        return self._hubs.check(self._now_in(slot), options)

    def contents(self, slot: str) -> Contents:
        versioning = self._stack.versioning
        return contents_of(self._seen_live.slots[slot], by_name=versioning is not None and versioning.by_name)

    def starts(self) -> str | None:
        return self._seen_live.production.starts

    def orphaned(self, slot: str, options: Options) -> list[str]:
        self._live = read_live(self._stack, self._arm)
        return orphaned_by(
            self._live, slot, self._stack, lambda production: self._hubs.check(production, replace(options, settle=timedelta()))
        )

    def ramp(self) -> Ramp | None:
        return self._ramps.read()

    def set_ramp(self, to: str, percent: float) -> Ramp:
        self._require()
        now, before = self.now(), self._ramps.read()
        by = this_process("release", now).owner
        made = next_ramp(before, to, percent, self._seen_live.production, now=now, by=by)
        if made is None:
            assert before is not None
            return before
        self._ramps.write(made)
        return made

    def failed(self, version: str, since: datetime) -> list[Instance]:
        return self._hubs.failed(self._seen_live.production, version, since)

    def pause(self, seconds: float, what: str) -> None:
        self._reporter.waiting(what, self.now())
        self._manner.waits.pause(seconds)

    @property
    def _ramps(self) -> RampStore:
        if self._ramp_store is None:
            url = ramp_url(self._seen_live.production, self._stack.site)
            self._ramp_store = RampStore(url, self._credential, waiting=self._reporter.waiting)
        return self._ramp_store

    def _ramped(self, live: Live, options: Options) -> float | None:
        """Where a ramp to the newest version of the wanted code stands; asked only if this release ramps."""
        wanted = next((one for one in live.slots.values() if one.package is not None and one.label == str(self._package["version"])), None)
        if not options.ramp or wanted is None or (found := self._ramps.read()) is None or found.is_over:
            return None
        return found.percent if found.to in wanted.contains else None

    def call_hook(self, hook: str, payload: HookPayload) -> None:
        call_hook(hook, payload, timeout=self._manner.hook_timeout, say=self._reporter.note)

    def wait_for_swap(self) -> None:
        wait_for_swap(self._stack, self._arm, self._reporter, self._manner.waits)

    def reset_preview(self, slot: str) -> None:
        self._require()
        reset_preview(self._stack, self._arm, slot)
        self.wait_for_swap()

    def swap(self, slot: str) -> None:
        self._require()
        if (found := in_progress(self._pulumi)).state:
            raise OperationProblem(
                f"The stack is being updated ({found.detail}), which could take the swap back. Nothing was swapped.", UNKNOWN
            )
        exchange(self._stack, self._arm, self._seen_live, slot, PRODUCTION, self._reporter, self._manner.waits)

    def mismatches(self, slot: str) -> list[str]:
        self._live = read_live(self._stack, self._arm)
        one = self._live.slots[slot]
        differs = [f"Slot '{slot}' runs on {one.stack}, but its code was made for {one.stack_marker}."] if one.stack_differs else []
        return [*parity_problems(self._live, self._pulumi.stack), *differs]

    def instances(self, slot: str, since: datetime | None) -> list[Instance]:
        return self._hubs.instances(self._now_in(slot), since)

    def urls(self) -> Mapping[str, str]:
        slots = self._seen_live.slots.items()
        return {name: f"https://{one.host_name}" for name, one in slots}

    @property
    def _stack(self) -> Deployment:
        assert self._deployment is not None
        return self._deployment

    def _now_in(self, slot: str) -> LiveSlot:
        return read_live(self._stack, self._arm).slots[slot]

    @property
    def _seen_live(self) -> Live:
        if self._live is None:
            self._live = read_live(self._stack, self._arm)
        return self._live

    def _host(self, slot: str) -> Host:
        return Host(
            self._arm,
            slot,
            self._stack.slot_id(slot),
            waiting=self._reporter.waiting,
            pause=self._manner.waits.pause,
            patience=self._manner.health_patience,
        )

    def _take_lease(self) -> None:
        if self._lease is not None:
            self._lease.require()
            return
        lease = Lease(
            self._stack.packages_url,
            self._stack.site,
            self._credential,
            f"release of {self._package['version']}",
            force=self._force,
            waiting=self._reporter.waiting,
        )
        lease.acquire()
        self._lease = lease

    def _require(self) -> None:
        """Before whatever changes something. The very first update has no place yet for a lease; Pulumi's own lock keeps others out."""
        if self._lease is not None:
            self._lease.require()

    def _seen(self) -> Seen:
        if self._lease is not None:
            return Seen({**self._lease.content, "holder": None}, True)
        return read_record(self._stack.packages_url, self._stack.site, self._credential)

    def _site_in_config(self) -> str:
        project = self._pulumi.project()["name"]
        site = self._pulumi.config().get(f"{project}:site")
        return str(site.get("name", "")) if isinstance(site, dict) else ""


__all__ = ["AzureHands", "Manner"]
