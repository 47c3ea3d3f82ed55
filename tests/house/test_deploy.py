"""The files of deploy/ and the page about them, held against the program they start."""

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.main import get_command

from cli.main import app
from config.catalogue.loader import load_plan
from config.settings import load_settings
from hosting.processes.multi_server import require_multi_server
from hosting.processes.parts import PARTS, Part, PrefectSide, part_named
from tests.support.contacts_file import load_contacts

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = DEPLOY / "systemd"
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OURS = {name: each for name, each in COMPOSE["services"].items() if each["image"] == "dondoc"}
DONDOC = "/opt/dondoc/bin/dondoc "
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and "secrets" not in path.parts)


ONE_MACHINE = UNITS / "dondoc.service"


def units() -> dict[str, str]:
    """Those for several machines."""
    return {path.name: path.read_text("utf-8") for path in UNITS.glob("dondoc-*.service")}


def command_of(unit: str) -> list[str]:
    (line,) = re.findall(rf"^ExecStart={DONDOC}(.*)$", unit, re.MULTILINE)
    return str(line).replace("%i", "4200").replace("${API_HOST}", "127.0.0.1").split()


def accept(arguments: list[str]) -> None:
    """The command line takes these arguments, without doing anything."""
    command: Any = get_command(app)
    context = command.make_context("dondoc", list(arguments))
    while isinstance(command, typer.core.TyperGroup):
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        context = command.make_context(name, list(rest), parent=context)


COMMANDS = {
    **{f"compose {name}": each["command"] for name, each in OURS.items()},
    **{name: command_of(text) for name, text in units().items()},
    ONE_MACHINE.name: command_of(ONE_MACHINE.read_text("utf-8")),
}


@pytest.mark.parametrize("where", COMMANDS)
def test_the_command_of_every_container_and_unit_is_one_of_dondoc_s(where: str) -> None:
    accept(COMMANDS[where])


def test_a_command_that_is_none_is_noticed() -> None:
    for wrong in (["part", "fly"], ["part", "worker", "--limits", "2"], ["part", "api", "--port", "x"]):
        with pytest.raises(Exception, match=r"No such|valid integer"):
            accept(wrong)


def part_of(command: list[str]) -> Part:
    """The part that a command line of dondoc starts."""
    (part,) = (each for each in PARTS if tuple(command[: len(each.command)]) == each.command)
    return part


def containers_of(part: str) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in OURS.items() if part_of(each["command"]).name == part}


def test_every_part_has_a_command_and_is_started_by_both() -> None:
    group: Any = get_command(app)
    parts = set(group.get_command(None, "part").commands)
    assert {("part", part) for part in parts} | {("portal",)} == {part.command for part in PARTS}
    for commands in ([each["command"] for each in OURS.values()], [command_of(unit) for unit in units().values()]):
        assert {part_of(command).name for command in commands} == {part.name for part in PARTS}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_container_waits_for_the_parts_that_its_part_comes_after(part: Part) -> None:
    for name, each in containers_of(part.name).items():
        waits_for = {
            container: "service_completed_successfully" if part_named(before).ends else "service_healthy"
            for before in part.after
            for container in containers_of(before)
        }
        said = {other: each["depends_on"][other]["condition"] for other in each["depends_on"] if other in OURS}
        assert said == waits_for, name
        assert (each["restart"] == "on-failure") == part.ends, name


def test_units_restart_the_parts_that_last_and_run_the_others_once() -> None:
    for name, text in units().items():
        part = part_of(command_of(text))
        assert name.removesuffix(".service").removesuffix("@") == f"dondoc-{part.name}"
        assert ("Type=oneshot" in text, "Restart=always" in text) == (part.ends, not part.ends), name
        assert ("PartOf=dondoc.target" in text) == (not part.ends), name


