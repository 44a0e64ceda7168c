"""Proxies that others wrote, if they are installed."""

from __future__ import annotations

import contextlib
import io
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.limits import wait_until
from tests.support.ports import free_ports
from tests.support.proxies import HOST, closed_port, connection, greet, read_word, refusal
from tests.support.raw_server import RawServer


@contextlib.contextmanager
def running(port: int, *command: str | Path) -> Iterator[None]:
    """A proxy of somebody else; skips loudly if it is not installed."""
    program = shutil.which(str(command[0]))
    if program is None:
        pytest.skip(f"{command[0]} IS NOT INSTALLED: only the proxies of these tests were tried")
    process = subprocess.Popen(
        [program, *map(str, command[1:])],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def is_up() -> bool:
        assert process.poll() is None, f"{command[0]} ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    try:
        wait_until(is_up)
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("login", ["", "alice:hunter2"])
def test_tinyproxy(tmp_path: Path, login: str) -> None:
    (port,) = free_ports(1)
    config = io.StringIO()
    print(f"Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 10", file=config)
    if login:
        print("BasicAuth", *login.split(":"), file=config)
    (tmp_path / "tinyproxy.conf").write_text(config.getvalue(), encoding="utf-8")
    with running(port, "tinyproxy", "-d", "-c", tmp_path / "tinyproxy.conf"):
        _try_all("http", port, login)
        error = refusal(f"ws://127.0.0.1:{closed_port()}", proxy=_real("http", port, login))
        assert error.status is not None
        assert error.status >= 500
        if login:
            assert refusal(f"ws://{HOST}", proxy=_real("http", port, "")).status == 407
            assert refusal(f"ws://{HOST}", proxy=_real("http", port, "alice:x")).status in (
                401,
                407,
            )


@pytest.mark.parametrize("login", ["", "alice:hunter2"])
def test_microsocks(login: str) -> None:
    (port,) = free_ports(1)
    options = ["-u", *login.split(":")[:1], "-P", *login.split(":")[1:]] if login else []
    with running(port, "microsocks", "-i", "127.0.0.1", "-p", str(port), *options):
        _try_all("socks5", port, login)
        _try_all("socks5h", port, login)
        error = refusal(f"ws://127.0.0.1:{closed_port()}", proxy=_real("socks5h", port, login))
        assert "connection refused" in error.reason
        if login:
            error = refusal(f"ws://{HOST}", proxy=_real("socks5h", port, ""))
            assert error.reason.endswith("it asks for a user name and a password")
            error = refusal(f"ws://{HOST}", proxy=_real("socks5h", port, "alice:x"))
            assert error.reason.endswith("it refused the user name or the password")


def _real(scheme: str, port: int, login: str) -> str:
    return f"{scheme}://{login}{'@' if login else ''}127.0.0.1:{port}"


def _try_all(scheme: str, port: int, login: str) -> None:
    with RawServer(greet) as server:
        for host in ("127.0.0.1", "localhost"):
            url = f"ws://{host}:{server.port}"
            with connection(url, proxy=_real(scheme, port, login)) as opened:
                assert read_word(opened) == b"hello"
