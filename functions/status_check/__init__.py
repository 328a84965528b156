"""StatusCheck: a function that says whether anything still runs in the task hub of the slot it runs in.

Mounted in an app of the Python v2 programming model:

    from status_check import blueprint

    app.register_functions(blueprint)

It only reads. Waiting, swapping and deciding are others' business. In a package this folder is the top-level `status_check`, beside
`taskhub`: `python -m operations package` puts both there when the app imports `status_check`.
"""

from .function import blueprint

__all__ = ["blueprint"]
