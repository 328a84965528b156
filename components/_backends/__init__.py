"""Where durable state lies: one file per backend, all behind one protocol, so that a component does not know which one it calls.

How it is called, in this order:
- arguments: `durable.backend` is `BackendArgs` to the world and `BackendChoice` when checked; `backend = chosen(choice)`.
- rules: make an `App` of plain values (`connection_setting=asked or backend.usual_setting`), then `problems(choice, app)`, and
  `backend.warnings(app)`. No name in `backend.written(app)` is taken from the user. Bundle ranges: `backend.bundle_floor`, which also has
  the default range.
- host.json: `HostJsonWanted(**backend.host_json(app), **hosting's fields, bundle=…, default_version=…)`.
- live state: `BundleKeys(shared_account=backend.hub_account(app), hubs=…)`; where that is empty, no table is looked for.
- resources: `made = backend.make(place, arguments, identity, app)`, after the identity and before the roles:
  `Accounts(…, by_purpose=made.accounts)`, `grant_to_app(place, identity, [*app_grants(…), *made.grants])`, and the same for operators.
  Sites get `backend.site_config(app)`, slots get `made.settings[slot]`, sticky names get `made.sticky`, settings wait for `made.depends_on`.
"""

from ._args import AzureStorageArgs, BackendArgs, DurableTaskSchedulerArgs, MssqlArgs, NetheriteArgs
from ._choosing import BackendChoice, chosen, problems
from ._protocol import App, Backend, BundleFloor, Made

__all__ = [
    "App",
    "AzureStorageArgs",
    "Backend",
    "BackendArgs",
    "BackendChoice",
    "BundleFloor",
    "DurableTaskSchedulerArgs",
    "Made",
    "MssqlArgs",
    "NetheriteArgs",
    "chosen",
    "problems",
]
