"""How a reference is told, and what becomes of it in the copy: one line of an orchestrator each."""

from __future__ import annotations

import pytest

from operations.migrate.languages.python import LANGUAGE

from .apps import copied, freeze, small

NAMES = """
from enum import Enum, StrEnum
ALONE = "Ship"
SAID = "Ship"
TEXT = f"{SAID}!"
PART = "Sh"
WHOLE = f"{PART}ip"
A = B = "Pay"
TWICE = SAID
ONE, TWO = "Ship", "Pay"
TABLE = {"ship": "Ship", "pay": f"{'Pay'}"}
class Kinds(StrEnum):
    SHIP = "Ship"
class Old(Enum):
    SHIP = "Ship"
class Plain:
    SHIP = "Ship"
"""

CASES = {
    'yield context.call_activity("Ship", 1)': 'yield context.call_activity("Ship_v1", 1)',
    "yield context.call_activity('Ship')": "yield context.call_activity('Ship_v1')",
    'yield context.call_activity("""Ship""")': 'yield context.call_activity("""Ship_v1""")',
    'yield context.call_activity(r"Ship")': 'yield context.call_activity(r"Ship_v1")',
    'yield context.call_activity(("Ship"))': 'yield context.call_activity(("Ship_v1"))',
    'yield context.call_activity("Sh" "ip")': 'yield context.call_activity("Sh" "ip_v1")',
    'yield context.call_activity("Sh" + "ip")': 'yield context.call_activity("Sh" + "ip_v1")',
    'yield context.call_activity("\\x53hip")': 'yield context.call_activity("\\x53hip_v1")',
    'yield context.call_activity("ship")': 'yield context.call_activity("ship_v1")',
    'yield context.call_activity(f"Ship")': 'yield context.call_activity(f"Ship_v1")',
    'yield context.call_activity(f"{names.PART}ip")': 'yield context.call_activity(f"{names.PART}ip_v1")',
    "yield context.call_activity(names.SAID)": 'yield context.call_activity(names.SAID + "_v1")',
    "yield context.call_activity(names.WHOLE)": "yield context.call_activity(names.WHOLE)",
    "yield context.call_activity(names.ALONE)": "yield context.call_activity(names.ALONE)",
    "yield context.call_activity(names.TWICE)": 'yield context.call_activity(names.TWICE + "_v1")',
    "yield context.call_activity(names.A)": 'yield context.call_activity(names.A + "_v1")',
    "yield context.call_activity(names.ONE)": "yield context.call_activity(names.ONE)",
    'yield context.call_activity(names.TABLE["ship"])': 'yield context.call_activity(names.TABLE["ship"] + "_v1")',
    "yield context.call_activity(names.Kinds.SHIP)": 'yield context.call_activity(names.Kinds.SHIP + "_v1")',
    "yield context.call_activity(names.Old.SHIP.value)": 'yield context.call_activity(names.Old.SHIP.value + "_v1")',
    'yield context.call_activity("Ship" if x else names.SAID)': 'yield context.call_activity("Ship_v1" if x else names.SAID + "_v1")',
    'yield context.call_activity_with_retry("Ship", retry)': 'yield context.call_activity_with_retry("Ship_v1", retry)',
    'yield context.call_activity_with_retry(retry_options=1, name="Ship")': (
        'yield context.call_activity_with_retry(retry_options=1, name="Ship_v1")'
    ),
    'yield context.call_sub_orchestrator("Order", None)': 'yield context.call_sub_orchestrator("Order_v1", None)',
    'yield context.call_sub_orchestrator_with_retry("Order", r)': 'yield context.call_sub_orchestrator_with_retry("Order_v1", r)',
    'yield context.call_activity(input_="Ship", name="Pay")': 'yield context.call_activity(input_="Ship", name="Pay_v1")',
    'name = "Ship"; yield context.call_activity(name)': 'name = "Ship_v1"; yield context.call_activity(name)',
    'name = "Ship"; yield context.call_activity(name, name)': 'name = "Ship"; yield context.call_activity(name + "_v1", name)',
    'yield context.call_http("POST", f"{base}/runtime/webhooks/durabletask/orchestrators/Order")': (
        'yield context.call_http("POST", f"{base}/runtime/webhooks/durabletask/orchestrators/Order_v1")'
    ),
    'yield context.call_http("POST", "https://x/orchestrators/Order/1?code=2")': (
        'yield context.call_http("POST", "https://x/orchestrators/Order_v1/1?code=2")'
    ),
}
UNTOUCHED = (
    'yield context.call_activity("Elsewhere")',
    'yield context.call_activity("ShipShip")',
    'yield context.call_activity("Ship_v0")',
    'yield "Ship", "Order", f"{names.PART}"  # Ship, Order',
    'yield context.wait_for_external_event("Ship")',
    'yield context.call_http("GET", "https://x/Order")',
    'yield context.call_http("POST", f"https://x/orchestrators/Order{context.instance_id}")',
    'yield "/orchestrators/Order"',
    '"POST /runtime/webhooks/durabletask/orchestrators/Order"',
    'yield context.call_entity(EntityId("Ship2", "key"), "Ship")',
)


