"""Whatever functions are called, and whatever stands around their names."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from operations.migrate.languages.csharp import LANGUAGE
from operations.migrate.names import suffix, versioned

from .apps import broken, freeze, frozen, small

NAMES = st.lists(
    st.sampled_from(["Order", "OrderItem", "Item", "Or", "Order_", "Order_vx", "OrderOrder", "Reorder", "V1", "_v", "Order1", "Versions_"]),
    min_size=1,
    unique=True,
)
VERSIONS = st.lists(st.integers(0, 120), min_size=1, max_size=4).map(lambda parts: "v" + ".".join(map(str, parts)))
WAYS = st.sampled_from(
    ['"{name}"', "nameof(Names.{name})", "Names.{name}", '@"{name}"', '$"{{Names.{name}}}"', '"" + Names.{name}', "names.{name}()"]
)
NOISE = st.text(st.characters(codec="utf-8", exclude_characters='"\\\r\n{}', exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12)


def source(names: list[str], ways: list[str], noise: str) -> str:
    """Every function is called in every way, and every name also stands in a comment, a text and a member's name."""
    methods = "".join(
        f"""
    // {noise} {name} "{name}"
    [FunctionName("{name}")]
    public static async Task Run{name}([OrchestrationTrigger] IDurableOrchestrationContext context)
    {{
        Log("{noise}{name} {name}"); /* {name} {noise} */
        {"".join(f"await context.CallActivityAsync({way.format(name=other)}, {name}Input);" for other in names for way in ways)}
    }}
"""
        for name in names
    )
    return f"namespace Shop;\n\npublic static class Functions\n{{{methods}}}\n"


def constants(names: list[str]) -> str:
    return "namespace Shop;\n\nstatic class Names\n{\n" + "".join(f'    public const string {name} = "{name}";\n' for name in names) + "}\n"


@settings(max_examples=60, deadline=None)
@given(NAMES, st.lists(WAYS, max_size=4), VERSIONS, NOISE, st.booleans(), st.booleans())
def test_exactly_the_names_of_functions_change(
    names: list[str], ways: list[str], version: str, noise: str, windows: bool, marked: bool
) -> None:
    text = source(names, ways, noise)
    if windows:
        text = text.replace("\n", "\r\n")
    files = small(functions=("\ufeff" if marked else "") + text, names=constants(names))
    after = frozen(files, version)
    copy = after[f"Versions/{suffix(version).upper()}/Functions.cs"].decode()

    ending = f"_{suffix(version)}"
    undone = copy.replace(f' + "{ending}"', "").replace(f'{ending}"', '"').replace(f"Shop.Versions.{suffix(version).upper()}", "Shop")
    assert undone == files["Functions.cs"].decode()
    assert broken(after) == []
    index = LANGUAGE.index(after)
    known = [way for way in ways if "()" not in way]
    assert sorted(one.to or "" for one in index.references if one.version == version and one.to) == sorted(
        versioned(name, version) for name in names for _ in names for _ in known
    )
    assert {one.name for one in index.functions if one.version == version} == {versioned(name, version) for name in names}


@settings(max_examples=30, deadline=None)
@given(NAMES, st.lists(VERSIONS, min_size=2, max_size=4, unique_by=suffix), st.data())
def test_versions_come_and_go_without_touching_each_other(names: list[str], versions: list[str], data: st.DataObject) -> None:
    files = small(functions=source(names, ['"{name}"'], ""))
    every = files
    for version in versions:
        every = frozen(every, version)
    gone = data.draw(st.sampled_from(versions))

    pruned = LANGUAGE.prune(every, LANGUAGE.index(every), gone).deletes
    expected = files
    for version in (one for one in versions if one != gone):
        expected = frozen(expected, version)
    assert {path: text for path, text in every.items() if path not in pruned} == expected
    assert all(freeze(every, version).writes == {} for version in versions)


@settings(max_examples=40, deadline=None)
@given(NAMES, st.data())
def test_names_that_are_not_chosen_stay_the_working_copys(names: list[str], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    files = small(functions=source(names, ['"{name}"'], ""))
    copy = freeze(files, "v7", *chosen).writes["Versions/V7/Functions.cs"]

    assert set(re.findall(r'FunctionName\("(\w+)"\)', copy)) == {f"{name}_v7" for name in chosen}
    assert set(re.findall(r'CallActivityAsync\("(\w+)"', copy)) == {f"{name}_v7" if name in chosen else name for name in names}
