"""How long `migrate freeze` and `migrate check` take on an app of many functions, in each language. Each in a fresh process.

Functions come in groups of five: an orchestrator that calls four activities and the next group's orchestrator. Ten groups are a file.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from .comparison import ROOT
from .figures import Timing
from .projects import BenchmarkError, with_bytecode

FUNCTIONS = 1_000
SECONDS = 5.0
"""What freezing that many may take, in any language."""
GROUP = 5
PER_FILE = 10
STEPS = "abcd"


def migrations(folder: Path, functions: int, repetitions: int, tell: Callable[[str], None]) -> dict[str, Timing]:
    """Language and command -> how long it takes. The app is made again for each repetition; the first round may write bytecode, and is thrown away."""
    taken: dict[str, list[tuple[float, float]]] = {}
    for turn in range(repetitions + 1):
        for language, made in APPS.items():
            app = folder / f"migrating-{language}"
            shutil.rmtree(app, ignore_errors=True)
            _write(app, made(functions))
            for command, arguments in (("freeze", ("v1",)), ("check", ())):
                tell(f"migrate {command}: {functions} functions, {language}")
                one = _take([command, *arguments, str(app)])
                if turn:
                    taken.setdefault(f"{language}, {command}", []).append(one)
    return {name: Timing(tuple(wall for wall, _ in times), tuple(cpu for _, cpu in times)) for name, times in taken.items()}


def python(functions: int) -> dict[str, str]:
    files = {"host.json": '{"version": "2.0"}\n', "flows/__init__.py": ""}
    imported, registered = [], []
    for number, groups in _files(functions):
        lines = ["import azure.durable_functions as df", "", "bp = df.Blueprint()"]
        for name, following in groups:
            lines += ["", "", '@bp.orchestration_trigger(context_name="context")']
            lines += [f"def Order{name}(context: df.DurableOrchestrationContext):", "    order = context.get_input()"]
            lines += [f'    order = yield context.call_activity("Step{name}{step}", order)' for step in STEPS]
            lines += [f'    return (yield context.call_sub_orchestrator("Order{following}", order))']
            for step in STEPS:
                lines += ["", "", '@bp.activity_trigger(input_name="order")']
                lines += [f"def Step{name}{step}(order: dict) -> dict:", f'    return {{**order, "{step}": True}}  # what it does']
        files[f"flows/part_{number}.py"] = "\n".join(lines) + "\n"
        imported.append(f"from flows.part_{number} import bp as part_{number}\n")
        registered.append(f"app.register_functions(part_{number})\n")
    files["function_app.py"] = "".join(["import azure.durable_functions as df\n", *imported, "\napp = df.DFApp()\n", *registered])
    return files


def csharp(functions: int) -> dict[str, str]:
    files = {"host.json": '{"version": "2.0"}\n', "Flows.csproj": '<Project Sdk="Microsoft.NET.Sdk"></Project>\n'}
    for number, groups in _files(functions):
        lines = ["using Microsoft.Azure.Functions.Worker;", "using Microsoft.DurableTask;", "", "namespace Flows;", ""]
        lines += [f"public class Part{number}", "{"]
        for name, following in groups:
            lines += [f'    [Function("Order{name}")]']
            lines += [f"    public static async Task<string> Order{name}([OrchestrationTrigger] TaskOrchestrationContext context)", "    {"]
            lines += ["        var order = context.GetInput<string>();"]
            lines += [f'        order = await context.CallActivityAsync<string>("Step{name}{step}", order);' for step in STEPS]
            lines += [f'        return await context.CallSubOrchestratorAsync<string>("Order{following}", order);', "    }", ""]
            for step in STEPS:
                lines += [f'    [Function("Step{name}{step}")]']
                lines += [f"    public static string Step{name}{step}([ActivityTrigger] string order) => order;", ""]
        files[f"Part{number}.cs"] = "\n".join([*lines[:-1], "}"]) + "\n"
    return files


def javascript(functions: int) -> dict[str, str]:
    files = {
        "host.json": '{"version": "2.0"}\n',
        "package.json": '{"main": "src/functions/*.js", "dependencies": {"@azure/functions": "^4.0.0", "durable-functions": "^3.0.0"}}\n',
    }
    for number, groups in _files(functions):
        lines = ["const df = require('durable-functions');"]
        for name, following in groups:
            lines += ["", f"df.app.orchestration('Order{name}', function* (context) {{", "    let order = context.df.getInput();"]
            lines += [f"    order = yield context.df.callActivity('Step{name}{step}', order);" for step in STEPS]
            lines += [f"    return yield context.df.callSubOrchestrator('Order{following}', order);", "});"]
            for step in STEPS:
                lines += [f"df.app.activity('Step{name}{step}', {{ handler: (order) => ({{ ...order, {step}: true }}) }});"]
        files[f"src/functions/part{number}.js"] = "\n".join(lines) + "\n"
    return files


APPS: Mapping[str, Callable[[int], dict[str, str]]] = {"Python": python, "C#": csharp, "JavaScript": javascript}


def _files(functions: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Number of the file, and each group's name with that of the next."""
    names = [f"{number:04}" for number in range(functions // GROUP)]
    pairs = list(zip(names, [*names[1:], names[0]], strict=True))
    for start in range(0, len(pairs), PER_FILE):
        yield start // PER_FILE, pairs[start : start + PER_FILE]


def _write(app: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        file = app / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def _take(arguments: Sequence[str]) -> tuple[float, float]:
    """Raises BenchmarkError if it does not end well."""
    command = [sys.executable, "-m", "operations", "migrate", *arguments]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=with_bytecode(os.environ), capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise BenchmarkError(f"`migrate {' '.join(arguments)}` ended with {done.returncode}: {(done.stderr or done.stdout)[-500:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


__all__ = ["APPS", "FUNCTIONS", "SECONDS", "migrations"]
