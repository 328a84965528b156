from __future__ import annotations

import datetime
import ssl
import stat
from pathlib import Path

import certifi
import pytest

from sandbox.storage import certificate as certificates
from sandbox.storage.certificate import Certificate


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return Certificate(tmp_path / "tls").ensure({})


def handshake(certificate: Certificate, bundle: Path, host: str) -> None:
    """Client and server in one process, without a socket. Raises what the client raises."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate.chain, certificate.key)
    client_side = ssl.create_default_context(cafile=str(bundle))
    client_side.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_side.wrap_bio(to_client, to_server, server_hostname=host)
    server = server_side.wrap_bio(to_server, to_client, server_side=True)
    for end in (client, server, client):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "orders.azurewebsites.net", "orders.azure-api.net"])
def test_clients_with_the_bundle_trust_the_loopback_also_when_strict(certificate: Certificate, host: str) -> None:
    handshake(certificate, certificate.bundle, host)


def test_it_is_good_for_no_other_host(certificate: Certificate) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(certificate, certificate.bundle, "example.com")


def test_clients_without_the_bundle_do_not_trust_it(certificate: Certificate) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(certificate, Path(certifi.where()), "localhost")


def test_the_bundle_holds_the_public_authorities_and_the_callers_own(tmp_path: Path) -> None:
    own = tmp_path / "company.pem"
    own.write_text("-----BEGIN CERTIFICATE-----\nthe company's\n-----END CERTIFICATE-----\n")
    bundle = Certificate(tmp_path / "tls").ensure({"SSL_CERT_FILE": str(own), "REQUESTS_CA_BUNDLE": "/does/not/exist"}).bundle.read_text()
    assert Path(certifi.where()).read_text().strip() in bundle
    assert own.read_text().strip() in bundle


def test_the_key_is_for_its_owner_only_and_the_authoritys_key_is_nowhere(certificate: Certificate) -> None:
    assert stat.S_IMODE(certificate.key.stat().st_mode) == 0o600
    keys = [file.name for file in certificate.key.parent.iterdir() if "PRIVATE KEY" in file.read_text()]
    assert keys == ["server.key"]


def test_it_stays_the_same_until_it_is_about_to_expire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Certificate(tmp_path).ensure({}).chain.read_bytes()
    assert Certificate(tmp_path).ensure({}).chain.read_bytes() == first
    monkeypatch.setattr(certificates, "_RENEW_BEFORE", datetime.timedelta(days=500))
    renewed = Certificate(tmp_path).ensure({})
    assert renewed.chain.read_bytes() != first
    handshake(renewed, renewed.bundle, "localhost")
