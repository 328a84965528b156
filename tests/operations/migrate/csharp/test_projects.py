"""Whether the compiler would take what is added."""

from __future__ import annotations

import pytest

from operations.migrate.languages.csharp import LANGUAGE

from .apps import orchestrator

APP = orchestrator("").encode()


def problems(project: str, **more: bytes) -> tuple[str, ...]:
    return LANGUAGE.index({"Shop.csproj": project.encode(), "Orders.cs": APP, **more}).problems


def sdk(inside: str) -> str:
    return f'<Project Sdk="Microsoft.NET.Sdk">\n{inside}\n</Project>'


@pytest.mark.parametrize("switch", ["EnableDefaultCompileItems", "EnableDefaultItems"])
def test_default_items_switched_off_are_a_problem(switch: str) -> None:
    assert problems(sdk(f"<PropertyGroup><{switch}>false</{switch}></PropertyGroup>")) == (
        "Shop.csproj:2: switches default items off, so a frozen copy is compiled only once its files are listed in it.",
    )


def test_the_folders_own_build_properties_count_too() -> None:
    shared = b"<Project><PropertyGroup><EnableDefaultItems>False</EnableDefaultItems></PropertyGroup></Project>"

    assert problems(sdk(""), **{"Directory.Build.props": shared})[0].startswith("Directory.Build.props:1: switches default items off")


@pytest.mark.parametrize("pattern", ["Versions/**", "**/*.cs", "versions\\**\\*.cs", "Versions\\V1\\Any.cs", "Other/**;Ver*/**"])
def test_a_pattern_that_takes_the_versions_out_is_a_problem(pattern: str) -> None:
    taken = pattern.rpartition(";")[2]

    assert problems(sdk(f'<ItemGroup><Compile Remove="{pattern}" /></ItemGroup>')) == (
        f"Shop.csproj:2: '{taken}' takes Versions/ out of the compilation, and so every frozen copy.",
    )


@pytest.mark.parametrize("pattern", ["Other/**", "Versions.cs", "*.cs", "OldVersions/**", "$(Folder)/**"])
def test_other_patterns_are_none(pattern: str) -> None:
    assert problems(sdk(f'<ItemGroup><Compile Remove="{pattern}" /></ItemGroup>')) == ()


def test_a_project_of_before_the_sdk_lists_its_files() -> None:
    old = '<Project ToolsVersion="15.0" xmlns="http://schemas.microsoft.com/developer/msbuild/2003"></Project>'

    assert problems(old) == ("Shop.csproj:1: is no SDK-style project, so a frozen copy is compiled only once its files are listed in it.",)


def test_a_project_that_is_no_xml_is_a_problem() -> None:
    assert problems("<Project") == ("Shop.csproj:1: is no XML that can be read.",)


def test_text_that_is_not_utf_8_is_a_problem() -> None:
    assert problems(sdk(""), **{"Old.cs": "class Café { }".encode("latin-1")}) == ("Old.cs:1: isn't UTF-8, so it was left out.",)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"Shop.csproj": b""}, True),
        ({"Orders.cs": APP}, True),
        ({"Orders.cs": b"class Orders { }"}, False),
        ({"function_app.py": b"import azure.functions"}, False),
        ({}, False),
    ],
)
def test_an_app_is_c_sharp_by_its_project_or_its_functions(files: dict[str, bytes], expected: bool) -> None:
    assert LANGUAGE.recognises(files) is expected
