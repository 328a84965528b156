"""What a deployment wants in host.json, checked for what Durable would refuse or silently ignore. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from .._azure.names import APP_SETTING, TASK_HUB
from .._azure.versions import VersionRange
from .host_json_reading import time_span


class DurableShape(StrEnum):
    """Which generation of the Durable extension reads the file; they look for the storage connection in three places."""

    V1_ON_FUNCTIONS_1 = "1.x on Functions 1.x"
    V1 = "1.x"
    V2 = "2.x"
    """2.x and 3.x."""

    @property
    def path(self) -> tuple[str, ...]:
        return ("durableTask",) if self is DurableShape.V1_ON_FUNCTIONS_1 else ("extensions", "durableTask")


class HostJsonWanted(BaseModel):
    """What a deployment puts into host.json. Every field but `shape` may be left out: then the app's own value stays."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    shape: DurableShape = DurableShape.V2
    connection: str | None = None
    """Name of the app setting (or group of settings) with the durable storage. Left out: AzureWebJobsStorage, unless the app names one."""
    connection_key: Literal["connectionStringName", "connectionName"] = "connectionStringName"
    """Spelling for Durable 2.x. Both work from 2.7 on; the first is the one that also the scale controller reads."""
    hub_name: str | None = None
    """A literal or `%SettingName%`. Left out: the app's, else Durable derives one from the site name."""
    tracking_connection: str | None = None
    """Name of the setting with the shared tracking store. Left out: history lies with the durable storage, and the app's may not differ."""
    tracking_prefix: str | None = None
    """Tables are called `<prefix>Instances` and `<prefix>History`. Left out: DurableTask."""
    provider: Literal["AzureStorage", "azureManaged", "mssql", "Netherite"] | None = None
    """`storageProvider.type`. Left out: Azure Storage, because the strategy knows no other; written out for all but Azure Storage."""
    provider_settings: Mapping[str, str | bool] = {}
    """Further keys of `storageProvider` for another provider than Azure Storage, such as `schemaName`."""
    max_queue_polling_interval: str | None = None
    """The longest `maxQueuePollingInterval` that this deployment allows, `hh:mm:ss`; a shorter one of the app stays. Azure Storage only."""
    bundle: str | None = None
    """Version range of the extension bundle. Left out: the app's own bundle, or none (.NET brings its extensions itself)."""
    default_version: str | None = None
    version_match_strategy: Literal["None", "Strict", "CurrentOrOlder"] | None = None
    version_failure_strategy: Literal["Reject", "Fail"] | None = None

    @field_validator("connection", "tracking_connection")
    @classmethod
    def _is_a_setting_name(cls, value: str | None) -> str | None:
        if value is not None and (problem := APP_SETTING.problem(value)):
            raise ValueError(f"{problem}. It must be the NAME of a setting, never a connection string")
        return value

    @field_validator("hub_name")
    @classmethod
    def _is_a_hub_name(cls, value: str | None) -> str | None:
        if value is None or re.fullmatch(r"[A-Za-z0-9]*(%[A-Za-z0-9_.]+%[A-Za-z0-9]*)+", value):
            return value
        if problem := TASK_HUB.problem(value):
            raise ValueError(f"{problem}; or name an app setting between percent signs")
        return value

    @field_validator("tracking_prefix")
    @classmethod
    def _is_a_table_prefix(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,53}", value):
            raise ValueError(f"{value!r} cannot begin a table name: 1 to 54 letters and digits, the first one a letter")
        return value

    @field_validator("bundle")
    @classmethod
    def _is_a_range(cls, value: str | None) -> str | None:
        if value is not None:
            VersionRange.parse(value)
        return value

    @field_validator("max_queue_polling_interval")
    @classmethod
    def _is_a_time_span(cls, value: str | None) -> str | None:
        if value is not None and not time_span(value):
            raise ValueError(f"{value!r} is no time span above zero: write it like 00:00:10")
        return value

    @property
    def in_azure_storage(self) -> bool:
        return self.provider in (None, "AzureStorage")

    @model_validator(mode="after")
    def _fits_the_provider(self) -> HostJsonWanted:
        if self.in_azure_storage:
            if self.provider_settings:
                raise ValueError(f"provider_settings belong to another provider than Azure Storage: {', '.join(self.provider_settings)}")
            return self
        for_azure_storage = ("tracking_connection", "max_queue_polling_interval")
        ignored = [name for name in for_azure_storage if getattr(self, name) is not None]
        ignored += ["connection_key"] if self.connection_key != "connectionStringName" else []
        if ignored:
            raise ValueError(f"the provider {self.provider} does not know {', '.join(ignored)}: leave that out")
        return self

    @model_validator(mode="after")
    def _fits_the_shape(self) -> HostJsonWanted:
        if self.tracking_prefix is not None and self.tracking_connection is None:
            raise ValueError("tracking_prefix is ignored by Durable unless tracking_connection is set too: set both or neither")
        if self.shape is DurableShape.V2:
            return self
        versioning = ("default_version", "version_match_strategy", "version_failure_strategy")
        ignored = [name for name in versioning if getattr(self, name) is not None]
        ignored += ["connection_key"] if self.connection_key != "connectionStringName" else []
        ignored += ["provider"] if not self.in_azure_storage else []
        ignored += ["max_queue_polling_interval"] if self.max_queue_polling_interval is not None else []
        ignored += ["bundle"] if self.bundle is not None and self.shape is DurableShape.V1_ON_FUNCTIONS_1 else []
        if ignored:
            raise ValueError(f"Durable {self.shape.value} does not know {', '.join(ignored)}: leave that out, or use a newer extension")
        return self


__all__ = ["DurableShape", "HostJsonWanted"]
