"""The ways in which a table may be written, each giving the same record."""

import builtins

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armistice.errors import MissingExtraError, RecordError
from armistice.record.cells import as_date, as_number, as_tuple, source_parts
from armistice.record.check import check_war
from armistice.record.load import load_war
from tests.record.same import plain

TABLES = (
    "talks",
    "events",
    "figures",
    "exchanges",
    "opinion",
    "leaders",
    "support",
    "front",
    "series/strikes",
    "series/monthly",
)


def european(text):
    """Semicolons between cells, commas as decimal marks, as a Dutch spreadsheet saves a sheet."""
    lines = []
    for line in text.splitlines():
        cells = [f'"{cell}"' if ";" in cell else cell for cell in line.split(",")]
        lines.append(";".join(cell.replace(".", ",") if cell.replace(".", "").isdigit() else cell for cell in cells))
    return "\r\n".join(lines) + "\r\n"


@pytest.fixture
def written(small_war):
    """The record of the folder as it is written by hand."""
    return plain(load_war(small_war).as_of("2020-12-31"))


@pytest.mark.parametrize("name", TABLES)
def test_semicolons_with_decimal_commas(small_war, written, name):
    path = small_war / f"{name}.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(european(before), encoding="utf-8", newline="")
    assert ";" in path.read_text().splitlines()[0] or name == "none"
    assert plain(load_war(small_war).as_of("2020-12-31")) == written


def test_the_european_files_do_hold_decimal_commas(small_war):
    assert "10,5" in european((small_war / "series/strikes.csv").read_text())
    assert ";20,5;" in european((small_war / "opinion.csv").read_text())


@pytest.mark.parametrize("name", TABLES)
def test_a_byte_order_mark_and_windows_line_ends(small_war, written, name):
    path = small_war / f"{name}.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_text(encoding="utf-8").replace("\n", "\r\n").encode())
    assert plain(load_war(small_war).as_of("2020-12-31")) == written


def test_a_byte_order_mark_in_toml(small_war, written):
    for name in ("war.toml", "SOURCES.toml"):
        path = small_war / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert plain(load_war(small_war).as_of("2020-12-31")) == written


def as_parquet(path):
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{path}', header = true)) TO '{path.with_suffix('.parquet')}' (FORMAT parquet)"
        )
    path.unlink()


@pytest.mark.parametrize("name", [name for name in TABLES if "series" not in name])
def test_parquet_tables(small_war, written, name):
    as_parquet(small_war / f"{name}.csv")
    assert plain(load_war(small_war).as_of("2020-12-31")) == written


def test_parquet_series(small_war, written):
    as_parquet(small_war / "series/strikes.csv")
    war = small_war / "war.toml"
    war.write_text(war.read_text().replace("strikes.csv", "strikes.parquet"))
    record = plain(load_war(small_war).as_of("2020-12-31"))
    for key in ("drones", "losses"):
        assert record["series"][key][1:] == written["series"][key][1:]


def test_parquet_problems_name_rows_as_a_sheet_would(small_war):
    path = small_war / "exchanges.csv"
    path.write_text(path.read_text().replace("north,300", "west,300"))
    as_parquet(path)
    (problem,) = check_war(small_war)
    assert problem.startswith("exchanges.parquet, row 2, column 'to_side': found 'west'")


def test_a_broken_parquet_file_is_named(small_war):
    pytest.importorskip("duckdb")
    (small_war / "support.csv").unlink()
    (small_war / "support.parquet").write_bytes(b"no parquet")
    (problem,) = check_war(small_war)
    assert problem.startswith("support.parquet: cannot be read as Parquet (")


def test_parquet_without_duckdb_says_what_to_install(small_war, monkeypatch):
    (small_war / "support.csv").rename(small_war / "support.parquet")
    real = builtins.__import__

    def without_duckdb(name, *args, **kwargs):
        if name == "duckdb":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_duckdb)
    with pytest.raises(MissingExtraError, match=r"support\.parquet: .*pip install 'armistice\[parquet\]'"):
        load_war(small_war)


def test_the_order_of_rows_and_columns_does_not_matter(small_war, written):
    path = small_war / "series/strikes.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *reversed(rows)]) + "\n")
    front = small_war / "front.csv"
    turned = [",".join(reversed(line.split(","))) for line in front.read_text().splitlines()]
    front.write_text("\n".join(turned) + "\n")
    assert plain(load_war(small_war).as_of("2020-12-31")) == written


def test_blank_rows_are_skipped_but_counted(small_war):
    path = small_war / "exchanges.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, ",,,,,,", "", *rows[:-1], rows[-1].replace("south", "east")]) + "\n")
    (problem,) = check_war(small_war)
    assert problem.startswith("exchanges.csv, row 6, column 'to_side': found 'east'")


def test_a_cell_may_hold_several_lines(small_war):
    path = small_war / "leaders.csv"
    path.write_text(path.read_text().replace("voted out", '"voted\nout"').replace("B. Zuid,", "B. Zuid,2017-01-01"))
    (problem,) = check_war(small_war)
    assert problem.startswith(
        "leaders.csv, row 3, column 'until': 2017-01-01"
    )  # the sheet's row, not the file's line


def test_points_in_a_semicolon_file_are_not_guessed(small_war):
    path = small_war / "support.csv"
    path.write_text(path.read_text().replace(",", ";").replace("10.5", "1.234"))
    with pytest.raises(RecordError) as error:
        load_war(small_war)
    (problem,) = error.value.problems
    assert problem == (
        "support.csv, row 2, column 'amount': found '1.234', which may mean thousands or decimals. "
        "Write thousands without a separator and decimals after a comma."
    )


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("a; b|c", ("a", "b", "c")), ("", ()), (";", ()), ("one", ("one",))],
)
def test_lists(cell, expected):
    assert as_tuple(cell) == expected


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("ucdp", ["ucdp"]),
        ("ucdp;kiel", ["ucdp", "kiel"]),
        ("https://a.org/x;y=1 ; https://b.org", ["https://a.org/x;y=1", "https://b.org"]),
        ("https://a.org;https://b.org", ["https://a.org", "https://b.org"]),
        ("kiel | https://b.org", ["kiel", "https://b.org"]),
        ("", []),
    ],
)
def test_sources_in_one_cell(cell, parts):
    assert source_parts(cell) == parts


@given(st.dates())
def test_every_written_day_reads_back(day):
    assert as_date(day.isoformat()) == (day, "day")


def finding(read, cell):
    """What reading a cell has to say, or nothing when it can be read."""
    try:
        read(cell)
    except ValueError as error:
        return str(error)
    return None


@given(st.text(max_size=10))
def test_no_text_breaks_the_reading_of_dates_and_numbers(text):
    for read in (as_date, lambda cell: as_number(cell, False), lambda cell: as_number(cell, True)):
        said = finding(read, text)
        assert said is None or said.startswith(f"found {text!r}")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_written_number_reads_back(number):
    assert as_number(repr(number), False) == number
    assert as_number(repr(number).replace(".", ","), True) == number
