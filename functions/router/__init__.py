"""The router of application routing: one stable URL in front of one function app per version line.

Requests carry a version. Each line (major.minor) has a function app of its own, made on its first request; patches go into the app of their
line; lines that are superseded drain, and are removed when nothing runs in them any more. Every orchestration is reached through the router
for its whole life.

Three steps, as everywhere here: `keeping` and `observing` read, `planning` decides without side effects, `executing` acts.
"""
