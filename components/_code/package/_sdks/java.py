"""Jars in the package's `lib`, as the Functions plug-ins of Maven and Gradle put them there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .._functions import Read
from .model import JAVA, Sdk

_JAR = re.compile(rf"(?:.+/)?{JAVA}-(?P<numbers>\d+(?:\.\d+){{0,3}})(?P<pre>-[\w.-]+)?\.jar")


def find(names: Iterable[str], _read: Read) -> Iterator[Sdk]:
    for name in sorted(names):
        if match := _JAR.fullmatch(name):
            pre = match["pre"] or ""
            yield Sdk(name, JAVA, match["numbers"] + pre, match["numbers"] + ("-pre" if pre else ""))


__all__ = ["find"]
