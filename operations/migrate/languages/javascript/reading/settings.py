"""What package.json and tsconfig.json say about where code lies, before and after it is built."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tree_sitter import Node

from ....model import Files
from ...nodes import child, text
from .globs import matches
from .grammar import parsed, plain

SOURCES = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_TYPED = {".ts": ".js", ".tsx": ".js", ".mts": ".mjs", ".cts": ".cjs"}


@dataclass(frozen=True)
class Settings:
    main: str = ""
    """The pattern of files that the worker loads. Empty: no functions register themselves."""
    is_module: bool = False
    """`.js` files are ES modules."""
    out_dir: str = ""
    root_dir: str = ""
    explicit_extensions: bool = False
    """TypeScript that has to write `./names.js`."""
    typed: bool = False
    aliases: tuple[tuple[str, str], ...] = ()
    """Of modules: `#lib/*` -> `src/lib/*`, from package.json's `imports` and tsconfig.json's `paths`."""

    def built(self, path: str) -> str:
        """Where the code of a source lies when it runs. JavaScript is run where it lies."""
        stem, extension = posixpath.splitext(path)
        if extension not in _TYPED:
            return path
        inside = posixpath.relpath(stem, self.root_dir or ".")
        return posixpath.normpath(posixpath.join(self.out_dir, inside)) + _TYPED[extension]

    def loads(self, path: str) -> bool:
        """Whether the worker loads that source by itself."""
        return bool(self.main) and matches(self.main, self.built(path))


def settings(files: Files) -> Settings:
    package = relaxed(files.get("package.json", b""))
    config = _config(files, "tsconfig.json", 0)
    options = _mapping(config.get("compilerOptions"))
    typed = "tsconfig.json" in files or any(path.endswith((".ts", ".mts", ".cts", ".tsx")) and not path.endswith(".d.ts") for path in files)
    module = str(options.get("module", "")).lower()
    is_module = package.get("type") == "module"
    root = options.get("rootDir")
    return Settings(
        main=posixpath.normpath(main) if isinstance(main := package.get("main"), str) and main else "",
        is_module=is_module,
        out_dir=_folder(options.get("outDir")),
        root_dir=_folder(root) if isinstance(root, str) else _common(files, _texts(config.get("include")) + _texts(config.get("files"))),
        explicit_extensions=module.startswith("node") or (is_module and module != "commonjs"),
        typed=typed,
        aliases=(*_aliases(package.get("imports"), ""), *_aliases(options.get("paths"), _folder(options.get("baseUrl")))),
    )


def relaxed(content: bytes) -> Mapping[str, Any]:
    """JSON, with the comments and the commas at ends that tsconfig.json may have. What is no object is empty."""
    root, nodes = parsed(b"x = " + content.removeprefix(b"\xef\xbb\xbf"), "js")
    if root.has_error or not nodes["assignment_expression"]:
        return {}
    value = child(nodes["assignment_expression"][0], "right")
    return _mapping(_value(value)) if value is not None else {}


def _value(node: Node) -> Any:
    match node.type:
        case "object":
            pairs = [(child(one, "key"), child(one, "value")) for one in node.named_children if one.type == "pair"]
            return {plain(key) or text(key): _value(value) for key, value in pairs if key is not None and value is not None}
        case "array":
            return [_value(one) for one in node.named_children if one.type != "comment"]
        case "true" | "false":
            return node.type == "true"
        case _:
            return plain(node)


def _config(files: Files, path: str, depth: int) -> Mapping[str, Any]:
    """With what it extends, as far as that lies in the app."""
    own = relaxed(files.get(path, b""))
    base = own.get("extends")
    if not isinstance(base, str) or depth > 5:
        return own
    found = posixpath.normpath(posixpath.join(posixpath.dirname(path), base))
    inherited = _config(files, found if found.endswith(".json") else f"{found}.json", depth + 1)
    options = {**_mapping(inherited.get("compilerOptions")), **_mapping(own.get("compilerOptions"))}
    return {**inherited, **own, "compilerOptions": options}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _folder(value: Any) -> str:
    folder = posixpath.normpath(value) if isinstance(value, str) and value else ""
    return "" if folder == "." else folder


def _common(files: Files, included: Sequence[str]) -> str:
    """Left out, it is the longest folder that all sources share (TypeScript's TSConfig reference, `rootDir`)."""
    starts = [_folder(one.split("*")[0].rstrip("/")) for one in included]
    folders = [
        posixpath.dirname(path)
        for path in files
        if path.endswith((".ts", ".mts", ".cts", ".tsx"))
        and not path.endswith(".d.ts")
        and (not starts or any(start in ("", path) or path.startswith(f"{start}/") for start in starts))
    ]
    return posixpath.commonpath(folders) if folders and all(folders) else ""


def _aliases(value: Any, base: str) -> list[tuple[str, str]]:
    found = []
    for name, target in _mapping(value).items():
        first = next(iter(_texts(target)), None) if isinstance(target, list) else target
        if isinstance(first, str):
            found.append((name, posixpath.normpath(posixpath.join(base, first))))
    return found


__all__ = ["SOURCES", "Settings", "relaxed", "settings"]
