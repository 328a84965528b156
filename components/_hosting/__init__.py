"""What the plan means for an app: slots and swaps on Dedicated and Elastic Premium plans, updates in place on Flex Consumption.

The plan's SKU decides: `hosting(sku)` is `flex` for FC1, else `slots`. On `slots` a component goes on as `_children.sites` has it.
On `flex`, in this order:
- rules: `flex_problems(arguments, flex)` and `flex_warnings(flex)` instead of `_rules._plan`; `arguments.slots` must be production alone,
  so `site.slots` that is left out means `[]` there. `flex` is the argument group as given, `Flex()` by default.
- host.json: `HostJsonWanted(**backend.host_json(app), **flex_host_json(backend.kind), …)`.
- live state: production is `flex_held(settings, uploaded, keys, wanted)`, where `uploaded` is the metadata of the packages container.
  Code that OneDeploy has not yet brought there is `new` in the plan, so that the start version waits for it.
- resources: `make_flex_plan`, then `make_flex_site` after accounts and roles. No sticky names, no publishing passwords for FTP.
- settings: the whole map as for a slot, through `flex_settings(settings, package_key(code.package))`, which leaves out what is forbidden.
"""

from .._azure.plans import plan_kind
from ._args import FlexArgs
from .flex import Flex, flex_host_json, flex_settings, make_flex_plan, make_flex_site
from .flex_live import LIVE, PACKAGE, flex_held, live_value, package_key
from .flex_rules import flex_problems, flex_warnings

FLEX = "flex"
SLOTS = "slots"


def hosting(sku: str) -> str:
    """For the output `hosting`: `flex` or `slots`."""
    kind = plan_kind(sku)
    return FLEX if kind is not None and kind.name == "Flex Consumption" else SLOTS


__all__ = [
    "FLEX",
    "LIVE",
    "PACKAGE",
    "SLOTS",
    "Flex",
    "FlexArgs",
    "flex_held",
    "flex_host_json",
    "flex_problems",
    "flex_settings",
    "flex_warnings",
    "hosting",
    "live_value",
    "make_flex_plan",
    "make_flex_site",
    "package_key",
]
