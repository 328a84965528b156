"""Task hubs, and the connection to them."""

from __future__ import annotations

from .bad import Bad

VAULT = "https://vault.vault.azure.net/secrets"

HUBS = [
    Bad(
        "a hub name with a hyphen",
        {"durable": {"hub_name": "my-hub"}},
        "durable.hub_name",
        "is no valid task hub name. Rule: 3 to 45 letters and digits",
    ),
    Bad("a hub name of 46 letters", {"durable": {"hub_name": "h" * 46}}, "durable.hub_name", "3 to 45"),
    Bad("a hub name that begins with a digit", {"durable": {"hub_name": "1hub"}}, "durable.hub_name", "the first one a letter"),
    Bad("a hub name from a setting", {"durable": {"hub_name": "%Hub%"}}, "durable.hub_name", "is no valid task hub name"),
    Bad(
        "the hub name that Durable derives",
        {"durable": {"hub_name": "Orders"}},
        "durable.hub_name",
        "is the name that Durable derives from the site's name: a slot does not start with it",
    ),
    Bad(
        "one hub for both bundles",
        {"durable": {"isolation": "task_hub", "task_hubs": {"blue": "Shop", "green": "SHOP"}}},
        "durable.task_hubs.green",
        "is the same task hub as durable.task_hubs.blue (Azure ignores case)",
    ),
    Bad(
        "the derived hub name for one bundle",
        {"durable": {"isolation": "task_hub", "task_hubs": {"blue": "orders"}}},
        "durable.task_hubs.blue",
        "is the name that Durable derives",
    ),
    Bad(
        "a hub for a bundle that is not there",
        {"durable": {"isolation": "task_hub", "task_hubs": {"amber": "Shop"}}},
        "durable.task_hubs.amber",
        "is no bundle of this component",
    ),
    Bad(
        "hub names with an account per bundle",
        {"durable": {"task_hubs": {"blue": "Shop"}}},
        "durable.task_hubs",
        "would be ignored: with isolation 'storage'",
    ),
    Bad(
        "an account per bundle with task hubs",
        {"durable": {"isolation": "task_hub"}, "storage": {"durable_accounts": {"blue": "shopblue"}}},
        "storage.durable_accounts.blue",
        "Bundles here: shared",
    ),
    Bad(
        "an isolation that is not known",
        {"durable": {"isolation": "container"}},
        "durable.isolation",
        "'container': is not one of the choices. Choose 'storage' or 'task_hub'.",
    ),
    Bad(
        "an initial bundle that is not there",
        {"durable": {"initial_bundle": "red"}},
        "durable.initial_bundle",
        "is no bundle of this component. Bundles here: blue, green.",
    ),
]

