"""Import: the readers one by one, then the operation over real files."""

from __future__ import annotations

import datetime
import itertools
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from errors import InvalidInput
from store import batches, catalog, results
from store.catalog import NodeFilter
from store.users import UserRow
from tasks.engine.batches import BatchRequest
from tasks.importing.columns import map_columns
from tasks.importing.delimited import detect_delimiter, name_columns
from tasks.importing.readers import ACCEPTED, read_rows
from tasks.importing.rows import Row
from tasks.operation import Context, Item, ItemError, NoOptions, SourceRequest
from tasks.operations.import_file import ImportOptions, import_row
from tasks.outcomes import FAILED
from tasks.sources import upload
from tasks.sources.upload import UploadSource
from tests.conftest import Workbench

REAL_FILES = ["airports.csv", "zipcodes.csv", "movies.json", "birdstrikes.csv"]


def read(folder: Path, name: str, content: str | bytes) -> list[Row]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path, name))


def values(rows: list[Row]) -> list[dict[str, Any]]:
    return [row.values for row in rows]


def rule_of(folder: Path, name: str, content: str | bytes) -> str:
    """The rule by which the whole file is refused."""
    with pytest.raises(InvalidInput) as caught:
        read(folder, name, content)
    (problem,) = caught.value.fields
    assert problem.field == "file"
    return problem.rule


def records(path: Path, after: str | None = None, **options: Any) -> list[tuple[str, Any]]:
    request = SourceRequest(None, NoOptions(), ImportOptions(**options), path, path.name)  # type: ignore[arg-type]
    return list(UploadSource().items(request, after))


def nodes(folder: Path, name: str, content: str, **options: Any) -> list[dict[str, Any] | ItemError]:
    """What becomes of each row: a node, or the failure."""
    path = folder / name
    path.write_bytes(content.encode())
    chosen = ImportOptions(**options)
    found: list[dict[str, Any] | ItemError] = []
    for position, (key, data) in enumerate(records(path, **options)):
        try:
            context = Context("batch", "owner", chosen, name)
            found.append(import_row(Item(position, key, data), chosen, context))
        except ItemError as error:
            found.append(error)
    return found


def failure(folder: Path, content: str, name: str = "a.csv", **options: Any) -> tuple[Any, Any, Any]:
    """Line, field and rule of the only failure."""
    (error,) = [one for one in nodes(folder, name, content, **options) if isinstance(one, ItemError)]
    return error.line, error.field, error.rule


# Delimited text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(["id", "name"]) + "\n" + delimiter.join(["1", "a"]) + "\n"
    assert values(read(tmp_path, "a.csv", text)) == [{"id": "1", "name": "a"}]


def test_decimal_commas_and_quoted_delimiters_do_not_mislead() -> None:
    assert detect_delimiter("name;price\na;1,5\nb;2,5\n") == ";"
    assert detect_delimiter('name,note\na,"x;y;z"\nb,"u;v;w"\n') == ","


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    rows = read(tmp_path, "a.csv", "id,name\n1,Zoë €\n".encode(encoding))
    assert values(rows) == [{"id": "1", "name": "Zoë €"}]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path, newline: str) -> None:
    text = newline.join(["id,name", "", '1,"a', 'b"', "2,c", "", "3,d"])
    rows = read(tmp_path, "a.csv", text)
    assert [(row.line, row.values["id"]) for row in rows] == [(3, "1"), (5, "2"), (7, "3")]


def test_blank_and_repeated_headers_get_names_of_their_own() -> None:
    assert name_columns(["id", "", "id", " id ", ""]) == ["id", "column 2", "id 2", "id 3", "column 5"]


def test_short_and_long_rows_are_their_own_problem(tmp_path: Path) -> None:
    rows = read(tmp_path, "a.csv", "id,name\n1\n2,b,c\n3,c,,\n4,d\n")
    assert [row.problem.rule if row.problem else row.values["id"] for row in rows] == [
        "columns",
        "columns",
        "3",
        "4",
    ]


def test_bytes_that_are_no_text_are_the_problem_of_their_row(tmp_path: Path) -> None:
    text = b"id,name\n" + b"1,abc\n" * 50_000 + b"2,\xff\n3,d\n"
    rows = read(tmp_path, "a.csv", text)
    assert [row.problem and (row.line, row.problem.field, row.problem.rule) for row in rows[-2:]] == [
        (50_002, "name", "encoding"),
        None,
    ]


