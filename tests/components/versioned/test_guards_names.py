"""What is said of a package with versions in names, beside the one that production runs."""

from __future__ import annotations

from components._code.package import Call, Inventory
from components._code.record import Functions
from components._versioned.guards_names import warnings

CONTENTS = Inventory({"Orders_v1": "", "Orders_v2": ""})


def test_orchestrators_that_are_gone_are_named() -> None:
    live = Functions({"Orders_v0": "", "orders_V1": ""})
    assert list(warnings(CONTENTS, live)) == [
        "the new package lacks orchestrators that production's package has: Orders_v0. Whether instances of them are still active was not checked here; "
        "`python -m operations versions` counts them."
    ]


def test_calls_of_activities_that_it_lacks_are_named() -> None:
    contents = Inventory({"Orders_v1": ""}, undeclared=(Call("versions/v1/orders.py", 3, "Charge_v1"),))
    assert list(warnings(contents, None)) == [
        "activities are called that the package does not have: versions/v1/orders.py:3 (Charge_v1). Such a call fails its orchestration."
    ]


def test_children_need_no_version_here_nor_do_starts() -> None:
    call = (Call("function_app.py", 1, "Ship_v1"),)
    assert list(warnings(Inventory({"Orders_v1": ""}, calls_without_version=call, starts_without_version=call), Functions())) == []


def test_of_a_package_that_can_t_be_read_nothing_is_said() -> None:
    assert list(warnings(None, Functions({"Orders_v1": ""}))) == []
