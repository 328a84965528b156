"""Names of app settings that the components write or read. What an operation or a status page looks for is here too."""

HOST_STORAGE = "AzureWebJobsStorage"
HOST_ID = "AzureFunctionsWebHost__hostid"
FUNCTIONS_VERSION = "FUNCTIONS_EXTENSION_VERSION"
WORKER_RUNTIME = "FUNCTIONS_WORKER_RUNTIME"
RUN_FROM_PACKAGE = "WEBSITE_RUN_FROM_PACKAGE"
PACKAGE_IDENTITY = "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID"
CONTENT_SHARE = "WEBSITE_CONTENTSHARE"
CONTENT_CONNECTION = "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING"
INSIGHTS_CONNECTION = "APPLICATIONINSIGHTS_CONNECTION_STRING"
INSIGHTS_AUTHENTICATION = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"

BUNDLE = "DURABLE_DEPLOY_BUNDLE"
"""Cross-check only: which bundle a slot holds is read from the storage or the hub that its settings name."""
VERSION = "DURABLE_DEPLOY_VERSION"
STACK = "DURABLE_DEPLOY_STACK"
STARTERS = "DURABLE_DEPLOY_STARTERS"
VERSION_SETTINGS = "DURABLE_DEPLOY_VERSION_SETTINGS"
"""Comma-separated names of the user's `version_settings` in this bundle, so that they can be carried along unchanged."""

VERSIONS = "DURABLE_DEPLOY_VERSIONS"
"""Comma-separated versions that this package contains, oldest first; of orchestration versions only the newest, which implies the older ones."""
STRATEGIES = "DURABLE_DEPLOY_STRATEGIES"
"""`versionMatchStrategy,versionFailureStrategy` of this package."""
FUNCTIONS = "DURABLE_DEPLOY_FUNCTIONS"
"""Compact record of this package's functions, to compare the next package with; left out where it would be too large."""

RECORDS = (VERSIONS, STRATEGIES, FUNCTIONS)
"""What a package says of itself in the versioning strategies. Travels with it."""
MARKERS = (BUNDLE, VERSION, STACK, STARTERS, VERSION_SETTINGS, *RECORDS)

CONNECTION_PARTS = ("blobServiceUri", "queueServiceUri", "tableServiceUri", "accountName", "credential", "clientId")


def is_deployment_setting(name: str) -> bool:
    """Settings that a deploying pipeline or the platform writes for itself: lost if a PUT of the whole map leaves them out."""
    upper = name.upper()
    return (
        upper in (RUN_FROM_PACKAGE, CONTENT_SHARE, "WEBSITE_ENABLE_SYNC_UPDATE_SITE")
        or upper.startswith("SCM_")
        or upper == "ENABLE_ORYX_BUILD"
    )
