"""Opening sockets: addresses, proxies, TLS, the handshake."""
