"""A broken plan is refused with every fault at once, each naming file, key, value and what would be right."""

import re
import shutil
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from config.catalogue.loader import PlanError, PlanErrors, load_plan
from config.settings import PLAN_0_1_DIR
from tests.support.plans import plan_of

Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the plan as shipped, to be broken."""
    return Path(shutil.copytree(PLAN_0_1_DIR, tmp_path / "plan"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Puts new words in the place of old ones, at their first occurrence."""

    def replace(name: str, old: str, new: str) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def errors_of(folder: Path) -> tuple[PlanError, ...]:
    with pytest.raises(PlanErrors) as refused:
        load_plan(folder)
    assert refused.value.details == tuple(str(error) for error in refused.value.errors)
    return refused.value.errors


def only_error(folder: Path) -> PlanError:
    (error,) = errors_of(folder)
    return error


def test_the_plan_as_shipped_is_read_the_same_from_anywhere(folder: Path) -> None:
    assert load_plan(folder).version == load_plan(PLAN_0_1_DIR).version


def test_a_comment_changes_nothing_and_a_word_does(folder: Path, edit: Edit) -> None:
    shipped = load_plan(folder).version
    edit("p2.yaml", "code: p2", "# lời nhắc\ncode: p2")
    assert load_plan(folder).version == shipped
    edit("p2.yaml", "Số buổi tuyên truyền", "Số cuộc tuyên truyền")
    assert load_plan(folder).version != shipped


def test_twelve_faults_in_six_files_are_told_at_once(folder: Path, edit: Edit) -> None:
    edit("directive.yaml", "coordinator: CAT", "coordinator: CATT")
    edit("directive.yaml", "before_date: strict", "before_date: sometimes")
    edit("offices.yaml", "valid_to: 2025-06-30", "valid_to: 2025-06-31")
    edit("offices.yaml", "kind: front", "kind: fronts")
    edit("ladders.yaml", "offset: -5", "offset: năm ngày")
    edit("ladders.yaml", "severity: 60", "severity: 60, repeat_every: 3")
    edit("p1.yaml", "documents: [QC88,", "documents: [QC89,")
    edit(
        "p1.yaml",
        "due: {lead: ISSUE+20, coordinating: ISSUE+17}",
        "due: {lead: ISSUE+20, coordinating: ISSUE+25}",
    )
    edit("p3.yaml", "lead: ND09-Y, coordinating", "lead: ND09-X, coordinating")
    edit("p3.yaml", "coordinating: [CAT, TTR]", "coordinating: [CAT, TTX]")
    edit("p3.yaml", "ton_dau_ky + phat_sinh - da", "ton_dau_ki + phat_sinh - da")
    edit("p5.yaml", "    documents: [TT124, QD510]", "    document: [TT124, QD510]")
    assert [(error.file, error.key, error.value) for error in errors_of(folder)] == [
        ("directive.yaml", "coordinator", "CATT"),
        ("directive.yaml", "conventions.before_date", "sometimes"),
        ("offices.yaml", "MTTQ.kind", "fronts"),
        ("offices.yaml", "BDBP.valid_to", "2025-06-31"),
        ("ladders.yaml", "standard.rungs[2].offset", "năm ngày"),
        ("ladders.yaml", "standard.rungs[6].repeat_every", 3),
        ("p1.yaml", "T0.2.documents[0]", "QC89"),
        ("p1.yaml", "T0.2.steps[0].due.coordinating", "ISSUE+25"),
        ("p3.yaml", "T3.1.steps[0].due.lead", "ND09-X"),
        ("p3.yaml", "T3.4.steps[0].coordinating[1].office", "TTX"),
        ("p3.yaml", "T3.4.report.checks[0].expression", "ton_dau_ki"),
        ("p5.yaml", "T5.7.document", ["TT124", "QD510"]),
    ]


