"""deploy/: what can be checked without an engine — that the files fit the project and their own formats."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.serve import END_S
from bot.settings import Settings
from bot.store.server import STOP_S

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"


def test_compose_builds_from_here_and_names_settings_that_exist() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    bot = compose["services"]["bot"]
    assert (DEPLOY / bot["build"]["context"] / bot["build"]["dockerfile"]).is_file()
    assert {name.lower() for name in bot["environment"]} <= set(Settings.model_fields)
    assert set(bot["depends_on"]) <= set(compose["services"])
    mounted = {volume.partition(":")[0] for service in compose["services"].values() for volume in service["volumes"]}
    assert mounted == set(compose["volumes"])


def test_dockerfile_copies_what_exists_and_runs_without_root() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.M):
        *sources, _ = line.split()
        for source in sources:
            assert (ROOT / source).exists(), source
    assert re.search(r"^USER (?!root)", text, re.M)
    names = re.findall(r"(\w+)=", re.search(r"^ENV (.+)$", text, re.M).group(1))
    assert {name.lower() for name in names} - {"pythonunbuffered"} <= set(Settings.model_fields)


def test_nginx_forwards_only_paths_the_bot_has() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    paths = set(re.findall(r"location (?:= )?(\S+)", text))
    assert paths == {"/wechat", "/chat", "/api/chat", "/healthz"}
    assert text.count("{") == text.count("}")


def test_pages_for_staff_are_forwarded_on_the_inner_network_alone() -> None:
    text = (DEPLOY / "nginx-staff.conf").read_text()
    assert re.search(r"^\s+deny\s+all;", text, re.M)
    assert text.count("{") == text.count("}")


def test_nginx_logs_no_query_and_tells_whom_it_speaks_for() -> None:
    text = re.sub(r"^\s*#.*$", "", (DEPLOY / "nginx.conf").read_text(), flags=re.M)
    for leaks in ("$request ", "$request_uri", "$args", "$query_string", "$http_referer", "proxy_add_x_forwarded_for"):
        assert leaks not in text.replace('"', " ")
    assert re.search(r"access_log \S+ xinxin;", text) and "log_format xinxin " in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text


def test_the_image_is_built_from_what_the_dockerfile_copies_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+)$", (DEPLOY / "Dockerfile").read_text(), re.M)
    assert "*" in lines and let_in == {source for line in copied for source in line.split()[:-1]}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "xinxin.service").read_text().replace("/opt/xinxin/bin/python", "/bin/true")
    unit = tmp_path / "xinxin.service"
    unit.write_text(text)
    told = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    ours = [line for line in told.stderr.splitlines() if "xinxin.service" in line]
    assert not ours, told.stderr


def test_service_drains_longer_than_a_turn_may_take() -> None:
    stop_s = int(re.search(r"TimeoutStopSec=(\d+)", (DEPLOY / "xinxin.service").read_text()).group(1))
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    grace_s = int(compose["services"]["bot"]["stop_grace_period"].removesuffix("s"))
    assert min(stop_s, grace_s) >= END_S + STOP_S
