"""Values of C# policy expressions. Source: the .NET API reference (.NET Framework 4.8) and the C# 7 reference; each row says what .NET gives."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.gateway.expressions import PolicyFailed, PolicyRefused, compiled
from sandbox.gateway.messages import Answer, Context, Request, request_seen, response_seen

REQUEST = Request(
    "POST",
    "https://orders.azure-api.net/api/a%20b?version=1.0&x=a%2Bb+c&x=2&empty=",
    (("X-App-Version", "1.1"), ("Accept", "a"), ("accept", "b")),
    b'{"a": "\xc3\xa9"}',
)
ANSWER = Answer(202, (("Location", "https://orders-1-1.azurewebsites.net/x"), ("Content-Type", "application/json")), b'{"id": 1}')


def context() -> Context:
    return Context(request_seen(REQUEST, "/api/a%20b"), response_seen(ANSWER, "POST"), {"text": "t", "yes": True, "seven": 7, "none": None})


def value(expression: str) -> Any:
    return compiled(expression).evaluate({"context": context()})


VALUES: dict[str, Any] = {
    # literals
    r'@("a\"\\\t\u0041\x42")': 'a"\\\tAB',
    '@(@"c:\\d ""q""")': 'c:\\d "q"',
    "@('c')": "c",
    "@(true)": True,
    "@(12)": 12,
    "@(null)": None,
    # operators
    '@("a" + 1 + true + null + \'c\')': "a1Truec",
    '@(1 + 2 + "a")': "3a",
    '@("abc".IndexOf("d") == -1)': True,
    "@(3 - 1 > 1 && !(2 >= 3) || 1 < 0)": True,
    '@("a" == "A")': False,
    '@("a" != null)': True,
    "@('a' == \"ba\"[1])": True,
    '@(1 > 0 ? "yes" : null)': "yes",
    '@(false ? "yes" : null)': None,
    "@(false && context.Variables[\"no such\"] == null)": False,
    # strings: what .NET does and Python does not
    '@("😀".Length)': 2,
    '@("a😀b".IndexOf("b"))': 3,
    '@("abc".Substring(1))': "bc",
    '@("abc".Substring(3))': "",
    '@("abc".Substring(1, 1))': "b",
    '@("abc".IndexOf("d"))': -1,
    '@("abc".IndexOf(""))': 0,
    '@("abcabc".IndexOf(\'b\', 2))': 4,
    '@("aBc".IndexOf("bC", StringComparison.OrdinalIgnoreCase))': 1,
    '@("abc".StartsWith("AB"))': False,
    '@("abc".StartsWith("AB", StringComparison.OrdinalIgnoreCase))': True,
    '@("abc".EndsWith("BC", System.StringComparison.OrdinalIgnoreCase))': True,
    '@("\\u017f".Equals("s", StringComparison.OrdinalIgnoreCase))': False,
    '@("ÄB".ToLower())': "äb",
    '@("\\u0391\\u03a3".ToLowerInvariant())': "\u03b1\u03c3",
    '@("\\u0130".ToLowerInvariant())': "\u0130",
    '@("straße".ToUpperInvariant())': "STRAßE",
    '@("a,,b".Split(\',\').Length)': 3,
    '@("".Split(\',\').Length)': 1,
    '@(",a,".Split(\',\')[0])': "",
    '@("a;b,c".Split(\';\', \',\')[2])': "c",
    '@("a b\\tc".Split()[2])': "c",
    "@(\"a\\u001cb\".Split().Length)": 1,
    '@("a=b=c".Split(new char[] {\'=\'}, 2)[1])': "b=c",
    '@(";a;;b;".Split(new [] {\';\'}, StringSplitOptions.RemoveEmptyEntries).Length)': 2,
    '@("a||b|c".Split(new string[] {"||"}, StringSplitOptions.None)[1])': "b|c",
    '@("aXbX".Replace("X", ""))': "ab",
    '@("a.b".Replace(\'.\', \'-\'))': "a-b",
    '@("a".Replace("a", null))': "",
    '@(" a\\n ".Trim())': "a",
    '@("//a/".TrimStart(\'/\'))': "a/",
    '@("a/;".TrimEnd(\'/\', \';\'))': "a",
    '@("\\u001ca".Trim().Length)': 2,
    '@(String.Concat("a", null, "b", "c"))': "abc",
    '@(string.IsNullOrEmpty(null))': True,
    '@(String.IsNullOrEmpty(" "))': False,
    '@(string.IsNullOrWhiteSpace(" \\n"))': True,
    '@(System.Net.WebUtility.UrlDecode("a%20b+c%zz"))': "a b c%zz",
    "@(context.Response.StatusCode.ToString())": "202",
    # arrays and lambdas
    '@(new [] {"a", "b"}.Any(one => one == "b"))': True,
    "@(new string[] { }.Any())": False,
    '@(new [] {"a"}.Any((one) => one.Length > 1))': False,
    # the context
    "@(context.Request.Method)": "POST",
    "@(context.Request.Url.Path)": "/api/a%20b",
    "@(context.Request.Url.QueryString)": "?version=1.0&x=a%2Bb+c&x=2&empty=",
    '@(context.Request.Url.Query.GetValueOrDefault("x", ""))': "a+b c,2",
    '@(context.Request.Url.Query.GetValueOrDefault("empty", "-"))': "",
    '@(context.Request.Url.Query.GetValueOrDefault("no", "-"))': "-",
    '@(context.Request.OriginalUrl.Scheme + "://" + context.Request.OriginalUrl.Host)': "https://orders.azure-api.net",
    '@(context.Request.Headers.GetValueOrDefault("x-app-version", ""))': "1.1",
    '@(context.Request.Headers.GetValueOrDefault("ACCEPT", ""))': "a,b",
    '@(context.Request.Headers.ContainsKey("no"))': False,
    '@(context.Request.Headers.Keys.Any(k => k.StartsWith("x-app", StringComparison.OrdinalIgnoreCase)))': True,
    '@(context.Request.Body.As<string>(preserveContent: true))': '{"a": "é"}',
    '@(context.Response.Headers.GetValueOrDefault("location", null).Length)': 38,
    '@((string)context.Variables["text"])': "t",
    '@((bool)context.Variables["yes"])': True,
    '@((int)context.Variables["seven"] + 1)': 8,
    '@((string)context.Variables["none"])': None,
    '@(context.Variables.GetValueOrDefault<string>("no", "-"))': "-",
    '@(context.Variables.GetValueOrDefault<bool>("yes", false))': True,
    '@(context.Variables.ContainsKey("text"))': True,
    # blocks
    '@{ var a = "x"; if (a.Length == 1) { a = a + "y"; } return a; }': "xy",
    "@{ if (false) return 1; else if (true) { return 2; } else { return 3; } }": 2,
    '@{ string a = null; string[] b = "1;2".Split(\';\'); return b[1] + a; }': "2",
    '@{ if (true) { var a = "1"; return a; } else { var a = "2"; return a; } }': "1",
    '@{ /* one } */ // two }\n return "a" /* ) */; }': "a",
    '@{ object a = context.Variables["text"]; return (string)a; }': "t",
}  # fmt: skip