def test_faults_in_one_step_hide_none_in_it(folder: Path, edit: Edit) -> None:
    edit(
        "p4.yaml",
        "title_en: Plan\n        trigger: year",
        "title_en: Plan\n        note: x\n        trigger: year",
    )
    edit(
        "p4.yaml",
        "lead: BEFORE:31/01, coordinating: BEFORE:20/01",
        "lead: BEFORE:31/01, coordinating: BEFORE:30/01",
    )
    assert {error.key for error in errors_of(folder)} == {
        "T4.1.steps[0].note",
        "T4.1.steps[0].due.coordinating",
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "advice"),
    [
        ("p3.yaml", "lead: ND09-Y,", "lead: ND09-X,", "T3.1.steps[0].due.lead", "viết ND09-Q"),
        (
            "p3.yaml",
            "coordinating: [CAT, TTR]",
            "coordinating: [CAT, TTX]",
            "T3.4.steps[0].coordinating[1].office",
            "«TTR»",
        ),
        ("p3.yaml", "[signatories]", "[signatorys]", "T3.1.steps[0].coordinating[0].group", "«signatories»"),
        ("p2.yaml", "depends_on:", "depend_on:", "T2.5.depend_on", "«depends_on»"),
        ("p2.yaml", "depends_on: [T2.3]", "depends_on: [T2.33]", "T2.5.depends_on[0]", "«T2.3»"),
        ("p2.yaml", "depends_on: [T2.3]", "depends_on: [T2.5]", "T2.5.depends_on", "chính việc này"),
        ("p4.yaml", "systems: [CSDLQGDC]", "systems: [CSDL]", "T4.2.systems[0]", "CSDLQGDC"),
        ("p4.yaml", "monitor: BNC", "monitor: BNCC", "T4.7.monitor", "«BNC»"),
        ("p4.yaml", "monitor: BNC", "ladder: standart", "T4.7.ladder", "«standard»"),
        ("p3.yaml", "trigger: month", "trigger: monthly", "T3.2.steps[0].trigger", "«month»"),
        ("p3.yaml", "lead: ND09-M,", "lead: ND09-Q,", "T3.2.steps[0].due.lead", "trigger: quarter"),
        ("p3.yaml", "texts: false", "texts: khong", "T3.2.report.texts", "true hoặc false"),
        ("p3.yaml", "code: T3.5", "code: T4.9", "T4.9.code", "p4.yaml"),
        ("p3.yaml", "code: T3.5", "code: T3.4", "subtasks[4].code", "mỗi mã chỉ một lần"),
        ("p3.yaml", "code: p3", "code: p2", "code", "p3"),
        ("p3.yaml", "kind: event", "kind: principle", "T3.6.steps", "bỏ steps"),
        ("p3.yaml", "key: closing_report", "key: plan", "T3.6.steps[2].key", "mỗi mã chỉ một lần"),
        (
            "p3.yaml",
            "{key: phat_sinh,",
            "{key: ton_dau_ky,",
            "T3.4.report.counts[1].key",
            "mỗi mã chỉ một lần",
        ),
        ("p3.yaml", "key: minerals", "key: land", "T3.4.steps[0].variants[2].key", "mỗi mã chỉ một lần"),
        ("p3.yaml", "input_from: [plan]", "input_from: [plane]", "T3.6.steps[1].input_from", "«plan»"),
        (
            "p1.yaml",
            "ND09-H:compiled",
            "ND09-H:coordinating",
            "T1.4.steps[1].input_from",
            "không trước bước này",
        ),
        ("p1.yaml", "report_to: [TU, UBND]", "report_to: [TU, UBNN]", "T1.4.steps[1].report_to[1]", "«UBND»"),
        ("p1.yaml", "coordinating: [CAT]\n", "\n", "T0.1.steps[0].due.coordinating", "cơ quan phối hợp"),
        ("p1.yaml", "lead: signatories\n", "\n", "T0.1.steps[0].lead", "thiếu cơ quan chủ trì"),
        (
            "p1.yaml",
            "    title_vi: Báo cáo phân tích nguyên nhân tồn tại\n",
            "",
            "T0.1.title_vi",
            "thiếu mục này",
        ),
        (
            "p1.yaml",
            "title_en: Analyse the causes of the weaknesses",
            "title_en: 2024",
            "T0.1.title_en",
            "ngoặc kép",
        ),
        ("p1.yaml", "basis: proposal", "basis: law of nature", "T0.1.basis", "law, practice, analogy"),
        ("offices.yaml", "valid_to: 2025-06-30", "valid_to: 30/06/2025", "BDBP.valid_to", "2023-08-17"),
        ("offices.yaml", "successor: BCHQS", "successor: BCHQ", "BDBP.successor", "«BCHQS»"),
        ("offices.yaml", "    valid_to: 2025-06-30\n", "", "BDBP.valid_to", "ngày cuối cùng"),
        (
            "offices.yaml",
            "valid_from: 2025-07-01",
            "valid_from: 2025-07-01\n    valid_to: 2025-01-01",
            "XA.valid_to",
            "trước valid_from",
        ),
        ("offices.yaml", "code: TTR,", "code: BNC,", "offices[29].code", "mỗi mã chỉ một lần"),
        ("offices.yaml", "code: TTR,", "code: ttr,", "ttr.code", "chữ in hoa"),
        (
            "ladders.yaml",
            "name: due_in_1,",
            "name: due_in_5,",
            "standard.rungs[3].name",
            "mỗi mã chỉ một lần",
        ),
        ("ladders.yaml", "severity: 60", "severity: 600", "standard.rungs[6].severity", "100"),
        (
            "ladders.yaml",
            "audiences: [focal, head]",
            "audiences: [focal, boss]",
            "standard.rungs[6].audiences[1]",
            "coordinator",
        ),
        ("calendar.yaml", "kind: day_off", "kind: day_of", "", "day_off"),
        ("calendar.yaml", "kind: day_off", "kind: day_off\n    kind: working_day", "", "«kind» viết hai lần"),
    ],
)
def test_a_fault_names_its_place_and_what_is_right(
    folder: Path, edit: Edit, name: str, old: str, new: str, key: str, advice: str
) -> None:
    edit(name, old, new)
    errors = [error for error in errors_of(folder) if (error.file, error.key) == (name, key)]
    assert errors, [str(error) for error in errors_of(folder)]
    assert advice in errors[0].problem_vi
    assert errors[0].problem_en
    assert str(errors[0]).startswith(f"{name}: {key}".removesuffix(": "))


