from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.storage.certificate import Certificate

from .azure import Azure


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("tls")).ensure({})


@pytest.fixture
def azure(certificate: Certificate) -> Iterator[Azure]:
    """A served control plane with the site `orders` and its slot `staging`; swaps run in the background."""
    with Azure(certificate.chain, certificate.key, certificate.authority) as served:
        yield served


@pytest.fixture
def authority(certificate: Certificate) -> Path:
    return certificate.authority