# JSON


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": 1}, {"id": 2}]',
        '{"count": 2, "rows": [{"id": 1}, {"id": 2}], "more": [1, 2]}',
        '{"tags": ["a"], "rows": [{"id": 1}, {"id": 2}]}',
        '\ufeff[\n{"id": 1},\n{"id": 2}\n]\n',
    ],
)
def test_a_list_of_objects_is_found_in_json(tmp_path: Path, text: str) -> None:
    assert values(read(tmp_path, "a.json", text)) == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json"])
def test_one_object_a_line_is_read_under_any_name(tmp_path: Path, name: str) -> None:
    for text in ('{"id": 1}\n{"id": 2}\n\n', '\n{"id": 1}\n\n \n{"id": 2}'):
        assert values(read(tmp_path, name, text)) == [{"id": 1}, {"id": 2}]


def test_a_json_record_knows_its_line(tmp_path: Path) -> None:
    rows = read(tmp_path, "a.json", '[\n{"id": 1},\n{"id":\n2},\n{"id": 3}]')
    assert [row.line for row in rows] == [2, 3, 5]


def test_what_is_no_object_is_the_problem_of_its_record(tmp_path: Path) -> None:
    rows = read(tmp_path, "a.jsonl", '{"id": 1}\n[1]\nnope\n7\n{"a": "\\ud800"}\n')
    assert [row.problem and row.problem.rule for row in rows] == [
        None,
        "object",
        "json",
        "object",
        "encoding",
    ]


def test_a_json_file_larger_than_a_block_is_read_whole(tmp_path: Path) -> None:
    records = [{"id": number, "text": "é\n" * 500} for number in range(2000)]
    assert values(read(tmp_path, "a.json", json.dumps(records, indent=1))) == records


# Workbooks


def write_workbook(path: Path, rows: list[list[Any]]) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as workbook:
        workbook.add_worksheet("empty")
        sheet = workbook.add_worksheet("data")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


def test_a_workbook_gives_rows_with_their_types(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    date = datetime.date(2026, 1, 2)
    write_workbook(path, [["id", "name", "on", "yes"], [501, "a", date, True], [], [1.5, "b", date, False]])
    rows = list(read_rows(path, "a.xlsx"))
    assert [row.line for row in rows] == [2, 4]
    assert rows[0].values == {"id": 501, "name": "a", "on": "2026-01-02", "yes": True}
    assert rows[1].values["id"] == 1.5


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_workbook(path, [["id"], ["x"]])
    assert values(list(read_rows(path, "a.csv"))) == [{"id": "x"}]


# Files that cannot be read


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.csv", "", "empty"),
        ("a.csv", "\n \n\n", "empty"),
        ("a.json", "\ufeff", "empty"),
        ("a.pdf", "id\n1\n", "format"),
        ("a.csv", b"id\x00\x01\x02,name\n", "format"),
        ("a.csv", "<html><table><tr><td>a</td></tr></table>", "format"),
        ("a.csv", '\n<?xml version="1.0"?>\n<rows/>', "format"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on", "format"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on", "format"),
        ("a.csv", b"%PDF-1.7\n", "format"),
        ("a.csv", b"\xff\xfe\x00\xd8a\x00", "encoding"),
        ("a.jsonl", b"\xff\xfe\x00\xd8a\x00", "encoding"),
        ("a.json", "hello", "json"),
        ("a.json", '[{"a": 1}, {"a"', "json"),
        ("a.json", '[{"a": 1}] more', "json"),
        ("a.json", '[{"a": 1} {"a": 2}]', "json"),
        ("a.json", '{"a": [1, 2]}', "rows"),
        ("a.xlsx", "id,name\n", "xlsx"),
        ("a.xlsx", b"PK\x03\x04" + b"junk" * 50, "xlsx"),
        ("a.csv", 'id\n"' + "x" * (17 * 1024 * 1024), "csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    tmp_path: Path, name: str, content: str | bytes, rule: str
) -> None:
    assert rule_of(tmp_path, name, content) == rule


def test_a_header_alone_is_no_rows_and_no_fault(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "id,name\n") == []
    assert read(tmp_path, "a.json", "[]") == []


def test_an_upload_that_is_gone_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no longer there"):
        records(tmp_path / "gone.csv")


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=400), suffix=st.sampled_from(ACCEPTED))
def test_arbitrary_bytes_raise_nothing_but_what_is_documented(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(content)
    try:
        lines = [row.line for row in read_rows(path, path.name)]
    except InvalidInput:
        return
    assert lines == sorted(lines)


_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip)


