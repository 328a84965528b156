"""Runs the code of the embedded Azure's function apps: one process per slot, a front door, and what ARM says of it.

`sandbox.functions.host.FunctionsHost` for the sandbox; `python -m sandbox.functions.worker` is the process. Nothing is imported here,
for the worker has to start fast.
"""