def test_a_plan_broken_in_every_way_at_once_tells_each_fault_and_no_other(folder: Path, edit: Edit) -> None:
    """Slips of every sort in nine files, among them one empty, one not UTF-8, one not YAML."""
    edit("directive.yaml", "coordinator: CAT", "coordinator: CATT")
    edit("directive.yaml", "date: 2023-08-17\n", "date: 17/8/2023\n")
    edit("offices.yaml", "    successor: BCHQS\n", "    successor: BCHQ\n")
    edit("offices.yaml", "valid_from: 2025-07-01", "valid_from: 2025-07-01\n    valid_to: 2025-01-01")
    edit("offices.yaml", "    valid_from: 2025-03-01", "    valid_from: 2025-03-01\n    successor: SNNMT")
    edit("offices.yaml", "kind: front", "kind: fronts")
    edit("offices.yaml", "    assumed: true\n    valid_to", "    assumed: true\n    assumed: true\n    valid_to")
    edit("p1.yaml", "documents: [QC88,", "documents: [QC89,")
    edit("p1.yaml", "kind: one-off", "kind: one-of")
    edit("p1.yaml", "    title_vi: Báo cáo phân tích nguyên nhân tồn tại\n", "")
    edit("p1.yaml", "coordinating: [CAT]", "cordinating: [CAT]")
    edit("p1.yaml", "lead: ISSUE+20, coordinating: ISSUE+17", "lead: ND09-Q, coordinating: ISSUE+17")
    edit("p1.yaml", "lead: ISSUE+60, coordinating: ISSUE+57", "lead: ISSUE+60, coordinating: ISSUE+60")
    edit("p1.yaml", "<= so_noi_dung_bat_cap", "<= so_noi_dung_bat_capp")
    edit("p1.yaml", "  - code: T1.1", "  - code: T0.1")
    edit("p1.yaml", "  - code: T1.2", "  - code: T2.2")
    (folder / "p3.yaml").write_text("# chưa có gì\n", encoding="utf-8")
    (folder / "p4.yaml").write_bytes((folder / "p4.yaml").read_text(encoding="utf-8").encode("utf-16"))
    edit("p5.yaml", "kind: principle", "kind: [principle")
    edit("ladders.yaml", "offset: -5", "offset: năm ngày")
    edit("ladders.yaml", "audiences: [focal, head]", "audiences: focal")
    edit("calendar.yaml", "date: 2026-01-02", "date: 2026-02-30")
    edit("calendar.yaml", "provisional_from: 2027", "provisional_from: sớm")
    errors = errors_of(folder)
    assert [(error.file, error.key, error.value) for error in errors] == [
        ("directive.yaml", "date", "17/8/2023"),
        ("directive.yaml", "coordinator", "CATT"),
        ("offices.yaml", "", None),
        ("offices.yaml", "MTTQ.kind", "fronts"),
        ("offices.yaml", "BDBP.successor", "BCHQ"),
        ("offices.yaml", "XA.valid_to", "2025-01-01"),
        ("offices.yaml", "SNNMT.valid_to", None),
        ("offices.yaml", "SNNMT.successor", "SNNMT"),
        ("ladders.yaml", "standard.rungs[2].offset", "năm ngày"),
        ("ladders.yaml", "standard.rungs[6].audiences", "focal"),
        ("p1.yaml", "T0.1.title_vi", None),
        ("p1.yaml", "T0.1.steps[0].cordinating", ["CAT"]),
        ("p1.yaml", "T0.1.kind", "one-of"),
        ("p1.yaml", "T0.2.documents[0]", "QC89"),
        ("p1.yaml", "subtasks[2].code", "T0.1"),
        ("p1.yaml", "T0.2.report.checks[0].expression", "so_noi_dung_bat_capp"),
        ("p1.yaml", "T0.2.steps[0].due.lead", "ND09-Q"),
        ("p1.yaml", "T0.2.steps[1].due.coordinating", "ISSUE+60"),
        ("p1.yaml", "T2.2.code", "T2.2"),
        ("p2.yaml", "subtasks[1].code", "T2.2"),
        ("p3.yaml", "", None),
        ("p4.yaml", "", None),
        ("p5.yaml", "", None),
        ("calendar.yaml", "", None),
        ("calendar.yaml", "", None),
    ]
    assert all(error.problem_vi and error.problem_en for error in errors)


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("offices.yaml", "name_en: Communes and wards\n    kind: locality", "name_en: X\n    kind: localty", "XA.kind"),
        ("offices.yaml", "    name_vi: Các xã, phường\n", "", "XA.name_vi"),
        ("offices.yaml", "successor: SNNMT", "successor: 5", "STNMT.successor"),
        ("offices.yaml", "successor: SNNMT", "sucessor: SNNMT", "STNMT.sucessor"),
        ("offices.yaml", "code: SNNMT", "code: snnmt", "snnmt.code"),
        ("offices.yaml", "groups: [event_support]", "groups: event_support", "CAT.groups"),
        ("directive.yaml", "id: QC88\n", "id: qc88\n", "qc88.id"),
        ("ladders.yaml", "code: standard", "code: Standard!", "Standard!.code"),
        ("p1.yaml", "coordinating: [CAT]", "cordinating: [CAT]", "T0.1.steps[0].cordinating"),
        ("p1.yaml", "coordinating: ISSUE+12", "coordinatin: ISSUE+12", "T0.1.steps[0].due.coordinatin"),
        ("p1.yaml", "lead: signatories", "leed: signatories", "T0.1.steps[0].leed"),
        ("p1.yaml", "lead: signatories", "lead: signatoris", "T0.1.steps[0].lead.group"),
        ("p1.yaml", "due: {lead: ISSUE+15, ", "due: {", "T0.1.steps[0].due.lead"),
        ("p1.yaml", "{key: so_noi_dung_da_sua,", "{key: so-noi-dung-da-sua,", "T0.2.report.counts[1].key"),
        ("p1.yaml", "        trigger: issue\n", "        triger: issue\n", "T0.1.steps[0].triger"),
        ("p3.yaml", "key: plan\n", "key: Plan!\n", "T3.6.steps[0].key"),
    ],
)
def test_a_slip_is_one_fault_however_many_lines_speak_of_it(
    folder: Path, edit: Edit, name: str, old: str, new: str, key: str
) -> None:
    edit(name, old, new)
    error = only_error(folder)
    assert (error.file, error.key) == (name, key)


