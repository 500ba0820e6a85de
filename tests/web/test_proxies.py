"""The proxies of docs/web.md, word for word, with TLS, where they are installed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("websockets")
pytest.importorskip("uvicorn")

from tests.helpers.browser import Browser
from tests.helpers.common import wait_for

ROOT = Path(__file__).parents[2]
NAME = "arcade.example"
ORIGIN = f"https://{NAME}"
PAGE = (ROOT / "docs" / "web.md").read_text(encoding="utf-8")


def snippet(language: str) -> str:
    """Return the page's block in `language`."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found.group(1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def nginx(folder: Path, port: int, server: int) -> list[str]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    make = f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN={NAME}".split()
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *files], check=True, capture_output=True)
    location = snippet("nginx").replace("127.0.0.1:2600", f"127.0.0.1:{server}")
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "\n".join(f"{name}_temp_path {folder}/{name};" for name in paths)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {places}\nserver {{ listen 127.0.0.1:{port} ssl;\n"
        f"ssl_certificate {certificate}; ssl_certificate_key {key};\n{location} }} }}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


def caddy(folder: Path, port: int, server: int) -> list[str]:
    site = snippet("caddy").replace("127.0.0.1:2600", f"127.0.0.1:{server}")
    site = site.replace(NAME + " {", f"{NAME} {{\n    tls internal")
    options = f"admin off\n skip_install_trust\n auto_https disable_redirects\n https_port {port}"
    (folder / "Caddyfile").write_text(f"{{\n {options}\n}}\n{site}")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    program = [sys.executable, str(ROOT / "main.py"), "serve", "--port", str(port)]
    served = subprocess.Popen(
        [*program, "--players", "1", "--origin", ORIGIN],
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert served.stdout is not None
        assert any(ORIGIN in line for line in served.stdout)
        yield port
    finally:
        served.terminate()
        served.communicate(timeout=60)


@pytest.mark.slow
@pytest.mark.parametrize("configure", [nginx, caddy], ids=lambda made: made.__name__)
def test_somebody_plays_behind_a_proxy(
    configure: Callable[[Path, int, int], list[str]], server: int, tmp_path: Path
) -> None:
    if shutil.which(configure.__name__) is None:
        pytest.skip(f"{configure.__name__} is not there")
    folder = tmp_path / "proxy"
    folder.mkdir()
    port = free_port()
    proxy = subprocess.Popen(
        configure(folder, port, server),
        env={**os.environ, "HOME": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE  # the certificate is our own
    browsers: list[Browser] = []

    def connects() -> bool:
        try:
            plain = socket.create_connection(("127.0.0.1", port), 5)
        except OSError:
            return False
        try:
            browsers.append(Browser(server, ORIGIN, sock=plain, ssl=trust, server_hostname=NAME))
        except ssl.SSLError:  # Caddy has not made its certificate yet
            plain.close()
            return False
        return True

    try:
        wait_for(connects)
        (browser,) = browsers
        browser.ask(3, 0, 0, 1)
        assert [seat["kind"] for seat in browser.until("match")["seats"]] == ["human"]
        first = browser.frame().number
        assert max(browser.frame().number for _ in range(30)) > first
        browser.close()
    finally:
        proxy.terminate()
        proxy.wait(20)
