"""Fixture apps, the golden copies of them, and small apps in text."""

from __future__ import annotations

import json
from pathlib import Path

from operations.migrate.languages.javascript import LANGUAGE
from operations.migrate.languages.javascript.reading.grammar import parsed
from operations.migrate.model import Changes, Kind

HERE = Path(__file__).parent
APPS = ("js_v4", "esm_v4", "ts_v4", "js_v3")

Files = dict[str, bytes]


def app(name: str) -> Files:
    return _folder(HERE / "fixtures" / name)


def golden(name: str) -> Files:
    return _folder(HERE / "golden" / name)


def small(main: str = "src/functions/*.js", *, module: bool = False, **sources: str) -> Files:
    """`small(orders="…")` is an app with src/functions/orders.js, in CommonJS unless `module`."""
    package = {"main": main, "type": "module" if module else "commonjs", "dependencies": {"durable-functions": "^3.0.0"}}
    files = {f"src/functions/{name}.js": text.encode() for name, text in sources.items()}
    return dict(sorted({**files, "package.json": json.dumps(package).encode()}.items()))


def with_files(files: Files, added: dict[str, str]) -> Files:
    return dict(sorted({**files, **{path: text.encode() for path, text in added.items()}}.items()))


def freeze(files: Files, version: str = "v1", *names: str, entities: bool = False, clients: bool = False) -> Changes:
    """All orchestrators and activities, unless named."""
    index = LANGUAGE.index(files)
    kinds = {Kind.ORCHESTRATOR, Kind.ACTIVITY} | ({Kind.ENTITY} if entities else set()) | ({Kind.CLIENT} if clients else set())
    wanted = {one.name for one in index.functions if one.version is None and one.kind in kinds}
    return LANGUAGE.freeze(files, index, version, frozenset(names or wanted))


def after(files: Files, changes: Changes) -> Files:
    return with_files({path: content for path, content in files.items() if path not in changes.deletes}, dict(changes.writes))


def frozen(files: Files, version: str = "v1", *names: str, entities: bool = False, clients: bool = False) -> Files:
    """The app with what freezing it writes."""
    changes = freeze(files, version, *names, entities=entities, clients=clients)
    assert changes.deletes == ()
    return after(files, changes)


def pruned(files: Files, version: str) -> Files:
    return after(files, LANGUAGE.prune(files, LANGUAGE.index(files), version))


def broken(files: Files) -> list[str]:
    """Files that the grammar does not read without an error."""
    code = {path: text for path, text in files.items() if path.endswith((".js", ".mjs", ".ts"))}
    return [path for path, text in code.items() if parsed(text, path.rpartition(".")[2])[0].has_error]


def _folder(folder: Path) -> Files:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return dict(sorted((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths))


__all__ = ["APPS", "HERE", "LANGUAGE", "Files", "after", "app", "broken", "freeze", "frozen", "golden", "pruned", "small", "with_files"]
