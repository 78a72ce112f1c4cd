"""A certificate authority and a server certificate for loopback, good for two days.

Made by the ``openssl`` program: Debian's Java brings it along.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.shared import leave_out

__all__ = ["Certificates", "make_certificates"]

# The extensions that strict checking asks for (Python 3.13 checks so by default).
EXTENSIONS = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost, IP:127.0.0.1
"""


@dataclass(frozen=True, slots=True)
class Certificates:
    """Three PEM files: whom to trust, and what the server shows and keeps to itself."""

    authority: Path
    server: Path
    key: Path


def make_certificates(folder: Path) -> Certificates:
    """Make them in ``folder``."""
    authority = _request(folder, "authority", "Tests of Ilim: authority")
    server = _request(folder, "server", "localhost")
    signed = ["x509", "-req", "-sha256", "-days", "2"]
    _openssl(
        folder, *signed, "-in", "authority.csr", "-signkey", "authority.key", "-set_serial", "1",
        "-extfile", "authority.cnf", "-extensions", "authority", "-out", "authority.pem",
    )  # fmt: skip
    _openssl(
        folder, *signed, "-in", "server.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
        "-set_serial", "2", "-extfile", "server.cnf", "-extensions", "server", "-out", "server.pem",
    )  # fmt: skip
    return Certificates(authority, server, folder / "server.key")


def _request(folder: Path, name: str, common_name: str) -> Path:
    """A key and a request to have it signed; returns where the certificate will be."""
    (folder / f"{name}.cnf").write_text(EXTENSIONS.format(name=common_name), encoding="utf-8")
    _openssl(
        folder, "req", "-new", "-newkey", "rsa:2048", "-nodes", "-config", f"{name}.cnf",
        "-keyout", f"{name}.key", "-out", f"{name}.csr",
    )  # fmt: skip
    return folder / f"{name}.pem"


def _openssl(folder: Path, *arguments: str) -> None:
    program = shutil.which("openssl")
    if program is None:
        leave_out("Certificates are made with openssl (Debian: openssl), which is not here")
    done = subprocess.run(
        [program, *arguments], check=False, cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