@settings(max_examples=100, deadline=None)
@given(table=st.lists(st.lists(_text.filter(bool), min_size=3, max_size=3), min_size=1, max_size=20))
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.csv"
    quoted = ['"' + '","'.join(field.replace('"', '""') for field in row) + '"' for row in table]
    path.write_text("a,b,c\n" + "\n".join(quoted), encoding="utf-8-sig", newline="")
    assert [list(row.values.values()) for row in read_rows(path, "written.csv")] == table


# Columns


def columns_of(**columns: list[Any]) -> dict[str, str | None]:
    length = max(map(len, columns.values()))
    rows = [Row(n + 2, {name: column[n] for name, column in columns.items()}) for n in range(length)]
    found = map_columns(rows, {})
    return {
        "id": found.id,
        "parent": found.parent,
        "title": found.title,
        "kind": found.kind,
        "tags": found.tags,
    }


def test_columns_are_recognised_by_their_names() -> None:
    found = columns_of(Id=["1", "2"], parentId=["", "1"], NAME=["a", "b"], type=["x", "y"], Tags=["", "t"])
    assert found == {"id": "Id", "parent": "parentId", "title": "NAME", "kind": "type", "tags": "Tags"}


def test_a_code_in_front_is_an_id_only_if_no_value_comes_twice() -> None:
    assert columns_of(zip_code=["00501", "00544"], city=["a", "b"])["id"] == "zip_code"
    assert columns_of(zip_code=["00501", "00501"], city=["a", "b"])["id"] is None


@pytest.mark.parametrize("bad", ["", "1"])
def test_a_bad_id_is_the_failure_of_its_row_and_no_reason_to_take_no_ids(tmp_path: Path, bad: str) -> None:
    ids = [*map(str, range(1, 20)), bad]
    assert columns_of(id=ids, name=["a"] * 20)["id"] == "id"
    assert columns_of(id=[*ids, bad, bad], name=["a"] * 22)["id"] is None


def test_a_column_that_most_rows_leave_empty_is_no_title() -> None:
    rows = [Row(1, {"note": "from a yearbook", "year": 1955, "country": "Chad"})]
    rows += [Row(number, {"year": 1955, "country": "Chad"}) for number in range(2, 10)]
    assert map_columns(rows, {}).title == "country"
    assert map_columns([*rows[1:], Row(11, {"note": "x"})], {}).title == "country"
    assert columns_of(rate=["", "", "1"], size=["1", "2", "3"])["title"] == "size"


def test_without_a_name_the_first_column_of_words_is_the_title() -> None:
    assert columns_of(rate=["1", "2"], city=["Holtsville", "Agawam"])["title"] == "city"


def test_a_chosen_column_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,name\n1,a\n")
    with pytest.raises(InvalidInput, match="id, name") as caught:
        records(path, id_column="nope", title_column="name")
    assert [(field.field, field.rule) for field in caught.value.fields] == [("options.idColumn", "unknown")]


# Rows become nodes


def test_a_row_becomes_a_node_and_the_rest_goes_to_meta(tmp_path: Path) -> None:
    (node,) = nodes(tmp_path, "My Parts.csv", 'id,name,type,tags,weight\nA1,Bolt,part,"x; y,x",12\n')
    assert node == {
        "id": "import.my-parts.A1",
        "parent_id": "import.my-parts",
        "folder": "import.my-parts",
        "title": "Bolt",
        "kind": "part",
        "tags": ["x", "y"],
        "meta": {"weight": "12"},
        "source_line": 2,
    }


def test_options_choose_folder_columns_and_whose_ids_these_are(tmp_path: Path) -> None:
    text = "code,name,boss\n1,a,\n2,b,1\n"
    options = {"parent": "stock", "id_column": "code", "title_column": "name", "parent_column": "boss"}
    found = nodes(tmp_path, "a.csv", text, **options)
    assert [(one["id"], one["parent_id"]) for one in found if isinstance(one, dict)] == [
        ("stock.1", "stock"),
        ("stock.2", "stock.1"),
    ]
    kept = nodes(tmp_path, "a.csv", text, **options, keep_ids=True)
    assert [(one["id"], one["parent_id"]) for one in kept if isinstance(one, dict)] == [
        ("1", "stock"),
        ("2", "1"),
    ]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("Prüfung Nr. 7.csv", r"prufung-nr-7"),
        ("数据 2024.csv", r"2024-[0-9a-f]{6}"),
        ("Отчёт.csv", r"file-[0-9a-f]{6}"),
    ],
)
def test_a_folder_is_named_after_the_file_in_any_script(tmp_path: Path, name: str, pattern: str) -> None:
    (node,) = nodes(tmp_path, name, "id,name\n1,a\n")
    assert isinstance(node, dict)
    assert re.fullmatch(rf"import\.{pattern}", node["folder"])


