"""Regular expressions of .NET on Python's. Source: Microsoft docs, "Regular Expression Language - Quick Reference"."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.gateway.expressions import PolicyFailed, compiled

VALUES: dict[str, Any] = {
    '@(Regex.Match("ab12", @"[0-9]+").Value)': "12",
    '@(Regex.Match("ab", @"\\d").Value)': "",
    '@(Regex.Match("ab", @"\\d").Success)': False,
    '@(Regex.Match("ab", @"(x)?b").Groups[1].Success)': False,
    '@(Regex.Match("ab", @"(x)?b").Groups[1].Value)': "",
    '@(Regex.Match("ab", @"a(b)").Groups[7].Value)': "",
    '@(Regex.Match("max-age=31", @"max-age=(?<maxAge>\\d+)").Groups["maxAge"].Value)': "31",
    '@(Regex.Match("ab", @"b").Index)': 1,
    '@(Regex.Match("aB", "b", RegexOptions.IgnoreCase).Success)': True,
    '@(Regex.IsMatch("a\\n", "a$"))': True,
    r'@(Regex.IsMatch("a\n", @"a\z"))': False,
    r'@(Regex.IsMatch("a\n", @"a\Z"))': True,
    r'@(Regex.IsMatch("\u001c", @"\s"))': False,
    r'@(Regex.IsMatch("x[&", @"^x[[&]+$"))': True,
    '@(Regex.IsMatch("a{,2}", "^a{,2}$"))': True,
    '@(Regex.Replace("a.b.c", @"\\.", "-"))': "a-b-c",
    '@(Regex.Replace("john smith", @"(\\w+) (\\w+)", "$2, $1"))': "smith, john",
    '@(Regex.Replace("a1", @"(?<n>\\d)", "[${n}]"))': "a[1]",
    '@(Regex.Replace("ab", "b", "$$$&$0$9${no}\\\\1"))': "a$bb$9${no}\\1",
    '@(Regex.Replace("abc", "b", "[$`|$\'|$_]"))': "a[a|c|abc]c",
    '@(Regex.Replace("aXbX", "x", m => m.Value + "!", RegexOptions.IgnoreCase))': "aX!bX!",
    '@(Regex.Replace("a=1&b=2", @"([a-z])=", m => m.Groups[1].Value == "b" ? m.Value : ""))': "1&b=2",
}


@pytest.mark.parametrize("expression", VALUES)
def test_a_regular_expression_does_what_it_does_in_dotnet(expression: str) -> None:
    assert compiled(expression).evaluate({}) == VALUES[expression]


@pytest.mark.parametrize(
    ("pattern", "why"),
    {
        "(?<a>x)(y)": "named beside unnamed groups",
        r"\p{L}": "Unrecognized escape sequence",
        r"\_": "Unrecognized escape sequence",
        "[a-z-[aeiou]]": "subtraction in a class",
        "a++": "Nested quantifier",
        "a{2}{3}": "Nested quantifier",
        "(?<-a>x)": "Unrecognized grouping construct",
        "[a": "Unterminated [] set",
    }.items(),
)
def test_a_pattern_is_refused_that_dotnet_refuses_or_that_would_mean_something_else_here(pattern: str, why: str) -> None:
    with pytest.raises(PolicyFailed) as failed:
        compiled(f'@(Regex.IsMatch("a", @"{pattern}"))').evaluate({})
    assert why in str(failed.value)
