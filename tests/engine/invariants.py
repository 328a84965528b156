"""What must hold after every single write, whoever made it: read off the journal."""

from __future__ import annotations

from sandbox.arm import Write

from .azure import IDENTIFIERS, Azure


def assert_code_kept_its_storage(azure: Azure) -> None:
    """In no write did a version name another durable account than the one it was deployed with."""
    accounts: dict[str, str] = {}
    for write in settings_writes(azure):
        properties = (write.after or {}).get("properties", {})
        version, account = properties.get("DURABLE_DEPLOY_VERSION"), properties.get(IDENTIFIERS)
        if version is None:
            continue
        assert account is not None, f"write {write.number} ({write.operation}) left {version} without storage"
        assert accounts.setdefault(version, account) == account, (
            f"write {write.number} ({write.operation} {write.id}) moved {version} from {accounts[version]} to {account}"
        )


def assert_no_two_slots_share_a_hub(azure: Azure) -> None:
    accounts = [account for account, _ in azure.bundles().values() if account]
    assert len(accounts) == len(set(accounts)), f"two slots work on one task hub: {azure.bundles()}"


def settings_writes(azure: Azure) -> list[Write]:
    return [write for write in azure.plane.journal if write.id.lower().endswith("/config/appsettings")]
