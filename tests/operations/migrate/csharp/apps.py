"""Fixture apps, the golden copies of them, and small apps in text."""

from __future__ import annotations

from pathlib import Path

import tree_sitter_c_sharp
from tree_sitter import Language, Parser

from operations.migrate.languages.csharp import LANGUAGE
from operations.migrate.model import Changes, Kind

HERE = Path(__file__).parent
APPS = ("in_process", "isolated", "class_based")
_PARSER = Parser(Language(tree_sitter_c_sharp.language()))

Files = dict[str, bytes]


def app(name: str) -> Files:
    return _folder(HERE / "fixtures" / name)


def golden(name: str) -> Files:
    return _folder(HERE / "golden" / name)


def small(**sources: str) -> Files:
    """`small(orders="…")` is a project `Shop` with Orders.cs."""
    files = {f"{name.title()}.cs": text.encode() for name, text in sources.items()}
    return {**files, "Shop.csproj": b'<Project Sdk="Microsoft.NET.Sdk" />'}


def freeze(files: Files, version: str = "v1", *names: str, entities: bool = False) -> Changes:
    """All that is not frozen yet, unless named."""
    index = LANGUAGE.index(files)
    wanted = {one.name for one in index.functions if one.version is None and (entities or one.kind is not Kind.ENTITY)}
    return LANGUAGE.freeze(files, index, version, frozenset(names or wanted))


def frozen(files: Files, version: str = "v1", *names: str, entities: bool = False) -> Files:
    """The app with what freezing it writes."""
    changes = freeze(files, version, *names, entities=entities)
    assert changes.deletes == ()
    return dict(sorted({**files, **{path: text.encode() for path, text in changes.writes.items()}}.items()))


def broken(files: Files) -> list[str]:
    """Files that the grammar does not read without an error."""
    return [path for path, text in files.items() if path.endswith(".cs") and _PARSER.parse(text).root_node.has_error]


def orchestrator(body: str, members: str = "", *, usings: str = "") -> str:
    """A file with an orchestrator, the activities Ship and Pay, and what is given."""
    return f"""using Microsoft.Azure.WebJobs;
{usings}
namespace Shop
{{
    public class Orders
    {{
        [FunctionName("Orders")]
        public static async Task Run([OrchestrationTrigger] IDurableOrchestrationContext context, string given)
        {{
            {body}
        }}

        [FunctionName("Ship")]
        public static void Ship([ActivityTrigger] string order)
        {{
        }}

        [FunctionName("Pay")]
        public static void Pay([ActivityTrigger] string order)
        {{
        }}
        {members}
    }}
}}
"""


def _folder(root: Path) -> Files:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
