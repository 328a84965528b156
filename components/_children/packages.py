"""The package container and the package in it: declared, referenced, or left to a pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import storage

from .. import _defaults as defaults
from .._code.wanted_code import WantedCode
from .._live.uploads import Upload
from .accounts import Account
from .foundation import Place
from .slot_settings import unknown


@dataclass(frozen=True)
class Deployed:
    """Where the wanted package lies, and what has to be there before a slot may be pointed at it."""

    url: pulumi.Output[str] | None
    resources: tuple[pulumi.Resource, ...]


def make_package(place: Place, account: Account, code: WantedCode, upload: Upload) -> Deployed:
    """The container is declared in any case: packages that are uploaded by other means lie there too."""
    container = _container(place, account, unknown() if upload.metadata is None else upload.metadata)
    if code.code is None:
        return Deployed(None, (container,))
    if code.source is None:
        return Deployed(pulumi.Output.from_input(code.code.package), (container,))
    blob = code.code.blob
    url = account.endpoint("blob").apply(lambda endpoint: f"{endpoint}{defaults.PACKAGE_CONTAINER}/{blob}")
    if not upload.declare:
        return Deployed(url, (container,))
    return Deployed(url, (container, _blob(place, account, container, blob, code.source)))


def _container(place: Place, account: Account, metadata: Mapping[str, str] | pulumi.Output[Any]) -> storage.BlobContainer:
    return storage.BlobContainer(
        f"{place.name}-packages-container",
        account_name=account.id.apply(lambda _: account.name),
        container_name=defaults.PACKAGE_CONTAINER,
        resource_group_name=place.group,
        public_access=storage.PublicAccess.NONE,
        metadata=metadata,
        opts=place.options,
    )


def _blob(place: Place, account: Account, container: storage.BlobContainer, blob: str, source: pulumi.Archive) -> storage.Blob:
    """Retained when it leaves the program: a slot may still run it (a missing package stops an app at its next cold start)."""
    return storage.Blob(
        f"{place.name}-package-{blob.removesuffix('.zip')}",
        blob_name=blob,
        account_name=account.name,
        container_name=container.name,
        resource_group_name=place.group,
        content_type="application/zip",
        source=source,
        opts=pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(retain_on_delete=True)),
    )
