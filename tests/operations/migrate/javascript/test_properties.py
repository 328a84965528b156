"""Whatever functions are called, and whatever stands around their names."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from operations.migrate.names import suffix, versioned

from .apps import LANGUAGE, broken, freeze, frozen, pruned, small

NAMES = st.lists(
    st.sampled_from(["Order", "OrderItem", "Item", "Or", "Order_", "Order_vx", "OrderOrder", "Reorder", "V1", "_v", "Order1", "versions_"]),
    min_size=1,
    unique_by=str.lower,
)
VERSIONS = st.lists(st.integers(0, 120), min_size=1, max_size=4).map(lambda parts: "v" + ".".join(map(str, parts)))
WAYS = st.sampled_from(["'{name}'", '"{name}"', "`{name}`", "NAMES.{name}", "`${{NAMES.{name}}}`", "'' + NAMES.{name}", "NAMES['{name}']"])
NOISE = st.text(
    st.characters(codec="utf-8", exclude_characters="'\"`\\\r\n{}$*/", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12
)


def source(names: list[str], ways: list[str], noise: str) -> str:
    """Every function is called in every way, and every name also stands in a comment, a text and a property's name."""
    table = ", ".join(f"{name}: '{name}'" for name in names)
    functions = "".join(
        f"""
// {noise} {name} '{name}'
df.app.orchestration('{name}', function* (context) {{
    console.log('{noise}{name} {name}', {{ '{name}': `{name}` }}); /* {name} {noise} */
    {"".join(f"yield context.df.callSubOrchestrator({way.format(name=other)}, context.{name}, '{other}');" for other in names for way in ways)}
}})
"""
        for name in names
    )
    return f"const df = require('durable-functions')\nconst NAMES = {{ {table} }}\n{functions}"


@settings(max_examples=50, deadline=None)
@given(NAMES, st.lists(WAYS, max_size=4), VERSIONS, NOISE)
def test_exactly_the_names_of_functions_change(names: list[str], ways: list[str], version: str, noise: str) -> None:
    text = source(names, ways, noise)
    files = small(orders=text)
    after = frozen(files, version)
    path = f"src/functions/versions/{suffix(version)}/orders.js"
    copy = after[path].decode()
    ending = re.escape(suffix(version))
    back = re.sub(rf" \+ '_{ending}'", "", copy)
    assert re.sub(rf"((?:callSubOrchestrator|orchestration)\([^,]*?)_{ending}(?=['\"`],)", r"\1", back) == text
    assert broken(after) == []
    index = LANGUAGE.index(after)
    assert {one.name for one in index.functions if one.version == version} == {versioned(name, version) for name in names}
    told = [one.to for one in index.references if one.version == version]
    assert sorted(map(str, told)) == sorted(versioned(other, version) for _ in names for other in names for _ in ways)


@settings(max_examples=25, deadline=None)
@given(NAMES, st.lists(WAYS, min_size=1, max_size=2), st.lists(VERSIONS, min_size=1, max_size=3, unique=True), st.data())
def test_versions_come_and_go_independently_of_each_other(
    names: list[str], ways: list[str], versions: list[str], data: st.DataObject
) -> None:
    files = small(orders=source(names, ways, ""))
    now = files
    for version in versions:
        now = frozen(now, version)
        assert freeze(now, version).writes == {}
    gone = data.draw(st.permutations(versions))
    for at, version in enumerate(gone):
        now = pruned(now, version)
        assert not [one for one in LANGUAGE.index(now).functions if one.version in gone[: at + 1]]
    assert now == files


@settings(max_examples=25, deadline=None)
@given(NAMES, st.data(), VERSIONS)
def test_only_what_is_asked_for_is_frozen(names: list[str], data: st.DataObject, version: str) -> None:
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    after = frozen(small(orders=source(names, ["'{name}'"], "")), version, *chosen)
    index = LANGUAGE.index(after)
    assert {one.name for one in index.functions} == {*names, *(versioned(name, version) for name in chosen)}
    told = {one.to for one in index.references if one.version == version}
    assert told == {versioned(name, version) if name in chosen else name for name in names}