@pytest.mark.parametrize("expression", VALUES)
def test_an_expression_has_the_value_that_dotnet_gives_it(expression: str) -> None:
    found, wanted = value(expression), VALUES[expression]

    assert (found, type(found) is bool) == (wanted, type(wanted) is bool)


def test_a_block_begins_anew_each_time() -> None:
    block, known = compiled('@{ var a = "x"; a = a + context.Request.Method; return a; }'), {"context": context()}

    assert [block.evaluate(known), block.evaluate(known)] == ["xPOST", "xPOST"]


FAILING = {
    '@("abc".Substring(4))': "ArgumentOutOfRangeException",
    '@("abc".Substring(1, 3))': "ArgumentOutOfRangeException",
    '@("abc".Substring(-1))': "ArgumentOutOfRangeException",
    '@("abc"[3])': "IndexOutOfRangeException",
    "@(\"a\".Split(';')[1])": "IndexOutOfRangeException",
    '@("a".IndexOf("a", 2))': "ArgumentOutOfRangeException",
    '@("a".Replace("", "b"))': "ArgumentException",
    '@("a".Contains(null))': "ArgumentNullException",
    '@(context.Variables["no such"])': "KeyNotFoundException",
    '@((string)context.Variables["yes"])': "InvalidCastException",
    '@((bool)context.Variables["none"])': "NullReferenceException",
    '@(context.Variables.GetValueOrDefault<string>("yes", ""))': "InvalidCastException",
    '@(context.Request.Headers.GetValueOrDefault("no", null).Length)': "NullReferenceException",
    '@(Regex.IsMatch(null, "a"))': "ArgumentNullException",
    '@(Regex.IsMatch("a", "("))': "ArgumentException",
}


