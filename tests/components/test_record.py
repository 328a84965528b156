"""The record of a package's functions: one setting, written the same for the same functions, read without ever failing."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._code import record
from components._code.package import inventory, read_package
from components._code.record import Functions

FUNCTIONS = Functions({"Order": "0123abcd", "Ship": ""}, {"Charge": "89ef4567"}, {"function_app.py": "00112233"})
PARTS = st.dictionaries(st.text(max_size=20), st.text(max_size=8), max_size=6)


def packed(value: object) -> str:
    return base64.b64encode(zlib.compress(json.dumps(value).encode())).decode()


def test_it_is_deflated_json_with_short_keys() -> None:
    value = record.write(FUNCTIONS)
    assert value is not None
    assert json.loads(zlib.decompress(base64.b64decode(value))) == {
        "o": {"Order": "0123abcd", "Ship": ""},
        "a": {"Charge": "89ef4567"},
        "f": {"function_app.py": "00112233"},
    }


@given(PARTS, PARTS, PARTS)
def test_what_was_written_is_read(orchestrators: dict[str, str], activities: dict[str, str], files: dict[str, str]) -> None:
    functions = Functions(orchestrators, activities, files)
    assert record.read(record.write(functions)) == functions


def test_the_order_in_which_functions_were_found_does_not_matter() -> None:
    turned = Functions(dict(reversed(FUNCTIONS.orchestrators.items())), FUNCTIONS.activities, FUNCTIONS.files)
    assert record.write(turned) == record.write(FUNCTIONS)


def test_a_package_without_functions_says_so() -> None:
    assert record.read(record.write(Functions())) == Functions()


def test_above_eight_kilobytes_it_is_left_out() -> None:
    def of(count: int) -> Functions:
        return Functions({f"Orchestrator{number}": f"{zlib.crc32(str(number).encode()):08x}" for number in range(count)})

    small, large = record.write(of(500)), record.write(of(1500))
    assert small is not None and len(small) <= 8192 and large is None


BROKEN = {
    "nothing": None,
    "empty": "",
    "no base64": "%%%",
    "other letters": "äöü",
    "base64 of nothing in particular": base64.b64encode(b"hello").decode(),
    "cut off": (record.write(FUNCTIONS) or "")[:-12],
    "no JSON": base64.b64encode(zlib.compress(b"{")).decode(),
    "no UTF-8": base64.b64encode(zlib.compress(b"\xff\xfe")).decode(),
    "a list": packed([1, 2]),
    "a part missing": packed({"o": {}, "a": {}}),
    "a part that is a list": packed({"o": [], "a": {}, "f": {}}),
    "a hash that is a number": packed({"o": {"Order": 1}, "a": {}, "f": {}}),
    "nested without end": base64.b64encode(zlib.compress(b"[" * 100_000)).decode(),
    "an endless row of blanks": base64.b64encode(zlib.compress(b'{"o":{},"a":{},"f":{}}' + b" " * 10**7)).decode(),
    "a line end in it": (record.write(FUNCTIONS) or "")[:8] + "\n" + (record.write(FUNCTIONS) or "")[8:],
}


@pytest.mark.parametrize("value", BROKEN.values(), ids=BROKEN)
def test_a_value_that_somebody_edited_says_nothing(value: str | None) -> None:
    assert record.read(value) is None


@given(st.text())
def test_no_text_makes_reading_fail(value: str) -> None:
    record.read(value)


def test_it_holds_what_a_package_contains() -> None:
    contents = inventory(read_package(str(Path("examples/orders"))))
    read = record.read(record.write(record.of(contents)))
    assert read == Functions(contents.orchestrators, contents.activities, contents.files)
    assert (set(read.orchestrators), set(read.activities)) == ({"ProcessOrder"}, {"ChargeOrder", "ReleaseItem", "ReserveItem"})
