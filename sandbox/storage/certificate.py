"""TLS for the loopback endpoints: a certificate authority of the sandbox's own, and what clients need in order to trust it.

The authority's key is thrown away once it has signed the one server certificate, so nobody can sign anything else with it.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = datetime.timedelta(days=397)
"""Longer-lived server certificates are refused by some clients."""
_HOSTS = ("*.azurewebsites.net", "*.azure-api.net")
"""Apps and gateways that are called by name; only the sandbox's own processes resolve these to loopback."""
_RENEW_BEFORE = datetime.timedelta(days=7)


class Certificate:
    """Files in `directory`, made on first use and again shortly before they expire.

    `chain` (server certificate, then the authority) and `key` are for servers; `authority` is the sandbox's alone; `bundle` is the
    authority, the usual public authorities and those that the caller's own SSL_CERT_FILE or REQUESTS_CA_BUNDLE names, for clients.
    """

    def __init__(self, directory: Path) -> None:
        self.chain = directory / "server.pem"
        self.key = directory / "server.key"
        self.authority = directory / "authority.pem"
        self.bundle = directory / "bundle.pem"

    def ensure(self, environ: Mapping[str, str] = os.environ) -> Certificate:
        if not self._is_good():
            self._make()
        own = [environ.get(name) for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")]
        sources = dict.fromkeys([str(self.authority), certifi.where(), *(path for path in own if path and path != str(self.bundle))])
        self.bundle.write_text("\n".join(Path(path).read_text().strip() for path in sources if Path(path).is_file()) + "\n")
        return self

    def _is_good(self) -> bool:
        if not (self.chain.exists() and self.key.exists() and self.authority.exists()):
            return False
        found = x509.load_pem_x509_certificate(self.chain.read_bytes())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
        return set(_HOSTS) <= set(names) and datetime.datetime.now(datetime.UTC) < found.not_valid_after_utc - _RENEW_BEFORE

    def _make(self) -> None:
        self.chain.parent.mkdir(parents=True, exist_ok=True)
        authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        authority = _authority(authority_key)
        server = _server(server_key, authority, authority_key)
        pem = serialization.Encoding.PEM
        _write_private(self.key, server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        self.authority.write_bytes(authority.public_bytes(pem))
        self.chain.write_bytes(server.public_bytes(pem) + authority.public_bytes(pem))


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "durable-deploy sandbox authority")])
    return (
        _builder(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    loopback = [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")]
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), *(x509.DNSName(host) for host in _HOSTS), *(x509.IPAddress(address) for address in loopback)]
    )
    return (
        _builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), authority.subject, key)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now - datetime.timedelta(days=1) + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_private(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