def test_files_whose_names_lose_all_letters_do_not_share_a_folder(tmp_path: Path) -> None:
    found = [nodes(tmp_path, name, "id,name\n1,a\n")[0] for name in ("数据.csv", "報告.csv")]
    assert len({node["id"] for node in found if isinstance(node, dict)}) == 2


def test_without_an_id_the_line_is_the_id(tmp_path: Path) -> None:
    found = nodes(tmp_path, "a.csv", "name,size\nx,1\nx,2\n")
    assert [one["id"] for one in found if isinstance(one, dict)] == ["import.a.2", "import.a.3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id,name\n1,a\n2,\n", (3, "name", "required")),
        ("id,name\n1,a\n2,b,c\n", (3, None, "columns")),
        (f"id,name\n1,{'x' * 501}\n", (2, "name", "length")),
        (f"id,name\n{'x' * 200},a\n", (2, "id", "length")),
        (f"id,name,note\n1,a,{'x' * 20_001}\n", (2, None, "length")),
        (f"id,name,tags\n1,a,{'x' * 101}\n", (2, "tags", "length")),
    ],
)
def test_a_bad_row_fails_by_line_field_and_rule(
    tmp_path: Path, text: str, expected: tuple[Any, Any, Any]
) -> None:
    assert failure(tmp_path, text) == expected


def test_a_chosen_id_column_may_not_be_empty(tmp_path: Path) -> None:
    assert failure(tmp_path, "id,name\n1,a\n,b\n", id_column="id") == (3, "id", "required")


def test_nested_values_are_no_title_and_fine_elsewhere(tmp_path: Path) -> None:
    text = '{"id": 1, "name": "a", "x": {"y": [1, null, true]}}\n{"id": 2, "name": ["b"]}\n'
    good, bad = nodes(tmp_path, "a.jsonl", text)
    assert isinstance(good, dict)
    assert good["meta"] == {"x": {"y": [1, None, True]}}
    assert isinstance(bad, ItemError)
    assert (bad.line, bad.field, bad.rule) == (2, "name", "type")


def test_what_json_knows_and_databases_do_not_is_taken_out(tmp_path: Path) -> None:
    text = '{"id": 1, "name": "a\\u0000b", "x": NaN, "y": [Infinity], "z": "\\u0000"}\n'
    (node,) = nodes(tmp_path, "a.jsonl", text)
    assert isinstance(node, dict)
    assert node["title"] == "a b"
    assert node["meta"] == {"x": None, "y": [None], "z": "\ufffd"}
    assert orjson.loads(orjson.dumps(node))["meta"] == node["meta"]


# The source


