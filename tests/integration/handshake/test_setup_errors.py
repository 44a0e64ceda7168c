"""What trying again cannot fix ends everything at once, and names the file."""

from __future__ import annotations

import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from binance_streams import ConnectionLost, SetupError
from binance_streams_runtime.transport import connector as opening
from binance_streams_runtime.transport import websocket_client
from tests.support.clients import Connect
from tests.support.limits import LIMIT, failure
from tests.support.raw_server import Peer, RawServer

PROGRAM = """
from binance_streams import Client
with Client("ws://127.0.0.1:{port}") as client:
    {work}
"""

COMPAT = """
from binance_streams.compat import SpotWebsocketStreamClient
SpotWebsocketStreamClient("ws://127.0.0.1:{port}")
"""

WORK = {
    "loop": 'list(client.trade("btcusdt"))',
    "get": 'client.trade("btcusdt").get()',
    "wait": 'client.trade("btcusdt").wait()',
    "all": 'client.trade("btcusdt"); list(client)',
    "question": "client.list_subscriptions()",
}


@pytest.fixture
def port() -> Any:
    with RawServer(Peer.drain) as server:
        yield server.port


def run(folder: Path, name: str = "bot.py") -> str:
    """What the program says at its end, which is an error."""
    ended = subprocess.run(
        [sys.executable, name],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert ended.returncode == 1
    # What the client logs of it in its own thread may come after it.
    (said,) = (line for line in ended.stderr.splitlines() if "SetupError: " in line)
    return said


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("foreign", ["websocket.py", "websocket/__init__.py"])
def test_another_module_called_websocket(
    tmp_path: Path, port: int, work: str, foreign: str
) -> None:
    """A file or a package beside the program."""
    path = tmp_path / foreign
    path.parent.mkdir(exist_ok=True)
    path.write_text("# nothing of use\n")
    (tmp_path / "bot.py").write_text(PROGRAM.format(port=port, work=WORK[work]))
    said = run(tmp_path)
    assert str(path) in said
    assert "pip install --force-reinstall websocket-client" in said


@pytest.mark.parametrize(
    "content",
    [
        # As another package has them.
        "class WebSocket: pass\nclass ABNF: pass\n",
        "raise RuntimeError('no')\n",
        "raise SystemExit(2)\n",
    ],
)
def test_another_package_that_looks_alike_or_cannot_be_imported(
    tmp_path: Path, port: int, content: str
) -> None:
    (tmp_path / "websocket").mkdir()
    (tmp_path / "websocket" / "__init__.py").write_text(content)
    (tmp_path / "bot.py").write_text(PROGRAM.format(port=port, work=WORK["get"]))
    assert str(tmp_path / "websocket" / "__init__.py") in run(tmp_path)


def test_a_program_called_websocket(tmp_path: Path, port: int) -> None:
    """It would import itself."""
    (tmp_path / "websocket.py").write_text(PROGRAM.format(port=port, work=WORK["loop"]))
    assert str(tmp_path / "websocket.py") in run(tmp_path, "websocket.py")


def test_a_program_of_the_old_connector(tmp_path: Path, port: int) -> None:
    (tmp_path / "websocket.py").write_text("")
    (tmp_path / "bot.py").write_text(COMPAT.format(port=port))
    assert str(tmp_path / "websocket.py") in run(tmp_path)


@pytest.fixture
def _unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket_client, "_is_checked", False)


@pytest.mark.usefixtures("_unchecked")
def test_no_websocket_client_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "websocket", None)
    with pytest.raises(SetupError, match="pip install websocket-client"):
        websocket_client.check()


@pytest.mark.usefixtures("_unchecked")
def test_a_folder_called_websocket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is found only if nothing else is."""
    (tmp_path / "websocket").mkdir()
    monkeypatch.delitem(sys.modules, "websocket", raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(SetupError, match=str(tmp_path / "websocket")):
        websocket_client.check()


@pytest.mark.usefixtures("_unchecked")
def test_the_right_one_is_good() -> None:
    websocket_client.check()
    assert websocket_client.load().WebSocket


def test_looking_for_it_imports_nothing() -> None:
    """Importing it takes longer than all the rest, and not every program connects."""
    make = "import sys, binance_streams; binance_streams.Client().close()"
    code = f"{make}; assert 'websocket' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=LIMIT)


def test_no_tls_context_can_be_made(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> ssl.SSLContext:
        raise ssl.SSLError("FIPS mode is on")

    monkeypatch.setattr(ssl, "create_default_context", refuse)
    with RawServer(Peer.drain) as server:
        client = connect(f"wss://127.0.0.1:{server.port}", reconnect=lambda lost: True)
        trades = client.trade("BTCUSDT")
        error = failure(trades.get)
        assert isinstance(error, SetupError)
        assert isinstance(error, ConnectionLost)
        assert str(error) == "cannot create a TLS context: SSLError: ('FIPS mode is on',)"
        assert trades.state == "ended"
        # Whoever tries it again gets the error again, and is not left to wait.
        assert isinstance(failure(client.trade("BTCUSDT").wait), SetupError)
        assert isinstance(failure(client.list_subscriptions), SetupError)


@pytest.mark.parametrize("code", [18, 19, 20, 21, 10, 62])
def test_only_an_unknown_signer_is_explained(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """A wrong name, or an old certificate, is fixed by no other file."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    error = ssl.SSLCertVerificationError()
    error.verify_code = code
    assert ("SSL_CERT_FILE" in opening.certificate_hint(error)) == (code in (18, 19, 20, 21))


def test_a_file_of_certificates_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "company.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    error = ssl.SSLCertVerificationError()
    error.verify_code = 20
    assert (
        opening.certificate_hint(error) == f"; SSL_CERT_FILE is {str(path)!r}, which is not a file"
    )
