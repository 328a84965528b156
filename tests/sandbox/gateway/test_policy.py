"""Policies, run without network: what goes on to the backend, and what comes back. Sources: the policy reference of Microsoft docs."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.gateway import Answer, Forward, Onward, Passage, Policy, PolicyFailed, PolicyRefused, Request

BACKENDS = {"router": "https://orders.azurewebsites.net", "other": "http://localhost:1/base/"}
HEADERS = (("Host", "orders.azure-api.net"), ("X-One", "1"), ("x-one", "2"))
URL = "https://orders.azure-api.net/api/start?version=1.0&code=a%2Bb&x"


def policy(inbound: str = "", backend: str = "<forward-request />", outbound: str = "", on_error: str = "") -> str:
    first = '<set-backend-service backend-id="router" />'
    return (
        f"<policies><inbound>{first}{inbound}</inbound><backend>{backend}</backend>"
        f"<outbound>{outbound}</outbound><on-error>{on_error}</on-error></policies>"
    )


def begun(text: str, *, method: str = "POST", headers: Any = HEADERS, body: Any = b"body", values: dict[str, str] | None = None) -> Passage:
    return Policy.read(text, values, BACKENDS).begin(Request(method, URL, headers, body))


def onward(text: str, **options: Any) -> Onward:
    sent = begun(text, **options).inbound()
    assert sent is not None
    return sent


def answered(text: str, answer: Answer, **options: Any) -> Answer:
    passage = begun(text, **options)
    passage.inbound()
    return passage.outbound(answer)


def test_a_request_goes_on_as_it_came_but_for_its_host() -> None:
    assert onward(policy()) == Onward(
        "POST",
        "https://orders.azurewebsites.net/api/start?version=1.0&code=a%2Bb&x",
        (("X-One", "1"), ("x-one", "2")),
        b"body",
        Forward(timeout=300.0, follow_redirects=False, buffer_request_body=False, buffer_response=True, fail_on_error_status_code=False),
    )


INBOUND: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "an overridden header stands once": (
        '<set-header name="X-One"><value>@("a" + "b")</value></set-header>', URL, (("X-One", "ab"),),
    ),
    "several values become one, with commas": (
        '<set-header name="X-New" exists-action="override"><value>a</value><value>b</value></set-header>', URL,
        (("X-One", "1"), ("x-one", "2"), ("X-New", "a,b")),
    ),
    "a header that is there is skipped": (
        '<set-header name="x-ONE" exists-action="skip"><value>a</value></set-header>', URL, HEADERS[1:],
    ),
    "a header that is not there is set by skip": (
        '<set-header name="new" exists-action="skip"><value>a</value></set-header>', URL, (*HEADERS[1:], ("new", "a")),
    ),
    "a header is appended to": ('<set-header name="X-One" exists-action="append"><value>3</value></set-header>', URL, (("X-One", "1,2,3"),)),
    "a header is deleted in any case": ('<set-header name="x-ONE" exists-action="delete" />', URL, ()),
    "a host that a policy sets is kept": (
        '<set-header name="Host"><value>@(context.Request.OriginalUrl.Host)</value></set-header>', URL,
        (*HEADERS[1:], ("Host", "orders.azure-api.net")),
    ),
    "a query parameter is deleted and the others stay to the letter": (
        '<set-query-parameter name="version" exists-action="delete" />', "https://g/api/start?code=a%2Bb&x", HEADERS[1:],
    ),
    "all of them": (
        "".join(f'<set-query-parameter name="{name}" exists-action="delete" />' for name in ("X", "code", "version", "no")),
        "https://g/api/start", HEADERS[1:],
    ),
    "the first when that holds": (
        '<choose><when condition="@(false)"><set-header name="a"><value>1</value></set-header></when>'
        '<when condition="@(true)"><set-header name="a"><value>2</value></set-header></when>'
        '<when condition="@(true)"><set-header name="a"><value>3</value></set-header></when></choose>', URL, (*HEADERS[1:], ("a", "2")),
    ),
    "otherwise, if none holds": (
        '<choose><when condition="@(false)" /><otherwise><set-header name="a"><value>2</value></set-header></otherwise></choose>', URL,
        (*HEADERS[1:], ("a", "2")),
    ),
    "a variable is kept with its type": (
        '<set-variable name="n" value="@(1)" /><set-header name="a"><value>@(((int)context.Variables["n"] + 1).ToString())</value></set-header>',
        URL, (*HEADERS[1:], ("a", "2")),
    ),
    "a text is a string": (
        '<set-variable name="n" value="1" /><set-header name="a"><value>@((string)context.Variables["n"])</value></set-header>', URL,
        (*HEADERS[1:], ("a", "1")),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("inbound", "url", "headers"), INBOUND.values(), ids=INBOUND)
def test_inbound(inbound: str, url: str, headers: Any) -> None:
    sent = onward(policy(inbound))

    assert (sent.url.partition("/api")[2], sent.headers) == (url.partition("/api")[2], headers)


BACKEND_OF = {
    '<set-backend-service base-url="https://a.example/v1/" />': "https://a.example/v1/api/start",
    '<set-backend-service backend-id="other" />': "http://localhost:1/base/api/start",
    '<set-backend-service backend-id="@("ot" + "her")" />': "http://localhost:1/base/api/start",
    '<set-backend-service backend-id="other" /><set-backend-service base-url="@("https://" + "b")" />': "https://b/api/start",
}


@pytest.mark.parametrize("inbound", BACKEND_OF)
def test_the_last_backend_counts(inbound: str) -> None:
    assert onward(policy(inbound)).url.partition("?")[0] == BACKEND_OF[inbound]


def test_a_backend_that_does_not_exist_fails() -> None:
    with pytest.raises(PolicyFailed, match="there is no backend 'no'"):
        onward(policy('<set-backend-service backend-id="no" />'))


def test_the_api_s_own_path_is_not_passed_on() -> None:
    sent = Policy.read(policy(), {}, BACKENDS).begin(Request("GET", URL), api_path="api/").inbound()

    assert sent is not None and sent.url == "https://orders.azurewebsites.net/start?version=1.0&code=a%2Bb&x"


def test_named_values_are_text_that_is_put_in_before_anything_is_read() -> None:
    inbound = '<set-header name="{{name}}"><value>@("{{list}}".Split(\';\')[1] + @"{{secret}}")</value></set-header>'

    assert onward(policy(inbound), values={"name": "a", "list": ";b;", "secret": "c\\"}).headers == (*HEADERS[1:], ("a", "bc\\"))


def test_a_named_value_may_be_an_expression_but_holds_no_other() -> None:
    inbound = '<set-variable name="a" value="{{one}}" /><set-variable name="b" value="{{two}}" />'
    passage = begun(policy(inbound), values={"one": '@("x".Length)', "two": "{{one}}"})
    passage.inbound()

    assert passage.context.variables == {"a": 1, "b": "{{one}}"}


def test_expressions_hold_what_xml_does_not() -> None:
    inbound = (
        '<!-- @( no expression " --><choose><when condition=\'@(1 < 2 && "a>b".Length > 2)\'><set-variable name="a" value="@{\n'
        '  if (")}".Length == 2 && @"""\\".Length == 2) { return \'"\' + "<&"; }\n  // a bracket: )\n  return "no"; }" /></when></choose>'
    )
    passage = begun(policy(inbound))
    passage.inbound()

    assert passage.context.variables == {"a": '"<&'}


