"""The app's functions, found as the Python worker finds them in the v2 programming model.

Sources: azure-functions-python-worker loader.py (`index_function_app`: one top-level app in function_app.py, or in the file that
PYTHON_SCRIPT_FILE_NAME names); Microsoft docs, "How to disable functions in Azure Functions".
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from .problem import AppProblem

_TRIGGERS = ("httpTrigger", "timerTrigger", "queueTrigger", "orchestrationTrigger", "activityTrigger", "entityTrigger")
_BINDINGS = (*_TRIGGERS, "http", "durableClient")
DURABLE = ("orchestrationTrigger", "activityTrigger", "entityTrigger", "durableClient")


@dataclass(frozen=True)
class AppFunction:
    """`function` is the SDK's `azure.functions.decorators.function_app.Function`."""

    name: str
    function: Any
    disabled: bool

    @property
    def trigger(self) -> Any:
        return self.function.get_trigger()

    @property
    def is_durable(self) -> bool:
        return any(binding.type in DURABLE for binding in self.function.get_bindings())

    @property
    def described(self) -> dict[str, Any]:
        """`name` and `config`, as function.json had it: what the worker tells the host about it."""
        bindings = [{name: _plain(value) for name, value in binding.get_dict_repr().items()} for binding in self.function.get_bindings()]
        return {"name": self.name, "config": {"scriptFile": self.function.function_script_file, "bindings": bindings}}


def load_functions(package: Path, settings: Mapping[str, str]) -> dict[str, AppFunction]:
    """By name, in the order of the file. Raises AppProblem with what the app's own code raised."""
    sys.path[:0] = [str(package), str(package / ".python_packages" / "lib" / "site-packages")]
    file = settings.get("PYTHON_SCRIPT_FILE_NAME", "function_app.py")
    if not (package / file).exists():
        raise AppProblem(f"The package has no {file}: the sandbox runs apps of the Python v2 programming model.")
    try:
        module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
        found = [function for app in [_the_app(module, file)] for function in app.get_functions()]
    except AppProblem:
        raise
    except Exception as problem:
        raise AppProblem(f"Exception: {type(problem).__name__}: {problem}") from problem
    functions = {}
    for function in found:
        name = str(function.get_function_name())
        strange = sorted({binding.type for binding in function.get_bindings()} - set(_BINDINGS))
        if strange:
            raise AppProblem(f"The function '{name}' has a binding that the sandbox does not run: {', '.join(strange)}.")
        functions[name] = AppFunction(name, function, is_disabled(name, settings))
    return functions


def _plain(value: Any) -> Any:
    """As function.json has it: enumerations by their names, `in` and `out` among them; whatever else JSON lacks as text."""
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def is_disabled(name: str, settings: Mapping[str, str]) -> bool:
    """`AzureWebJobs.NAME.Disabled`; on Linux, where some shells know no dots, also with underscores (azure-webjobs-sdk FunctionIndexer.cs)."""
    spelled = {f"azurewebjobs{dot}{name}{dot}disabled".lower() for dot in (".", "_", "__", ":")}
    return any(setting.lower() in spelled and value.strip().lower() in ("true", "1") for setting, value in settings.items())


def _the_app(module: Any, file: str) -> Any:
    from azure.functions import FunctionRegister

    found = [value for value in vars(module).values() if isinstance(value, FunctionRegister)]
    if not found:
        raise AppProblem(f"Could not find top level function app instances in {file}.")
    if len({id(app) for app in found}) > 1:
        raise AppProblem("More than one FunctionApp or other top level function app instances are defined.")
    return found[0]