@pytest.mark.parametrize(("line", "wanted"), CASES.items())
def test_a_reference_is_renamed_in_the_copy(line: str, wanted: str) -> None:
    files = small(line, names=NAMES)
    copy = copied(files)

    assert f"\n    {wanted}\n" in copy
    assert copied(files, "v12.3.0") == copy.replace("_v1", "_v12_3_0")


@pytest.mark.parametrize("line", UNTOUCHED)
def test_what_names_no_function_of_the_app_is_left_alone(line: str) -> None:
    assert f"\n    {line}\n" in copied(small(line, names=NAMES))


@pytest.mark.parametrize(
    "line",
    [
        "yield context.call_activity(context.get_input())",
        "yield context.call_activity(os.environ['NAME'])",
        "yield context.call_activity(f'{which}Ship')",
        "yield context.call_activity(f'{names.PART!r}ip')",
        "yield context.call_activity('Ship' % 1)",
        "for each in names.TABLE: yield context.call_activity(each)",
        "yield context.call_activity(names.UNKNOWN)",
        "yield context.call_sub_orchestrator(print)",
        "call = context.call_activity",
        "yield context.call_http('POST', f'https://x/orchestrators/{which}')",
    ],
)
def test_a_name_that_can_not_be_told_is_reported_with_its_place_and_left_as_it_is(line: str) -> None:
    files = small(line, names=NAMES)
    (found,) = [one for one in LANGUAGE.index(files).references if one.to is None]
    changes = freeze(files)

    assert (found.file, found.line) == ("function_app.py", 9)
    assert found.text in line
    assert changes.unresolved == (found,)
    assert f"\n    {line}\n" in changes.writes["versions/v1/function_app.py"]


@pytest.mark.parametrize(
    ("line", "definition", "frozen"),
    [
        ("yield context.call_activity(names.ALONE)", 'ALONE = "Ship"', 'ALONE = "Ship_v1"'),
        ("yield context.call_activity(names.SAID)", 'SAID = "Ship"', 'SAID = "Ship"'),
        ("yield context.call_activity(names.ALONE); print(names.ALONE)", 'ALONE = "Ship"', 'ALONE = "Ship"'),
        ("from names import ALONE as X; yield context.call_activity(X); print(X)", 'ALONE = "Ship"', 'ALONE = "Ship"'),
        ("from names import ALONE as X; yield context.call_activity(X)", 'ALONE = "Ship"', 'ALONE = "Ship_v1"'),
        ("yield context.call_activity(names.A)", 'A = B = "Pay"', 'A = B = "Pay"'),
        ("yield context.call_activity(names.Plain.SHIP)", 'class Plain:\n    SHIP = "Ship"', 'class Plain:\n    SHIP = "Ship"'),
    ],
)
def test_a_constant_is_renamed_where_it_is_defined_only_if_it_serves_as_a_name_alone(line: str, definition: str, frozen: str) -> None:
    files = small(line, names=NAMES)

    assert definition in files["names.py"].decode()
    assert frozen in copied(files, path="names.py")


def test_a_name_that_is_handed_through_the_apps_own_function_is_renamed_where_it_is_written() -> None:
    steps = "def step(context, name, what=None):\n    return context.call_activity(name, what)\n"
    files = small('yield steps.step(context, "Ship", "Ship")\n_ = steps.step(context, name="Pay")', steps=steps)

    assert [(one.to, one.file) for one in LANGUAGE.index(files).references] == [("Ship", "function_app.py"), ("Pay", "function_app.py")]
    assert '(context, "Ship_v1", "Ship")' in copied(files)
    assert 'name="Pay_v1")' in copied(files)
    assert copied(files, path="steps.py") == steps


def test_a_name_that_may_be_one_of_two_is_two_references() -> None:
    files = small('name = "Ship" if context.instance_id else "Pay"\nyield context.call_activity(name)')

    assert [one.to for one in LANGUAGE.index(files).references] == ["Ship", "Pay"]
    assert 'name = "Ship_v1" if context.instance_id else "Pay_v1"' in copied(files)


