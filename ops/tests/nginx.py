"""A real nginx with the sites of ops/deploy/nginx, on ports of the test's own."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from articles.tests.site import find_port
from ops.tests.clients import wait_until

SITES = settings.BASE_DIR / "ops" / "deploy" / "nginx"
# What nginx.conf says on Debian and in the official image, with the test's own paths.
CONF = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 768; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    gzip on;
    include site.conf;
}}
"""


def require_nginx():
    """The path of nginx, which Debian keeps from ordinary users' PATH."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        require = pytest.fail if os.environ.get("REQUIRE_NGINX") else pytest.skip
        require("nginx is not installed")
    return found


def site_text(name, places):
    """A site as it is shipped, but for its ports, names and paths."""
    text = (SITES / name).read_text("utf-8")
    for shipped, ours in places.items():
        assert shipped in text, shipped
        text = text.replace(shipped, ours)
    return text


@contextmanager
def nginx(folder, name, places, ports):
    """Serve a site until the context ends."""
    binary = require_nginx()
    (folder / "zeeguu").symlink_to(SITES)
    (folder / "site.conf").write_text(site_text(name, places), "utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(CONF.format(folder=folder, user=user), "utf-8")
    log = (folder / "error.log").open("w")
    command = [binary, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with log, subprocess.Popen(command, stderr=log) as process:
        try:
            wait_until(lambda: _is_up(process, ports, folder), 30)
            yield
        finally:
            process.terminate()


def _is_up(process, ports, folder):
    assert process.poll() is None, (folder / "error.log").read_text()
    listening = _listening()
    return all(port in listening for port in ports)


def _listening():
    """TCP ports that something listens on; to connect would count as a client."""
    lines = Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
    fields = [line.split() for line in lines]
    return {int(each[1].partition(":")[2], 16) for each in fields if each[3] == "0A"}


@contextmanager
def compose_site(folder, upstream):
    """compose.yaml's site before a gunicorn on a port; yields its own port."""
    port, health = find_port(), find_port()
    places = {
        "server web:8000;": f"server 127.0.0.1:{upstream};",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "listen 127.0.0.1:8081;": f"listen 127.0.0.1:{health};",
        "/dev/stdout": f"{folder}/access.log",
    }
    with nginx(folder, "compose.conf", places, [port, health]):
        yield port, health


@contextmanager
def tls_site(folder, upstream):
    """The site with TLS; yields its ports for HTTP and HTTPS."""
    plain, tls = find_port(), find_port()
    key, certificate = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    live = "/etc/letsencrypt/live/news.example.com"
    places = {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{upstream};",
        "listen [::]:80;": "",
        "listen [::]:443 ssl http2;": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{tls} ssl http2;",
        "server_name news.example.com;": "server_name localhost;",
        f"{live}/fullchain.pem": str(certificate),
        f"{live}/privkey.pem": str(key),
        "/var/log/nginx/access.log": f"{folder}/access.log",
    }
    with nginx(folder, "tls.conf", places, [plain, tls]):
        yield plain, tls
