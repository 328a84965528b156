"""What Flex Consumption can be asked for, as every Pulumi language sees it. It is chosen by `plan.sku: FC1`.

No `from __future__ import annotations` here: Pulumi infers the package's schema from these annotations at run time.
"""

from typing import NotRequired

from typing_extensions import TypedDict


class FlexArgs(TypedDict):
    """Scale and updates of an app on Flex Consumption, which has no slots and one app per plan."""

    maximum_instances: NotRequired[int]
    """Instances per function group at most, 1 to 1000. Left out: 100."""
    instance_memory_mb: NotRequired[int]
    """Memory of an instance: 512, 2048 or 4096. Left out: 2048."""
    always_ready: NotRequired[dict[str, int]]
    """Group (`durable`, `http`, `blob`) or `function:<name>` -> instances that never sleep. Left out, `durable` has 1."""
    http_concurrency: NotRequired[int]
    """HTTP requests that one instance takes at once, 1 to 1000. Left out: Azure's choice by memory."""
    update_strategy: NotRequired[str]
    """`Recreate`: an update restarts all instances at once. `RollingUpdate` (in preview): it drains and replaces them in batches, while old
    and new code share the task hub for up to an hour. A change of this counts from the next update on. Left out: `Recreate`."""
