"""The looks that an update takes at the slots besides the first: right before settings are written, and at the very end.

A swap is not locked out by a Pulumi update. So what the plan was made from must still be true before anything of a bundle is written;
and if two slots name one task hub when everything is written, the update ends failed and says how to mend it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

import pulumi

from .deciding import interpret
from .parity import Held
from .reading import LiveState, Missing, Unreadable
from .settings import BundleKeys


class Fence:
    def __init__(self, live: LiveState, keys: BundleKeys, seen: Mapping[str, Held]) -> None:
        self._live = live
        self._keys = keys
        self._seen = seen

    def before_writing(self, slots: Iterable[str], resources: Iterable[pulumi.Resource]) -> pulumi.Output[bool]:
        """True once all `resources` are there and `slots` still hold what the plan was made from. Fails the update otherwise."""
        watched = tuple(slots)
        return self._then(resources, lambda: self._unchanged(watched))

    def after_writing(self, resources: Iterable[pulumi.Resource]) -> pulumi.Output[bool]:
        """True once all `resources` are written and no two slots name one task hub. Fails the update otherwise."""
        return self._then(resources, self._apart)

    def _then(self, resources: Iterable[pulumi.Resource], look: Callable[[], Awaitable[bool]]) -> pulumi.Output[bool]:
        """A dry run writes nothing, so there is nothing to guard, and outputs stay known."""
        if pulumi.runtime.is_dry_run():
            return pulumi.Output.from_input(True)
        return pulumi.Output.all(*(resource.urn for resource in resources)).apply(lambda _: look())

    async def _unchanged(self, slots: tuple[str, ...]) -> bool:
        for slot in slots:
            before, now = self._seen[slot], await self._read(slot)
            if _identity(now) != _identity(before):
                raise pulumi.RunError(
                    f"slot '{slot}' changed while this update ran: it held {_shown(before)}, now it holds {_shown(now)}. "
                    "Somebody swapped or deployed. Its settings were not written; run `pulumi up` again."
                )
        return True

    async def _apart(self) -> bool:
        owners: dict[str, str] = {}
        for slot in self._seen:
            bundle = (await self._read(slot)).bundle
            owner = owners.setdefault(bundle, slot) if bundle is not None else slot
            if owner != slot:
                raise pulumi.RunError(
                    f"slots '{owner}' and '{slot}' both name the task hub of bundle '{bundle}': a swap came between reading and writing. "
                    "Two versions may be working on one hub now. Run `pulumi up` again at once: production keeps its bundle, the other slot gets the free one."
                )
        return True

    async def _read(self, slot: str) -> Held:
        answer = await self._live.slot_again(slot)
        if isinstance(answer, Unreadable):
            raise pulumi.RunError(f"{answer}. What is live can't be compared with what was planned, so this update stops here.")
        if isinstance(answer, Missing):
            raise pulumi.RunError(
                f"slot '{slot}' was made or updated by this program, but can't be found where its settings are read: "
                "is `azure-native:subscriptionId` another subscription than the one that the stack was deployed to? Nothing more was written."
            )
        return interpret(answer, self._keys)


def _identity(held: Held) -> tuple[str | None, str | None]:
    return held.bundle, held.code.package if held.code else None


def _shown(held: Held) -> str:
    code = f"version '{held.code.label}'" if held.code else "no code"
    return f"bundle '{held.bundle}' with {code}" if held.bundle else code
