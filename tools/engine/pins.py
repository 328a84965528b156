"""What go.mod pins, and what a build of it is called in the cache."""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MODULE = Path(__file__).resolve().parent
CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
HOST_PACKAGE = "./cmd/pulumi-language-python"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


@dataclass(frozen=True, order=True)
class Version:
    """A version that can be compared. A pre-release comes before its release."""

    major: int
    minor: int
    patch: int
    released: bool = True

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """The first `1.2` or `1.2.3` in text, with `-something` behind it taken as a pre-release. None: there is none."""
        found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?(-\w)?", text)
        if found is None:
            return None
        return cls(int(found[1]), int(found[2]), int(found[3] or 0), found[4] is None)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}" + ("" if self.released else " (pre-release)")


def pinned_pulumi() -> Version:
    """The version of the Pulumi CLI in go.mod."""
    return _from_go_mod(r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)")


def required_go() -> Version:
    """The oldest Go that can build it."""
    return _from_go_mod(r"^go (\S+)$")


def cache_key() -> str:
    """Names a build by everything that goes into it, so that checkouts share builds only when they are the same."""
    digest = hashlib.sha256()
    for path in _build_inputs():
        digest.update(f"{path.relative_to(MODULE).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return f"{pinned_pulumi()}-{digest.hexdigest()[:16]}-{platform.system()}-{platform.machine()}".lower()


def _build_inputs() -> Iterator[Path]:
    yield MODULE / "go.mod"
    yield MODULE / "go.sum"
    yield from sorted(path for path in (MODULE / "cmd").rglob("*") if path.suffix in {".go", ".py"})


def _from_go_mod(pattern: str) -> Version:
    found = re.search(pattern, (MODULE / "go.mod").read_text(), re.MULTILINE)
    version = Version.parse(found[1]) if found else None
    if version is None:
        raise AssertionError(f"{MODULE / 'go.mod'} no longer contains {pattern!r}")
    return version
