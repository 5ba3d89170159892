"""A file becomes a table, or an error that says where it goes wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnwidget import uploads
from nnwidget.commands import MOST_BYTES, MOST_BYTES_IN_PART, SendTable, UseTable
from nnwidget.data import prepare
from nnwidget.uploads import Uploads, chosen, described_table, read_csv

FLOWERS = "length,colour,wild,kind\n" + "\n".join(
    f"{number}.5,{'red' if number % 3 else 'blue'},{bool(number % 2)},{'rose' if number > 9 else 'lily'}"
    for number in range(20)
)


def sent(uploads: Uploads, content: bytes, client: str = "page", number: int = 1, **changes: Any) -> bytes | None:
    message = SendTable(
        **{"client": client, "id": number, "name": "a.csv", "size": len(content), "start": 0, **changes}
    )
    return uploads.add(message, [memoryview(content)])


# Reading


def test_what_was_inferred_is_said() -> None:
    table = described_table("flowers.csv", read_csv("flowers.csv", FLOWERS.encode()))
    assert (table.name, table.rows, table.target) == ("flowers.csv", 20, "kind")
    assert [(column.name, column.kind, column.distinct, column.task) for column in table.columns] == [
        ("length", "number", 20, "regression"),
        ("colour", "category", 2, "binary"),
        ("wild", "yes/no", 2, "binary"),
        ("kind", "category", 2, "binary"),
    ]
    assert table.columns[0].values == ["0.5", "1.5", "2.5", "3.5", "4.5"]
    assert not any(column.problem or column.target_problem for column in table.columns)


@pytest.mark.parametrize(
    ("content", "columns", "first"),
    [
        (b"a;b\n1,5;x\n2,5;y\n", ["a", "b"], 1.5),
        (b"a\tb\n1.5\tx\n", ["a", "b"], 1.5),
        (b"a|b\n1.5|x\n", ["a", "b"], 1.5),
        (b"\xef\xbb\xbfa,b\r\n1.5,x\r\n", ["a", "b"], 1.5),
        ("größe,b\n1.5,x\n".encode("cp1252"), ["größe", "b"], 1.5),
        ("a,b\n1.5,x\n".encode("utf-16"), ["a", "b"], 1.5),
        (b"\n\na,b\n1.5,x\n\n", ["a", "b"], 1.5),
        (b",a,b\n0,1.5,x\n1,2,y\n", ["a", "b"], 1.5),
        (b",a\n1.5,x\n", ["column 1", "a"], 1.5),
        (b'"a, of all",b\n1.5,"x\ny"\n', ["a, of all", "b"], 1.5),
        (b'a, b\n1.5, "x, y"\n', ["a", "b"], 1.5),
        (b"a,b\r1.5,x\r2.5,y\r", ["a", "b"], 1.5),
    ],
)
def test_tables_as_people_save_them(content: bytes, columns: list[str], first: float) -> None:
    frame = read_csv("a.csv", content)
    assert list(frame.columns) == columns
    assert frame.iloc[0, 0] == first


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b",,\n1,2,3\n", "is empty; expected a line with the names"),
        (b"a,b\n", "no rows below"),
        (b"a,b,a\n1,2,3\n", "more than one column called 'a'"),
        (b"a,b\n1,2\n1,2,3\n", "row 2 has 3 cells, the first line has 2"),
        (b"a,b\n1,2,3\n", "row 1 has 3 cells, the first line has 2 names"),
        (b"a,b\n\n1,2,3\n3,4,5\n", "row 1 has 3 cells, the first line has 2 names"),
        (b"a,b\n \n1,2,3\n4,5,6\n", "row 1 has 3 cells, the first line has 2 names"),
        (b"a,b\n\t\n1,2,3\n4,5,6\n", "row 1 has 3 cells, the first line has 2 names"),
        (b"a,b\n" + b"1," * 100_000, "row 1 has 100,001 cells"),
        (b'"a,b\n1,2\n', "the first line has a quote that is never closed"),
        (b"a," + b"b" * 201 + b"\n1,2\n", "at most 200 characters, the one that begins 'bbb.* has 201"),
        (b'a,b\n1,2\n"1,2\n', "quote"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a.csv is not a text file: byte 9 is 0"),
        (b"PK\x03\x04\x14\x00", "not a text file"),
        (b"a,b\n\x81\x8d,1\n", "is not text in UTF-8"),
        (",".join(map(str, range(201))).encode() + b"\n1", "has 201 columns; at most 200"),
    ],
)
def test_a_file_that_is_no_table_is_named(content: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_csv("a.csv", content)


def test_rows_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_ROWS", 3)
    assert len(read_csv("a.csv", b"a\n1\n2\n3\n")) == 3
    with pytest.raises(ValueError, match="more than 3 rows"):
        read_csv("a.csv", b"a\n1\n2\n3\n4\n")


def test_what_is_wrong_with_a_column_is_said() -> None:
    rows = "\n".join(
        f"id{number},{number if number != 6 else 'six'},7,,{'inf' if number == 2 else 1}" for number in range(30)
    )
    table = described_table("a.csv", read_csv("a.csv", f"name,age,same,none,far\n{rows}".encode()))
    name, age, same, none, far = table.columns
    assert "too many to be categories" in name.problem
    assert "row 7, column 'age': 'six' is not a number" in age.problem
    assert (same.problem, same.target_problem) == ("", "y has one class only (7): there is nothing to tell apart")
    assert (none.kind, none.missing, none.problem) == ("empty", 30, "all cells are empty")
    assert "row 3, column 'far' is infinite" in far.problem


def test_chosen_columns_become_data() -> None:
    frame = read_csv("flowers.csv", FLOWERS.encode())
    data = prepare(chosen("flowers.csv", frame, "kind", ["wild", "length", "kind"]))
    assert (data.sources, data.classes, data.name) == (("length", "wild"), ("lily", "rose"), "flowers.csv")


STARS = "a,stars,half,yes\n" + "\n".join(f"{n}.25,{n % 5},{n % 3}.5,{n % 2}" for n in range(60))


def test_numbers_can_be_taken_for_classes_or_as_measured() -> None:
    frame = read_csv("stars.csv", STARS.encode())
    table = described_table("stars.csv", frame)
    assert {column.name: (column.task, column.other) for column in table.columns} == {
        "a": ("regression", None),
        "stars": ("multiclass", "regression"),
        "half": ("regression", "multiclass"),
        "yes": ("binary", "regression"),
    }
    for column in table.columns:
        for task in (column.task, column.other):
            if task is not None:
                how: Any = "regression" if task == "regression" else "classification"
                data = prepare(chosen("stars.csv", frame, column.name, list(frame.columns), task=how))
                assert data.task == task
    assert prepare(chosen("stars.csv", frame, "half", ["a"], task="classification")).classes == ("0.5", "1.5", "2.5")
    flowers = described_table("flowers.csv", read_csv("flowers.csv", FLOWERS.encode()))
    assert [column.other for column in flowers.columns] == [None, None, None, None]


def test_what_numbers_cannot_be_taken_for_is_said() -> None:
    frame = read_csv("a.csv", ("a,b\n" + "\n".join(f"{n}.5,{'xy'[n % 2]}" for n in range(101))).encode())
    with pytest.raises(ValueError, match="column 'a' has 101 different values; at most 100 can be classes"):
        chosen("a.csv", frame, "a", ["b"], task="classification")
    with pytest.raises(TypeError, match="a regression target needs numbers, got text"):
        chosen("a.csv", frame, "b", ["a"], task="regression")


@pytest.mark.parametrize(
    ("target", "columns", "words"),
    [
        ("d", ["a", "b"], r"row 2, column 'b' is empty, the first of 2 empty cells in 2 rows; leave out"),
        ("a", ["a"], "at least one column besides 'a'"),
        ("a", ["z"], "a.csv has no column 'z'; it has 'a', 'b', 'c', 'd'"),
        ("d", ["c"], "row 3, column 'c' is infinite"),
        ("same", [], "no column 'same'"),
    ],
)
def test_columns_that_cannot_be_used_are_named(target: str, columns: list[str], words: str) -> None:
    frame = read_csv("a.csv", b"a,b,c,d\n1,2,3,x\n2,,4,y\n3,,inf,x\n4,1,1,y\n")
    with pytest.raises(ValueError, match=words):
        chosen("a.csv", frame, target, columns)


@pytest.mark.parametrize("cell", [b"1e39", b"9" * 400])
def test_a_number_that_is_too_large_is_said_before_it_is_chosen(cell: bytes) -> None:
    frame = read_csv("a.csv", b"a,b\n1,x\n2,y\n" + cell + b",x\n4,y\n")
    problem = described_table("a.csv", frame).columns[0].problem
    assert problem == "row 3, column 'a' is more than float32 can hold (3.4e+38)"
    with pytest.raises(ValueError, match=r"^a.csv: row 3, column 'a' is more than"):
        chosen("a.csv", frame, "b", ["a"])


def test_rows_with_empty_cells_can_be_left_out() -> None:
    frame = read_csv("a.csv", b"a,b,d\n1,2,x\n2,,y\n3,4,x\n4,1,y\n")
    assert list(chosen("a.csv", frame, "d", ["a", "b"], drop_missing=True).X["a"]) == [1, 3, 4]
    nothing = read_csv("a.csv", b"a,b,d\n1,,x\n2,,y\n")
    with pytest.raises(ValueError, match="every row has a cell that is missing; leave out columns such as 'b'"):
        chosen("a.csv", nothing, "d", ["a", "b"], drop_missing=True)
    with pytest.raises(ValueError, match="one class only"):
        chosen("a.csv", read_csv("a.csv", b"a,d\n1,x\n2,x\n"), "d", ["a"])


CELLS = st.sampled_from(
    ["", "1", "2.5", "x", "inf", "-3e400", '"', ",", "\n", ";", "<b>", "=1+1", "ä", "\x00", "nan", "True"]
)


@given(st.binary(max_size=60) | st.lists(CELLS, max_size=40).map(lambda cells: ",".join(cells).encode()))
def test_any_bytes_are_a_table_or_a_value_error(content: bytes) -> None:
    try:
        frame = read_csv("a.csv", content)
    except ValueError as error:
        assert "a.csv" in str(error)  # noqa: PT017
        return
    table = described_table("a.csv", frame)
    assert len(table.columns) == frame.shape[1]
    for column in table.columns:
        try:
            prepare(chosen("a.csv", frame, column.name, [each.name for each in table.columns], drop_missing=True))
        except (ValueError, TypeError):
            continue


# Parts


def test_a_file_comes_in_parts() -> None:
    uploads, content = Uploads(), FLOWERS.encode()
    half = len(content) // 2
    assert sent(uploads, content[:half], size=len(content)) is None
    assert sent(uploads, b"x,y", client="another page", size=99) is None
    assert sent(uploads, content[half:], size=len(content), start=half) == content
    message = SendTable("page", 1, "a.csv", len(content), 0)
    assert uploads.read(message, content).target == "kind"
    data = uploads.data("page", UseTable(1, "kind", ["length"]))
    assert data.X.columns.tolist() == ["length"]
    for client, table in (("page", 2), ("another page", 1)):
        with pytest.raises(ValueError, match="not kept any more"):
            uploads.data(client, UseTable(table, "kind", ["length"]))


@pytest.mark.parametrize(
    ("part", "changes", "words"),
    [
        (b"abc", {"start": 3, "size": 9}, "parts of the file are missing"),
        (b"abc", {"start": 2, "size": 9, "number": 2}, "parts of the file are missing"),
        (b"abc", {"size": 2}, "more came than the 2 bytes"),
        (b"", {"size": 2}, "a part of a file has 1 to 500,000 bytes, got 0"),
        (b"a", {"size": MOST_BYTES + 1}, "at most 20 MB, got 20.0 MB"),
        (bytes(MOST_BYTES_IN_PART + 1), {}, "a part of a file has 1 to"),
    ],
)
def test_parts_that_do_not_fit_are_refused(part: bytes, changes: dict[str, Any], words: str) -> None:
    uploads = Uploads()
    assert sent(uploads, b"ab", size=9) is None
    with pytest.raises(ValueError, match=words):
        sent(uploads, part, **changes)
    with pytest.raises(ValueError, match="parts of the file are missing"):
        sent(uploads, b"rest", start=2, size=9)


@pytest.mark.parametrize("buffers", [[], [b"a", b"b"], ["text"], [None], [np.zeros(3)[::2]]])
def test_a_part_is_one_buffer_of_bytes(buffers: list[Any]) -> None:
    with pytest.raises(ValueError, match="a part of a file"):
        Uploads().add(SendTable("page", 1, "a.csv", 99, 0), buffers)


def test_of_many_pages_only_the_last_are_remembered() -> None:
    uploads = Uploads()
    for page in range(20):
        assert sent(uploads, b"a", client=f"page {page}", size=2) is None
    assert len(uploads._parts) == 4
    for page in range(20):
        uploads.read(SendTable(f"page {page}", 1, "a.csv", 9, 0), FLOWERS.encode())
    assert len(uploads._tables) == 4
