"""The documentation as text: pages, headings, code blocks, tables."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "examples").glob("*/README.md"))]


def text(page: str) -> str:
    """`page` is relative to the project's folder."""
    return (ROOT / page).read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """Without code blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of one language, without what they are indented by."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text(page), flags=re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


def block(page: str, containing: str) -> str:
    """The one Python block with that text in it."""
    (one,) = [code for code in blocks(page, "python") if containing in code]
    return one


def anchors(page: Path) -> set[str]:
    """As GitHub makes them from headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def rows(page: str) -> dict[str, str]:
    """Of all tables whose first cell is one or several names in backticks: name -> second cell."""
    found: dict[str, str] = {}
    for line in text(page).splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        names = re.findall(r"`([^`]+)`", cells[0]) if len(cells) > 1 else []
        if names and re.fullmatch(r"(`[^`]+`(, )?)+", cells[0]):
            found |= dict.fromkeys(names, cells[1].replace("\\|", "|"))
    return found
