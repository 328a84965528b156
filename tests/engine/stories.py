"""Points at which many tests begin, told by what each slot holds. Every one checks that it got there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .azure import Azure
from .packages import deployment
from .project import Project


def staged(azure: Azure, project: Project, app: Path) -> None:
    """1.0.0 on blue in production, 2.0.0 on green in staging."""
    project.args(deployment(app, "1.0.0"))
    project.up()
    project.args(deployment(app, "2.0.0"))
    project.up("--refresh")
    assert azure.bundles() == {"production": ("ordersblue", "1.0.0"), "staging": ("ordersgreen", "2.0.0")}


def green_is_live(azure: Azure, project: Project, app: Path) -> None:
    """2.0.0 on green in production, 1.0.0 on blue in staging, after one swap."""
    staged(azure, project, app)
    azure.swap()
    assert azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "1.0.0")}


def release_of_everything(app: Path) -> dict[str, Any]:
    """After `green_is_live`: stages 3.0.0 with another stack, and changes a tag and a setting of both slots."""
    return {**deployment(app, "3.0.0", replace="1.0.0", runtime="PYTHON|3.12"), "site_tag": "new", "settings": {"GREETING": "hello"}}
