"""When a process is started, restarted and left alone."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.blob import BlobSasPermissions, generate_blob_sas

from sandbox.functions.host import NotReady
from tests.sandbox.functions.apps import BLOB_READER, HTTP_APP, IDENTITY, Azure, Site, Wait, package


def pid(site: Site, slot: str = "production") -> str:
    site.ready(slot)
    return site.get("/api/pid", slot).text


def code(site: Site) -> str:
    return site.get("/api/setting/CODE").text


def test_a_slot_runs_with_its_settings_and_what_the_platform_adds(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "of whoever is at the machine")
    site = azure.site("staging")
    site.run("staging", HTTP_APP, CODE="one")
    names = ("CODE", "WEBSITE_SITE_NAME", "WEBSITE_SLOT_NAME", "WEBSITE_HOSTNAME", "AZURE_CLIENT_SECRET", "AZURE_TOKEN_CREDENTIALS")
    seen = [site.get(f"/api/setting/{name}", "staging").text for name in names]
    assert seen == ["one", site.name, "staging", f"{site.name}-staging.azurewebsites.net", "", "ManagedIdentityCredential"]


def test_a_changed_setting_restarts_the_process_of_its_slot_and_of_no_other(azure: Azure) -> None:
    site = azure.site("staging")
    for slot in ("production", "staging"):
        site.run(slot, HTTP_APP, CODE="one")
    before = pid(site), pid(site, "staging")
    site.set("production", {**site.process().settings, "CODE": "two"})
    assert pid(site) != before[0]
    assert code(site) == "two"
    assert pid(site, "staging") == before[1]


def test_what_changes_nothing_restarts_nothing(azure: Azure) -> None:
    site = azure.site()
    site.run("production", HTTP_APP)
    before = pid(site)
    site.set("production", site.process().settings)
    site.stick("SOMETHING")
    azure.put(f"{site.id}/slots/new", location="westeurope")
    azure.post(f"{site.id}/host/default/listkeys")
    assert azure.functions.starts(site.name) == 1
    assert pid(site) == before


def test_a_restart_a_new_package_and_a_new_stack_start_a_new_process(azure: Azure) -> None:
    site = azure.site()
    site.run("production", HTTP_APP)
    seen = [pid(site)]
    azure.post(f"{site.id}/restart")
    seen.append(pid(site))
    site.run("production", HTTP_APP)
    seen.append(pid(site))
    azure.put(f"{site.id}/config/web", properties={"linuxFxVersion": "PYTHON|3.12"})
    seen.append(pid(site))
    assert len(set(seen)) == 4


def test_a_stopped_site_has_no_process_and_says_so(azure: Azure) -> None:
    site = azure.site()
    site.run("production", HTTP_APP)
    azure.post(f"{site.id}/stop")
    assert azure.functions.wait_settled(site.name).state == "Stopped"
    assert site.get("/api/pid").status == 403
    azure.post(f"{site.id}/start")
    assert pid(site)


def test_a_slot_without_code_answers_503(azure: Azure) -> None:
    site = azure.site()
    assert azure.functions.wait_settled(site.name).state == "Stopped"
    assert site.get("/").status == 503


def test_a_request_during_a_restart_waits_for_the_new_process(azure: Azure) -> None:
    site = azure.site()
    site.run("production", HTTP_APP, CODE="one")
    site.set("production", {**site.process().settings, "CODE": "two"})
    assert code(site) == "two"


def test_without_a_role_on_the_blob_the_app_is_in_error_until_it_has_one(azure: Azure) -> None:
    site, account = azure.site(), azure.account()
    azure.put(f"{azure.account_id(account)}/blobServices/default/containers/packages", properties={})
    url = azure.upload(package(HTTP_APP), account)
    site.set("production", {"WEBSITE_RUN_FROM_PACKAGE": url, "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID": IDENTITY})
    status = azure.functions.wait_settled(site.name)
    assert (status.state, status.port) == ("Error", None)
    assert status.errors == (f"The package {url} could not be fetched: 403 AuthorizationPermissionMismatch.",)
    assert site.get("/").status == 503
    azure.grant(BLOB_READER, azure.account_id(account))
    site.ready()


def test_a_package_that_is_gone_stops_the_app_at_its_next_start(azure: Azure) -> None:
    site = azure.site()
    site.run("production", HTTP_APP)
    name = site.process().settings["WEBSITE_RUN_FROM_PACKAGE"].rsplit("/", 1)[1]
    azure.sandbox.storage.delete_blob(azure.packages, "packages", name)
    assert site.get("/api/pid").status == 200
    azure.post(f"{site.id}/restart")
    status = azure.functions.wait_settled(site.name)
    assert (status.state, "404 BlobNotFound" in status.errors[0]) == ("Error", True)


def test_an_identity_that_is_not_assigned_to_the_app_fetches_nothing(azure: Azure) -> None:
    site = azure.site()
    other = IDENTITY.replace("/apps", "/other").replace("resourceGroups/other", "resourceGroups/apps")
    url = azure.upload(package(HTTP_APP))
    site.set("production", {"WEBSITE_RUN_FROM_PACKAGE": url, "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID": other})
    status = azure.functions.wait_settled(site.name)
    assert status.errors == (f"The identity {other} that is to fetch the package is not assigned to the app.",)


def test_a_process_that_dies_is_started_again(azure: Azure, eventually: Wait) -> None:
    site = azure.site()
    site.run("production", HTTP_APP + '\n    @app.route(route="die")\n    def die(req: func.HttpRequest) -> str:\n        os._exit(3)\n')
    before = pid(site)
    assert site.get("/api/die").status == 502
    eventually(lambda: azure.functions.starts(site.name) == 2)
    assert pid(site) != before


def test_what_the_app_gets_for_a_token_is_one_of_its_own_identities(azure: Azure) -> None:
    code = """
    import json, os, urllib.request
    import azure.functions as func
    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

    @app.route(route="token/{client}")
    def token(req: func.HttpRequest) -> func.HttpResponse:
        client = "" if req.route_params["client"] == "none" else f"&client_id={req.route_params['client']}"
        url = f"{os.environ['IDENTITY_ENDPOINT']}?api-version=2019-08-01&resource=https://storage.azure.com{client}"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers={"X-IDENTITY-HEADER": os.environ["IDENTITY_HEADER"]})) as answer:
                return func.HttpResponse(json.load(answer)["client_id"])
        except urllib.error.HTTPError as refused:
            return func.HttpResponse(str(refused.code))
    """
    site = azure.site()
    site.run("production", code)
    other = azure.put(IDENTITY.removesuffix("apps") + "strange", location="westeurope")["properties"]["clientId"]
    assert site.get(f"/api/token/{azure.client_id()}").text == azure.client_id()
    assert site.get(f"/api/token/{other}").text == "400"
    assert site.get("/api/token/none").text == "400"


def test_an_app_that_can_not_start_is_told_apart_from_one_that_is_starting(azure: Azure) -> None:
    site = azure.site()
    site.run("production", "raise RuntimeError('at import')", ready=False)
    with pytest.raises(NotReady, match="production is Error: Exception: RuntimeError: at import"):
        azure.functions.wait_ready(site.name)


def test_a_request_in_flight_ends_before_its_process_does(azure: Azure) -> None:
    slow = """
    import signal, threading, time
    import azure.functions as func

    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    entered, told_to_end = threading.Event(), threading.Event()
    ending = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda number, frame: (ending(number, frame), told_to_end.set()))

    @app.route(route="slow")
    def slow(req: func.HttpRequest) -> str:
        entered.set()
        ended = told_to_end.wait(30)
        time.sleep(0.5)  # what it still has to do then
        return f"done {ended}"

    @app.route(route="entered")
    def wait_for_it(req: func.HttpRequest) -> str:
        return str(entered.wait(30))
    """
    site = azure.site()
    site.run("production", slow)
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(site.get("/api/slow").text))
    asking.start()
    assert site.get("/api/entered").text == "True"
    site.run("production", HTTP_APP)
    asking.join(60)
    assert answers == ["done True"]


def test_a_package_is_fetched_by_a_sas_as_well(azure: Azure) -> None:
    site, name = azure.site(), azure.upload(package(HTTP_APP)).rsplit("/", 1)[1]
    key = azure.post(f"{azure.account_id(azure.packages)}/listKeys").body["keys"][0]["value"]
    ends = datetime.now(UTC) + timedelta(hours=1)
    signed = generate_blob_sas(azure.packages, "packages", name, account_key=key, permission=BlobSasPermissions(read=True), expiry=ends)
    url = f"{azure.sandbox.storage.endpoints(azure.packages)['blob']}packages/{name}"
    site.set("production", {"WEBSITE_RUN_FROM_PACKAGE": f"{url}?{signed}"})
    site.ready()
    site.get("/api/pid")
    assert site.executions()[-1]["package"] == url