@pytest.mark.parametrize(
    ("name", "key"), [("offices.yaml", "offices"), ("p2.yaml", "subtasks"), ("ladders.yaml", "ladders")]
)
def test_a_list_under_a_misspelt_key_makes_nothing_unknown(folder: Path, edit: Edit, name: str, key: str) -> None:
    edit(name, f"\n{key}:\n", f"\n{key[:-1]}:\n")
    assert [(error.file, error.key) for error in errors_of(folder)] == [(name, key), (name, key[:-1])]


def test_a_misspelt_group_does_not_quietly_leave_its_office_without_work(folder: Path, edit: Edit) -> None:
    edit("offices.yaml", "groups: [signatories, project06, event_support]", "groups: [signatorie, project06]")
    error = only_error(folder)
    assert (error.file, error.key, error.value) == ("offices.yaml", "SYT.groups[0]", "signatorie")
    assert "«signatories»" in error.problem_vi


def test_an_office_cannot_coordinate_with_itself_alone(folder: Path, edit: Edit) -> None:
    edit("p5.yaml", "coordinating: [BTCTU]", "coordinating: [CAT] # thử")
    error = only_error(folder)
    assert (error.key, error.value) == ("T5.8.steps[0].coordinating", "CAT")
    edit("p5.yaml", "coordinating: [CAT] # thử", "coordinating: [CAT, BTCTU]")
    load_plan(folder)


