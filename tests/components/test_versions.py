"""Runtime stacks, versions and version ranges."""

import pytest

from components._azure.versions import RuntimeStack, Version, VersionRange, bundle_floor_problem


@pytest.mark.parametrize(
    "text, worker, version, written",
    [
        ("PYTHON|3.11", "python", "3.11", "PYTHON|3.11"),
        ("python|3.12", "python", "3.12", "PYTHON|3.12"),
        ("DOTNET-ISOLATED|8.0", "dotnet-isolated", "8.0", "DOTNET-ISOLATED|8.0"),
        ("Node|22", "node", "22", "NODE|22"),
        ("JAVA|21", "java", "21", "JAVA|21"),
        ("PowerShell|7.4", "powershell", "7.4", "POWERSHELL|7.4"),
    ],
)
def test_a_runtime_stack_gives_the_worker_and_its_canonical_spelling(text: str, worker: str, version: str, written: str) -> None:
    stack = RuntimeStack.parse(text)
    assert (stack.worker_runtime, stack.version, stack.linux_fx_version) == (worker, version, written)


@pytest.mark.parametrize("text", ["", "PYTHON", "3.11", "PYTHON|", "PYTHON|latest", "RUBY|3.3", "DOCKER|acr.io/orders:1", "PYTHON|3.11|x"])
def test_what_is_not_a_runtime_stack_is_refused_with_the_languages(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        RuntimeStack.parse(text)
    assert str(caught.value) == (
        f"{text!r} is not a runtime stack: write LANGUAGE|VERSION, like PYTHON|3.11; "
        "languages: DOTNET, DOTNET-ISOLATED, JAVA, NODE, POWERSHELL, PYTHON"
    )


def test_versions_compare_as_numbers_and_a_prerelease_comes_first() -> None:
    texts = ["4", "4.9.0", "4.10.0-preview.1", "4.10", "4.10.0.1", "10.0"]
    assert sorted(reversed(texts), key=Version.parse) == texts
    assert Version.parse("4.10") == Version.parse("v4.10.0.0")


@pytest.mark.parametrize("text", ["", "4.", "four", "4.0.0.0.0", "4.0 0", "-1"])
def test_what_is_not_a_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a version"):
        Version.parse(text)


V = Version.parse


@pytest.mark.parametrize(
    "text, expected",
    [
        ("[4.0.0, 5.0.0)", VersionRange(V("4.0.0"), True, V("5.0.0"), False)),
        ("[4.*, 5.0.0)", VersionRange(V("4.0.0"), True, V("5.0.0"), False)),
        ("(4.0.0,5.0.0]", VersionRange(V("4.0.0"), False, V("5.0.0"), True)),
        ("[4.30.0]", VersionRange(V("4.30.0"), True, V("4.30.0"), True)),
        ("(, 5.0.0)", VersionRange(None, False, V("5.0.0"), False)),
        ("[4.30.0,)", VersionRange(V("4.30.0"), True, None, False)),
        ("4.30.0", VersionRange(V("4.30.0"), True, None, False)),
    ],
)
def test_a_range_is_read_as_nuget_reads_it(text: str, expected: VersionRange) -> None:
    assert VersionRange.parse(text) == expected


@pytest.mark.parametrize(
    "text", ["", "[]", "(4.0.0)", "[4.0.0, 5.0.0, 6.0.0]", "[,]", "[5.0.0, 4.0.0]", "[4.0.0, 4.0.0)", "[4.x, 5.0.0)", "4.0.0, 5.0.0", "~4"]
)
def test_what_is_not_a_range_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="is not a version range") as caught:
        VersionRange.parse(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["[4.30.0, 5.0.0)", "[4.38.0, 5.0.0)", "[4.30.0]", "4.30.0", "(4.30.0, 5.0.0)", "[5.*, 6.0.0)"])
def test_a_bundle_range_that_starts_high_enough_has_no_problem(text: str) -> None:
    assert bundle_floor_problem(text, "4.30.0") is None


@pytest.mark.parametrize(
    "text, admits", [("[4.0.0, 5.0.0)", "4.0.0"), ("[4.*, 5.0.0)", "4.0.0"), ("[4.30.0-preview, 5.0.0)", "4.30.0-prerelease")]
)
def test_a_bundle_range_is_judged_by_the_lowest_version_it_admits(text: str, admits: str) -> None:
    assert bundle_floor_problem(text, "4.30.0") == (
        f"extensionBundle.version {text!r} admits {admits}, but 4.30.0 or newer is needed: write [4.30.0, 5.0.0)"
    )


def test_a_bundle_range_without_a_lower_end_or_that_is_none_at_all_is_a_problem() -> None:
    assert bundle_floor_problem("(, 5.0.0)", "4.30.0") == (
        "extensionBundle.version '(, 5.0.0)' has no lower end, but 4.30.0 or newer is needed: write [4.30.0, 5.0.0)"
    )
    assert "is not a version range" in str(bundle_floor_problem("latest", "4.30.0"))
