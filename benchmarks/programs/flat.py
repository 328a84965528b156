"""A Pulumi program: the resources of the component, written out by hand as Pulumi's documentation shows them. Once per site, in a loop.

Runs as the `__main__.py` of a project that the benchmark writes; `parameters.json` lies beside it. The names of role assignments and
of the package, which an author would write down once, come from there too: the comparison needs them equal to the component's.
"""

import json
from pathlib import Path

import pulumi
from pulumi_azure_native import applicationinsights, authorization, managedidentity, operationalinsights, resources, storage, web

parameters = json.loads(Path(__file__).with_name("parameters.json").read_text())

ROLE_DEFINITIONS = f"/subscriptions/{parameters['subscription']}/providers/Microsoft.Authorization/roleDefinitions"
BLOB_OWNER = f"{ROLE_DEFINITIONS}/b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
BLOB_CONTRIBUTOR = f"{ROLE_DEFINITIONS}/ba92f5b4-2d11-453d-a403-e96b0029c9fe"
BLOB_READER = f"{ROLE_DEFINITIONS}/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
QUEUE_CONTRIBUTOR = f"{ROLE_DEFINITIONS}/974c5e8b-45b9-4653-ba55-5f855dd0fb88"
TABLE_CONTRIBUTOR = f"{ROLE_DEFINITIONS}/0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
METRICS_PUBLISHER = f"{ROLE_DEFINITIONS}/3913510d-42f4-4e42-8a64-420c390055eb"
TAGS = {"team": "orders"}