def test_items_are_called_by_their_line_and_restart_behind_any(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,name\n" + "".join(f"{n},a\n" for n in range(500)))
    everything = records(path)
    assert [key for key, _ in everything[:2]] == ["line 2", "line 3"]
    assert records(path, after="line 301") == everything[300:]
    assert records(path, after="line 501") == []


def test_records_of_json_in_one_line_are_told_apart(tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", '[{"name": "a"}, {"name": "b"}, 7,\n{"name": "c"}, {"name": "d"}]')
    found = records(path)
    assert [key for key, _ in found] == [
        "line 1",
        "line 1, row 2",
        "line 1, row 3",
        "line 2",
        "line 2, row 2",
    ]
    for number, (key, _) in enumerate(found, start=1):
        assert records(path, after=key) == found[number:]
    ids = [one["id"] for one in nodes(tmp_path, "a.json", path.read_text()) if isinstance(one, dict)]
    assert ids == ["import.a.1", "import.a.1-2", "import.a.2", "import.a.2-2"]


def test_the_next_slice_goes_on_in_the_open_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    def count(path: Path, name: str) -> Iterator[Row]:
        opened.append(path)
        return read_rows(path, name)

    monkeypatch.setattr(upload, "read_rows", count)
    path = write(tmp_path, "a.csv", "id,name\n" + "".join(f"{n},a\n" for n in range(500)))
    request = SourceRequest(None, NoOptions(), ImportOptions(), path, path.name)  # type: ignore[arg-type]
    source = UploadSource()
    everything = list(UploadSource().items(request, None))

    def slice_of(after: str | None, count: int) -> list[tuple[str, Any]]:
        items = source.items(request, after)
        found = list(itertools.islice(items, count))
        items.close()  # type: ignore[attr-defined]
        return found

    opened.clear()
    assert slice_of(None, 300) == everything[:300]
    assert slice_of("line 301", 50) == everything[300:350]
    assert slice_of("line 401", 50) == everything[400:450]  # What another worker has read is passed over.
    assert len(opened) == 1
    assert slice_of("line 101", 10) == everything[100:110]
    assert len(opened) == 2
    other = SourceRequest(None, NoOptions(), ImportOptions(title_column="id"), path, path.name)  # type: ignore[arg-type]
    assert next(iter(source.items(other, "line 111")))[1]["parts"]["title"] == "110"
    assert list(source.items(request, "line 111")) == everything[110:]


def test_few_files_wait_open_for_their_next_slice(tmp_path: Path) -> None:
    source = UploadSource()
    for number in range(upload.MAX_PARKED * 2):
        path = write(tmp_path, f"{number}.csv", "id\n1\n2\n")
        request = SourceRequest(None, NoOptions(), ImportOptions(), path, path.name)  # type: ignore[arg-type]
        next(iter(source.items(request, None)))
    assert len(source._parked) == upload.MAX_PARKED


def test_a_real_file_without_line_breaks_loses_no_row(real_files: Path) -> None:
    found = records(real_files / "flights-10k.json")
    assert len({key for key, _ in found}) == len(found) == 10_000
    assert records(real_files / "flights-10k.json", after=found[5999][0]) == found[6000:]


# Whole batches


def run_import(
    workbench: Workbench, user: UserRow, path: Path, tmp_path: Path, **options: Any
) -> batches.BatchRow:
    copy = tmp_path / f"upload-{path.name}"
    shutil.copy(path, copy)
    request = BatchRequest(
        operation="import", upload_path=copy, upload_name=path.name, options=options, name="test"
    )
    batch = workbench.batches.create(user.id, request)
    workbench.drain()
    with workbench.database.read() as connection:
        done = batches.get(connection, batch.id)
    assert done is not None
    return done


def errors_of(workbench: Workbench, batch_id: str) -> list[dict[str, Any]]:
    with workbench.database.read() as connection:
        page = results.page(connection, batch_id, outcome=FAILED, query="", after=-1, limit=1000)
    return [orjson.loads(row.error) for row in page]


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def count_rows(path: Path) -> int:
    kind = "read_json_auto" if path.suffix == ".json" else "read_csv_auto"
    row = duckdb.execute(f"SELECT count(*) FROM {kind}(?)", [str(path)]).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("name", REAL_FILES)
def test_a_real_file_has_as_many_rows_as_duckdb_counts(real_files: Path, name: str) -> None:
    found = records(real_files / name)
    assert len(found) == count_rows(real_files / name)
    assert len({key for key, _ in found}) == len(found)


@pytest.mark.parametrize("name", ["airports.csv", "movies.json", "birdstrikes.csv"])
def test_each_row_of_a_real_file_becomes_a_node_or_an_explained_failure(
    workbench: Workbench, user: UserRow, real_files: Path, tmp_path: Path, name: str
) -> None:
    batch = run_import(workbench, user, real_files / name, tmp_path)
    assert batch.status == "completed"
    assert batch.total == batch.processed == count_rows(real_files / name)
    assert batch.successful + batch.failed == batch.total
    failures = errors_of(workbench, batch.id)
    assert len(failures) == batch.failed
    assert all(error["line"] and error["rule"] and "field" in error for error in failures)
    folder = f"import.{Path(name).stem}"
    with workbench.database.read() as connection:
        assert catalog.count(connection, NodeFilter(parent=folder)) == batch.successful


def test_the_one_movie_without_a_title_is_the_one_failure(
    workbench: Workbench, user: UserRow, real_files: Path, tmp_path: Path
) -> None:
    batch = run_import(workbench, user, real_files / "movies.json", tmp_path)
    assert [(error["field"], error["rule"]) for error in errors_of(workbench, batch.id)] == [
        ("Title", "required")
    ]


def test_an_id_that_comes_twice_in_a_file_is_a_failure_of_one_row(
    workbench: Workbench, user: UserRow, tmp_path: Path
) -> None:
    path = write(tmp_path, "a.csv", "code,name\n1,a\n2,b\n1,c\n")
    batch = run_import(workbench, user, path, tmp_path, idColumn="code")
    assert (batch.successful, batch.failed) == (2, 1)
    (error,) = errors_of(workbench, batch.id)
    # Chunks run in any order, so either of the two rows may be the one that comes too late.
    assert error["line"] in (2, 4)
    assert (error["field"], error["rule"]) == ("code", "unique")
    assert f"in line {6 - error['line']}" in error["message"]


@pytest.mark.parametrize(
    ("policy", "counts", "title"),
    [("update", (2, 0, 0), "new"), ("skip", (1, 0, 1), "old"), ("fail", (1, 1, 0), "old")],
)
def test_a_node_that_exists_is_updated_skipped_or_a_failure(
    workbench: Workbench,
    user: UserRow,
    tmp_path: Path,
    policy: str,
    counts: tuple[int, int, int],
    title: str,
) -> None:
    run_import(workbench, user, write(tmp_path, "a.csv", "id,name\n1,old\n"), tmp_path)
    path = write(tmp_path, "a.csv", "id,name\n1,new\n2,other\n")
    batch = run_import(workbench, user, path, tmp_path, onDuplicate=policy)
    assert (batch.successful, batch.failed, batch.skipped) == counts
    with workbench.database.read() as connection:
        row = catalog.get(connection, "import.a.1")
    assert row is not None
    assert row.title == title


def test_a_file_of_ids_and_titles_changes_only_titles(
    workbench: Workbench, user: UserRow, tmp_path: Path
) -> None:
    old = {"id": "pay", "parent_id": "finance", "title": "old", "kind": "report", "area": "finance"}
    old |= {"tags": ["a"], "description": "It pays.", "meta": {"steps": 3}}
    with workbench.database.write() as connection:
        catalog.insert(connection, [old])
    batch = run_import(
        workbench, user, write(tmp_path, "a.csv", "id,name\npay,new\n"), tmp_path, keepIds=True
    )
    assert batch.successful == 1
    with workbench.database.read() as connection:
        row = catalog.get(connection, "pay")
    assert row is not None
    assert {name: getattr(row, name) for name in old} == old | {"title": "new"}


def test_a_broken_file_fails_the_batch_and_leaves_no_node(
    workbench: Workbench, user: UserRow, tmp_path: Path
) -> None:
    path = write(tmp_path, "a.json", '[{"id": 1, "name": "a"}, {"id"')
    batch = run_import(workbench, user, path, tmp_path)
    assert (batch.status, batch.error_code) == ("failed", "invalid_input")
    assert "file" in (batch.error_message or "")
    with workbench.database.read() as connection:
        assert catalog.count(connection) == 0


# Known faults: each turns red when it is mended, and then loses its mark


@pytest.mark.parametrize("text", ['id,name\n1,a\n2,"b\n3,c\n4,d\n', 'id,name\n1,a\n"', 'id,name\n1,a\n"2,b'])
def test_a_quote_that_is_never_closed_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInput, match="line 3: a quote is opened") as caught:
        read(tmp_path, "a.csv", text)
    assert caught.value.fields[0].rule == "quote"


@pytest.mark.parametrize("text", ['id,name\n1,"a"', 'id,name\n1,"a"\n', 'id,name\n1,"a"\r\n\r\n'])
def test_a_quote_that_is_closed_at_the_end_of_the_file_is_none(tmp_path: Path, text: str) -> None:
    assert values(read(tmp_path, "a.csv", text)) == [{"id": "1", "name": "a"}]


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.tsv"])
@pytest.mark.parametrize(
    "content",
    ['[{"id": 1}]', '\ufeff\n[ {"id":\n1}\n]', '{"id": 1}\n{"id": 2}', '{"x": [{"id": 1}]}'],
)
def test_json_under_the_name_of_csv_is_read_as_json(tmp_path: Path, name: str, content: str) -> None:
    assert values(read(tmp_path, name, content))[0] == {"id": 1}


def test_headers_in_brackets_are_no_json(tmp_path: Path) -> None:
    assert values(read(tmp_path, "a.csv", "[id],[name]\n1,a\n")) == [{"[id]": "1", "[name]": "a"}]
    assert values(read(tmp_path, "a.csv", "{id},{name}\n1,a\n")) == [{"{id}": "1", "{name}": "a"}]


def test_blank_rows_above_the_header_of_a_sheet_shift_no_line(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [[], [], ["id"], ["x"]])
    assert [row.line for row in read_rows(path, "a.xlsx")] == [4]


def test_one_broken_byte_does_not_garble_the_other_rows(tmp_path: Path) -> None:
    rows = read(tmp_path, "a.csv", "id,name\n1,Zoë\n".encode() + b"2,\xff\n" + "3,数据\n".encode())
    assert [row.values.get("name") for row in rows] == ["Zoë", None, "数据"]
    assert [row.problem and row.problem.rule for row in rows] == [None, "encoding", None]


def test_a_letter_cut_by_the_end_of_the_sample_is_not_broken(tmp_path: Path) -> None:
    text = "id,name\n" + "1,ö\n" * 80_000
    for shift in range(4):
        assert read(tmp_path, "a.csv", "x" * shift + text)[-1].values["name"] == "ö"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["Zoë", "Зоя", "数据"])