def test_in_the_format_xml_expressions_are_escaped() -> None:
    text = policy('<set-variable name="a" value="@(1 &lt; 2 &amp;&amp; &quot;a&quot;.Length == 1)" />')
    passage = Policy.read(text, {}, BACKENDS, format="xml").begin(Request("GET", URL))
    passage.inbound()

    assert passage.context.variables == {"a": True}


def test_forward_request_says_how() -> None:
    attributes = 'timeout="7" follow-redirects="true" buffer-request-body="true" buffer-response="false" fail-on-error-status-code="true"'

    assert onward(policy(backend=f"<forward-request {attributes} />")).forward == Forward(7.0, True, True, False, True)


def test_base_in_the_section_backend_forwards_and_an_empty_one_does_not() -> None:
    assert onward(policy(backend="<base />")).forward == Forward()
    assert begun(policy(backend="")).inbound() is None


def test_what_stands_behind_forward_request_is_done_with_the_answer() -> None:
    behind = '<forward-request /><set-variable name="a" value="@(context.Response.StatusCode)" />'
    passage = begun(policy(backend=behind))
    passage.inbound()
    assert passage.context.variables == {}
    passage.outbound(Answer(202))
    assert passage.context.variables == {"a": 202}


def test_there_is_no_response_before_the_backend_has_answered() -> None:
    with pytest.raises(PolicyFailed, match="NullReferenceException"):
        onward(policy('<set-variable name="a" value="@(context.Response.StatusCode)" />'))