@pytest.mark.parametrize("written", ["cat", "Cat", "CATT"])
def test_an_office_in_the_wrong_letters_is_taken_for_an_office(folder: Path, edit: Edit, written: str) -> None:
    edit("p1.yaml", "coordinating: [CAT]", f"coordinating: [{written}]")
    error = only_error(folder)
    assert error.key == "T0.1.steps[0].coordinating[0].office"
    assert "«CAT»" in error.problem_vi


# Words only English has; forms of rules, keys and values of the plan are in English letters and stay.
_ENGLISH = re.compile(
    r"\b(should|input|valid|value|items?|field|required|string|expected|found|must|extra|greater|less|than|finite)\b"
)
_TITLE = "title_vi: Báo cáo phân tích nguyên nhân tồn tại"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("p1.yaml", _TITLE, f"title_vi: {'x' * 300}"),
        ("p1.yaml", _TITLE, "title_vi: ' '"),
        ("p1.yaml", _TITLE, "title_vi:"),
        ("p1.yaml", _TITLE, 'title_vi: "a\\0b"'),
        ("p1.yaml", _TITLE, "title_vi: !!set {a, b}"),
        ("p1.yaml", _TITLE, "title_vi: !!binary gIGC"),
        ("p1.yaml", "lead: signatories", "lead: [signatories, signatories]"),
        ("p1.yaml", "lead: signatories", "lead: 12"),
        ("p1.yaml", "lead: signatories", "lead: {host: false}"),
        ("p1.yaml", "lead: signatories", "lead: {office: CAT, group: signatories}"),
        ("p1.yaml", "due: {lead: ISSUE+15, coordinating: ISSUE+12}", "due: ISSUE+15"),
        ("p1.yaml", "coordinating: [CAT]", "coordinating: CAT"),
        ("p1.yaml", "code: p1\n", "code: p1\n1: x\n"),
        ("p1.yaml", "code: p1\n", "code: p1\n? \n: x\n"),
        ("p1.yaml", "code: p1\n", "code: *p1\n"),
        ("p1.yaml", "code: p1\n", "code: !!python/object:os.system p1\n"),
        ("p1.yaml", "code: p1\n", "code: p1: p2\n"),
        ("p2.yaml", "subtasks:\n", "subtasks:\n  - T2.9\n"),
        ("p3.yaml", "texts: false", "texts: khong"),
        ("ladders.yaml", "offset: -5", "offset: 1.5"),
        ("ladders.yaml", "offset: -5", "offset: !!float .inf"),
        ("ladders.yaml", "offset: -5", "offset: !!float 1.5"),
        ("ladders.yaml", "offset: -5", "offset: 99999999999999999999999999"),
        ("ladders.yaml", "name: due_in_1,", "name: 'Due in',"),
        ("ladders.yaml", "audiences: [focal, head]", "audiences: []"),
        ("offices.yaml", "valid_to: 2025-06-30", "valid_to: true"),
        ("calendar.yaml", "overrides:", "overrides: ["),
        ("calendar.yaml", "kind: day_off", "kind: 1"),
    ],
)
def test_a_vietnamese_line_is_vietnamese_and_an_english_one_english(
    folder: Path, edit: Edit, name: str, old: str, new: str
) -> None:
    edit(name, old, new)
    for error in errors_of(folder):
        assert error.file == name
        assert not _ENGLISH.search(error.problem_vi), error.problem_vi
        assert "\n" not in str(error)
        assert not re.search(r"[À-ỹ]", error.problem_en), error.problem_en


def test_the_line_reads_file_key_value_advice(folder: Path, edit: Edit) -> None:
    edit("p3.yaml", "lead: ND09-M,", "lead: ND09-Q,")
    error = only_error(folder)
    assert str(error) == "p3.yaml: T3.2.steps[0].due.lead = 'ND09-Q': đi với trigger: quarter; ở đây là month"
    assert error.en == "p3.yaml: T3.2.steps[0].due.lead = 'ND09-Q': goes with trigger: quarter, not month"