def deploy(site: str) -> None:
    group = resources.ResourceGroup(f"{site}-group", resource_group_name=f"{site}-rg", tags=TAGS)
    identity = managedidentity.UserAssignedIdentity(
        f"{site}-identity", resource_name_=f"{site}-identity", resource_group_name=group.name, tags=TAGS
    )
    plan = web.AppServicePlan(
        f"{site}-plan",
        name=f"{site}-plan",
        resource_group_name=group.name,
        kind="linux",
        reserved=True,
        sku={"name": "P0v3", "tier": "Premium0V3", "capacity": 1},
        tags=TAGS,
    )
    workspace = operationalinsights.Workspace(
        f"{site}-logs",
        workspace_name=f"{site}-logs",
        resource_group_name=group.name,
        sku={"name": "PerGB2018"},
        retention_in_days=30,
        tags=TAGS,
    )
    insights = applicationinsights.Component(
        f"{site}-insights",
        resource_name_=f"{site}-insights",
        resource_group_name=group.name,
        kind="web",
        application_type="web",
        ingestion_mode="LogAnalytics",
        workspace_resource_id=workspace.id,
        disable_local_auth=True,
        tags=TAGS,
    )

    def account(purpose: str, name: str, *, shared_keys: bool = False) -> storage.StorageAccount:
        made = storage.StorageAccount(
            f"{site}-{purpose}",
            account_name=name,
            resource_group_name=group.name,
            kind=storage.Kind.STORAGE_V2,
            sku={"name": storage.SkuName.STANDARD_ZRS},
            minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
            enable_https_traffic_only=True,
            allow_blob_public_access=False,
            allow_shared_key_access=shared_keys,
            allow_cross_tenant_replication=False,
            default_to_o_auth_authentication=True,
            tags=TAGS,
        )
        storage.BlobServiceProperties(
            f"{site}-{purpose}-blobs",
            account_name=made.name,
            blob_services_name="default",
            resource_group_name=group.name,
            delete_retention_policy={"enabled": True, "days": 7},
            container_delete_retention_policy={"enabled": True, "days": 7},
        )
        return made

    host = account("host", f"{site}host")
    blue = account("blue", f"{site}blue")
    green = account("green", f"{site}green")
    packages = account("packages", f"{site}pkgs", shared_keys=True)

    def grant(purpose: str, scope: pulumi.Output[str], role: str) -> authorization.RoleAssignment:
        return authorization.RoleAssignment(
            f"{site}-{purpose}",
            role_assignment_name=parameters["assignments"][f"{site}-{purpose}"],
            scope=scope,
            role_definition_id=role,
            principal_id=identity.principal_id,
            principal_type=authorization.PrincipalType.SERVICE_PRINCIPAL,
        )

    roles = [
        grant("host-blob-owner", host.id, BLOB_OWNER),
        grant("host-table-contributor", host.id, TABLE_CONTRIBUTOR),
        grant("blue-blob-contributor", blue.id, BLOB_CONTRIBUTOR),
        grant("blue-queue-contributor", blue.id, QUEUE_CONTRIBUTOR),
        grant("blue-table-contributor", blue.id, TABLE_CONTRIBUTOR),
        grant("green-blob-contributor", green.id, BLOB_CONTRIBUTOR),
        grant("green-queue-contributor", green.id, QUEUE_CONTRIBUTOR),
        grant("green-table-contributor", green.id, TABLE_CONTRIBUTOR),
        grant("packages-blob-reader", packages.id, BLOB_READER),
        grant("insights-metrics-publisher", insights.id, METRICS_PUBLISHER),
    ]

    digest = parameters["digest"]
    container = storage.BlobContainer(
        f"{site}-packages-container",
        account_name=packages.name,
        container_name="packages",
        resource_group_name=group.name,
        public_access=storage.PublicAccess.NONE,
        metadata={f"h{digest}": "uploaded", "managed": digest},
    )
    blob = storage.Blob(
        f"{site}-package-{site}-{digest}",
        blob_name=f"{site}-{digest}.zip",
        account_name=packages.name,
        container_name=container.name,
        resource_group_name=group.name,
        content_type="application/zip",
        source=pulumi.FileArchive(parameters["app"]),
        opts=pulumi.ResourceOptions(retain_on_delete=True),
    )
    package = pulumi.Output.concat(packages.primary_endpoints.apply(lambda endpoints: endpoints.blob), "packages/", f"{site}-{digest}.zip")

    site_config: web.SiteConfigArgsDict = {
        "ftps_state": web.FtpsState.DISABLED,
        "http20_enabled": True,
        "min_tls_version": web.SupportedTlsVersions.SUPPORTED_TLS_VERSIONS_1_2,
        "scm_min_tls_version": web.SupportedTlsVersions.SUPPORTED_TLS_VERSIONS_1_2,
        "linux_fx_version": "PYTHON|3.11",
        "always_on": True,
    }
    production = web.WebApp(
        f"{site}-site",
        name=site,
        resource_group_name=group.name,
        server_farm_id=plan.id,
        kind="functionapp,linux",
        reserved=True,
        https_only=True,
        identity={"type": web.ManagedServiceIdentityType.USER_ASSIGNED, "user_assigned_identities": [identity.id]},
        key_vault_reference_identity=identity.id,
        site_config=site_config,
        tags=TAGS,
        opts=pulumi.ResourceOptions(depends_on=roles),
    )
    staging = web.WebAppSlot(
        f"{site}-staging",
        name=production.name,
        slot="staging",
        resource_group_name=group.name,
        server_farm_id=plan.id,
        kind="functionapp,linux",
        reserved=True,
        https_only=True,
        identity={"type": web.ManagedServiceIdentityType.USER_ASSIGNED, "user_assigned_identities": [identity.id]},
        key_vault_reference_identity=identity.id,
        site_config=site_config,
        tags=TAGS,
        opts=pulumi.ResourceOptions(depends_on=roles),
    )
    after_production = pulumi.ResourceOptions(depends_on=[production])
    after_staging = pulumi.ResourceOptions(depends_on=[staging])
    web.WebAppFtpAllowed(f"{site}-production-ftp", name=production.name, resource_group_name=group.name, allow=False, opts=after_production)
    web.WebAppScmAllowed(f"{site}-production-scm", name=production.name, resource_group_name=group.name, allow=False, opts=after_production)
    web.WebAppFtpAllowedSlot(
        f"{site}-staging-ftp", name=production.name, slot="staging", resource_group_name=group.name, allow=False, opts=after_staging
    )
    web.WebAppScmAllowedSlot(
        f"{site}-staging-scm", name=production.name, slot="staging", resource_group_name=group.name, allow=False, opts=after_staging
    )
    sticky = web.WebAppSlotConfigurationNames(
        f"{site}-sticky-names",
        name=production.name,
        resource_group_name=group.name,
        app_setting_names=["AzureFunctionsWebHost__hostid", "AzureWebJobs.Nightly.Disabled"],
    )

    def connection(name: str, to: storage.StorageAccount) -> dict[str, pulumi.Input[str]]:
        return {
            f"{name}__blobServiceUri": to.primary_endpoints.apply(lambda endpoints: endpoints.blob),
            f"{name}__queueServiceUri": to.primary_endpoints.apply(lambda endpoints: endpoints.queue),
            f"{name}__tableServiceUri": to.primary_endpoints.apply(lambda endpoints: endpoints.table),
            f"{name}__credential": "managedidentity",
            f"{name}__clientId": identity.client_id,
        }

    def common() -> dict[str, pulumi.Input[str]]:
        return {
            "FUNCTIONS_EXTENSION_VERSION": "~4",
            "FUNCTIONS_WORKER_RUNTIME": "python",
            **connection("AzureWebJobsStorage", host),
            "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID": identity.id,
            "APPLICATIONINSIGHTS_CONNECTION_STRING": insights.connection_string,
            "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": pulumi.Output.concat("ClientId=", identity.client_id, ";Authorization=AAD"),
            "DURABLE_DEPLOY_STACK": "PYTHON|3.11",
        }

    before_settings = [*roles, container, blob, sticky, production, staging]
    staging_settings = web.WebAppApplicationSettingsSlot(
        f"{site}-staging-settings",
        name=production.name,
        slot="staging",
        resource_group_name=group.name,
        properties={
            **common(),
            **connection("DurableManagementStorage", green),
            "AzureFunctionsWebHost__hostid": f"{site}-staging",
            "AzureWebJobs.Nightly.Disabled": "true",
            "DURABLE_DEPLOY_BUNDLE": "green",
        },
        opts=pulumi.ResourceOptions(depends_on=before_settings),
    )
    web.WebAppApplicationSettings(
        f"{site}-production-settings",
        name=production.name,
        resource_group_name=group.name,
        properties={
            **common(),
            **connection("DurableManagementStorage", blue),
            "AzureFunctionsWebHost__hostid": f"{site}-production",
            "DURABLE_DEPLOY_BUNDLE": "blue",
            "DURABLE_DEPLOY_VERSION": "1.0.0",
            "DURABLE_DEPLOY_STARTERS": "Nightly",
            "WEBSITE_RUN_FROM_PACKAGE": package,
        },
        opts=pulumi.ResourceOptions(depends_on=[*before_settings, staging_settings]),
    )
    pulumi.export(f"{site}-host", production.default_host_name)
    pulumi.export(f"{site}-package", package)


for wanted in parameters["sites"]:
    deploy(wanted)