JSON = (("Content-Type", "application/json"), ("Content-Length", "8"), ("X-A", "1"))
REPLACED = '<set-body>@(context.Response.Body.As<string>(preserveContent: true).Replace("1", "{{new}}"))</set-body>'


def test_a_body_is_written_anew_with_its_length() -> None:
    found = answered(policy(outbound=REPLACED), Answer(200, JSON, b'{"a": 1}'), values={"new": "é😀"})

    assert found == Answer(200, (JSON[0], JSON[2], ("Content-Length", "13")), '{"a": é😀}'.encode())


def test_a_body_is_written_in_its_own_encoding() -> None:
    headers = (("Content-Type", 'text/plain; charset="iso-8859-1"'),)

    assert answered(policy(outbound=REPLACED), Answer(200, headers, b"\xe41"), values={"new": "ü"}).body == b"\xe4\xfc"


def test_nobody_reads_a_body_that_no_expression_asks_for() -> None:
    def read() -> bytes:
        raise AssertionError("read")

    passage = begun(policy(outbound='<set-header name="X-A" exists-action="delete" />'), body=read)
    sent = passage.inbound()
    found = passage.outbound(Answer(200, JSON, read))

    assert sent is not None and (sent.body, found) == (read, Answer(200, JSON[:2], read))


def test_a_body_that_is_read_and_preserved_goes_on_as_it_was() -> None:
    outbound = '<set-variable name="a" value="@(context.Response.Body.As<string>(preserveContent: true))" />'

    assert answered(policy(outbound=outbound), Answer(200, JSON, b"\xff1")).body == b"\xff1"
    assert answered(policy(outbound=outbound.replace("preserveContent: true", "")), Answer(200, JSON, b"\xff1")) == Answer(
        200, (JSON[0], JSON[2], ("Content-Length", "0")), b""
    )


@pytest.mark.parametrize(
    ("method", "answer"),
    [("GET", Answer(204, (), b"")), ("HEAD", Answer(200, JSON, b"")), ("GET", Answer(200, (("Content-Length", "0"),), b""))],
)
def test_set_body_fails_where_there_is_no_body(method: str, answer: Answer) -> None:
    with pytest.raises(PolicyFailed, match="no body"):
        answered(policy(outbound="<set-body>new</set-body>"), answer, method=method)


def test_a_request_without_a_body_has_none() -> None:
    inbound = '<set-variable name="a" value="@(context.Request.Body == null)" />'
    passage = begun(policy(inbound), body=None)
    sent = passage.inbound()

    assert sent is not None and (sent.body, passage.context.variables) == (None, {"a": True})