class TestFiles:
    def test_a_missing_file(self, folder: Path) -> None:
        (folder / "directive.yaml").unlink()
        assert str(errors_of(folder)[0]) == f"directive.yaml: không có tệp này trong {folder}"

    def test_without_the_offices_no_office_is_called_unknown(self, folder: Path) -> None:
        (folder / "offices.yaml").unlink()
        assert only_error(folder).file == "offices.yaml"

    def test_a_missing_folder(self, tmp_path: Path) -> None:
        assert "không có thư mục này" in str(only_error(tmp_path / "nowhere"))

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"", "tệp trống".encode()),
            (b"# only a remark\n", "tệp trống".encode()),
            (b"- a list\n", "mục: giá trị".encode()),
            ("code: p2\ntitle_vi: Tuyên truyền".encode("utf-16"), b"UTF-8"),
            (b"code: p2\nnumeral: [Hai\n", "sai cú pháp YAML".encode()),
            (b"code: p2\n\tnumeral: Hai\n", b"tab"),
            (b"code: p2\n[a, b]: 1\n", "sai cú pháp YAML".encode()),
            (b"code: p\x002\n", "sai cú pháp YAML".encode()),
            (b"code: " + b"[" * 5000 + b"]" * 5000, "quá sâu".encode()),
        ],
    )
    def test_what_cannot_be_read_is_said_in_words(self, folder: Path, content: bytes, problem: bytes) -> None:
        (folder / "p2.yaml").write_bytes(content)
        assert problem.decode() in only_error(folder).problem_vi

    def test_bad_syntax_and_bad_bytes_tell_their_line(self, folder: Path, edit: Edit) -> None:
        edit("p2.yaml", "kind: principle", "kind: [principle")
        (folder / "p3.yaml").write_bytes(b"code: p3\nnumeral: Ba l\xe0\n")
        syntax, encoding = errors_of(folder)
        assert syntax.problem_vi.startswith("dòng ")
        assert syntax.problem_en.startswith("line ")
        assert encoding.problem_vi.startswith("dòng 2: ")

    def test_a_key_written_twice_is_a_fault(self, folder: Path, edit: Edit) -> None:
        edit("p2.yaml", "    kind: principle\n", "    kind: principle\n    kind: one-off\n")
        assert any("«kind» viết hai lần" in error.problem_vi for error in errors_of(folder))

    def test_a_byte_order_mark_and_decomposed_accents_do_no_harm(self, folder: Path) -> None:
        shipped = load_plan(folder)
        path = folder / "p1.yaml"
        decomposed = unicodedata.normalize("NFD", path.read_text(encoding="utf-8"))
        path.write_text(decomposed, encoding="utf-8-sig")
        assert load_plan(folder).version == shipped.version

    def test_a_value_that_holds_itself_is_refused(self, folder: Path, edit: Edit) -> None:
        edit("p1.yaml", "documents: [QC88, QC541, QC190, QCPH15]", "documents: &it [*it]")
        assert only_error(folder).key == "T0.2.documents[0]"

    def test_faults_come_in_the_order_of_the_files(self, folder: Path) -> None:
        (folder / "offices.yaml").unlink()
        for name in ("p5.yaml", "p1.yaml", "calendar.yaml"):
            (folder / name).write_text("", encoding="utf-8")
        assert [error.file for error in errors_of(folder)] == [
            "offices.yaml",
            "p1.yaml",
            "p5.yaml",
            "calendar.yaml",
        ]


@pytest.mark.parametrize(
    ("name", "old", "new", "did_you_mean"),
    [
        ("p1.yaml", "code: T1.1\n", "code: t1.1\n", "T1.1"),
        ("p1.yaml", "code: T1.1\n", "code: T1,1\n", "T1.1"),
        ("p1.yaml", "code: T1.1\n", "code: T1.01\n", "T1.1"),
        ("p1.yaml", "code: T1.1\n", "code: T11\n", "T1.1"),
        ("p1.yaml", "code: T1.1\n", "code: '1.1'\n", "T1.1"),
        ("p1.yaml", "code: p1\n", "code: P1\n", "p1"),
        ("offices.yaml", "code: TTR,", "code: 'TTR ',", "TTR"),
        ("offices.yaml", "code: TTR,", "code: T-TR,", "TTR"),
        ("offices.yaml", "groups: [event_support]", "groups: [event-support]", "event_support"),
        ("directive.yaml", "id: QC88\n", "id: QC-88\n", "QC88"),
        ("p3.yaml", "key: plan\n", "key: Kế hoạch\n", "ke_hoach"),
        ("ladders.yaml", "name: due_in_1,", "name: Due in 1,", "due_in_1"),
        ("p1.yaml", "coordinating: [CAT]", "coordinating: [CÁT]", "CAT"),
    ],
)
def test_a_code_that_is_nearly_right_is_asked_after_in_its_right_form_and_told_once(
    folder: Path, edit: Edit, name: str, old: str, new: str, did_you_mean: str
) -> None:
    edit(name, old, new)
    errors = [error for error in errors_of(folder) if "input_from" not in error.key]
    assert [error.file for error in errors] == [name]
    assert f"; có phải «{did_you_mean}»?" in errors[0].problem_vi
    assert f"; did you mean '{did_you_mean}'?" in errors[0].problem_en


