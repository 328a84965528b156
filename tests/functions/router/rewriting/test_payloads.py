"""What an app says of its own addresses in JSON, and what the caller reads."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from functions.router.rewriting import rewrite_payload

from .parties import APP, BACKEND, DURABLE, HOOKS, HOST, LINE, OPENED, PUBLIC, SYSTEM_KEY

INSTANCE = "1.0-3f2c"
PAYLOAD = {
    "id": INSTANCE,
    "statusQueryGetUri": f"{HOOKS}/instances/{INSTANCE}?{OPENED}",
    "sendEventPostUri": f"{HOOKS}/instances/{INSTANCE}/raiseEvent/{{eventName}}?{OPENED}",
    "terminatePostUri": f"{HOOKS}/instances/{INSTANCE}/terminate?reason={{text}}&{OPENED}",
    "rewindPostUri": f"{HOOKS}/instances/{INSTANCE}/rewind?reason={{text}}&{OPENED}",
    "suspendPostUri": f"{HOOKS}/instances/{INSTANCE}/suspend?reason={{text}}&{OPENED}",
    "resumePostUri": f"{HOOKS}/instances/{INSTANCE}/resume?reason={{text}}&{OPENED}",
    "restartPostUri": f"{HOOKS}/instances/{INSTANCE}/restart?{OPENED}",
    "purgeHistoryDeleteUri": f"{HOOKS}/instances/{INSTANCE}?{OPENED}",
}
"""As `create_check_status_response` of the Python SDK makes it."""
REWRITTEN = {
    "id": INSTANCE,
    "statusQueryGetUri": f"{DURABLE}/instances/{INSTANCE}",
    "sendEventPostUri": f"{DURABLE}/instances/{INSTANCE}/raiseEvent/{{eventName}}",
    "terminatePostUri": f"{DURABLE}/instances/{INSTANCE}/terminate?reason={{text}}",
    "rewindPostUri": f"{DURABLE}/instances/{INSTANCE}/rewind?reason={{text}}",
    "suspendPostUri": f"{DURABLE}/instances/{INSTANCE}/suspend?reason={{text}}",
    "resumePostUri": f"{DURABLE}/instances/{INSTANCE}/resume?reason={{text}}",
    "restartPostUri": f"{DURABLE}/instances/{INSTANCE}/restart",
    "purgeHistoryDeleteUri": f"{DURABLE}/instances/{INSTANCE}",
}


def rewritten(body: bytes | str) -> bytes:
    return rewrite_payload(body.encode() if isinstance(body, str) else body, BACKEND, PUBLIC, LINE)


def test_a_management_payload_leads_to_the_router_without_keys_and_hubs() -> None:
    assert json.loads(rewritten(json.dumps(PAYLOAD))) == REWRITTEN


def escaped_as_dotnet_does_it(text: str) -> str:
    return text.replace("&", "\\u0026").replace("+", "\\u002B").replace("'", "\\u0027")


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(PAYLOAD, indent=2),
        json.dumps(PAYLOAD, separators=(",", ":")),
        escaped_as_dotnet_does_it(json.dumps(PAYLOAD)),
        escaped_as_dotnet_does_it(json.dumps(PAYLOAD)).replace("\\u002B", "\\u002b"),
        json.dumps(PAYLOAD).replace("/", "\\/"),
        json.dumps(PAYLOAD).replace("{text}", "%7Btext%7D").replace("{eventName}", "\\u007BeventName\\u007D"),
    ],
    ids=["indented", "dense", "as .NET escapes", "lower-case escapes", "escaped slashes", "braces written otherwise"],
)
def test_it_does_so_however_the_app_writes_its_json(written: str) -> None:
    expected = json.dumps(REWRITTEN).replace("{text}", "%7Btext%7D") if "%7B" in written else json.dumps(REWRITTEN)
    assert json.loads(rewritten(written)) == json.loads(expected)


def test_a_payload_within_a_string_is_found_however_deep() -> None:
    once = json.dumps({"output": json.dumps(PAYLOAD)})
    twice = json.dumps({"history": [once]})
    expected = json.dumps({"history": [json.dumps({"output": json.dumps(REWRITTEN)})]})
    assert json.loads(rewritten(twice)) == json.loads(expected)


@pytest.mark.parametrize(
    ("url", "public"),
    [
        (f"{HOOKS}/instances/7?{OPENED}", f"{DURABLE}/instances/7"),
        (f"{HOOKS}/instances/7?code=x&showHistory=true&taskHub=T&connection=C", f"{DURABLE}/instances/7?showHistory=true"),
        (f"{HOOKS}/instances/7?TASKHUB=T&Code=x&showInput=1", f"{DURABLE}/instances/7?showInput=1"),
        (f"{HOOKS}/instances/a%2Fb?c%6Fde=x", f"{DURABLE}/instances/a%2Fb"),
        (f"{HOOKS}/instances/7?showInput=1#part", f"{DURABLE}/instances/7?showInput=1#part"),
        (f"{HOOKS}/instances/7?", f"{DURABLE}/instances/7"),
        (HOOKS, DURABLE),
        (HOOKS.replace("durabletask", "DurableTask") + "/instances/7", f"{DURABLE}/instances/7"),
        (f"https://{HOST.upper()}/runtime/webhooks/durabletask/instances/7", f"{DURABLE}/instances/7"),
        (f"https://{HOST}:443/runtime/webhooks/durabletask/instances/7", f"{DURABLE}/instances/7"),
        (f"http://{HOST}/runtime/webhooks/durabletask/instances/7", f"{DURABLE}/instances/7"),
        (f"{HOOKS}/instances/an order of Zoë", f"{DURABLE}/instances/an order of Zoë"),
        (f"{PUBLIC}/runtime/webhooks/durabletask/instances/7?code=x", f"{DURABLE}/instances/7"),
        (f"https://{HOST}/api/orders/7?expand=lines", f"{APP}/api/orders/7?expand=lines"),
        (f"https://{HOST}/api/orders/7?code=x&expand=lines&taskHub=mine", f"{APP}/api/orders/7?expand=lines&taskHub=mine"),
        (f"https://{HOST}/api/f%C3%A4hre", f"{APP}/api/f%C3%A4hre"),
        (f"https://{HOST}", f"{APP}/"),
        (f"https://{HOST}?a=1", f"{APP}/?a=1"),
        (f"https://{HOST}#top", f"{APP}/#top"),
        (f"https://{HOST}/runtime/webhooks/durabletasks/x", f"{APP}/runtime/webhooks/durabletasks/x"),
    ],
)
def test_a_url_of_the_app_becomes_the_routers(url: str, public: str) -> None:
    assert json.loads(rewritten(json.dumps({"a": [url]}, ensure_ascii=False))) == {"a": [public]}


@pytest.mark.parametrize(
    "text",
    [
        "https://elsewhere.example/runtime/webhooks/durabletask/instances/7?code=theirs",
        f"https://{HOST}.elsewhere.example/x",
        f"https://x{HOST}/x",
        f"https://{HOST}:8443/x",
        f"https://{HOST}@elsewhere.example/x",
        f"ftp://{HOST}/x",
        f"//{HOST}/x",
        f"see https://{HOST}/api/orders",
        f"https://{HOST}/api/orders is where to look",
        f"{PUBLIC}/api/orders",
        "/runtime/webhooks/durabletask/instances/7",
        "https://",
        "https:",
        "",
        "C:\\temp\\https://",
    ],
)
def test_what_is_no_url_of_the_app_stays(text: str) -> None:
    body = json.dumps({"text": text}).encode()
    assert rewritten(body) == body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'"',
        b'"https:',
        b'{"a": "https://' + HOST.encode(),
        b"{'a': 'https://x'}",
        b"\xff\xfe\x00",
        b'{"a": 1.10, "a": 1e400, "b": -0.0, "n": 12345678901234567890}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": "\\ud800", "b": "\\u00e4ä"}'.encode(),
    ],
)
def test_bytes_that_hold_no_url_are_never_touched_valid_json_or_not(body: bytes) -> None:
    assert rewritten(body) == body


def test_broken_utf8_in_a_url_survives() -> None:
    assert rewritten(b'["https://' + HOST.encode() + b'/api/\xff\xe4"]') == b'["' + APP.encode() + b'/api/\xff\xe4"]'


def test_what_is_around_a_url_keeps_its_bytes() -> None:
    body = b'{ "n":1.50,\n "u" : "%b/instances/7?code=x" ,"n":2 }\r\n' % HOOKS.encode()
    assert rewritten(body) == b'{ "n":1.50,\n "u" : "%b/instances/7" ,"n":2 }\r\n' % DURABLE.encode()


def test_another_name_of_the_app_is_its_own_too() -> None:
    named = type(BACKEND)(BACKEND.base_url, hosts=("Orders-Old.example.net", "127.0.0.1:7071"))
    body = b'["https://orders-old.example.net/api/x", "http://127.0.0.1:7071/api/y", "http://127.0.0.1/api/z"]'
    assert rewrite_payload(body, named, PUBLIC, LINE) == b'["%b/api/x", "%b/api/y", "http://127.0.0.1/api/z"]' % (
        APP.encode(),
        APP.encode(),
    )


def test_a_key_in_a_text_beside_the_urls_is_masked() -> None:
    body = json.dumps({"note": f"the key is {SYSTEM_KEY}", "quoted": quote(SYSTEM_KEY, safe="")})
    masked = {"note": f"the key is {'*' * len(SYSTEM_KEY)}", "quoted": "*" * len(quote(SYSTEM_KEY, safe=""))}
    assert json.loads(rewritten(body)) == masked
