"""Every default of the components, in one place. The argument docstrings quote them."""

SLOTS = ("staging",)
BUNDLES = (
    "blue",
    "green",
    "amber",
    "violet",
    "cyan",
    "coral",
    "olive",
    "pearl",
    "slate",
    "ruby",
    "teal",
    "gold",
    "plum",
    "sand",
    "lime",
    "rose",
    "navy",
    "mint",
    "rust",
    "jade",
)
"""One per slot, production included. Twenty, because no App Service plan has more slots."""

PLAN_SKU = "P0v3"
PLAN_CAPACITY = 1
RUNTIME = "PYTHON|3.11"
STORAGE_SKU = "Standard_ZRS"
BLOB_SOFT_DELETE_DAYS = 7
LOG_RETENTION_DAYS = 30

CONNECTION_SETTING = "DurableManagementStorage"
"""The name that Microsoft's zero-downtime page gives to the setting that travels with the code."""
CONNECTION_KEY = "connectionStringName"
"""Understood by every 2.x and 3.x extension and, unlike `connectionName`, by the scale controller's view of host.json."""
HUB_SETTING = "TaskHubName"
SHARED_CONNECTION_SETTING = "DurableStorage"
"""Of the versioning strategies: equal on all slots, because the hubs stay where they are."""
START_SETTING = "START_VERSION"
LATEST_SETTING = "LATEST_VERSION"
RAMP_CONTAINER = "ramp"
"""In the host's account, which the app can read: the share of new instances that start a version of their own."""
EXTENSION_BUNDLE = "[4.30.0, 5.0.0)"
DURABLE_EXTENSION = "3.1"

PACKAGE_CONTAINER = "packages"
FUNCTIONS_VERSION = "~4"