@pytest.mark.parametrize("code", ["T100.1", "T1.0", "T1.100", "T01.3", "Một.1"])
def test_a_code_that_could_be_anything_is_told_its_form_and_no_guess(folder: Path, edit: Edit, code: str) -> None:
    edit("p1.yaml", "code: T1.1\n", f"code: {code}\n")
    (error,) = errors_of(folder)
    assert "số việc (1–99), ví dụ T3.4" in error.problem_vi
    assert "có phải" not in error.problem_vi


def test_a_letter_that_only_looks_latin_is_named(folder: Path, edit: Edit) -> None:
    edit("offices.yaml", "code: TTR,", "code: \u0422TR,")
    assert "«\u0422» không phải chữ Latinh" in only_error(folder).problem_vi


class TestDependencies:
    def test_a_ring_is_told_once_across_files(self, folder: Path, edit: Edit) -> None:
        edit("p1.yaml", "  - code: T1.1\n", "  - code: T1.1\n    depends_on: [T1.2, T2.5]\n")
        edit("p1.yaml", "  - code: T1.2\n", "  - code: T1.2\n    depends_on: [T1.3]\n")
        edit("p2.yaml", "  - code: T2.3\n", "  - code: T2.3\n    depends_on: [T1.1]\n")
        error = only_error(folder)
        assert (error.file, error.key, error.value) == ("p1.yaml", "T1.1.depends_on", "T2.5")
        assert error.problem_vi == "nối thành vòng: T1.1 → T2.5 → T2.3 → T1.1; bỏ một chỗ"
        assert "forms a loop" in error.problem_en

    def test_a_subtask_in_two_rings_and_on_itself_tells_all_three(self, folder: Path, edit: Edit) -> None:
        edit("p1.yaml", "  - code: T1.1\n", "  - code: T1.1\n    depends_on: [T1.1, T1.2]\n")
        edit("p1.yaml", "  - code: T1.2\n", "  - code: T1.2\n    depends_on: [T1.1, T1.3]\n")
        edit("p1.yaml", "  - code: T1.3\n", "  - code: T1.3\n    depends_on: [T1.2]\n")
        assert [error.problem_vi.partition(";")[0] for error in errors_of(folder)] == [
            "là chính việc này",
            "nối thành vòng: T1.1 → T1.2 → T1.1",
            "nối thành vòng: T1.3 → T1.2 → T1.3",
        ]

    def test_two_ways_to_the_same_subtask_are_no_ring(self, folder: Path, edit: Edit) -> None:
        edit("p1.yaml", "  - code: T1.1\n", "  - code: T1.1\n    depends_on: [T1.2, T1.3]\n")
        edit("p1.yaml", "  - code: T1.2\n", "  - code: T1.2\n    depends_on: [T1.3]\n")
        load_plan(folder)


