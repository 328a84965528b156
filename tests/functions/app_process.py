"""A function app in a process of its own, as a worker has it: the app's folder first, its site-packages next, its settings as environment.

Run with the app's folder as argument. Each line of standard input is a request as JSON, each line of standard output its answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any


def serve(folder: Path) -> None:
    os.chdir(folder)
    sys.path[:0] = [str(folder), str(folder / ".python_packages" / "lib" / "site-packages")]
    import azure.functions as func
    import function_app

    functions = {function.get_function_name(): function for function in function_app.app.get_functions()}
    status_check = functions["StatusCheck"].get_user_function()
    say({"functions": {name: json.loads(function.get_function_json()) for name, function in functions.items()}})
    own = dict(os.environ)
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        os.environ.clear()
        os.environ.update(own | asked["settings"])
        request = func.HttpRequest(asked["method"], "https://orders/api/StatusCheck", params=asked["params"], body=b"")
        answer = asyncio.run(status_check(request))
        headers = {name: answer.headers[name] for name in ("Cache-Control",)}
        say({"status": answer.status_code, "type": answer.mimetype, "headers": headers, "body": json.loads(answer.get_body())})


def say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
