"""The same deployment with the real storage emulator behind the endpoints: what Pulumi says is there can be read by real clients."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.core.exceptions import HttpResponseError
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobClient

from sandbox.world import Sandbox

from .azure import Azure
from .packages import deployment
from .project import Project

pytestmark = [pytest.mark.engine, pytest.mark.azurite]


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Azure]:
    with Sandbox(tmp_path / "azure", storage="azurite") as sandbox:
        yield Azure(sandbox)


def test_the_app_reads_its_package_and_its_task_hub_with_its_identity_and_nobody_else_does(
    azure: Azure, project: Project, app: Path
) -> None:
    project.args(deployment(app))
    project.up()
    settings = azure.settings("production")
    identity = azure.plane.request("GET", settings["WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID"]).body["properties"]["principalId"]
    verify = str(azure.sandbox.ca_bundle)

    def package(principal: str) -> bytes:
        credential = azure.sandbox.credential(principal)
        with BlobClient.from_blob_url(settings["WEBSITE_RUN_FROM_PACKAGE"], credential=credential, connection_verify=verify) as blob:
            return blob.download_blob().readall()

    with zipfile.ZipFile(io.BytesIO(package(identity))) as archive:
        host = json.loads(archive.read("host.json"))
        assert sorted(archive.namelist()) == ["function_app.py", "host.json", "requirements.txt"]
    assert host["version"] == "2.0"
    assert host["extensions"]["durableTask"] == {
        "hubName": "ordersTasks",
        "storageProvider": {"connectionStringName": "DurableManagementStorage"},
    }
    with pytest.raises(HttpResponseError) as refused:
        package("00000000-0000-4000-8000-000000000bad")
    assert refused.value.status_code == 403

    tables = TableServiceClient(
        settings["DurableManagementStorage__tableServiceUri"].rstrip("/"),
        credential=azure.sandbox.credential(identity),
        connection_verify=verify,
    )
    with tables:
        tables.create_table("ordersTasksInstances")
        assert [table.name for table in tables.list_tables()] == ["ordersTasksInstances"]
    found = azure.plane.request(
        "GET", f"{azure.group}/providers/Microsoft.Storage/storageAccounts/ordersblue/tableServices/default/tables/ordersTasksInstances"
    )
    assert found.status == 200