class TestOffices:
    def test_a_ring_of_successors_is_told_once(self, folder: Path, edit: Edit) -> None:
        edit(
            "offices.yaml",
            "    valid_from: 2025-03-01",
            "    valid_from: 2025-03-01\n    valid_to: 2026-12-31\n    successor: STNMT",
        )
        rings = [error for error in errors_of(folder) if "nối thành vòng" in error.problem_vi]
        assert [error.key for error in rings] == ["SNNMT.successor"]

    def test_a_gap_before_the_successor_begins(self, folder: Path, edit: Edit) -> None:
        edit("offices.yaml", "valid_from: 2025-03-01", "valid_from: 2025-04-01")
        assert "không ai nhận việc" in errors_of(folder)[0].problem_vi

    def test_an_end_without_successor_leaves_work_without_office(self, folder: Path, edit: Edit) -> None:
        edit("offices.yaml", "    successor: STC\n", "")
        error = only_error(folder)
        assert (error.file, error.key, error.value) == ("p3.yaml", "T3.4.steps[0].lead", "SKHDT")
        assert "01/03/2025" in error.problem_vi

    def test_communes_may_be_listed_one_by_one(self, folder: Path) -> None:
        path = folder / "offices.yaml"
        communes = "".join(
            f"  - {{code: XA{number:03}, name_vi: Xã {number}, name_en: Commune {number}, kind: locality,"
            " member_of: XA, valid_from: 2025-07-01}\n"
            for number in range(1, 167)
        )
        path.write_text(path.read_text(encoding="utf-8") + communes, encoding="utf-8")
        plan = load_plan(folder)
        (lead,) = {lead for _, lead, _ in plan.step("T5.7", "residential").groups()}
        assert plan.resolve(lead, date(2024, 1, 1)) == ("HUYEN",)
        assert len(plan.resolve(lead, date(2026, 1, 1))) == 166


def test_the_rules_are_tried_by_the_plans_own_reading_of_before(folder: Path, edit: Edit) -> None:
    # 15/9/2025 is a Monday: «trước ngày 15/9» is Friday 12/9, unless it is read as "to the end of 15/9".
    edit("p5.yaml", "coordinating: BEFORE:08/09", "coordinating: BY:12/09")
    assert only_error(folder).key == "T5.6.steps[0].due.coordinating"
    edit("directive.yaml", "before_date: strict", "before_date: inclusive")
    load_plan(folder)


def test_rules_that_fit_while_one_step_holds_are_tried_again_for_the_next(folder: Path, edit: Edit) -> None:
    # As above: they fall on one day in 2025 only, when the first step no longer holds.
    step = "due: {lead: BEFORE:15/09, coordinating: BEFORE:08/09}"
    ends = "due: {lead: BEFORE:15/09, coordinating: BY:12/09}"
    edit(
        "p5.yaml",
        step,
        f"{ends}\n        valid_to: 2024-12-31\n      - key: again\n        title_vi: Ban hành lại\n"
        "        title_en: Issued again\n        trigger: year\n        lead: CAT\n"
        f"        coordinating: [MTTQ]\n        {ends}",
    )
    assert only_error(folder).key == "T5.6.steps[1].due.coordinating"


class TestReplacedDocuments:
    STEP = "lead: SYT\ndue: {lead: ISSUE+5}"

    @pytest.mark.parametrize(
        "listed, told",
        [
            ("{id: VBA, title_vi: Văn bản A, replaced_by: VBC}", "VBC"),
            ("{id: VBA, title_vi: Văn bản A, replaced_by: VBA}", "là chính nó"),
            (
                "{id: VBO, title_vi: Văn bản O, replaced_by: VBA}, {id: VBA, title_vi: Văn bản A, replaced_by: VBB},"
                " {id: VBB, title_vi: Văn bản B, replaced_by: VBA}",
                "nối thành vòng: VBA → VBB → VBA",
            ),
            (
                "{id: VBA, title_vi: Văn bản A, date: 2024-06-05, replaced_by: VBB},"
                " {id: VBB, title_vi: Văn bản B, date: 2020-01-31}",
                "là của ngày 31/01/2020, trước VBA (05/06/2024)",
            ),
        ],
    )
    @pytest.mark.parametrize("key", ["documents", "systems"])
    def test_a_replacement_is_there_and_not_older_and_no_ring(
        self, tmp_path: Path, key: str, listed: str, told: str
    ) -> None:
        with pytest.raises(PlanErrors) as refused:
            plan_of(tmp_path / "plan.yaml", self.STEP, directive=f"{key}: [{listed}]")
        (error,) = refused.value.errors
        assert told in str(error)
        assert error.key.endswith("VBA.replaced_by")

    def test_one_may_replace_several_and_be_replaced_itself(self, tmp_path: Path) -> None:
        documents = (
            "{id: VBA, title_vi: Văn bản A, replaced_by: VBC}, {id: VBB, title_vi: Văn bản B, replaced_by: VBC},"
            " {id: VBC, title_vi: Văn bản C, date: 2020-01-31, replaced_by: VBD},"
            " {id: VBD, title_vi: Văn bản D, date: 2020-01-31}"
        )
        plan = plan_of(tmp_path / "plan.yaml", self.STEP, directive=f"documents: [{documents}]")
        assert [each.replaced_by for each in plan.main_directive.documents] == ["VBC", "VBC", "VBD", None]
