"""A Pulumi program: as many instances of the component as its parameters ask for.

Runs as the `__main__.py` of a project that the benchmark writes; `parameters.json` lies beside it. `means` in it are what a program can
do about the SDK's costs: `lean`, no type aliases; `turns`, an asynchronous program that lets the event loop run after each instance;
`no collector`, without Python's cyclic garbage collector, which finds little in a program that only makes things.
"""

import asyncio
import gc
import json
import sys
from pathlib import Path

parameters = json.loads(Path(__file__).with_name("parameters.json").read_text())
sys.path.insert(0, parameters["root"])

import pulumi  # noqa: E402

from components import StatusCheckWithSlot  # noqa: E402
from stacks._lean import drop_type_aliases  # noqa: E402


def deploy(site: str) -> None:
    app = StatusCheckWithSlot(
        site,
        {
            "site": {"name": site},
            "package": {"path": parameters["app"], "version": "1.0.0"},
            "durable": {"hub_name": "Orders"},
            "storage": {"protect_state": False},
            "tags": {"team": "orders"},
        },
    )
    pulumi.export(f"{site}-host", app.host_names["production"])
    pulumi.export(f"{site}-package", app.wanted_package_url)


async def in_turns() -> None:
    for wanted in parameters["sites"]:
        deploy(wanted)
        await asyncio.sleep(0)


if "no collector" in parameters["means"]:
    gc.disable()
if "lean" in parameters["means"]:
    drop_type_aliases()
if "turns" in parameters["means"]:
    pulumi.run(in_turns)
else:
    for one in parameters["sites"]:
        deploy(one)
