"""The embedded Azure as one object: started and stopped as a whole, for the command line and for tests alike."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from .arm import ControlPlane, Store
from .arm.subscription import DEFAULT_SUBSCRIPTION, DEFAULT_TENANT, OPERATOR_OBJECT_ID
from .deploying import deployments_of
from .directory import SandboxDirectory
from .environment import environment
from .functions.host import FunctionsHost
from .gateway.server import DELAY, SUFFIX, Gateway
from .problem import PortTaken, SandboxProblem
from .provider import ProviderServer
from .resources import all_types, restore_accounts
from .rest import ArmServer
from .storage import MemoryStorage, StorageService
from .storage.azurite import AzuriteStorage
from .storage.certificate import Certificate
from .storage.identity_endpoint import IdentityEndpoint
from .storage.proxy import StorageProxy, port_is_taken
from .storage.tokens import PrincipalCredential, TokenRefused, Tokens
from .web import swaps_of, web_types

_ATTEMPTS = 5
NAMES = Path(__file__).parent / "names"


class Sandbox:
    """A context manager. What it offers exists between `start` and `stop`; state in `directory` is there again at the next start.

    directory   where everything lies. Left out: a temporary directory that goes at `stop`, with the data of Azurite in memory.
    storage     `azurite` starts the real emulator and the proxy in front of it; `memory` starts neither, and nothing answers at the
                endpoints of storage accounts.
    clock       the control plane's, in seconds: role assignments, long-running operations. Tokens always live in real time.
    role_delay  seconds until a role assignment takes effect, by that clock.
    swapping    `manual`: a swap stands still between its phases until a test advances it, and a OneDeploy between its steps; see
                `sandbox.web` and `sandbox.deploying`.
    functions   run the code of the function apps too, each slot's in a process of its own: `functions` is then there, and `gateway`, which
                answers for services of API Management. Needs `azurite`.
    gateway_delay seconds until a change of a service's configuration reaches its gateway, by the control plane's clock.
    timer_speed how many times faster durable timers run: at 60 an hour takes a minute. The timestamps stay real.
    progress    is told each step that takes a moment.
    """

    plane: ControlPlane
    storage: StorageService
    tokens: Tokens
    ca_bundle: Path
    provider_port: int
    arm_endpoint: str
    identity: IdentityEndpoint
    functions: FunctionsHost
    gateway: Gateway

    def __init__(
        self,
        directory: Path | None = None,
        *,
        storage: Literal["azurite", "memory"] = "azurite",
        subscription: str = DEFAULT_SUBSCRIPTION,
        clock: Callable[[], float] = time.time,
        role_delay: float = 0.0,
        swapping: Literal["background", "manual"] = "background",
        functions: bool = False,
        timer_speed: float = 1.0,
        gateway_delay: float = DELAY,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.subscription = subscription
        self._directory = directory
        self._storage_kind = storage
        self._clock, self._role_delay, self._swapping, self._progress = clock, role_delay, swapping, progress
        if functions and storage == "memory":
            raise ValueError("the code of function apps needs storage that answers: storage='azurite'")
        self._runs_functions, self._timer_speed, self._gateway_delay = functions, timer_speed, gateway_delay
        self._running: ExitStack | None = None

    def start(self) -> None:
        """Returns when everything answers. Raises SandboxProblem with a way out; then nothing is left running."""
        if self._running is not None:
            raise RuntimeError("the sandbox is running already")
        for attempt in range(_ATTEMPTS):
            try:
                with ExitStack() as started:
                    self._start(started)
                    self._running = started.pop_all()
                    return
            except PortTaken:
                # Between the choice of a free port and its use another sandbox may be quicker; a new sandbox chooses again.
                if attempt + 1 == _ATTEMPTS or not self._chooses_again:
                    raise

    def stop(self) -> None:
        """Ends every thread and process, last started first. Stopping twice is no error."""
        running, self._running = self._running, None
        if running is not None:
            running.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def environment(self) -> dict[str, str]:
        """The whole environment for a child process; every variable is explained in `sandbox/environment.py`."""
        inside = environment(
            os.environ,
            self._home,
            subscription=self.subscription,
            provider_port=self.provider_port,
            arm_endpoint=self.arm_endpoint,
            ca_bundle=self.ca_bundle,
            identity_endpoint=self.identity.url,
            identity_header=self.identity.header,
        )
        if not self._runs_functions:
            return inside
        python = os.pathsep.join(one for one in (str(NAMES), os.environ.get("PYTHONPATH")) if one)
        return {**inside, "DURABLE_DEPLOY_FRONT_DOOR": self.functions.front_door, "PYTHONPATH": python}

    def stop_functions(self) -> None:
        """Ends the processes of the apps, and a swap after its phase; the rest stays up. Without `functions` nothing happens."""
        if self._runs_functions:
            swaps_of(self.plane).close()
            deployments_of(self.plane).close()
            self.functions.stop()

    def credential(self, principal: str = OPERATOR_OBJECT_ID) -> PrincipalCredential:
        """A credential for Azure SDK clients in this process, signed in as the principal with that object id."""
        return self.tokens.credential(principal)

    def _start(self, started: ExitStack) -> None:
        self._home = self._open_directory(started)
        certificate = Certificate(self._home.tls).ensure()
        self.ca_bundle = certificate.bundle
        self.tokens = Tokens(self._home.token_secret())
        self._chooses_again = False
        ports = self._home.ports()
        started.push(self._let_go_of_new_ports)
        arm_port = ports.pop("arm")
        self.storage = self._start_storage(started, certificate, ports)
        store = Store(None if self._directory is None else self._home.azure)
        authority = certificate.authority if isinstance(self.storage, AzuriteStorage) else None
        web = web_types(swapping=self._swapping, storage=self.storage, authority=authority)
        types = [*all_types(self.storage, role_delay=self._role_delay), *web]
        self.plane = ControlPlane(store, types, clock=self._clock)
        restore_accounts(self.plane)
        self._start_doors(started, certificate, ports, arm_port)
        if self._runs_functions:
            self._progress("starting the functions host")
            self.functions = FunctionsHost(self.plane, self.tokens, certificate, self._home.functions, timer_speed=self._timer_speed)
            started.callback(self.functions.stop)
            self.functions.start()
            self.gateway = Gateway(self.plane, certificate, delay=self._gateway_delay, front_door=lambda: self.functions.front_door)
            started.callback(self.gateway.stop)
            self.gateway.start()
            self.functions.lead(SUFFIX, self.gateway.plain_port, lambda: self.gateway.addresses)
        for engine in (swaps_of(self.plane), deployments_of(self.plane)):
            engine.resume()
            started.callback(engine.close)

    def _let_go_of_new_ports(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """While the directory is still ours: runs as the first steps of the start are taken back."""
        if isinstance(error, PortTaken):
            self._chooses_again = self._home.gives_up_new_ports()

    def _open_directory(self, started: ExitStack) -> SandboxDirectory:
        where = self._directory
        if where is None:
            where = Path(started.enter_context(tempfile.TemporaryDirectory(prefix="sandbox-", ignore_cleanup_errors=True)))
        home = SandboxDirectory(where)
        home.open()
        started.callback(home.close)
        return home

    def _start_storage(self, started: ExitStack, certificate: Certificate, ports: dict[str, int]) -> StorageService:
        if self._storage_kind == "memory":
            return MemoryStorage()
        self._progress("starting the storage emulator (Azurite)")
        storage = AzuriteStorage(self._home.storage, certificate, ports, in_memory=self._directory is None, inherits=(self._home.lock,))
        storage.start()
        started.callback(storage.stop)
        return storage

    def _start_doors(self, started: ExitStack, certificate: Certificate, ports: dict[str, int], arm_port: int) -> None:
        self._progress("starting the storage proxy, the ARM endpoint and the provider")
        if isinstance(self.storage, AzuriteStorage):
            proxy = StorageProxy(self.plane, self.tokens, certificate, ports, self.storage.process.ports)
            started.callback(proxy.stop)
            proxy.start()
        self.identity = IdentityEndpoint(self.plane, self.tokens)
        self.identity.start()
        started.callback(self.identity.stop)
        self.arm_endpoint = self._start_arm(started, certificate, arm_port)
        provider = ProviderServer(self.plane, subscription=self.subscription, tenant=DEFAULT_TENANT, object_id=OPERATOR_OBJECT_ID)
        self.provider_port = provider.start()
        started.callback(provider.stop)

    def _start_arm(self, started: ExitStack, certificate: Certificate, port: int) -> str:
        endpoint = f"https://127.0.0.1:{port}"
        audiences = ("https://management.azure.com", "https://management.core.windows.net", endpoint)

        def principal_of(token: str) -> str | None:
            try:
                return self.tokens.principal(token, lambda audience: audience.rstrip("/") in audiences)
            except TokenRefused:
                return None

        server = ArmServer(self.plane, certificate.chain, certificate.key, token_check=principal_of)
        try:
            server.start(port)
        except OSError as problem:
            raise port_is_taken(port, problem) from problem
        started.callback(server.stop)
        return endpoint


__all__ = ["Sandbox", "SandboxProblem"]
