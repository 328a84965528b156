"""What the documentation names is there: pages, headings, targets, commands, variables, messages."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from operations.cli import app
from sandbox import environment
from tools.engine.pins import pinned_pulumi, required_go

from .pages import PAGES, ROOT, anchors, blocks, prose, text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_or_a_heading_leads_somewhere(page: Path) -> None:
    missing = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            missing.append(target)
    assert missing == []


def test_every_target_that_is_named_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^\.PHONY: (\S+)$", text("Makefile"), flags=re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)}
    assert named >= {"up", "preview", "test", "destroy", "reset", "engine"}
    assert named - targets == set()


def test_every_command_of_operations_in_a_code_block_exists() -> None:
    known = {one.name or getattr(one.callback, "__name__", "") for one in (*app.registered_commands, *app.registered_groups)}
    named = {
        name
        for page in PAGES
        for block in blocks(str(page.relative_to(ROOT)), "sh")
        for name in re.findall(r"python -m operations ([a-z-]+)", block)
    }
    assert named == known


def test_what_is_needed_is_what_is_pinned() -> None:
    readme = " ".join(text("README.md").split())
    assert f"Go {required_go()}+ or a Pulumi CLI {pinned_pulumi()} or newer" in readme
    assert "Needs Python 3.11+, Node 20+" in text("Makefile")
    assert "Python 3.11+, Node 20+" in readme


def test_every_variable_of_the_embedded_azure_is_explained() -> None:
    explained = set(re.findall(r"`([A-Za-z_]+)`", text("docs/sandbox.md")))
    documented = set(re.findall(r"\b([A-Z]+_[A-Z_]+|no_proxy)\b", environment.__doc__ or "")) - {"ARM_", "AZURE_"}
    assert len(documented) > 15
    assert documented - explained == set()


@pytest.mark.parametrize("page", ["status-check-with-slot", "orchestration-versioning", "name-based-versioning"])
def test_every_message_in_the_table_of_errors_is_one_that_is_said(page: str) -> None:
    sources = " ".join(path.read_text(encoding="utf-8") for room in ("components", "sandbox") for path in (ROOT / room).rglob("*.py"))
    sources = re.sub(r'"\s*\n\s*f?"', "", sources)  # a message goes on over lines
    table = text(f"docs/{page}.md").partition("## Errors and ways out")[2]
    quoted = [message for line in table.splitlines() if line.startswith('| "') for message in re.findall(r'"([^"]+)"', line.split("|")[1])]
    assert len(quoted) > 7
    assert [message for message in quoted if message not in sources] == []


def test_the_picture_is_well_formed() -> None:
    assert ElementTree.parse(ROOT / "docs" / "swap.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_the_licence_is_whole() -> None:
    licence = text("LICENSE")
    assert "Version 2.0, January 2004" in licence
    assert licence.rstrip().endswith("limitations under the License.")


def test_help_of_make_lists_what_the_readme_says() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "make up " in listed and "make test " in listed
