"""The certificate of one run: made when it starts, trusted by the contenders, gone when it ends.

Every library trusts it by its own default context: OpenSSL takes the authorities that SSL_CERT_FILE
names in the place of the system's, so nothing but the address differs from what a user writes.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Certificates:
    """Files of a server's certificate, with its key, and of the authority that issued it."""

    server: Path
    authority: Path

    @classmethod
    def issue(cls, folder: Path) -> Self:
        """Write an authority and a certificate of 127.0.0.1 into the folder."""
        # A package for tests, which the server's process does without if nothing is encrypted.
        import trustme

        authority = trustme.CA()
        made = cls(folder / "server.pem", folder / "authority.pem")
        authority.cert_pem.write_to_path(str(made.authority))
        issued = authority.issue_cert("127.0.0.1", "localhost")
        issued.private_key_and_cert_chain_pem.write_to_path(str(made.server))
        return made


def presenting(server: Path) -> ssl.SSLContext:
    """Return the server's context, which shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    return context
