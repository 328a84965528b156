"""What `pulumi up` is given: the wanted version is required, and the version that may go is named for one update only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.problem import OperationProblem
from operations.pulumi import Failed
from operations.release.staging import is_worth_showing, update, wanted_package, with_replace

CONFIG = """\
# by hand
encryptionsalt: v1:abc
config:
  azure-native:location: westeurope
  orders:package:
    path: dist/orders.zip
    version: "2.0.0"
  orders:secret:
    secure: v1:xyz
"""


class FakePulumi:
    stack = "prod"

    def __init__(self, folder: Path, package: Any = None) -> None:
        self.file = folder / "Pulumi.prod.yaml"
        self.file.write_text(CONFIG)
        self.package = package
        self.flags: list[tuple[str, ...]] = []
        self.seen: dict[str, Any] = {}
        self.fails = False

    def project(self) -> dict[str, Any]:
        return {"name": "orders"}

    def config(self) -> dict[str, Any]:
        return {} if self.package is None else {"orders:package": self.package}

    def config_file(self) -> Path:
        return self.file

    def up(self, *flags: str, say: Callable[[str], None]) -> None:
        self.flags.append(flags)
        if flags:
            self.seen = yaml.safe_load(Path(flags[1]).read_text())
        if self.fails:
            raise Failed("error: no")


def test_an_update_into_an_empty_slot_is_a_plain_one(tmp_path: Path) -> None:
    pulumi = FakePulumi(tmp_path)
    update(pulumi, None, print)  # type: ignore[arg-type]
    assert pulumi.flags == [()]


def test_the_version_that_may_go_stands_in_a_copy_which_is_gone_afterwards(tmp_path: Path) -> None:
    pulumi = FakePulumi(tmp_path)
    update(pulumi, "2", print)  # type: ignore[arg-type]
    ((flag, copy),) = pulumi.flags
    assert (flag, Path(copy).name, Path(copy).exists()) == ("--config-file", "Pulumi.prod.yaml", False)
    before = yaml.safe_load(CONFIG)
    before["config"]["orders:package"]["replace"] = "2"
    assert pulumi.seen == before
    assert pulumi.file.read_text() == CONFIG


def test_a_failed_update_says_that_nothing_was_swapped(tmp_path: Path) -> None:
    pulumi = FakePulumi(tmp_path)
    pulumi.fails = True
    with pytest.raises(OperationProblem, match=r"(?s)^`pulumi up` failed, and nothing was swapped\..*error: no$"):
        update(pulumi, "1.0.0", print)  # type: ignore[arg-type]
    assert pulumi.file.read_text() == CONFIG


def test_a_replacement_that_stands_there_already_is_overruled() -> None:
    config = with_replace("config:\n  orders:package: {replace: old, version: '2'}\n", "orders:package", "1.0.0")
    assert yaml.safe_load(config) == {"config": {"orders:package": {"replace": "1.0.0", "version": "2"}}}


@pytest.mark.parametrize("package", ["text", {"secure": "v1:x"}])
def test_a_package_that_is_no_group_in_clear_is_refused(package: Any) -> None:
    with pytest.raises(OperationProblem, match="must be a group of settings in clear"):
        with_replace(yaml.safe_dump({"config": {"orders:package": package}}), "orders:package", "1.0.0")


@pytest.mark.parametrize("package", [None, {"path": "dist/orders.zip"}, "text"])
def test_without_a_version_there_is_nothing_to_release(tmp_path: Path, package: Any) -> None:
    with pytest.raises(OperationProblem) as caught:
        wanted_package(FakePulumi(tmp_path, package))  # type: ignore[arg-type]
    assert str(caught.value) == (
        "orders:package.version is not set, so there is no version to release. Name it: "
        "pulumi config set --stack prod --path orders:package.version 1.2.0"
    )


def test_a_version_that_is_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperationProblem, match=r"is the number 1.1, which has lost its digits\. Write it as text, in quotes"):
        wanted_package(FakePulumi(tmp_path, {"version": 1.1}))  # type: ignore[arg-type]


def test_of_an_update_what_it_writes_and_complains_about_is_worth_showing() -> None:
    lines = [
        "Updating (test-orders):",
        " ~  azure-native:web:WebAppApplicationSettingsSlot app-staging-settings updating (0s) [diff: ~properties]",
        " +  azure-native:storage:Blob app-package-orders created (0.1s)",
        "    azure-native:web:WebApp app  ",
        "error: update failed",
        "    33 unchanged",
    ]
    assert [line for line in lines if is_worth_showing(line)] == [lines[1], lines[2], lines[4]]
