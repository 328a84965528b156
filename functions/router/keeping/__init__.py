"""What the router remembers: lines, versions and pins as rows of one table, and requests that wait for an app that is being made."""

from .requests import Answer, RequestState, RequestStore, StoredRequest
from .store import Conflict, Store
from .stored_requests import StoredRequests
from .table_store import TableStore

__all__ = ["Answer", "Conflict", "RequestState", "RequestStore", "Store", "StoredRequest", "StoredRequests", "TableStore"]