@pytest.mark.parametrize("expression", FAILING)
def test_an_expression_ends_in_the_exception_of_dotnet(expression: str) -> None:
    ready = compiled(expression)

    with pytest.raises(PolicyFailed) as failed:
        ready.evaluate({"context": context()})
    assert failed.value.kind == FAILING[expression]


def test_a_body_that_is_read_without_preserving_it_is_gone() -> None:
    known = {"context": context()}
    read = compiled("@(context.Request.Body.As<string>())")

    assert read.evaluate(known) == '{"a": "é"}'
    with pytest.raises(PolicyFailed, match="InvalidOperationException"):
        read.evaluate(known)


REFUSED = {
    # not C#
    "@(": "is no expression",
    "@()": "is no C#",
    '@("a" +)': "is no C#",
    "@{ var a = 1 return a; }": "is no C#",
    "@(1; 2)": "is no C#",
    # not in API Management's list, or not in ours
    '@(Regex.Escape("a"))': "'Escape' of Regex",
    '@(System.IO.File.ReadAllText("/etc/passwd"))': "is not known",
    "@(DateTime.UtcNow)": "is not known",
    "@(context.User)": "'User' of IProxyRequestContext",
    '@(context.GetType())': "'GetType' of IProxyRequestContext",
    '@("a".GetHashCode())': "'GetHashCode' of string",
    '@($"a{1}")': "interpolated_string_expression",
    '@("a" ?? "b")': "no supported operator ??",
    "@(context.Request.Body?.As<string>())": "is not supported",
    "@(context.Request.Body.As<JObject>())": "As<JObject>",
    '@(new Regex("a").IsMatch("a"))': "object_creation_expression",
    "@(1 * 2)": "no supported operator *",
    "@(typeof(string))": "typeof_expression",
    '@{ foreach (var a in new [] {"a"}) { return a; } return null; }': "foreach_statement",
    "@{ while (true) { } return 1; }": "while_statement",
    '@{ throw new Exception("a"); }': "throw_statement",
    "@{ string F() { return null; } return F(); }": "local_function_statement",
    # .NET Framework has no such overload
    '@("a".Split(","))': "fits no supported overload with the arguments (string)",
    '@("a".Contains("A", StringComparison.OrdinalIgnoreCase))': "fits no supported overload",
    "@(\"a\".StartsWith('a'))": "fits no supported overload",
    '@("a".Substring("1"))': "fits no supported overload",
    '@("a".StartsWith("a", StringComparison.Whatever))': "StringComparison.Whatever",
    # C# does not compile it
    '@(context.Variables["a"] == "a")': "compares an object by reference",
    '@("a" == \'a\')': "no supported operator == for string and char",
    '@("a" && true)': "no supported operator &&",
    '@("a" == 1)': "no supported operator ==",
    '@(!"a")': "negates a string",
    '@(-"a")': "negates a string",
    '@(true ? "a" : 1)': "has no type",
    '@("a" ? 1 : 2)': "has no type",
    "@((string)1)": "casts int to string",
    "@((int)null)": "casts null to int",
    "@(missing)": "is not known",
    '@(context.Request.Headers.Keys.Any(k => k))': "returns string, not bool",
    '@(new [] {"a", 1}.Any())': "is no array",
    "@(true == null)": "no supported operator ==",
    # blocks
    '@{ if (true) { return "a"; } }': "not all code paths",
    '@{ if (true) { return "a"; } else { var b = 1; } }': "not all code paths",
    '@{ if (true) { return "a"; } return 1; }': "values of different types: int, string",
    "@{ return; }": "returns nothing",
    "@{ string a; return a; }": "has to declare one variable and give it a value",
    "@{ var a = null; return a; }": "gives a null to a var",
    '@{ string a = context.Variables["a"]; return a; }': "gives a object to a string",
    '@{ var a = "1"; a = 2; return a; }': "assigns a int",
    '@{ context = null; return "a"; }': "takes none",
    '@{ var a = 1; if (true) { var a = 2; } return a; }': "gives the name a another meaning",
    '@{ if (true) { var a = 2; } var a = 1; return a; }': "gives the name a another meaning",
    '@{ var k = 1; return new [] {"a"}.Any(k => true); }': "gives the name k another meaning",
    '@{ if (true) var a = 1; return "a"; }': "only a block",
    '@{ if (true) { var a = 1; } return a; }': "is not known",
    '@{ if ("a") { return 1; } return 2; }': "asks for a string",
}  # fmt: skip


@pytest.mark.parametrize("expression", REFUSED)
def test_an_expression_is_refused(expression: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        compiled(expression)
    assert REFUSED[expression] in str(refused.value)