def test_utf_16_needs_no_mark(tmp_path: Path, encoding: str, name: str) -> None:
    text = "id,name\n" + f"1,{name}\n" * 50
    assert read(tmp_path, "a.csv", text.encode(encoding))[0].values["name"] == name
    assert read(tmp_path, "a.jsonl", f'{{"name": "{name}"}}\n'.encode(encoding))[0].values["name"] == name


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("[" * 300 + "]" * 300, (2, "x", "depth")),
        ('["\\ud800"]', (2, "x", "encoding")),
        ('{"\\ud800": 1}', (2, "x", "encoding")),
        (f'"{"x" * 300_000}"', (2, None, "length")),
        ("1" + "0" * 30, None),
        ("1" * 5000, None),
        ("[" * 200 + "]" * 200, None),
    ],
    ids=["depth", "text", "name", "size", "number", "digits", "shallow"],
)
def test_no_value_of_a_row_can_fail_the_batch(
    workbench: Workbench,
    user: UserRow,
    tmp_path: Path,
    value: str,
    expected: tuple[int, str | None, str] | None,
) -> None:
    path = write(tmp_path, "a.json", f'[{{"name": "a"}},\n{{"name": "b", "x": {value}}}]')
    batch = run_import(workbench, user, path, tmp_path)
    assert (batch.status, batch.total) == ("completed", 2)
    failures = [(one["line"], one.get("field"), one["rule"]) for one in errors_of(workbench, batch.id)]
    assert failures == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("digits", "expected"), [(str(2**63 - 1), 2**63 - 1), (str(-(2**63)), str(-(2**63)))]
)
def test_whole_numbers_beyond_64_bits_are_kept_as_text(
    tmp_path: Path, digits: str, expected: int | str
) -> None:
    assert values(read(tmp_path, "a.json", f'[{{"n": {digits}}}]')) == [{"n": expected}]
    assert values(read(tmp_path, "a.jsonl", f'{{"n": {digits}}}')) == [{"n": expected}]


@pytest.mark.parametrize(
    ("header", "row", "field"),
    [
        ("id,name,type", f"1,a,{'k' * 51}", "type"),
        ("id,name,Parent_Id", f"1,a,{'k' * 201}", "Parent_Id"),
        ("id,name,KEYWORDS", f"1,a,{'k' * 101}", "KEYWORDS"),
        ("Code,name", f"{'k' * 201},a", "Code"),
        ("id,Label", "1,", "Label"),
    ],
)
def test_a_failure_names_the_column_as_the_file_does(
    tmp_path: Path, header: str, row: str, field: str
) -> None:
    (error,) = nodes(tmp_path, "a.csv", f"{header}\n{row}\n")
    assert isinstance(error, ItemError)
    assert error.field == field
    assert error.message.startswith(f"{field} ")


def test_the_rules_of_failures_are_few_and_named(tmp_path: Path) -> None:
    text = "id,name\n1,a\n2\n3,\n" + f"4,{'x' * 501}\n"
    found = Counter(one.rule for one in nodes(tmp_path, "a.csv", text) if isinstance(one, ItemError))
    assert found == {"columns": 1, "required": 1, "length": 1}
