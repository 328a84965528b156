"""The same for people: one page without scripts. Everything in it is escaped, whoever wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .7rem;border-bottom:1px solid #ddd}
th{font-weight:600;color:#555}.state{font-weight:600}.failed{color:#b00020}.active{color:#0a6b2d}.error{color:#b00020}small{color:#666}
details{margin:.2rem 0}@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}th,small{color:#aaa}th,td{border-color:#333}}
"""


def page(found: Mapping[str, Any]) -> str:
    """Of what `overview` gives."""
    now = datetime.fromisoformat(found["at"])
    lines = "".join(_line(one, found, now) for one in found["lines"])
    versions = "".join(
        f"<tr><td>{escape(one['version'])}</td><td>{_when(one['at'], now)}</td><td>{escape(one['by'])}</td>"
        f"<td><code>{escape(one['digest'][:12])}</code></td></tr>"
        for one in found["versions"]
    )
    occupied = sum(1 for one in found["lines"] if one["state"] != "retired")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Versions</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head><body><h1>Lines</h1>'
        f"<p>{occupied} of at most {found['maximum_lines']} lines have an app. Requests without a version go to "
        f"<b>{escape(found['default'] or 'no line')}</b>{' (pinned)' if found['pinned'] else ''}.</p>"
        f"<table><thead><tr><th>Line</th><th>State</th><th>Since</th><th>Runs</th><th>Active</th><th>Oldest</th><th>What is next</th></tr></thead>"
        f"<tbody>{lines or _NONE}</tbody></table>"
        f"<h2>Versions</h2><table><thead><tr><th>Version</th><th>Deployed</th><th>By</th><th>Package</th></tr></thead>"
        f"<tbody>{versions}</tbody></table><p><small>{escape(found['at'])}</small></p></body></html>"
    )


_NONE = '<tr><td colspan="7">No version was requested yet.</td></tr>'


def _line(one: Mapping[str, Any], found: Mapping[str, Any], now: datetime) -> str:
    mark = " <small>default</small>" if one["line"] == found["default"] else ""
    runs = escape(one["deployed"] or "-")
    if one["wanted"] and one["wanted"] != one["deployed"]:
        runs += f" <small>({escape(one['wanted'])} is wanted)</small>"
    active = "?" if one["active"] is None else str(one["active"])
    if one["judged_at"] is not None and one["state"] != "retired":
        active += f"<br><small>{_when(one['judged_at'], now)}</small>"
    waits = f"<br><small>{one['waiting']} stored</small>" if one["waiting"] else ""
    error = f'<br><span class="error">{escape(one["error"])}</span>' if one["error"] else ""
    straight = "<br><small>straight from the gateway</small>" if one["listed"] else ""
    if one["gateway_error"]:
        error += f'<br><span class="error">{escape(one["gateway_error"])}</span>'
    history = "".join(
        f"<li>{escape(step['state'])}, {_when(step['at'], now)}: {escape(step['reason'])}</li>" for step in reversed(one["history"])
    )
    return (
        f'<tr><td>{escape(one["line"])}{mark}</td><td class="state {escape(one["state"])}">{escape(one["state"])}</td>'
        f"<td>{_when(one['since'], now)}</td><td>{runs}{straight}</td><td>{active}{waits}</td><td>{_when(one['oldest'], now)}</td>"
        f"<td>{_next(one['next'], now)}{error}<details><summary>{escape(one['reason'])}</summary><ul>{history}</ul></details></td></tr>"
    )


def _next(step: Mapping[str, Any], now: datetime) -> str:
    at = step["at"]
    when = "" if at is None else f" {_when(at, now)}"
    why = f"<br><small>{escape(step['why_not_yet'])}</small>" if step["why_not_yet"] else ""
    return f"{escape(step['what'])}{when}{why}"


def _when(text: str | None, now: datetime) -> str:
    """`3 h ago`, with the time itself for whoever points at it."""
    if text is None:
        return "-"
    seconds = int((now - datetime.fromisoformat(text)).total_seconds())
    told = _span(abs(seconds))
    said = f"in {told}" if seconds < 0 else f"{told} ago" if seconds else "now"
    return f'<time title="{escape(text)}">{said}</time>'


def _span(seconds: int) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


__all__ = ["page"]
