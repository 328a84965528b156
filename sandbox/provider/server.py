"""The server that PULUMI_DEBUG_PROVIDERS=azure-native:PORT attaches to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.arm import ControlPlane

from .servicer import AzureNative

_WORKERS = 64
"""Calls carried out at once. An engine sends 16 by default; several engines may be attached."""
_NO_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class ProviderServer:
    """Serves one store to any number of engines, on 127.0.0.1 only."""

    def __init__(
        self, plane: ControlPlane, *, subscription: str, tenant: str, object_id: str, allowed_stacks: tuple[str, ...] = ("local", "test-*")
    ) -> None:
        """`allowed_stacks` are shell patterns: every other stack is refused. `subscription` is the one of a provider that names none."""
        self._servicer = AzureNative(plane, subscription=subscription, tenant=tenant, object_id=object_id, allowed_stacks=allowed_stacks)
        self._server: grpc.Server | None = None

    def start(self) -> int:
        """Returns the port it listens on, a free one."""
        if self._server is not None:
            raise RuntimeError("the provider is running already")
        server = grpc.server(ThreadPoolExecutor(_WORKERS, thread_name_prefix="azure-native"), options=_NO_LIMIT)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(self._servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self._server = server
        return int(port)

    def stop(self) -> None:
        """Ends at once, calls in flight with it. Stopping twice is no error."""
        if self._server is not None:
            self._server.stop(grace=None).wait()
            self._server = None