CONNECTIONS = [
    Bad(
        "a connection that is not known",
        {"durable": {"connection": "password"}},
        "durable.connection",
        "Choose 'identity', 'key_vault_secret' or 'connection_string'.",
    ),
    Bad(
        "identity with Durable 1.x",
        {"durable": {"extension": "1.8"}},
        "durable.connection",
        "needs Durable extension 2.7 or newer, and durable.extension is 1.8. Use key_vault_secret",
    ),
    Bad("identity with Durable 2.6", {"durable": {"extension": "2.6.1"}}, "durable.connection", "needs Durable extension 2.7 or newer"),
    Bad(
        "an extension that is no version",
        {"durable": {"extension": "latest"}},
        "durable.extension",
        "is no version. Write it like 2.13 or 3.1.",
    ),
    Bad(
        "connectionName before 2.7",
        {"durable": {"connection": "connection_string", "extension": "2.6", "connection_key": "connectionName"}},
        "durable.connection_key",
        "is known to Durable extension 2.7 and newer",
    ),
    Bad(
        "a bundle too old for an identity",
        {"durable": {"extension_bundle": "[2.*, 3.0.0)"}},
        "durable.extension_bundle",
        "is too old for an identity-based connection. Write [3.3.0, 4.0.0).",
    ),
    Bad("a bundle range that is none", {"durable": {"extension_bundle": "newest"}}, "durable.extension_bundle", "is no version range"),
    Bad(
        "a bundle range that is none, without an identity",
        {"durable": {"connection": "connection_string", "extension_bundle": "newest"}},
        "durable.extension_bundle",
        "is no version range",
    ),
    Bad(
        "a new bundle with Durable 1.x",
        {"durable": {"connection": "connection_string", "extension": "1.8", "extension_bundle": "[4.0.0, 5.0.0)"}},
        "durable.extension_bundle",
        "brings Durable 2.x or newer, and durable.extension is 1.8",
    ),
    Bad(
        "a bundle on Functions 1.x",
        {
            "plan": {"existing_id": "/plans/windows"},
            "durable": {
                "functions_version": "~1",
                "extension": "1.8",
                "connection": "connection_string",
                "extension_bundle": "[1.8.0, 2.0.0)",
            },
        },
        "durable.extension_bundle",
        "is not known to Functions 1.x",
    ),
    Bad(
        "Durable 2.x on Functions 1.x",
        {"plan": {"existing_id": "/plans/windows"}, "durable": {"functions_version": "~1", "extension": "2.13"}},
        "durable.extension",
        "does not run on Functions 1.x",
    ),
    Bad(
        "Functions 1.x on a Linux plan",
        {"durable": {"functions_version": "~1", "extension": "1.8", "connection": "connection_string"}},
        "durable.functions_version",
        "runs on Windows only",
    ),
    Bad(
        "a Functions version that is not known",
        {"durable": {"functions_version": "~3"}},
        "durable.functions_version",
        "Choose '~1' or '~4'.",
    ),
    Bad(
        "a connection setting with a hyphen",
        {"durable": {"connection_setting": "my-storage"}},
        "durable.connection_setting",
        "is no valid app setting name",
    ),
    Bad(
        "the host's storage as the durable one",
        {"durable": {"connection_setting": "AzureWebJobsStorage"}},
        "durable.connection_setting",
        "is the host's storage, which both slots share",
    ),
    Bad(
        "the host's storage by its short name",
        {"durable": {"connection_setting": "Storage"}},
        "durable.connection_setting",
        "is the host's storage, which both slots share",
    ),
    Bad(
        "a connection setting that is taken",
        {"durable": {"connection_setting": "TaskHubName"}},
        "durable.connection_setting",
        "is a setting that the component writes for another purpose",
    ),
    Bad(
        "no secret for a bundle",
        {"durable": {"connection": "key_vault_secret", "key_vault_secrets": {"blue": f"{VAULT}/b"}}},
        "durable.key_vault_secrets.green",
        "every bundle needs its own secret",
    ),
    Bad(
        "one secret for both bundles",
        {"durable": {"connection": "key_vault_secret", "key_vault_secrets": {"blue": f"{VAULT}/b", "green": f"{VAULT}/B/"}}},
        "durable.key_vault_secrets.green",
        "both bundles would work on one task hub",
    ),
    Bad(
        "a secret that is a connection string",
        {"durable": {"connection": "key_vault_secret", "key_vault_secrets": {"blue": f"{VAULT}/b", "green": "AccountName=a"}}},
        "durable.key_vault_secrets.green",
        "is no secret URI",
    ),
    Bad(
        "a secret for a bundle that is not there",
        {"durable": {"connection": "key_vault_secret", "key_vault_secrets": {b: f"{VAULT}/{b}" for b in ("blue", "green", "amber")}}},
        "durable.key_vault_secrets.amber",
        "is no bundle of this component",
    ),
    Bad(
        "secrets with an identity",
        {"durable": {"key_vault_secrets": {"blue": f"{VAULT}/b"}}},
        "durable.key_vault_secrets",
        "would be ignored with connection 'identity'",
    ),
]
