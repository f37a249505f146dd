"""Rows added by hand: a repeated row, another column or a filled cell that is not blank is an error."""

import csv
import importlib
import sys

import pytest

from tests.conftest import ROOT

COLUMNS = ["date", "to_side", "persons", "claimed_by", "source"]
GATHERED = [
    {"date": "2020-01-01", "to_side": "north", "persons": "", "claimed_by": "", "source": "https://a.example"}
]


@pytest.fixture(scope="module")
def additions():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        yield importlib.import_module("compiling.additions")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


def _write(folder, name, rows):
    (folder / "war").mkdir(exist_ok=True)
    with (folder / "war" / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def test_added_rows_come_after_the_gathered_ones(additions, tmp_path):
    _write(tmp_path, "exchanges.csv", [COLUMNS, ["2020-01-02", "south", "5", "", "https://b.example"]])
    rows = additions.with_additions(GATHERED, "war", "exchanges", COLUMNS, tmp_path)
    assert [row["date"] for row in rows] == ["2020-01-01", "2020-01-02"]


def test_without_a_file_nothing_is_added(additions, tmp_path):
    assert additions.with_additions(GATHERED, "war", "exchanges", COLUMNS, tmp_path) == GATHERED


def test_a_row_that_stands_there_already_is_an_error(additions, tmp_path):
    _write(tmp_path, "exchanges.csv", [COLUMNS, ["2020-01-01", "north", "7", "", "https://b.example"]])
    with pytest.raises(ValueError, match=r"exchanges\.csv of war, row 2: stands there already"):
        additions.with_additions(GATHERED, "war", "exchanges", COLUMNS, tmp_path)


def test_other_columns_are_an_error(additions, tmp_path):
    _write(tmp_path, "exchanges.csv", [COLUMNS[::-1], ["https://b.example", "", "7", "north", "2020-01-02"]])
    with pytest.raises(ValueError, match="its columns must be date,to_side"):
        additions.with_additions(GATHERED, "war", "exchanges", COLUMNS, tmp_path)


def test_a_filled_cell_brings_its_source(additions, tmp_path):
    reading = ["exchanges", "2020-01-01/north", "persons", "", "9", "https://c.example ; https://a.example"]
    _write(tmp_path, "filled.csv", [["table", "id", "column", "was", "value", "source"], reading])
    (row,) = additions.filled_in(GATHERED, "war", "exchanges", tmp_path)
    assert row["persons"] == "9"
    assert row["source"] == "https://a.example ; https://c.example"
    assert GATHERED[0]["persons"] == ""


def test_a_cell_that_holds_something_else_is_never_overwritten(additions, tmp_path):
    reading = ["exchanges", "2020-01-01/north", "source", "", "9", "https://c.example"]
    _write(tmp_path, "filled.csv", [["table", "id", "column", "was", "value", "source"], reading])
    with pytest.raises(ValueError, match=r"source holds 'https://a\.example', not ''"):
        additions.filled_in(GATHERED, "war", "exchanges", tmp_path)


def test_a_row_that_does_not_exist_cannot_be_filled(additions, tmp_path):
    reading = ["exchanges", "2020-01-03/north", "persons", "", "9", "https://c.example"]
    _write(tmp_path, "filled.csv", [["table", "id", "column", "was", "value", "source"], reading])
    with pytest.raises(ValueError, match="exchanges has no row '2020-01-03/north'"):
        additions.filled_in(GATHERED, "war", "exchanges", tmp_path)