def test_on_error_may_change_what_the_client_is_told() -> None:
    on_error = '<set-header name="X-Why"><value>@(context.Response.StatusCode + "!")</value></set-header>'
    passage = begun(policy('<set-variable name="a" value="@("a".Substring(2))" />', on_error=on_error))
    with pytest.raises(PolicyFailed) as failed:
        passage.inbound()

    assert passage.failed(failed.value, Answer(500, (), b"{}")) == Answer(500, (("X-Why", "500!"),), b"{}")


def test_what_fails_in_on_error_is_left_out() -> None:
    on_error = '<set-header name="X-Why"><value>@("a".Substring(2))</value></set-header>'
    passage = begun(policy(on_error=on_error))

    assert passage.failed(PolicyFailed("Timeout", ""), Answer(500, (), b"{}")) == Answer(500, (), b"{}")


REFUSED = {
    "<policy />": "a policy is one element <policies>",
    "<policies><inbound></policies>": "is no XML",
    "<policies><somewhere /></policies>": "the element 'somewhere' is no section",
    "<policies><inbound /><inbound /></policies>": "stands twice",
    policy("<return-response />"): "the element 'return-response' is not supported",
    policy('<rewrite-uri template="/a" />'): "the element 'rewrite-uri' is not supported",
    policy("<forward-request />", backend=""): "may not stand in inbound",
    policy(outbound='<set-backend-service backend-id="router" />'): "may not stand in outbound",
    policy(on_error="<set-body>a</set-body>"): "may not stand in on-error",
    policy(backend="<forward-request /><forward-request />"): "may stand in a policy once",
    policy(backend="<base /><forward-request />"): "may stand in a policy once",
    policy("some text"): "has text between its elements",
    policy('<set-variable name="a" />'): "has no attribute 'value'",
    policy('<set-variable name="a" value="b" type="c" />'): "has the attribute 'type'",
    policy('<set-variable name="@("a")" value="b" />'): "takes no expression as 'name'",
    policy('<set-variable name="a" value="@(new [] {"a"})" />'): "which is of the type string[]",
    policy('<set-variable name="a" value="@(Regex.Match("a", "a"))" />'): "which is of the type Match",
    policy('<set-variable name="a" value="@(Regex.Escape("a"))" />'): "Regex.Escape",
    policy('<set-variable name="a" value="{{no}}" />'): "Cannot find a property 'no'",
    policy('<set-variable name="a" value="@("a" />'): "has no end",
    policy('<set-variable name="a" value="@("a") b" />'): "goes on behind its expression",
    policy('<set-header name="a"><value>@(1)</value></set-header>'): "which is of the type int",
    policy('<set-header name="a"><value>@(context.Variables["a"])</value></set-header>'): "which is of the type object",
    policy('<set-header name="a" exists-action="drop"><value>1</value></set-header>'): "has the exists-action 'drop'",
    policy('<set-header name="a" exists-action="override" />'): "has elements 'value'",
    policy('<set-header name="Content-Length" exists-action="delete" />'): "can't change the header 'content-length'",
    policy(outbound='<set-header name="Server" exists-action="delete" />'): "can't change the header 'server'",
    policy('<set-query-parameter name="a" exists-action="override" />'): "'delete' alone",
    policy('<set-backend-service backend-id="a" base-url="b" />'): "either backend-id or base-url",
    policy("<choose />"): "has no element 'when'",
    policy('<choose><when condition="true" /></choose>'): "which is no expression",
    policy('<choose><when condition="@("true")" /></choose>'): "which is of the type string",
    policy('<choose><otherwise /><when condition="@(true)" /></choose>'): "is not allowed here",
    policy(backend='<forward-request timeout="@(1)" />'): "no number of seconds",
    policy(backend='<forward-request follow-redirects="yes" />'): "neither true nor false",
    policy(outbound='<set-body template="liquid">a</set-body>'): "has the attribute 'template'",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_policy_is_refused(text: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        Policy.read(text, {}, BACKENDS)
    assert REFUSED[text] in str(refused.value)
