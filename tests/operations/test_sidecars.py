"""Which half-written files beside a state a repair removes."""

from __future__ import annotations

from pathlib import Path

from operations.repair.sidecars import broken_sidecars


def backend(root: Path) -> Path:
    files = {
        "stacks/p/dev.json": "",
        "stacks/p/dev.json.attrs": "",
        "stacks/p/dev.json.bak.attrs": '{"md5": ',
        "stacks/p/prod.json.attrs": "",
        "locks/organization/p/dev/0815.json.attrs": "",
        "locks/organization/p/dev/4711.json.attrs": '{"md5": "x"}',
    }
    for name, text in files.items():
        path = root / ".pulumi" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_only_attributes_of_the_stack_that_can_not_be_read_are_found(tmp_path: Path) -> None:
    root = backend(tmp_path / "my state")
    expected = ["locks/organization/p/dev/0815.json.attrs", "stacks/p/dev.json.attrs", "stacks/p/dev.json.bak.attrs"]
    for stack in ("dev", "organization/p/dev"):
        found = broken_sidecars(root.as_uri() + "?metadata=skip", stack, Path())
        assert [path.relative_to(root / ".pulumi").as_posix() for path in found] == expected


def test_a_relative_backend_starts_at_the_projects_folder(tmp_path: Path) -> None:
    backend(tmp_path / "state")
    assert len(broken_sidecars("file://./state", "dev", tmp_path)) == 3


def test_other_backends_have_none(tmp_path: Path) -> None:
    assert broken_sidecars("https://api.pulumi.com", "dev", backend(tmp_path)) == []
    assert broken_sidecars("azblob://states", "dev", tmp_path) == []
    assert broken_sidecars("", "dev", tmp_path) == []
