"""The environment: defaults, secrets from files, and every fault at once without a secret in it."""

import os
from datetime import time
from pathlib import Path
from typing import ClassVar

import pytest

from cli.help import refuse
from config.rules.quiet_hours import OUT_OF_OFFICE, QuietHours
from config.settings import PLAN_DIR, Settings, SettingsErrors, load_settings

SECRET = "s3cr3t-p4ssw0rd"


def faults(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsErrors) as refused:
        load_settings(environ)
    everything = "\n".join([str(refused.value), refused.value.en, *refused.value.details])
    assert SECRET not in everything
    return list(refused.value.details)


class TestDefaults:
    def test_an_empty_environment_is_enough(self) -> None:
        settings = load_settings({})
        home = Path.home() / ".local" / "share" / "dondoc"
        assert settings == Settings(
            data_dir=home,
            database_url=f"sqlite:///{home}/dondoc.sqlite",
            plan_dir=PLAN_DIR,
            contacts_file=home / "contacts.yaml",
            templates_dir=None,
            signing_certificate=None,
            signing_password="",
            language="vi",
            quiet_hours=OUT_OF_OFFICE,
            sample=True,
            prefect_port=4200,
            prefect_url="",
            prefect_database_url="",
            redis_url="",
            portal_port=4280,
            portal_workers=min(len(os.sched_getaffinity(0)), 4),
            portal_url="http://127.0.0.1:4280",
            link_days=30,
            heartbeat="",
            senders=10,
            provider_rate=1000.0,
            recipient_rate=1.0,
            secret_key="",
            audit_key="",
            backup_dir=home / "backups",
            oidc_issuer="",
            oidc_client_id="",
            oidc_client_secret="",
            open_figures=False,
            webhook_hosts=frozenset(),
        )

    def test_everything_stored_moves_with_the_data_directory(self, tmp_path: Path) -> None:
        settings = load_settings({"DONDOC_DATA_DIR": str(tmp_path)})
        assert settings.database_url == f"sqlite:///{tmp_path}/dondoc.sqlite"
        for stored in (settings.contacts_file, settings.mailbox_dir, settings.prefect_home):
            assert stored.is_relative_to(tmp_path)

    def test_the_usual_place_of_data_is_kept_to(self) -> None:
        assert load_settings({"XDG_DATA_HOME": "/srv/data"}).data_dir == Path("/srv/data/dondoc")

    @pytest.mark.parametrize("name", ["DONDOC_LANGUAGE", "DONDOC_SAMPLE", "DONDOC_PORT", "DONDOC_DATABASE_URL"])
    def test_set_to_nothing_is_not_set(self, name: str) -> None:
        assert load_settings({name: "  "}) == load_settings({})

    def test_a_path_is_made_absolute_once(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.chdir(tmp_path)
        assert load_settings({"DONDOC_DATA_DIR": "here"}).data_dir == tmp_path / "here"
        assert load_settings({"DONDOC_DATA_DIR": "~/here"}).data_dir == Path.home() / "here"


class TestDatabase:
    @pytest.mark.parametrize(
        ("written", "did_you_mean"),
        [
            ("postgresql://u:p@h:5432/d", "postgresql+psycopg://u:p@h:5432/d"),
            ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
            ("postgresql+psycopg2://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
            ("sqlite:////srv/dondoc.sqlite", "sqlite:////srv/dondoc.sqlite"),
        ],
    )
    def test_the_driver_is_ours_whatever_the_address_says(self, written: str, did_you_mean: str) -> None:
        assert load_settings({"DONDOC_DATABASE_URL": written}).database_url == did_you_mean

    def test_its_password_does_not_show_in_a_representation(self) -> None:
        settings = load_settings({"DONDOC_DATABASE_URL": f"postgresql://dondoc:{SECRET}@localhost/dondoc"})
        assert SECRET in settings.database_url and SECRET not in repr(settings)

    def test_a_password_with_signs_in_it_survives(self) -> None:
        url = load_settings({"DONDOC_DATABASE_URL": "postgresql://u:p%40ss%2Fw%3A@h/d"}).database_url
        assert url == "postgresql+psycopg://u:p%40ss%2Fw%3A@h/d"

    @pytest.mark.parametrize(
        "url",
        [
            f"mysql://u:{SECRET}@h/d",
            f"u:{SECRET}@h/d",
            SECRET,
            f"postgresql://u:{SECRET}@h:port/d",
            f"postgresql://u:{SECRET}@h:5432x/d",
            f"://u:{SECRET}@h/d",
            f"{SECRET}://h/d",
            f"postgresql+{SECRET}x://h/d",
        ],
    )
    def test_another_address_is_refused_with_those_that_work_and_without_the_password(self, url: str) -> None:
        (fault,) = faults({"DONDOC_DATABASE_URL": url})
        assert fault.startswith("DONDOC_DATABASE_URL: ")
        assert "sqlite:////" in fault
        assert "postgresql://" in fault
        assert SECRET not in fault


class TestSecretsFromFiles:
    def test_a_value_may_lie_in_a_file(self, tmp_path: Path) -> None:
        secret = tmp_path / "url"
        secret.write_text(f"postgresql://u:{SECRET}@h/d\n", encoding="utf-8")
        settings = load_settings({"DONDOC_DATABASE_URL_FILE": str(secret)})
        assert settings.database_url == f"postgresql+psycopg://u:{SECRET}@h/d"

    def test_what_is_set_directly_wins(self, tmp_path: Path) -> None:
        assert load_settings({"DONDOC_LANGUAGE": "en", "DONDOC_LANGUAGE_FILE": str(tmp_path / "none")}).language == "en"

    @pytest.mark.parametrize("name", ["DONDOC_PORT", "DONDOC_LANGUAGE", "DONDOC_SAMPLE", "DONDOC_DATA_DIR"])
    def test_any_variable_can(self, tmp_path: Path, name: str) -> None:
        value = {"DONDOC_PORT": "4300", "DONDOC_LANGUAGE": "en", "DONDOC_SAMPLE": "0"}.get(name, str(tmp_path))
        (tmp_path / "value").write_text(f"{value}\n", encoding="utf-8")
        assert load_settings({f"{name}_FILE": str(tmp_path / "value")}) == load_settings({name: value})

    @pytest.mark.parametrize("kind", ["missing", "folder", "bytes"])
    def test_a_file_that_cannot_be_read_is_named_and_nothing_of_it_shown(self, tmp_path: Path, kind: str) -> None:
        path = tmp_path / "secret"
        if kind == "folder":
            path.mkdir()
        if kind == "bytes":
            path.write_bytes(SECRET.encode() + b"\xff")
        (fault,) = faults({"DONDOC_DATABASE_URL_FILE": str(path)})
        assert fault.startswith("DONDOC_DATABASE_URL_FILE: ")
        assert str(path) in fault

    def test_a_bad_secret_in_a_file_is_not_repeated(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text(f"mysql://u:{SECRET}@h/d", encoding="utf-8")
        (fault,) = faults({"DONDOC_DATABASE_URL_FILE": str(tmp_path / "secret")})
        assert "mysql" in fault


def test_every_fault_comes_at_once_in_the_order_of_the_settings(tmp_path: Path) -> None:
    found = faults(
        {
            "DONDOC_DATA_DIR_FILE": str(tmp_path / "nowhere"),
            "DONDOC_DATABASE_URL": f"oracle://u:{SECRET}@h/d",
            "DONDOC_LANGUAGE": "fr",
            "DONDOC_SAMPLE": "maybe",
            "DONDOC_PORT": "80000",
        }
    )
    assert [fault.split(":")[0] for fault in found] == [
        "DONDOC_DATA_DIR_FILE",
        "DONDOC_DATABASE_URL",
        "DONDOC_LANGUAGE",
        "DONDOC_SAMPLE",
        "DONDOC_PORT",
    ]
    for fault, value, right in zip(
        found[1:], ("oracle", "fr", "maybe", "80000"), ("postgresql://", "vi hoặc en", "1 hoặc 0", "65535"), strict=True
    ):
        assert f"«{value}»" in fault
        assert right in fault


@pytest.mark.parametrize("port", ["0", "-1", "65536", "4200.0", "４２００", "x", "4 200"])
def test_a_port_is_a_number_a_computer_has(port: str) -> None:
    (fault,) = faults({"DONDOC_PORT": port})
    assert f"«{port}»" in fault


@pytest.mark.parametrize(("text", "on"), [("1", True), ("TRUE", True), ("yes", True), ("0", False), ("Off", False)])
def test_a_switch_is_on_or_off(text: str, on: bool) -> None:
    assert load_settings({"DONDOC_SAMPLE": text}).sample is on


class TestOpenId:
    WHOLE: ClassVar = {
        "DONDOC_OIDC_ISSUER": "https://dangnhap.tinh.example/realms/tinh",
        "DONDOC_OIDC_CLIENT_ID": "dondoc",
        "DONDOC_OIDC_CLIENT_SECRET": SECRET,
    }

    def test_all_three_or_none(self) -> None:
        assert load_settings(self.WHOLE).oidc_issuer == "https://dangnhap.tinh.example/realms/tinh"
        assert SECRET not in repr(load_settings(self.WHOLE))
        for name in self.WHOLE:
            (fault,) = faults({key: value for key, value in self.WHOLE.items() if key != name})
            assert fault.startswith(f"{name}: ")

    @pytest.mark.parametrize(
        "issuer",
        ["http://dangnhap.tinh.example", "dangnhap", "https://", f"https://u:{SECRET}@h.example", "https://h/?a"],
    )
    def test_what_is_no_provider_is_refused(self, issuer: str) -> None:
        (fault,) = faults(self.WHOLE | {"DONDOC_OIDC_ISSUER": issuer})
        assert fault.startswith("DONDOC_OIDC_ISSUER: ")


def test_every_fault_is_told_in_english_too() -> None:
    wrong = {
        "DONDOC_DATABASE_URL": "oracle://h/d",
        "DONDOC_TEMPLATES": "/nowhere",
        "DONDOC_LANGUAGE": "fr",
        "DONDOC_QUIET_HOURS": "x",
        "DONDOC_SAMPLE": "x",
        "DONDOC_PORT": "abc",
        "DONDOC_PREFECT_URL": "http://[::1",
        "DONDOC_PREFECT_DATABASE_URL": "sqlite:////x",
        "DONDOC_REDIS_URL": "x",
        "DONDOC_LINK_DAYS": "0",
        "DONDOC_HEARTBEAT": "ftp://x",
        "DONDOC_SENDERS": "1000",
        "DONDOC_RECIPIENT_RATE": "nan",
        "DONDOC_SECRET_KEY": SECRET,
        "DONDOC_OIDC_ISSUER": "x",
        "DONDOC_OIDC_CLIENT_ID_FILE": "/nowhere",
    }
    with pytest.raises(SettingsErrors) as refused:
        load_settings(wrong)
    vi, en = refused.value.details, refused.value.details_en
    assert [line.partition(":")[0] for line in en] == list(wrong) == [line.partition(":")[0] for line in vi]
    assert all(there != here and here.replace("…", "").isascii() for there, here in zip(vi, en, strict=True))
    assert SECRET not in "".join(en)
    with pytest.raises(SettingsErrors) as refused:
        load_settings({"DONDOC_OIDC_CLIENT_ID": "x"})
    assert all("is missing" in line for line in refused.value.details_en)


def test_both_languages_are_printed_with_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsErrors) as refused:
        load_settings({"DONDOC_PORT": "abc"})
    with pytest.raises(SystemExit):
        refuse(refused.value)
    assert capsys.readouterr().err.splitlines() == [
        "Lỗi: Biến môi trường của dondoc có lỗi:",
        "  - DONDOC_PORT: «abc» không phải số cổng; dùng số từ 1 đến 65535.",
        "Error: dondoc's environment variables have errors:",
        "  - DONDOC_PORT: 'abc' is not a port number; use a number from 1 to 65535.",
    ]


def test_quiet_hours_are_two_times_or_never() -> None:
    assert load_settings({"DONDOC_QUIET_HOURS": "18:00–07:00"}).quiet_hours == QuietHours(time(18), time(7))
    assert load_settings({"DONDOC_QUIET_HOURS": "never"}).quiet_hours is None
    (fault,) = faults({"DONDOC_QUIET_HOURS": "tối"})
    assert fault.startswith("DONDOC_QUIET_HOURS: ")


def test_a_heartbeat_is_a_file_or_a_page_and_never_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings({"DONDOC_HEARTBEAT": "beat"}).heartbeat == str(tmp_path / "beat")
    settings = load_settings({"DONDOC_HEARTBEAT": f"https://watch.example/{SECRET}"})
    assert settings.heartbeat.endswith(SECRET) and SECRET not in repr(settings)
    for wrong in (f"ftp://{SECRET}", f"https:///{SECRET}"):
        (fault,) = faults({"DONDOC_HEARTBEAT": wrong})
        assert fault.startswith("DONDOC_HEARTBEAT: ")
