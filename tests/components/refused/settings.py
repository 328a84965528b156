"""Settings, and the site's configuration."""

from __future__ import annotations

from .bad import Bad

SETTINGS = [
    Bad(
        "the durable connection among the sticky settings",
        {"sticky_settings": {"staging": {"DurableManagementStorage__accountName": "x"}}},
        "sticky_settings.staging.DurableManagementStorage__accountName",
        "sticky, production's hub would be opened by the staged code during a swap",
    ),
    Bad(
        "the task hub among the sticky settings",
        {"durable": {"isolation": "task_hub"}, "sticky_settings": {"staging": {"taskhubname": "x"}}},
        "sticky_settings.staging.taskhubname",
        "is a setting of the bundle: sticky",
    ),
    Bad(
        "the package among the sticky settings",
        {"sticky_settings": {"staging": {"WEBSITE_RUN_FROM_PACKAGE": "1"}}},
        "sticky_settings.staging.WEBSITE_RUN_FROM_PACKAGE",
        "travels with the code",
    ),
    Bad(
        "a marker among the sticky settings",
        {"sticky_settings": {"staging": {"Durable_Deploy_Bundle": "blue"}}},
        "sticky_settings.staging.Durable_Deploy_Bundle",
        "is the component's own record",
    ),
    Bad(
        "a connection string for the durable storage",
        {"settings": {"DurableManagementStorage": "AccountName=a"}},
        "settings.DurableManagementStorage",
        "is a setting of the bundle: here, it would not follow the bundle",
    ),
    Bad(
        "the durable storage among the version settings",
        {"version_settings": {"durablemanagementstorage": "x"}},
        "version_settings.durablemanagementstorage",
        "is a setting of the bundle",
    ),
    Bad(
        "the host's storage among the settings",
        {"settings": {"AzureWebJobsStorage": "x"}},
        "settings.AzureWebJobsStorage",
        "is written by the component: the host's storage",
    ),
    Bad(
        "a part of the host's storage",
        {"settings": {"AzureWebJobsStorage__accountName": "x"}},
        "settings.AzureWebJobsStorage__accountName",
        "is written by the component: the host's storage",
    ),
    Bad(
        "a content share",
        {"settings": {"WEBSITE_CONTENTSHARE": "orders"}},
        "settings.WEBSITE_CONTENTSHARE",
        "must be unique per slot and never sticky",
    ),
    Bad(
        "a sticky content share",
        {"sticky_settings": {"staging": {"website_contentshare": "orders"}}},
        "sticky_settings.staging.website_contentshare",
        "must be unique per slot and never sticky",
    ),
    Bad(
        "a content connection among the settings",
        {"settings": {"WEBSITE_CONTENTAZUREFILECONNECTIONSTRING": "x"}},
        "settings.WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
        "from storage.content_connection",
    ),
    Bad(
        "a host id",
        {"sticky_settings": {"staging": {"AzureFunctionsWebHost__hostid": "x"}}},
        "sticky_settings.staging.AzureFunctionsWebHost__hostid",
        "one per slot, and sticky",
    ),
    Bad(
        "a worker runtime",
        {"version_settings": {"FUNCTIONS_WORKER_RUNTIME": "node"}},
        "version_settings.FUNCTIONS_WORKER_RUNTIME",
        "derives it from package.runtime",
    ),
    Bad(
        "an override of host.json's hub name",
        {"settings": {"AzureFunctionsJobHost__extensions__durableTask__hubName": "x"}},
        "settings.AzureFunctionsJobHost__extensions__durableTask__hubName",
        "the scale controller does not see it",
    ),
    Bad(
        "function keys in files",
        {"settings": {"AzureWebJobsSecretStorageType": "Files"}},
        "settings.AzureWebJobsSecretStorageType",
        "a swap resets them",
    ),
    Bad(
        "a trigger held off by hand",
        {"sticky_settings": {"staging": {"AzureWebJobs.Nightly.Disabled": "1"}}},
        "sticky_settings.staging.AzureWebJobs.Nightly.Disabled",
        "Name the function in package.starters",
    ),
    Bad("a setting name with a colon", {"settings": {"Logging:Level": "x"}}, "settings.Logging:Level", "write __ for a colon"),
    Bad(
        "a connection string beside its group",
        {"settings": {"Shop": "x", "Shop__serviceUri": "y"}},
        "settings.Shop__serviceUri",
        "is ignored beside settings.Shop: an exact connection wins over its group",
    ),
    Bad(
        "a setting that both stays and travels",
        {"sticky_settings": {"staging": {"LEVEL": "x"}}, "version_settings": {"level": "y"}},
        "version_settings.level",
        "is also in sticky_settings: a setting either stays or travels",
    ),
    Bad("a setting twice in other case", {"settings": {"LEVEL": "x", "level": "y"}}, "settings.level", "is the same setting as LEVEL"),
    Bad(
        "sticky settings of a slot that is not there",
        {"sticky_settings": {"preview": {"LEVEL": "x"}}},
        "sticky_settings.preview",
        "is no slot of this site. Slots here: production, staging.",
    ),
    Bad(
        "version settings when a pipeline deploys",
        {"package": None, "version_settings": {"FEATURE": "on"}},
        "version_settings",
        "would be ignored: no package is given",
    ),
    Bad("a setting that is a number", {"settings": {"LEVEL": 5}}, "settings.LEVEL", "must be text, or an output of another resource"),
]

SITE_CONFIG = [
    Bad(
        "auto swap",
        {"site": {"config": {"autoSwapSlotName": "production"}}},
        "site.config.autoSwapSlotName",
        "swaps without waiting for running orchestrations",
    ),
    Bad(
        "auto swap in Python's spelling",
        {"site": {"config": {"auto_swap_slot_name": "production"}}},
        "site.config.auto_swap_slot_name",
        "swaps without waiting for running orchestrations",
    ),
    Bad(
        "ramp-up rules",
        {"site": {"config": {"experiments": {"rampUpRules": []}}}},
        "site.config.experiments",
        "instances would not be found again",
    ),
    Bad("inline settings", {"site": {"config": {"appSettings": []}}}, "site.config.appSettings", "would replace all settings of a slot"),
    Bad(
        "inline connection strings",
        {"site": {"config": {"connectionStrings": []}}},
        "site.config.connectionStrings",
        "would be moved by a swap",
    ),
    Bad(
        "a runtime stack in the site",
        {"site": {"config": {"linuxFxVersion": "PYTHON|3.12"}}},
        "site.config.linuxFxVersion",
        "give package.runtime",
    ),
    Bad("Always On by hand", {"site": {"config": {"alwaysOn": False}}}, "site.config.alwaysOn", "is decided by the plan"),
    Bad(
        "old TLS",
        {"site": {"config": {"minTlsVersion": "1.0"}}},
        "site.config.minTlsVersion",
        '= \'1.0\': is weaker than what this component stands for. Leave it out, or use "1.2" or "1.3".',
    ),
    Bad("FTP", {"site": {"config": {"ftpsState": "AllAllowed"}}}, "site.config.ftpsState", "is weaker"),
    Bad(
        "a property in Python's spelling",
        {"site": {"config": {"health_check_path": "/"}}},
        "site.config.health_check_path",
        "Write healthCheckPath.",
    ),
]
