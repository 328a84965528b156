"""HTTP functions: routes, keys, and what the host answers itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.functions.apps import Azure, Site

APP = """
    import azure.functions as func

    app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

    @app.route(route="orders/{id:int}", methods=["GET"])
    async def show(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse(f"{req.route_params['id']} {req.params.get('a')} {req.url}", headers={"X-Seen": req.headers["x-mine"]})

    @app.route(route="orders", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
    def add(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
        return func.HttpResponse(f"{context.function_name} {req.get_json()['id']}", status_code=201)

    @app.function_name("Plain")
    @app.route(auth_level=func.AuthLevel.ANONYMOUS)
    def plain(req: func.HttpRequest) -> str:
        return "plain"

    @app.route(route="locked", auth_level=func.AuthLevel.ADMIN)
    def locked(req: func.HttpRequest) -> str:
        return "open"

    @app.route(route="broken", auth_level=func.AuthLevel.ANONYMOUS)
    def broken(req: func.HttpRequest) -> str:
        raise ValueError("what the log shows")

    @app.function_name("Off")
    @app.route(route="off", auth_level=func.AuthLevel.ANONYMOUS)
    def off(req: func.HttpRequest) -> str:
        return "ran"
"""


@pytest.fixture(scope="module")
def site(azure: Azure) -> Iterator[Site]:
    site = azure.site()
    site.run("production", APP, **{"AzureWebJobs.Off.Disabled": "true"})
    yield site


def function_key(site: Site) -> str:
    return str(site.azure.post(f"{site.id}/host/default/listkeys").body["functionKeys"]["default"])


def test_an_asynchronous_function_sees_route_query_headers_and_the_public_url(site: Site) -> None:
    answer = site.get("/api/orders/7?a=1&a=2", key=function_key(site), headers={"X-Mine": "yes"})
    url = f"{site.azure.functions.url(site.name)}/api/orders/7?a=1&a=2"
    assert (answer.status, answer.text, answer.header("x-seen")) == (200, f"7 1,2 {url}", "yes")


def test_a_function_without_async_gets_a_body_and_its_context(site: Site) -> None:
    answer = site.request("POST", "/api/orders", body={"id": "o-1"})
    assert (answer.status, answer.text) == (201, "add o-1")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/orders"), ("GET", "/api/orders/text"), ("DELETE", "/api/orders/7"), ("GET", "/api"), ("GET", "/Plain")],
)
def test_what_no_route_matches_is_not_found(site: Site, method: str, path: str) -> None:
    assert site.request(method, path, key=True).status == 404


def test_a_function_without_a_route_is_reached_by_its_name_in_any_case(site: Site) -> None:
    assert site.get("/API/plain").text == "plain"


def test_a_key_is_asked_for_in_the_header_or_the_query(site: Site) -> None:
    key = function_key(site)
    given = {"x-mine": ""}
    statuses = [
        site.get("/api/orders/7", headers=given).status,
        site.get("/api/orders/7", headers=given, key="wrong").status,
        site.get("/api/orders/7", headers=given, key=key).status,
        site.get(f"/api/orders/7?code={key}", headers=given).status,
        site.get("/api/orders/7", headers=given, key=True).status,
    ]
    assert statuses == [401, 401, 200, 200, 200]


def test_the_admin_level_takes_the_master_key_alone(site: Site) -> None:
    assert [site.get("/api/locked", key=key).status for key in (False, function_key(site), True)] == [401, 401, 200]


def test_an_exception_is_a_500_without_its_text_which_the_log_has(site: Site) -> None:
    answer = site.get("/api/broken")
    assert (answer.status, answer.body) == (500, b"")
    assert "ValueError: what the log shows" in site.log()


def test_a_disabled_function_is_not_found_but_runs_with_the_master_key(site: Site) -> None:
    assert [site.get("/api/off", key=key).status for key in (False, function_key(site), True)] == [404, 404, 200]


def test_the_root_answers_for_whoever_warms_the_app_up(site: Site) -> None:
    assert site.get("/").status == 200


def test_the_hosts_status_is_for_the_master_key(site: Site) -> None:
    assert [site.get("/admin/host/status", key=key).status for key in (False, function_key(site))] == [401, 401]
    status = site.get("/admin/host/status", key=True).json()
    assert (status["state"], status["id"], "errors" in status) == ("Running", site.name, False)


def test_every_call_is_in_the_execution_log(site: Site) -> None:
    site.get("/api/plain")
    last = site.executions(function="Plain")[-1]
    known = {name: last[name] for name in ("kind", "trigger", "instance", "replaying", "slot", "app_version", "package", "pid")}
    assert known == {
        "kind": "function",
        "trigger": "httpTrigger",
        "instance": None,
        "replaying": False,
        "slot": "production",
        "app_version": None,
        "package": site.process().settings["WEBSITE_RUN_FROM_PACKAGE"],
        "pid": site.azure.functions.status(site.name).pid,
    }


def test_a_prefix_of_host_json_and_a_setting_over_it_move_the_routes(azure: Azure) -> None:
    from tests.sandbox.functions.apps import package

    site = azure.site()
    code = package(APP, host___json='{"version": "2.0", "extensions": {"http": {"routePrefix": "v1/x"}}}')
    site.run("production", code)
    assert [site.get(path).status for path in ("/v1/x/plain", "/api/plain")] == [200, 404]
    site.run("production", code, AzureFunctionsJobHost__extensions__http__routePrefix="")
    assert [site.get(path).status for path in ("/plain", "/v1/x/plain")] == [200, 404]


def test_a_slot_is_reached_by_its_own_port_or_by_its_host_name(azure: Azure) -> None:
    import http.client
    import ssl
    from urllib.parse import urlsplit

    site = azure.site("staging")
    for slot in ("production", "staging"):
        site.run(slot, APP.replace('return "plain"', f'return "{slot}"'))
    assert [site.get("/api/plain", slot).text for slot in ("production", "staging")] == ["production", "staging"]
    common = urlsplit(azure.functions.front_door)
    trust = ssl.create_default_context(cafile=str(azure.sandbox.ca_bundle))
    answers = []
    for host in (f"{site.name}.azurewebsites.net", f"{site.name}-staging.azurewebsites.net", "nobody.azurewebsites.net"):
        connection = http.client.HTTPSConnection("127.0.0.1", common.port, context=trust)
        connection.request("GET", "/api/plain", headers={"Host": host})
        response = connection.getresponse()
        answers.append((response.status, response.read().decode()))
        connection.close()
    assert answers[:2] == [(200, "production"), (200, "staging")]
    assert answers[2][0] == 404
    assert azure.functions.url(site.name, "staging") in answers[2][1]


STREAMED_APP = """
    import asyncio
    import azure.functions as func
    from azurefunctions.extensions.http.fastapi import Request, Response, StreamingResponse

    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

    @app.route(route="copy/{*rest}", methods=["POST"])
    async def copy(req: Request) -> StreamingResponse:
        async def parts():
            async for part in req.stream():
                await asyncio.sleep(0)
                yield part
        headers = {"X-Seen": f"{req.headers['x-mine']} {req.base_url}{req.scope['raw_path'].decode()[1:]} {req.path_params['rest']}"}
        response = StreamingResponse(parts(), status_code=206, headers=headers)
        response.headers.append("Set-Cookie", "a=1")
        response.headers.append("Set-Cookie", "b=2")
        return response

    @app.route(route="older")
    def older(req: func.HttpRequest) -> str:
        return "still served"
"""


@pytest.fixture(scope="module")
def streaming(azure: Azure) -> Iterator[Site]:
    site = azure.site()
    site.run("production", STREAMED_APP, PYTHON_ENABLE_INIT_INDEXING="1")
    yield site


def test_a_function_of_the_streaming_extension_gets_starlette_s_request_and_its_response_is_sent(streaming: Site) -> None:
    answer = streaming.azure.functions.request(
        "production", "POST", "/api/copy/a%2Fb?x=1", b"\x00body", site=streaming.name, headers={"X-Mine": "m"}
    )
    url = f"{streaming.azure.functions.url(streaming.name)}/api/copy/a%2Fb"
    assert (answer.status, answer.body) == (206, b"\x00body")
    assert answer.header("x-seen") == f"m {url} a/b"
    assert [value for name, value in answer.headers if name.lower() == "set-cookie"] == ["a=1", "b=2"]


def test_functions_with_the_plain_types_live_beside_it(streaming: Site) -> None:
    assert streaming.get("/api/older").text == "still served"


def test_without_the_setting_the_streaming_types_are_not_looked_for(azure: Azure) -> None:
    site = azure.site()
    site.run("production", STREAMED_APP)
    assert site.azure.functions.request("production", "POST", "/api/copy/a", b"x", site=site.name, headers={"X-Mine": "m"}).status == 500
