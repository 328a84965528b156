"""host.json and app settings, read as the extension reads them."""

from __future__ import annotations

import pytest

from sandbox.durable import HubOptions, StartProblem
from sandbox.durable.options import default_hub_name
from sandbox.durable.storage.keys import escape_key, partition_of, unescape_key

URLS = {f"Durable__{kind}ServiceUri": f"https://acct.{kind}.example/" for kind in ("blob", "queue", "table")}
STORAGE = {"AzureWebJobsStorage__accountName": "host"}


def host_json(**section):
    return {"version": "2.0", "extensions": {"durableTask": section}}


def of(section: dict, settings: dict[str, str] | None = None, site: str = "orders", slot: str = "production") -> HubOptions:
    return HubOptions.of(host_json(**section), {**STORAGE, **(settings or {})}, site, slot)


def test_everything_left_out_is_the_default() -> None:
    assert HubOptions.of({"version": "2.0"}, STORAGE, "orders") == HubOptions(
        hub="orders",
        queue="https://host.queue.core.windows.net",
        table="https://host.table.core.windows.net",
        blob="https://host.blob.core.windows.net",
        partition_count=4,
        default_version=None,
        match="CurrentOrOlder",
        failure="Reject",
        connection_name="AzureWebJobsStorage",
    )


@pytest.mark.parametrize("key", ["connectionName", "connectionStringName", "CONNECTIONNAME"])
def test_the_connection_is_the_group_that_host_json_names(key: str) -> None:
    options = of({"hubName": "Hub1", "storageProvider": {key: "Durable"}}, URLS | {"Durable__clientId": "id-1"})
    assert (options.queue, options.table, options.blob) == tuple(f"https://acct.{kind}.example" for kind in ("queue", "table", "blob"))
    assert (options.client_id, options.connection_string, options.connection_name) == ("id-1", None, "Durable")


def test_one_value_wins_over_a_group() -> None:
    text = "DefaultEndpointsProtocol=https;AccountName=keyed;AccountKey=a2V5;EndpointSuffix=core.example"
    options = of({"storageProvider": {"connectionName": "Durable"}}, URLS | {"Durable": text})
    assert (options.connection_string, options.table) == (text, "https://keyed.table.core.example")
    written = of({"storageProvider": {"connectionName": "Durable"}}, {"Durable": f"{text};TableEndpoint=http://127.0.0.1:1/keyed/"})
    assert written.table == "http://127.0.0.1:1/keyed"


def test_azurewebjobs_before_the_name_is_looked_up_first() -> None:
    settings = {"Storage__accountName": "plain", "AzureWebJobsStorage__accountName": "prefixed"}
    options = HubOptions.of(host_json(storageProvider={"connectionName": "Storage"}), settings, "orders")
    assert options.queue == "https://prefixed.queue.core.windows.net"


def test_a_missing_connection_is_a_reason_not_to_start() -> None:
    with pytest.raises(StartProblem, match="no app setting named 'Durable'"):
        of({"storageProvider": {"connectionName": "Durable"}})


def test_a_tracking_store_names_the_tables() -> None:
    section = {"hubName": "Hub1", "storageProvider": {"trackingStoreConnectionName": "Durable", "trackingStoreNamePrefix": "Shared"}}
    options = of(section, URLS)
    assert (options.tracking_table, options.tracking_blob) == ("https://acct.table.example", "https://acct.blob.example")
    assert (options.instances_table, options.history_table, options.partitions_table) == (
        "SharedInstances",
        "SharedHistory",
        "Hub1Partitions",
    )


def test_a_prefix_without_a_tracking_store_counts_for_nothing() -> None:
    assert of({"hubName": "Hub1", "storageProvider": {"trackingStoreNamePrefix": "Shared"}}).instances_table == "Hub1Instances"


def test_a_setting_is_resolved_in_the_hub_name_and_nowhere_else() -> None:
    section = {"hubName": "pre%HUB%", "defaultVersion": "%VERSION%"}
    options = of(section, {"hub": "Blue", "VERSION": "2.0"})
    assert (options.hub, options.default_version) == ("preBlue", "%VERSION%")
    with pytest.raises(StartProblem, match="Task hub name 'pre%HUB%' should contain only alphanumeric"):
        of(section)


@pytest.mark.parametrize("name", ["ab", "1hub", "my-hub", "h" * 46])
def test_a_hub_name_that_storage_would_not_take_is_refused(name: str) -> None:
    with pytest.raises(StartProblem, match=f"Task hub name '{name}'"):
        of({"hubName": name})


@pytest.mark.parametrize(
    ("site", "hub"), [("my-orders", "myorders"), ("1shop", "t1shop"), ("ab", "abHub"), ("--", "DefaultTaskHub"), ("x" * 60, "x" * 45)]
)
def test_a_hub_without_a_name_is_called_after_the_site(site: str, hub: str) -> None:
    assert default_hub_name(site) == hub


@pytest.mark.parametrize("section", [{}, {"hubName": "ORDERS"}])
def test_a_slot_does_not_start_with_the_default_name(section: dict) -> None:
    with pytest.raises(StartProblem, match=r"must be specified in host\.json when using slots"):
        of(section, slot="staging")
    assert of({"hubName": "Other"}, slot="staging").hub == "Other"


def test_a_setting_of_the_host_wins_over_host_json() -> None:
    settings = {
        "AzureFunctionsJobHost__extensions__durableTask__hubName": "FromSetting",
        "AzureFunctionsJobHost__extensions__durableTask__storageProvider__partitionCount": "2",
    }
    options = of({"hubName": "FromFile"}, settings)
    assert (options.hub, options.partition_count) == ("FromSetting", 2)


def test_versions_and_strategies_are_read_in_any_case() -> None:
    options = of({"defaultVersion": "1.5", "versionMatchStrategy": "strict", "versionFailureStrategy": "FAIL"})
    assert (options.default_version, options.match, options.failure) == ("1.5", "Strict", "Fail")
    with pytest.raises(StartProblem, match="versionMatchStrategy is 'newest'"):
        of({"versionMatchStrategy": "newest"})


@pytest.mark.parametrize(
    ("provider", "message"),
    [({"partitionCount": 17}, "from 1 to 16"), ({"type": "mssql"}, "of the storage provider 'mssql': it has Azure Storage only")],
)
def test_what_the_sandbox_or_azure_can_not_do_is_refused(provider: dict, message: str) -> None:
    with pytest.raises(StartProblem, match=message):
        of({"storageProvider": provider})


@pytest.mark.parametrize(("id", "key"), [("a/b", "a^0b"), ("a\\b#c?d", "a^1b^2c^3d"), ("a^b", "a^^b"), ("a\tb", "a^Éb"), ("@n@k", "@n@k")])
def test_an_instance_id_is_escaped_for_its_row(id: str, key: str) -> None:
    assert (escape_key(id), unescape_key(key)) == (key, id)


def test_an_instance_has_one_control_queue() -> None:
    """FNV-1a of "a" is e40c292c, of "foobar" bf9cf968: the reference values of that hash."""
    assert (partition_of("a", 1 << 32), partition_of("foobar", 1 << 32)) == (0xE40C292C, 0xBF9CF968)
    assert {partition_of(f"i-{number}", 4) for number in range(50)} == {0, 1, 2, 3}
