"""A language of three words, for what the core decides: `orchestrator NAME`, `activity NAME`, `call NAME`, one to a line."""

from __future__ import annotations

from operations.migrate.model import Changes, Files, Function, Index, Kind, Reference
from operations.migrate.names import split, suffix, versioned


class Toy:
    name = "toy"

    def recognises(self, files: Files) -> bool:
        return any(path.endswith(".py") for path in files)

    def index(self, files: Files) -> Index:
        functions, references, problems = [], [], []
        for path, content in files.items():
            whose = path.split("/")[1] if path.startswith("versions/") else None
            version = None if whose is None else whose.replace("_", ".")
            for number, line in enumerate(content.decode().splitlines(), 1):
                word, _, name = line.partition(" ")
                if word in [kind.value for kind in Kind]:
                    base, label = split(name)
                    functions.append(Function(name, Kind(word), path, number, label, base))
                elif word in ("call", "start"):
                    references.append(Reference(None if name == "?" else name, name, word, path, number, version))
                elif word == "broken":
                    problems.append(f"{path}:{number}: is broken")
        return Index(tuple(functions), tuple(references), tuple(problems))

    def freeze(self, files: Files, index: Index, version: str, names: frozenset[str]) -> Changes:
        writes = {}
        for path, content in files.items():
            if path.startswith("versions/"):
                continue
            lines = []
            for line in content.decode().splitlines():
                word, _, name = line.partition(" ")
                if word in ("call", "start") or name in names:
                    lines.append(f"{word} {versioned(name, version) if name in names else name}")
            writes[f"versions/{suffix(version)}/{path}"] = "\n".join(lines) + "\n"
        return Changes({path: text for path, text in writes.items() if files.get(path) != text.encode()})

    def prune(self, files: Files, index: Index, version: str) -> Changes:
        return Changes(deletes=tuple(path for path in files if path.startswith(f"versions/{suffix(version)}/")))


def app(*lines: str) -> dict[str, bytes]:
    return {"app.py": ("\n".join(lines) + "\n").encode()}


ORDERS = ("orchestrator Orders", "call Charge", "activity Charge", "entity Stock", "client Start", "start Orders")
