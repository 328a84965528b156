"""The process of one slot's code: Functions host and Python worker in one. `python -m sandbox.functions.worker SPEC REPORTS`.

It ends when its standard input closes, so also when whoever started it was killed. Sources of what it does are named where it is done.
"""
