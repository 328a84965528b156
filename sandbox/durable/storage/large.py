"""Payloads too large for a message or a table column lie in the `-largemessages` container, gzipped.

Sources: durabletask MessageManager.cs (messages), AzureTableTrackingStore.cs (columns: `<name>BlobName` beside an empty column in History,
the blob's URL in Instances). Limit there: 60 KiB of UTF-16.
"""

from __future__ import annotations

import gzip
import random
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

LIMIT = 60 * 1024
COLUMNS = ("Name", "Input", "Result", "Output", "Reason", "Details")


def is_large(text: str) -> bool:
    return len(text.encode("utf-16-le")) > LIMIT


class LargePayloads:
    def __init__(self, container: ContainerClient) -> None:
        self._container = container

    def put(self, name: str, text: str) -> str:
        """The blob's URL."""
        blob = self._container.get_blob_client(name)
        blob.upload_blob(gzip.compress(text.encode(), mtime=0), overwrite=True)
        return str(blob.url)

    def get(self, name: str) -> str:
        return gzip.decompress(self._container.get_blob_client(name).download_blob().readall()).decode()

    def get_by_url(self, url: str) -> str | None:
        """None: the URL is no blob of this container, or there is no such blob."""
        prefix = f"{self._container.url}/"
        try:
            return self.get(url.removeprefix(prefix)) if url.startswith(prefix) else None
        except ResourceNotFoundError:
            return None

    def outsource(self, row: dict[str, Any]) -> dict[str, str]:
        """Moves large columns of a History or Instances row into blobs; the URLs, by column."""
        urls = {}
        for column in COLUMNS:
            if isinstance(row.get(column), str) and is_large(row[column]):
                kind = row.get("EventType", "Input")
                name = f"{row['PartitionKey']}/history-{row['RowKey']}-{kind}-{random.getrandbits(32):08X}-{column}.json.gz"
                urls[column] = self.put(name, row[column])
                row[column], row[f"{column}BlobName"] = "", name
        return urls

    def fetch(self, row: dict[str, Any]) -> dict[str, Any]:
        """A History row with its large columns back."""
        for column in COLUMNS:
            if name := row.pop(f"{column}BlobName", None):
                row[column] = self.get(name)
        return row

    def delete_all(self, escaped_id: str) -> None:
        """Every blob of an instance: they lie under its escaped id."""
        for blob in self._container.list_blobs(name_starts_with=f"{escaped_id}/"):
            self._container.delete_blob(blob.name)