def test_the_page_lists_the_parts_in_their_order_with_what_they_need() -> None:
    rows = re.findall(r"^\| `dondoc ([a-z ]+)` \|.*\| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert [tuple(command.split()) for command, _ in rows] == [part.command for part in PARTS]
    for (command, needs), part in zip(rows, PARTS, strict=True):
        assert ("an API" in needs) == (part.prefect is PrefectSide.CLIENT), command
        assert ("Redis" in needs) == (part.prefect is PrefectSide.SERVER and not part.ends), command


def test_parts_come_after_those_that_start_before_them() -> None:
    names = [part.name for part in PARTS]
    for place, part in enumerate(PARTS):
        assert set(part.after) <= set(names[:place]), part.name


def test_the_image_has_every_room() -> None:
    rooms = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = re.findall(r"^COPY (\w+) \1$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert sorted(copied) == sorted(rooms["only-include"])
    named = re.findall(r"^COPY (?:--\S+ )*(.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    kept = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    assert sorted(kept) == sorted(" ".join(named).split()), "what the engine is given"


def test_what_a_container_refers_to_is_there() -> None:
    for name, each in COMPOSE["services"].items():
        assert set(each.get("depends_on", ())) <= set(COMPOSE["services"]), name
        assert set(each["networks"]) <= set(COMPOSE["networks"]), name
        assert set(each.get("secrets", ())) <= set(COMPOSE["secrets"]), name
        for volume in each.get("volumes", ()):
            source = volume.split(":")[0]
            known = (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
            assert known, (name, volume)
        if "env_file" in each:
            assert (DEPLOY / each["env_file"]).is_file()
        published = each.get("ports", [])
        assert not published or name == "proxy", "only the proxy is reached from outside"
    replicas = [name for name, each in OURS.items() if each["command"][:2] == ["part", "api"]]
    caddy = (DEPLOY / "Caddyfile").read_text("utf-8")
    assert len(replicas) == 2 and f"reverse_proxy {replicas[0]}:4200 {replicas[1]}:4200" in caddy
    assert OURS["worker"]["deploy"]["replicas"] == 2


def test_the_secrets_that_are_made_are_what_the_parts_want(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "make-secrets", tmp_path)
    shutil.copy(DEPLOY / "dondoc.env", tmp_path)
    subprocess.run([tmp_path / "make-secrets"], check=True, capture_output=True)
    made = {path.name: path for path in (tmp_path / "secrets").iterdir()}
    assert {f"./secrets/{name}" for name in made} == {each["file"] for each in COMPOSE["secrets"].values()}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.values()} == {0o600}
    if os.geteuid() == 0:
        dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
        assert f"--uid {made['secret-key'].stat().st_uid} " in dockerfile
    environ = variables((tmp_path / "dondoc.env").read_text("utf-8"))
    environ = {name: value.replace("/run/secrets", str(tmp_path / "secrets")) for name, value in environ.items()}
    require_multi_server(load_settings(environ | {"DONDOC_DATA_DIR": str(tmp_path)}))
    again = subprocess.run([tmp_path / "make-secrets"], check=False, capture_output=True)
    assert again.returncode == 1 and b"there already" in again.stderr


def test_the_contacts_to_begin_with_are_in_order() -> None:
    known = {office.code for office in load_plan().offices}
    file = DEPLOY / "etc" / "contacts.yaml"
    load_contacts(file, known_offices=known, language="vi", quiet=None, may_be_missing=False)


def variables(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if re.match(r"[A-Z_]+=", line))


def test_every_setting_that_is_named_exists() -> None:
    setting = re.compile(r"\b(?:DONDOC|PREFECT)_[A-Z_]*[A-Z]")
    where = [
        *FILES,
        ROOT / "docs" / "operations.md",
        ROOT / "hosting" / "prefect" / "environment.py",
        ROOT / "hosting" / "prefect" / "environment.toml",
        ROOT / "hosting" / "processes" / "multi_server.py",
    ]
    named = {path.name: set(setting.findall(path.read_text("utf-8"))) for path in where}
    ours = set(re.findall(r'"(DONDOC_[A-Z_]+)"', (ROOT / "config" / "settings.py").read_text("utf-8")))
    ours |= {f"{name}_FILE" for name in ours} | {"DONDOC_DOMAIN"}  # the last is the proxy's own
    known = ours | prefect_settings()
    assert {where: names - known for where, names in named.items() if names - known} == {}
    assert {"DONDOC_REDIS_URL", "PREFECT_SERVER_EVENTS_RETENTION_PERIOD"} <= named["operations.md"]


def prefect_settings() -> set[str]:
    """Every environment variable that Prefect, prefect-redis and the server's start heed."""
    from prefect.settings import Settings
    from prefect.settings.legacy import _get_settings_fields
    from prefect_redis.client import RedisMessagingSettings

    redis = {f"PREFECT_REDIS_MESSAGING_{name.upper()}" for name in RedisMessagingSettings.model_fields}
    # By these names no setting, but what the start of a server and a file of Prefect's look for.
    others = {"PREFECT__SERVER_WEBSERVER_ONLY", "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"}
    return set(_get_settings_fields(Settings)) | redis | others


def test_no_secret_stands_on_a_command_line_or_in_an_environment() -> None:
    for path in FILES:
        if path.name != "make-secrets":
            assert not re.search(r"://[^\s/@]*:[^\s/@]+@", path.read_text("utf-8")), path
    for each in COMPOSE["services"].values():
        settings = each.get("environment", {})
        assert not [name for name in settings if "PASSWORD" in name and not name.endswith("_FILE")]


def test_the_page_tells_of_every_unit_and_names_only_commands_there_are() -> None:
    for unit in units():
        assert unit.removesuffix(".service") in PAGE, unit
    for written in re.findall(r"`dondoc ((?:part )?[a-z]+)[ `]", PAGE):
        command: Any = get_command(app)
        for word in written.split():
            command = command.get_command(None, word)
            assert command is not None, written


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_finds_no_fault_with_the_units(tmp_path: Path) -> None:
    shutil.copytree(UNITS, tmp_path / "units")
    for name, text in units().items():
        runnable = text.replace(DONDOC, f"{shutil.which('true')} ")
        instance = name.replace("@.", "@4200.")
        (tmp_path / "units" / name).write_text(runnable, encoding="utf-8")
        (tmp_path / "units" / instance).write_text(runnable, encoding="utf-8")
    names = [name.replace("@.", "@4200.") for name in units()]
    done = subprocess.run(
        ["systemd-analyze", "verify", *names, "dondoc.target"],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path / 'units'}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    about_ours = [line for line in done.stderr.splitlines() if "dondoc" in line or str(tmp_path) in line]
    assert (done.returncode, about_ours) == (0, [])


def test_the_unit_of_one_machine_runs_everything_as_carefully_as_the_others() -> None:
    text = ONE_MACHINE.read_text("utf-8")
    assert command_of(text) == ["up"] and "Restart=always" in text and "WantedBy=multi-user.target" in text
    common = (UNITS / "dondoc-.service.d" / "common.conf").read_text("utf-8")
    guards = re.findall(r"^(?:No|Private|Protect|Restrict|Lock|UMask|StateDirectory)\w*=.*$", common, re.MULTILINE)
    assert len(guards) > 10 and not [each for each in guards if each not in text.splitlines()]
    assert not re.search(r"^[^#]*DONDOC_PREFECT_URL=", text, re.MULTILINE)
    for unit in (text, common, PAGE):
        assert "ReadWritePaths=" in unit, "a backup on another disk is not writable without"


@pytest.mark.parametrize("several", [False, True])
def test_a_command_beside_the_units_has_what_they_have(several: bool, tmp_path: Path) -> None:
    etc, dondoc, command = tmp_path / "etc", tmp_path / "dondoc", tmp_path / "command"
    etc.mkdir()
    if several:
        (etc / "secrets").mkdir()
    script = (UNITS / "dondoc").read_text("utf-8")
    command.write_text(script.replace("/etc/dondoc", str(etc)).replace(DONDOC.strip(), str(dondoc)), "utf-8")
    dondoc.write_text('#!/bin/sh\nenv; printf "<%s>" "$@"\n', encoding="utf-8")
    (tmp_path / "systemd-run").write_text('#!/bin/sh\nprintf "%s\\0" "$@"\n', encoding="utf-8")
    for each in (dondoc, tmp_path / "systemd-run"):
        each.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    asked = ["sh", str(command), "user", "add", "a@tinh.example", "--post", "Phòng Tổng hợp"]
    said = subprocess.run(asked, env=path, check=True, capture_output=True, text=True).stdout.split("\0")[:-1]
    given = {value for flag, value in pairwise(said) if flag == "-p"}
    unit = UNITS / "dondoc-.service.d" / "common.conf" if several else ONE_MACHINE
    lines = unit.read_text("utf-8").replace("/etc/dondoc", str(etc)).splitlines()
    kinds = ("User=", "Group=", "WorkingDirectory=", "Environment=DONDOC_", "EnvironmentFile=", "LoadCredential=")
    wanted = {line for line in lines if line.startswith(kinds)}
    assert given == {line for line in wanted if "%d" not in line}
    begin = next(place for place, word in enumerate(said) if word in ("/bin/sh", str(dondoc)))
    run = subprocess.run(said[begin:], env={"CREDENTIALS_DIRECTORY": "/c"}, check=True, capture_output=True, text=True)
    named = {line.removeprefix("Environment=").replace("%d", "/c") for line in wanted if "%d" in line}
    assert named == {line for line in run.stdout.splitlines() if line.startswith("DONDOC_")}
    assert run.stdout.endswith("<user><add><a@tinh.example><--post><Phòng Tổng hợp>")


@pytest.mark.later
@pytest.mark.parametrize("command", dict.fromkeys(map(tuple, COMMANDS.values())), ids=" ".join)
def test_every_command_is_started_as_it_is_written(command: tuple[str, ...], tmp_path: Path) -> None:
    """As a process with nothing set, once where a container and a unit have the same.

    What wants several machines says at once, in words, everything that is missing.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))}
    environment |= {"DONDOC_DATA_DIR": str(tmp_path / "data"), "DONDOC_PREFECT_URL": "http://127.0.0.1:9"}
    if command[0] == "portal":
        environment |= {"DONDOC_PORTAL_PORT": "4280", "DONDOC_DATABASE_URL": "sqlite:////proc/dondoc/store.sqlite"}
    started = subprocess.run(
        [sys.executable, "-m", "cli.main", *command],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert started.returncode == 1 and "Traceback" not in started.stderr, started.stderr
    assert "Lỗi: " in started.stderr and "Error: " in started.stderr
    if command[0] == "part":
        for missing in ("DONDOC_DATABASE_URL", "DONDOC_REDIS_URL", "DONDOC_SECRET_KEY"):
            assert missing in started.stderr


NGINX = (UNITS / "nginx.conf").read_text("utf-8")


def directives(text: str) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """Each directive of nginx's configuration with the blocks around it; raises ValueError for what is not closed."""
    found, inside, words = [], [], []  # type: ignore[var-annotated]
    for token in re.findall(r'"[^"]*"|[;{}]|[^\s;{}]+', re.sub(r"#.*", "", text)):
        if token == ";":
            found.append((tuple(inside), words[0], tuple(words[1:])))
            words = []
        elif token == "{":
            inside.append(" ".join(words))
            words = []
        elif token == "}":
            if words or not inside:
                raise ValueError(words or "}")
            inside.pop()
        else:
            words.append(token)
    if words or inside:
        raise ValueError(words or inside)
    return found


def test_nginx_does_what_caddy_does(tmp_path: Path) -> None:
    said = directives(NGINX)
    caddy = (UNITS / "Caddyfile").read_text("utf-8")
    proxied = {words[0].removeprefix("http://") for _, name, words in said if name == "proxy_pass"}
    assert "127.0.0.1:4280" in proxied and "reverse_proxy 127.0.0.1:4280" in caddy
    replicas = {words[0] for inside, name, words in said if name == "server" and inside == ("upstream dondoc_api",)}
    assert replicas == set(re.findall(r"10\.0\.0\.1[12]:4200", caddy))
    assert (("server", "location = /metrics"), "return", ("404",)) in said
    assert (("server",), "client_max_body_size", ("110m",)) in said and "max_size 110MB" in caddy
    forwarded = {words for inside, name, words in said if name == "proxy_set_header" and inside[-1] == "location /"}
    assert {("X-Forwarded-For", "$remote_addr"), ("X-Forwarded-Proto", "$scheme"), ("Host", "$host")} <= forwarded
    assert (("server",), "access_log", ("off",)) in said, "an address may be a key"
    for broken in ("server {", "server { listen 80 }", "}"):
        with pytest.raises(ValueError, match=r"."):
            directives(broken)
    if nginx := shutil.which("nginx"):
        whole = tmp_path / "nginx.conf"
        inner = re.sub(r"^ *ssl_certificate.*$|listen 10\S*;", "", NGINX, flags=re.MULTILINE).replace(" ssl;", ";")
        whole.write_text(f"events {{}}\nhttp {{\n{inner}\n}}\n", "utf-8")
        subprocess.run([nginx, "-t", "-c", whole, "-p", tmp_path], check=True, capture_output=True)
