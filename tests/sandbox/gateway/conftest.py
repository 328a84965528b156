from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.storage.certificate import Certificate
from tests.components.mocked_azure import MockedAzure
from tests.components.routing.routers import of, router, routing

from .stand_in import Backend, World


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("tls")).ensure({})


@pytest.fixture(scope="session")
def component_policy(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What ApplicationRouting declares for a gateway in front of its router."""
    package = router(tmp_path_factory.mktemp("router"))
    declared = routing(MockedAzure(), of(package, api_management={"publisher_email": "team@example.org"}))
    return str(declared.child("orders-gateway-policy").inputs["value"])


@pytest.fixture
def backend() -> Iterator[Backend]:
    with Backend() as running:
        yield running


@pytest.fixture
def world(backend: Backend, certificate: Certificate) -> Iterator[World]:
    """Changes take effect at once, until a test sets `gateway.delay`; the clock stands still until it is moved."""
    with World(backend, certificate) as running:
        yield running