def test_an_entity_gets_the_suffix_only_if_it_is_asked_for() -> None:
    entity = 'import azure.durable_functions as df\nbp = df.Blueprint()\n@bp.entity_trigger("context")\ndef Count(context): ...\n'
    files = small('yield context.call_entity(df.EntityId("Count", "Count"), "Count")', counting=entity)
    files["function_app.py"] += b"app.register_functions(counting.bp)\n"

    assert 'df.EntityId("Count", "Count")' in copied(files)
    assert freeze(files).notes == ("Entities keep their state under their name, so v1 shares them with the working copy: Count.",)
    both = freeze(files, entities=True)
    assert 'df.EntityId("Count_v1", "Count"), "Count")' in both.writes["versions/v1/function_app.py"]
    assert both.writes["versions/v1/counting.py"].endswith(
        '@bp.function_name("Count_v1")\n@bp.entity_trigger("context")\ndef Count(context): ...\n'
    )
    assert both.notes == ()


def test_a_function_object_is_called_by_the_name_of_its_def_so_the_copys_def_gets_the_copys_name() -> None:
    copy = copied(small("yield context.call_activity(pay, 1)\nyield context.call_activity_with_retry(pay)"))

    assert "yield context.call_activity(pay, 1)" in copy
    assert copy.endswith(
        '@app.function_name("Pay_v1")\n@app.activity_trigger(input_name="order")\ndef Pay_v1(order):\n    return "Pay"\npay = Pay_v1\n'
    )
    assert "def Ship(order):" in copy


def test_a_function_object_whose_name_is_no_identifier_is_called_by_its_name() -> None:
    files = small("yield context.call_activity(pay, 1)")
    files["function_app.py"] = files["function_app.py"].replace(b'"Pay")', b'"Pay-Now")')

    assert 'context.call_activity("Pay-Now_v1", 1)' in copied(files)


@pytest.mark.parametrize("end", ["", "\n", "\n# end", "\n\n\nx = 1\n"])
@pytest.mark.parametrize("indent", ["", "    "])
def test_the_old_name_of_a_function_object_is_bound_right_behind_it(end: str, indent: str) -> None:
    moved = f"{indent}@app.activity_trigger('x')\n{indent}def Last(x): return 1"
    files = small("yield context.call_activity(Last)")
    files["function_app.py"] += (("if 1:\n" if indent else "") + moved + end).encode()

    moved = moved.replace("def Last", "def Last_v1").replace("@app", f'@app.function_name("Last_v1")\n{indent}@app')
    assert copied(files).endswith(f"{moved}\n{indent}Last = Last_v1{end}")


def test_a_function_object_that_is_not_part_of_the_version_is_called_by_its_name() -> None:
    copy = copied(small("yield context.call_activity(pay, 1)"), names=("Order",))

    assert 'context.call_activity("Pay", 1)' in copy
    assert "def pay" not in copy
    assert freeze(small("yield context.call_activity(pay, 1)"), "v1", "Order").notes == (
        "function_app.py:8: v1 goes on using the working copy of Pay, which is not part of it.",
    )


def test_a_function_that_is_not_part_of_the_version_but_called_as_python_is_copied_as_python() -> None:
    files = small("yield pay(1)")
    copy = copied(files, names=("Order",))

    assert '\n\ndef pay(order):\n    return "Pay"\n' in copy
    assert copy.count("@app") == 2
    assert freeze(files, "v1", "Order").notes == (
        "function_app.py:18: Pay is not part of v1, but is called as a plain function: copied as one.",
    )


def test_a_name_that_may_be_one_of_two_with_only_one_in_the_version_is_reported_and_left_as_it_is() -> None:
    files = small("yield context.call_activity(names.EITHER)", names='EITHER = "Ship"\nEITHER = "Pay"\n')
    changes = freeze(files, "v1", "Order", "Ship")

    assert [(one.to, one.text) for one in changes.unresolved] == [("Ship", "names.EITHER")]
    assert changes.writes["versions/v1/names.py"] == files["names.py"].decode()


def test_python_passes_over_the_class_around_a_method() -> None:
    text = """NAME = "Ship"

class Steps:
    NAME = "Pay"

    def ship(self, context):
        return context.call_activity(NAME)

    pay = staticmethod(lambda context: context.call_activity(Steps.NAME))
"""
    files = small("yield steps.Steps().ship(context)", steps=text)

    assert [one.to for one in LANGUAGE.index(files).references] == ["Ship", "Pay"]
