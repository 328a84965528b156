"""What can't be deployed is refused before anything is registered, with where, what, why, and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import ArgumentErrors, Problem

from .apps import APP, arguments, files, folder, zipped
from .deploying import deploy
from .mocked_azure import MockedAzure
from .refused import ALL, Bad

HOST = '{{"version": "2.0", "extensions": {{"durableTask": {}}}}}'


def problems(args: Any, *, stack: str = "test-orders") -> tuple[Problem, ...]:
    """The refusal of a deployment, of which nothing was asked and nothing registered."""
    azure = MockedAzure()
    refused = deploy(azure, args, stack=stack, fails=True)
    assert isinstance(refused.error, ArgumentErrors), refused.error
    assert (refused.children, refused.components, azure.asked) == ({}, [], [])
    return refused.error.problems


def laid_over(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Groups are merged; None takes a value away."""
    result = dict(base)
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = laid_over(result[name], value)
        else:
            result[name] = value
    return result


@pytest.mark.parametrize("bad", ALL, ids=[bad.sentence for bad in ALL])
def test_is_refused(app: Path, bad: Bad) -> None:
    (problem,) = problems(laid_over(arguments(app), bad.change))
    assert problem.path == bad.path
    assert bad.words in str(problem)


def test_there_are_many_and_no_two_are_the_same() -> None:
    assert len({bad.sentence for bad in ALL}) == len(ALL) >= 60


PACKAGES: list[tuple[str, dict[str, str | None], dict[str, Any], str, str]] = [
    ("a package without host.json", {"host__json": None}, {}, "package.path", "no host.json at its top level"),
    ("a package without functions", {"function_app__py": None, "readme__md": "x"}, {}, "package.path", "no functions found"),
    ("a host.json that is no JSON", {"host__json": "{"}, {}, "package.path", "not valid JSON"),
    ("a version that is a number", {"host__json": '{"version": 2.0}'}, {}, "package.path", 'must be the string "2.0"'),
    (
        "another storage provider",
        {"host__json": HOST.format('{"storageProvider": {"type": "mssql"}}')},
        {},
        "package.path",
        'storageProvider.type is "mssql", but this strategy keeps durable state in Azure Storage',
    ),
    (
        "another hub name in host.json",
        {"host__json": HOST.format('{"hubName": "Theirs"}')},
        {"durable": {"hub_name": "Ours"}},
        "package.path",
        'hubName is "Theirs", but this deployment sets "Ours"',
    ),
    (
        "another connection in host.json",
        {"host__json": HOST.format('{"storageProvider": {"connectionName": "Theirs"}}')},
        {},
        "package.path",
        "remove it there, or make both the same",
    ),
    (
        "an extension bundle in host.json that is too old",
        {"host__json": '{"version": "2.0", "extensionBundle": {"id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[3.*, 4.0.0)"}}'},
        {},
        "package host.json: extensionBundle.version",
        "is too old for an identity-based connection",
    ),
    (
        "a timer whose name can't be held off",
        {"function_app__py": APP.replace("def Nightly", '@app.function_name("every-night")\ndef Nightly').format(version="1")},
        {},
        "package.path",
        "can't be held off in staging",
    ),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["folder", "zip"])
@pytest.mark.parametrize(("changes", "change", "path", "words"), [case[1:] for case in PACKAGES], ids=[case[0] for case in PACKAGES])
def test_a_package_is_refused(
    tmp_path: Path, kind: str, changes: dict[str, str | None], change: dict[str, Any], path: str, words: str
) -> None:
    contents = files(**changes)
    package = folder(tmp_path / "bad", contents) if kind == "folder" else zipped(tmp_path / "bad.zip", contents)
    (problem,) = problems(laid_over({"site": {"name": "orders"}, "package": {"path": package}}, change))
    assert problem.path == path
    assert words in str(problem)


def test_an_empty_folder_and_a_broken_zip_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_text("not a zip")
    for name, words in (("empty", "there are no files in it"), ("broken.zip", "not a readable zip file")):
        (problem,) = problems({"site": {"name": "orders"}, "package": {"path": str(tmp_path / name)}})
        assert problem.path == "package.path" and words in str(problem)


def test_a_package_without_its_dependencies_is_refused_outside_the_embedded_azure(app: Path) -> None:
    (problem,) = problems(arguments(app), stack="prod")
    assert problem.path == "package.path"
    assert "has no vendored dependencies" in str(problem) and "python -m operations package" in str(problem)


def test_a_package_with_its_dependencies_is_deployed_anywhere(tmp_path: Path, azure: MockedAzure) -> None:
    path = folder(tmp_path / "app", {**files(), ".python_packages/lib/site-packages/azure/x.py": ""})
    assert deploy(azure, {"site": {"name": "orders"}, "package": {"path": path}}, stack="prod").error is None


@pytest.mark.parametrize("stack", ["dev", "prod", "localhost", "test", "my-test-orders"])
def test_an_attached_provider_is_refused_on_any_other_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: str) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "random:1,azure-native:4711")
    path = folder(tmp_path / "app", {**files(), ".python_packages/lib/site-packages/azure/x.py": ""})
    (problem,) = problems({"site": {"name": "orders"}, "package": {"path": path}}, stack=stack)
    assert problem.path == "PULUMI_DEBUG_PROVIDERS"
    assert f"the stack is '{stack}'" in str(problem)


@pytest.mark.parametrize("stack", ["local", "test-orders"])
def test_an_attached_provider_is_welcome_on_the_stacks_of_the_embedded_azure(
    azure: MockedAzure, app: Path, monkeypatch: pytest.MonkeyPatch, stack: str
) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", "azure-native:4711")
    assert deploy(azure, arguments(app), stack=stack).error is None


def test_all_problems_come_at_once(app: Path) -> None:
    found = problems(
        arguments(
            app,
            site={"name": "x_"},
            plan={"sku": "FC1"},
            durable={"hub_name": "1"},
            settings={"AzureWebJobsStorage": "x"},
            access={"operators": ["me"]},
        )
    )
    assert [problem.path for problem in found] == [
        "site.name",
        "plan.sku",
        "durable.hub_name",
        "settings.AzureWebJobsStorage",
        "access.operators[0]",
    ]


def test_the_error_counts_its_problems_and_has_each_on_a_line_of_its_own(app: Path) -> None:
    refused = deploy(MockedAzure(), arguments(app, plan={"sku": "B1"}, site={"slots": []}), fails=True)
    first, *lines = str(refused.error).splitlines()
    assert first == "StatusCheckWithSlot 'orders': 2 problems, nothing was registered."
    assert [line.partition(" = ")[0] for line in lines] == ["  - site.slots", "  - plan.sku"]


def test_arguments_of_the_wrong_shape_come_all_at_once() -> None:
    found = problems({"site": {"name": 5, "slots": "a"}, "plam": {}, "plan": {"capacity": "many"}})
    assert sorted(problem.path for problem in found) == ["plam", "plan.capacity", "site.name", "site.slots"]


def test_no_arguments_at_all_is_said_so() -> None:
    (problem,) = problems(None)
    assert problem.path == "args" and "Give at least site.name" in str(problem)


@pulumi.runtime.test
def test_a_name_that_comes_from_another_resource_is_refused() -> None:  # an output needs an event loop
    (problem,) = problems({"site": {"name": pulumi.Output.from_input("orders")}})
    assert problem.path == "site.name" and "must be a plain value" in str(problem)
