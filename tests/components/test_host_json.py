"""host.json: the three Durable shapes, the merge with the app's own file, and what an app's file says."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components._code import host_json_reading as reading
from components._code.host_json import DurableShape, HostJsonProblem, HostJsonWanted, parse_host_json, render

WANTED = HostJsonWanted(connection="DurableManagementStorage", hub_name="%TaskHubName%", bundle="[4.30.0, 5.0.0)")


def rendered(wanted: HostJsonWanted, app: dict[str, Any] | None = None) -> Any:
    return json.loads(render(wanted, app))


def problems(app: dict[str, Any], wanted: HostJsonWanted = WANTED) -> tuple[str, ...]:
    with pytest.raises(HostJsonProblem) as caught:
        render(wanted, app)
    return caught.value.problems


def test_durable_2_names_its_storage_in_the_storage_provider() -> None:
    assert render(WANTED) == (
        '{\n  "extensionBundle": {\n    "id": "Microsoft.Azure.Functions.ExtensionBundle",\n    "version": "[4.30.0, 5.0.0)"\n  },\n'
        '  "extensions": {\n    "durableTask": {\n      "hubName": "%TaskHubName%",\n      "storageProvider": {\n'
        '        "connectionStringName": "DurableManagementStorage"\n      }\n    }\n  },\n  "version": "2.0"\n}\n'
    )


def test_durable_1_on_functions_2_names_its_storage_flat_under_extensions() -> None:
    wanted = HostJsonWanted(shape=DurableShape.V1, connection="DurableManagementStorage", hub_name="Orders")
    assert rendered(wanted) == {
        "version": "2.0",
        "extensions": {"durableTask": {"azureStorageConnectionStringName": "DurableManagementStorage", "hubName": "Orders"}},
    }


def test_durable_1_on_functions_1_names_its_storage_at_the_root() -> None:
    wanted = HostJsonWanted(shape=DurableShape.V1_ON_FUNCTIONS_1, connection="DurableManagementStorage")
    assert rendered(wanted) == {"version": "2.0", "durableTask": {"azureStorageConnectionStringName": "DurableManagementStorage"}}


def test_the_newer_spelling_can_be_chosen_and_holds_for_the_tracking_store_too() -> None:
    wanted = HostJsonWanted(connection="Main", connection_key="connectionName", tracking_connection="Shared", tracking_prefix="Orders")
    assert rendered(wanted)["extensions"]["durableTask"]["storageProvider"] == {
        "connectionName": "Main",
        "trackingStoreConnectionName": "Shared",
        "trackingStoreNamePrefix": "Orders",
    }


def test_orchestration_versions_stand_beside_the_hub() -> None:
    wanted = HostJsonWanted(default_version="2.0", version_match_strategy="CurrentOrOlder", version_failure_strategy="Reject")
    assert rendered(wanted)["extensions"]["durableTask"] == {
        "defaultVersion": "2.0",
        "versionMatchStrategy": "CurrentOrOlder",
        "versionFailureStrategy": "Reject",
    }


def test_nothing_wanted_leaves_a_valid_file_with_the_version_only() -> None:
    assert rendered(HostJsonWanted()) == {"version": "2.0"}


@pytest.mark.parametrize(
    "fields, message",
    [
        pytest.param(
            {"connection": "DefaultEndpointsProtocol=https;AccountKey=x"}, "must be the NAME of a setting", id="a connection string"
        ),
        pytest.param({"hub_name": "my-hub"}, "is not a valid task hub name", id="a hub with a hyphen"),
        pytest.param({"hub_name": "%Task Hub%"}, "is not a valid task hub name", id="a setting name with a space"),
        pytest.param({"bundle": "~4"}, "is not a version range", id="no range"),
        pytest.param({"tracking_prefix": "Orders"}, "set both or neither", id="a prefix without a tracking store"),
        pytest.param(
            {"tracking_connection": "S", "tracking_prefix": "my-orders"}, "cannot begin a table name", id="a prefix with a hyphen"
        ),
        pytest.param(
            {"shape": DurableShape.V1, "connection_key": "connectionName"},
            "does not know connection_key",
            id="newer spelling, old extension",
        ),
        pytest.param({"shape": DurableShape.V1, "default_version": "1.0"}, "does not know default_version", id="versions, old extension"),
        pytest.param(
            {"shape": DurableShape.V1_ON_FUNCTIONS_1, "bundle": "[4.*, 5.0.0)"}, "does not know bundle", id="a bundle on Functions 1"
        ),
        pytest.param({"version_match_strategy": "Newest"}, "Input should be 'None', 'Strict' or 'CurrentOrOlder'", id="unknown strategy"),
        pytest.param({"hubname": "Orders"}, "Extra inputs are not permitted", id="misspelt"),
        pytest.param(
            {"provider": "sqlite"}, "Input should be 'AzureStorage', 'azureManaged', 'mssql' or 'Netherite'", id="unknown provider"
        ),
        pytest.param({"max_queue_polling_interval": "10"}, "is no time span above zero", id="an interval that is no time span"),
        pytest.param({"max_queue_polling_interval": "00:00:00"}, "is no time span above zero", id="no interval at all"),
        pytest.param(
            {"provider": "mssql", "tracking_connection": "S"}, "mssql does not know tracking_connection", id="a tracking store elsewhere"
        ),
        pytest.param(
            {"provider": "azureManaged", "max_queue_polling_interval": "00:00:10"},
            "azureManaged does not know max_queue_polling_interval",
            id="polling where there are no queues",
        ),
        pytest.param(
            {"provider": "mssql", "connection_key": "connectionName"}, "mssql does not know connection_key", id="newer spelling elsewhere"
        ),
        pytest.param(
            {"provider_settings": {"schemaName": "dt"}},
            "provider_settings belong to another provider than Azure Storage: schemaName",
            id="a schema in Azure Storage",
        ),
        pytest.param({"shape": DurableShape.V1, "provider": "mssql"}, "does not know provider", id="another provider, old extension"),
        pytest.param(
            {"shape": DurableShape.V1, "max_queue_polling_interval": "00:00:10"},
            "does not know max_queue_polling_interval",
            id="an interval, old extension",
        ),
    ],
)
def test_a_wish_that_durable_would_refuse_or_ignore_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        HostJsonWanted(**fields)
    assert message in str(caught.value)


def test_what_the_app_sets_beside_ours_is_kept() -> None:
    app = {
        "version": "2.0",
        "logging": {"logLevel": {"default": "Information", "DurableTask.Core": "Warning"}},
        "extensions": {
            "queues": {"batchSize": 8},
            "durableTask": {"maxConcurrentActivityFunctions": 4, "storageProvider": {"type": "azurestorage", "partitionCount": 8}},
        },
    }
    assert rendered(WANTED, app) == {
        "version": "2.0",
        "logging": {"logLevel": {"default": "Information", "DurableTask.Core": "Warning"}},
        "extensions": {
            "queues": {"batchSize": 8},
            "durableTask": {
                "hubName": "%TaskHubName%",
                "maxConcurrentActivityFunctions": 4,
                "storageProvider": {"connectionStringName": "DurableManagementStorage", "partitionCount": 8, "type": "azurestorage"},
            },
        },
        "extensionBundle": {"id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.30.0, 5.0.0)"},
    }


def test_the_app_s_own_dictionary_is_not_changed() -> None:
    app: dict[str, Any] = {"extensions": {"durableTask": {"storageProvider": {"connectionName": "DurableManagementStorage"}}}}
    before = json.dumps(app)
    render(WANTED, app)
    assert json.dumps(app) == before


def test_keys_meet_in_any_case_and_ours_is_the_casing_that_stays() -> None:
    app = {"Version": "2.0", "Extensions": {"DurableTask": {"HubName": "%taskhubname%"}}, "extensionBundle": {"version": "[4.30.0,5.0.0)"}}
    assert render(WANTED, app) == render(WANTED)


def test_the_other_spelling_of_the_same_connection_is_no_contradiction_and_does_not_stay_beside_ours() -> None:
    app = {"extensions": {"durableTask": {"storageProvider": {"connectionName": "DurableManagementStorage"}}}}
    assert render(WANTED, app) == render(WANTED)


def test_without_a_wish_the_app_s_own_connection_hub_and_bundle_stay() -> None:
    app = {
        "version": "2.0",
        "extensions": {"durableTask": {"hubName": "Own", "storageProvider": {"connectionName": "OwnStorage"}}},
        "extensionBundle": {"id": "Microsoft.Azure.Functions.ExtensionBundle.Preview", "version": "[4.*, 5.0.0)"},
    }
    assert rendered(HostJsonWanted(), app) == app


DURABLE = "extensions.durableTask"


@pytest.mark.parametrize(
    "app, problem",
    [
        pytest.param(
            {"extensions": {"durableTask": {"hubName": "Orders"}}},
            f'host.json: {DURABLE}.hubName is "Orders", but this deployment sets "%TaskHubName%": remove it there, or make both the same',
            id="hub",
        ),
        pytest.param(
            {"extensions": {"durableTask": {"storageProvider": {"connectionStringName": "Other"}}}},
            f'host.json: {DURABLE}.storageProvider.connectionStringName is "Other", but this deployment sets "DurableManagementStorage": '
            "remove it there, or make both the same",
            id="connection",
        ),
        pytest.param(
            {"extensions": {"durableTask": {"storageProvider": {"connectionName": "Other"}}}},
            f'host.json: {DURABLE}.storageProvider.connectionName is "Other", but this deployment sets '
            f'{DURABLE}.storageProvider.connectionStringName, which is the same setting, to "DurableManagementStorage": '
            "remove it there, or make both the same",
            id="connection in the other spelling",
        ),
        pytest.param(
            {"extensionBundle": {"version": "[4.0.0, 5.0.0)"}},
            'host.json: extensionBundle.version is "[4.0.0, 5.0.0)", but this deployment sets "[4.30.0, 5.0.0)": '
            "remove it there, or make both the same",
            id="bundle",
        ),
        pytest.param({"extensions": []}, "host.json: extensions is [], but must be an object", id="not an object"),
        pytest.param(
            {"version": 2.0},
            'host.json: version is the number 2.0, but must be the string "2.0": the host does not start otherwise',
            id="version as a number",
        ),
        pytest.param(
            {"version": "1.0"},
            'host.json: version is "1.0", but this deployment sets "2.0": remove it there, or make both the same',
            id="another version",
        ),
        pytest.param(
            {"extensions": {"durableTask": {"storageProvider": {"type": "mssql"}}}},
            f'host.json: {DURABLE}.storageProvider.type is "mssql", but this strategy keeps durable state in Azure Storage: remove it, or choose '
            "orchestration versioning, which works with every storage provider",
            id="another storage provider",
        ),
        pytest.param(
            {"logging": {"extensions": {"durableTask": {"hubName": "Orders"}}}},
            f"host.json: logging.extensions.durableTask is not read by Durable 2.x, which looks at {DURABLE}: move the section there",
            id="a section in the wrong place",
        ),
        pytest.param(
            {"durableTask": {"maxConcurrentActivityFunctions": 4}},
            f"host.json: durableTask is not read by Durable 2.x, which looks at {DURABLE}: move the section there",
            id="the section of Functions 1",
        ),
        pytest.param(
            {"extensions": {"durableTask": {"azureStorageConnectionStringName": "X"}}},
            f"host.json: {DURABLE}.azureStorageConnectionStringName is a key of Durable 1.x, which 2.x ignores: "
            f"move it into {DURABLE}.storageProvider, or say that the app uses 1.x",
            id="a key of Durable 1",
        ),
        pytest.param(
            {"extensions": {"durableTask": {"storageProvider": {"trackingStoreConnectionName": "Shared"}}}},
            'host.json: trackingStoreConnectionName is "Shared": a tracking store of the app\'s own separates history from the durable storage '
            "that this deployment manages; remove it",
            id="a tracking store of the app's own",
        ),
    ],
)
def test_a_contradiction_names_the_key_and_both_values(app: dict[str, Any], problem: str) -> None:
    assert problems(app) == (problem,)


def test_a_storage_provider_means_nothing_to_durable_1() -> None:
    app = {"extensions": {"durableTask": {"storageProvider": {"partitionCount": 8}}}}
    assert problems(app, HostJsonWanted(shape=DurableShape.V1)) == (
        f"host.json: {DURABLE}.storageProvider is a key of Durable 2.x, which 1.x ignores: remove it, or say that the app uses 2.x",
    )


def test_all_contradictions_come_at_once_under_the_name_of_the_file() -> None:
    app = {"version": 2, "extensions": {"durableTask": {"hubName": "A", "storageProvider": {"connectionName": "B", "type": "mssql"}}}}
    with pytest.raises(HostJsonProblem) as caught:
        render(WANTED, app, source="/apps/orders/host.json")
    assert len(caught.value.problems) == 4
    assert all(problem.startswith("/apps/orders/host.json: ") for problem in caught.value.problems)
    assert str(caught.value) == "\n".join(f"- {problem}" for problem in caught.value.problems)


PROVIDERS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"provider": "AzureStorage", "connection": "Main"}, {"connectionStringName": "Main"}),
    ({"provider": "azureManaged", "connection": "Main"}, {"type": "azureManaged", "connectionStringName": "Main"}),
    (
        {"provider": "mssql", "connection": "Main", "provider_settings": {"schemaName": "dt", "createDatabaseIfNotExists": True}},
        {"type": "mssql", "connectionStringName": "Main", "schemaName": "dt", "createDatabaseIfNotExists": True},
    ),
    (
        {"provider": "Netherite", "connection": "Events", "provider_settings": {"StorageConnectionName": "Blobs"}},
        {"type": "Netherite", "EventHubsConnectionName": "Events", "StorageConnectionName": "Blobs"},
    ),
]


@pytest.mark.parametrize(("fields", "section"), PROVIDERS, ids=[fields["provider"] for fields, _ in PROVIDERS])
def test_every_provider_is_named_with_its_own_keys_and_meets_an_app_that_says_the_same(
    fields: dict[str, Any], section: dict[str, Any]
) -> None:
    wanted = HostJsonWanted(**fields, hub_name="%TaskHubName%")
    durable = {"hubName": "%TaskHubName%", "storageProvider": section}
    assert rendered(wanted) == {"version": "2.0", "extensions": {"durableTask": durable}}
    of_app = {key.upper(): value for key, value in section.items()}
    tuned = {"extensions": {"durableTask": {"storageProvider": {**of_app, "partitionCount": 8}}}}
    assert rendered(wanted, tuned)["extensions"]["durableTask"]["storageProvider"] == {**section, "partitionCount": 8}


@pytest.mark.parametrize(
    ("fields", "own", "problem"),
    [
        (
            {"provider": "azureManaged"},
            {"type": "mssql"},
            'type is "mssql", but this deployment sets "azureManaged": remove it there, or make both the same',
        ),
        (
            {"provider": "AzureStorage"},
            {"type": "mssql"},
            'type is "mssql", but the chosen backend is Azure Storage: remove it, or choose that backend; orchestration versioning works with '
            "every storage provider",
        ),
        (
            {"provider": "mssql", "provider_settings": {"createDatabaseIfNotExists": True}},
            {"createDatabaseIfNotExists": False},
            "createDatabaseIfNotExists is false, but this deployment sets true: remove it there, or make both the same",
        ),
        (
            {"provider": "mssql", "connection": "Ours"},
            {"connectionName": "Theirs"},
            f'connectionName is "Theirs", but this deployment sets {DURABLE}.storageProvider.connectionStringName, which is the same setting, '
            'to "Ours": remove it there, or make both the same',
        ),
    ],
    ids=["another provider", "another provider than Azure Storage", "another switch", "another connection"],
)
def test_an_app_that_contradicts_the_chosen_provider_is_refused(fields: dict[str, Any], own: dict[str, Any], problem: str) -> None:
    app = {"extensions": {"durableTask": {"storageProvider": own}}}
    assert problems(app, HostJsonWanted(**fields)) == (f"host.json: {DURABLE}.storageProvider.{problem}",)


def test_the_spellings_of_azure_storage_s_connection_mean_nothing_to_netherite() -> None:
    app = {"extensions": {"durableTask": {"storageProvider": {"connectionName": "Own"}}}}
    found = rendered(HostJsonWanted(provider="Netherite", connection="Events"), app)["extensions"]["durableTask"]["storageProvider"]
    assert found == {"type": "Netherite", "EventHubsConnectionName": "Events", "connectionName": "Own"}


POLLED = HostJsonWanted(connection="Main", max_queue_polling_interval="00:00:10")


@pytest.mark.parametrize(
    ("own", "interval"),
    [(None, "00:00:10"), ("00:00:10", "00:00:10"), ("00:00:02", "00:00:02"), ("00:00:00.5", "00:00:00.5"), ("0:00:05", "0:00:05")],
)
def test_the_longest_polling_interval_is_ours_and_a_shorter_one_of_the_app_stays(own: str | None, interval: str) -> None:
    app = {"extensions": {"durableTask": {"storageProvider": {} if own is None else {"MaxQueuePollingInterval": own}}}}
    found = rendered(POLLED, app)["extensions"]["durableTask"]["storageProvider"]
    assert found == {"connectionStringName": "Main", "maxQueuePollingInterval": interval}


@pytest.mark.parametrize("own", ["00:00:11", "00:00:30", "1.00:00:00", "00:00:00", "10", 10, "25:00:00"])
def test_a_longer_polling_interval_of_the_app_is_refused(own: Any) -> None:
    app = {"extensions": {"durableTask": {"storageProvider": {"maxQueuePollingInterval": own}}}}
    assert problems(app, POLLED) == (
        f"host.json: {DURABLE}.storageProvider.maxQueuePollingInterval is {json.dumps(own)}, but this hosting allows 00:00:10 at most: "
        "remove it there, or make it shorter",
    )


@pytest.mark.parametrize("own", ["00:00:30", 30])
def test_where_nothing_is_asked_the_app_polls_as_it_likes(own: Any) -> None:
    app = {"extensions": {"durableTask": {"storageProvider": {"maxQueuePollingInterval": own}}}}
    assert rendered(HostJsonWanted(), app)["extensions"]["durableTask"]["storageProvider"] == {"maxQueuePollingInterval": own}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:00:10", 10), ("01:02:03", 3723), ("00:00:00.25", 0.25), ("2.00:00:01", 172801), ("24:00:00", None), ("00:60:00", None), ("10", None), ("", None), (10, None), (None, None)],
)  # fmt: skip
def test_a_time_span_is_read_as_dotnet_reads_it(text: Any, seconds: float | None) -> None:
    assert reading.time_span(text) == seconds


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcxyz", max_size=4), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["logging", "functionTimeout", "concurrency", "aggregator"]), JSON))
def test_rendering_is_canonical_and_idempotent(app: dict[str, Any]) -> None:
    text = render(WANTED, app)
    assert text == render(WANTED, dict(reversed(app.items())))
    assert text == render(WANTED, parse_host_json(text))
    assert text.endswith("}\n")


@pytest.mark.parametrize(
    "content, problem",
    [
        pytest.param('{\n  // ours\n  "version": "2.0"\n}', "h:2:3: not valid JSON: Expecting property name enclosed in double quotes"
                     " (comments are not allowed in host.json: remove them)", id="line comment"),
        pytest.param('/* ours */ {}', "h:1:1: not valid JSON: Expecting value (comments are not allowed in host.json: remove them)", id="comment"),
        pytest.param('', "h:1:1: not valid JSON: Expecting value", id="empty"),
        pytest.param('[]', "h: must hold a JSON object, not list", id="no object"),
        pytest.param('{"a": NaN}', "h: NaN is not valid JSON", id="NaN"),
        pytest.param('{"hubName": "a", "HubName": "b"}',
                     "h: the key 'HubName' stands twice in one object (keys are compared without regard to case): keep one", id="a key twice"),
        pytest.param('{"version": "2.0"}'.encode("utf-16"), "h: not UTF-8 text (byte 0): save it as UTF-8", id="UTF-16"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_strict_json_is_refused_with_its_place(content: str | bytes, problem: str) -> None:
    with pytest.raises(HostJsonProblem) as caught:
        parse_host_json(content, "h")
    assert caught.value.problems == (problem,)


def test_a_trailing_comma_is_refused_in_the_words_of_any_python_version() -> None:
    with pytest.raises(HostJsonProblem, match=r"^h:[12]:\d+: not valid JSON: .*comma"):
        parse_host_json('{"version": "2.0",\n}', "h")


def test_a_byte_order_mark_is_read_over() -> None:
    assert parse_host_json(b'\xef\xbb\xbf{"version": "2.0"}') == parse_host_json('\ufeff{"version": "2.0"}') == {"version": "2.0"}


def test_facts_are_read_from_a_modern_file() -> None:
    host_json = {
        "extensions": {"durableTask": {"HubName": "%Hub%", "storageProvider": {"connectionName": "A", "trackingStoreConnectionName": "B"}}},
        "extensionBundle": {"version": "[4.*, 5.0.0)"},
    }
    assert reading.hub_name(host_json) == "%Hub%"
    assert reading.connection_settings(host_json) == {
        f"{DURABLE}.storageProvider.connectionName": "A",
        f"{DURABLE}.storageProvider.trackingStoreConnectionName": "B",
    }
    assert reading.bundle_range(host_json) == "[4.*, 5.0.0)"
    assert reading.storage_provider_type(host_json) is None
    assert reading.storage_provider(host_json) == {"connectionName": "A", "trackingStoreConnectionName": "B"}


def test_facts_are_read_from_a_file_of_functions_1() -> None:
    host_json = {"durableTask": {"hubName": "Orders", "azureStorageConnectionStringName": "A"}}
    assert reading.hub_name(host_json) == "Orders"
    assert reading.connection_settings(host_json) == {"durableTask.azureStorageConnectionStringName": "A"}


@pytest.mark.parametrize(
    "host_json", [{}, {"extensions": None}, {"extensions": {"durableTask": []}}, {"extensions": {"durableTask": {"hubName": 1}}}]
)
def test_a_file_that_says_nothing_of_durable_has_no_facts(host_json: dict[str, Any]) -> None:
    assert (reading.hub_name(host_json), reading.connection_settings(host_json), reading.bundle_range(host_json)) == (None, {}, None)
    assert reading.storage_provider(host_json) == {}
