"""Broken war folders: each gives one line that names file, row, column, what was found and the remedy."""

import re

import pytest
from click.testing import CliRunner

from armistice.cli import main
from armistice.errors import ParameterError, RecordError
from armistice.record.check import check_war
from armistice.record.load import bundled_wars, load_war, war_folder_path

# What to change (file, old text, new text), and what the one line must begin and end with.
BROKEN = {
    "impossible-day": (
        ("talks.csv", "late-round,2020-07-01", "late-round,2020-06-31"),
        "talks.csv, row 6, column 'date': found '2020-06-31', which is not a day of the calendar.",
        "Correct the year, month or day.",
    ),
    "day-in-words": (
        ("opinion.csv", "2020-03-20", "20 March 2020"),
        "opinion.csv, row 2, column 'date': found '20 March 2020'; expected a date as year-month-day.",
        "Write it like 2025-03-01.",
    ),
    "month-where-a-day-is-needed": (
        ("leaders.csv", "2020-09-01", "2020-09"),
        "leaders.csv, row 2, column 'until': found '2020-09'; expected a full date.",
        "Write it like 2020-09-01.",
    ),
    "precision-disagrees": (
        ("events.csv", "march,2020-03,,", "march,2020-03,day,"),
        "events.csv, row 4, column 'date': found '2020-03' while date_precision says 'day'.",
        "Write the full date, or 'month' as date_precision.",
    ),
    "end-before-date": (
        ("talks.csv", "2020-02-10,2020-02-12", "2020-02-10,2020-02-02"),
        "talks.csv, row 2, column 'end_date': end_date 2020-02-02 is before date 2020-02-10",
        "correct one of them.",
    ),
    "date-long-before-the-war": (
        ("exchanges.csv", "2020-07-05", "1020-07-05"),
        "exchanges.csv, row 4, column 'date': 1020-07-05 is more than 2 years before the war, which began on 2020-01-01.",
        "Correct the date, or delete the row.",
    ),
    "date-in-the-future": (
        ("events.csv", "later,2020-08-01", "later,3020-08-01"),
        "events.csv, row 6, column 'date': 3020-08-01 lies in the future.",
        "Correct the date.",
    ),
    "known-before-it-began": (
        ("talks.csv", "2020-02-12,,2020-02-01", "2020-02-12,2020-02-09,2020-02-01"),
        "talks.csv, row 2, column 'known_on': 2020-02-09 is before date, 2020-02-10,",
        "'announced_on' holds an announcement.",
    ),
    "announced-after-it-was-known": (
        ("talks.csv", "2020-05-20,2020-05-20", "2020-05-20,2020-05-22"),
        "talks.csv, row 3, column 'announced_on': 2020-05-22 is after the day from which the row counts as known, 2020-05-20.",
        "Write 2020-05-22 as known_on, or correct it.",
    ),
    "repeated-day-in-a-series": (
        ("series/strikes.csv", "2020-01-04,7,", "2020-01-02,7,"),
        "series/strikes.csv, row 4, column 'date': 2020-01-02 stands in row 3 too.",
        "Keep one row per day.",
    ),
    "repeated-day-of-the-front": (
        ("front.csv", "2020-02-10,", "2020-01-10,"),
        "front.csv, row 3, column 'date': 2020-01-10 stands in row 2 too.",
        "Keep one of the two.",
    ),
    "negative-count-in-a-series": (
        ("series/strikes.csv", "2020-01-04,7,", "2020-01-04,-7,"),
        "series/strikes.csv, row 4, column 'drones_north': found -7; expected 0 or more.",
        "leave the cell blank if nothing was reported.",
    ),
    "negative-loss-that-is-no-count": (
        ("series/strikes.csv", "2020-01-01,5,10.5", "2020-01-01,5,-10.5"),
        "series/strikes.csv, row 2, column 'losses_south': found -10.5; expected 0 or more.",
        "leave the cell blank if nothing was reported.",
    ),
    "negative-count-in-a-table": (
        ("exchanges.csv", "north,300,", "north,-300,"),
        "exchanges.csv, row 2, column 'persons': found -300; expected at least 0.",
        "Correct the number, or leave it blank if not known.",
    ),
    "fractional-count": (
        ("series/strikes.csv", "2020-01-04,7,", "2020-01-04,7.5,"),
        "series/strikes.csv, row 4, column 'drones_north': found 7.5; expected a whole number.",
        "write 'is_count = false' for series 'drones' in war.toml.",
    ),
    "fractional-persons": (
        ("exchanges.csv", "north,300,", "north,300.5,"),
        "exchanges.csv, row 2, column 'persons': found '300.5'; expected a whole number.",
        "Correct it, or leave the cell blank.",
    ),
    "unknown-written-as-a-number": (
        ("series/strikes.csv", "2020-01-02,,11", "2020-01-02,nan,11"),
        "series/strikes.csv, row 3, column 'drones_north': found 'nan'; expected a number.",
        "Leave the cell blank where the figure is not known.",
    ),
    "infinite": (
        ("series/strikes.csv", "2020-01-02,,11", "2020-01-02,1e999,11"),
        "series/strikes.csv, row 3, column 'drones_north': found '1e999'; expected a number.",
        "Write digits only, with a decimal point.",
    ),
    "thousands-separator": (
        ("exchanges.csv", "north,300,", 'north,"1,300",'),
        "exchanges.csv, row 2, column 'persons': found '1,300'; expected a plain number.",
        "Leave out the thousands separators.",
    ),
    "percent-above-100": (
        ("opinion.csv", "ready,20.5", "ready,205"),
        "opinion.csv, row 2, column 'percent': found 205; expected at most 100.",
        "Correct the number, or leave it blank if not known.",
    ),
    "unknown-kind": (
        ("talks.csv", "indirect_round,", "indirect_ronde,"),
        "talks.csv, row 3, column 'kind': found 'indirect_ronde'; expected one of direct_round, indirect_round, leader_call,",
        "Did you mean 'indirect_round'?",
    ),
    "not-yes-or-no": (
        ("events.csv", "yes,archive", "perhaps,archive"),
        "events.csv, row 2, column 'answer_announced': found 'perhaps'; expected true or false.",
        "Leave the cell blank where it is not known.",
    ),
    "bad-id": (
        ("talks.csv", "easter,2020", "Easter truce,2020"),
        "talks.csv, row 4, column 'id': found 'Easter truce'; expected lower-case letters, digits, '-' and '_' only.",
        "Write it like first-round.",
    ),
    "repeated-id": (
        ("talks.csv", "easter,2020", "quiet-round,2020"),
        "talks.csv, row 4, column 'id': 'quiet-round' is the id of row 3 too.",
        "Give one of them another id.",
    ),
    "unknown-side": (
        ("exchanges.csv", "2020-07-05,south", "2020-07-05,suoth"),
        "exchanges.csv, row 4, column 'to_side': found 'suoth'; expected a side that war.toml names (north, south).",
        "Did you mean 'south'?",
    ),
    "side-in-capitals": (
        ("events.csv", ",south,symbolic", ",South,symbolic"),
        "events.csv, row 2, column 'actor': found 'South'; expected the id as war.toml writes it.",
        "Did you mean 'south'?",
    ),
    "unknown-patron": (
        ("support.csv", "2020-05,empire", "2020-05,republic"),
        "support.csv, row 3, column 'patron': found 'republic'; expected a patron that war.toml names (empire).",
        "Correct it, or add it there.",
    ),
    "unknown-issue": (
        ("talks.csv", "North;South,prisoners", "North;South,prisoner;"),
        "talks.csv, row 2, column 'issues': found 'prisoner'; expected an issue that war.toml names (prisoners).",
        "Did you mean 'prisoners'?",
    ),
    "unknown-talk": (
        ("exchanges.csv", "South,late-round", "South,latest-round"),
        "exchanges.csv, row 4, column 'talk': found 'latest-round', which is no id in talks.csv.",
        "Did you mean 'late-round'?",
    ),
    "unknown-subject": (
        ("figures.csv", "late-round,exchanged", "elsewhere,exchanged"),
        "figures.csv, row 5, column 'subject': found 'elsewhere'; expected 'war', a side, or the id of a row in talks.csv or events.csv.",
        "Correct it, or add that row.",
    ),
    "unknown-source": (
        ("talks.csv", "deal,archive\neaster", "deal,archief\neaster"),
        "talks.csv, row 3, column 'source': found 'archief'; expected a key in SOURCES.toml or an http address.",
        "Did you mean 'archive'?",
    ),
    "no-source": (
        ("events.csv", "bridge,,archive", "bridge,,"),
        "events.csv, row 3, column 'source': is blank, but must be filled in.",
        "Fill it in, or delete the row.",
    ),
    "source-without-licence": (
        ("SOURCES.toml", 'licence = "CC0-1.0"\n', ""),
        "SOURCES.toml, [archive], key 'licence': is missing.",
        "Add it.",
    ),
    "source-with-a-blank-licence": (
        ("SOURCES.toml", '"CC0-1.0"', '""'),
        "SOURCES.toml, [archive], key 'licence': is blank, but must be filled in.",
        "Fill it in.",
    ),
    "conflicting-figures": (
        ("figures.csv", "40,,,people,North", "40,,,people,South"),
        "figures.csv, row 3, column 'claimed_by': 'South' states another figure in row 2 for the same subject, quantity and days.",
        "Say who claims which, or when a revision became known.",
    ),
    "figure-without-a-number": (
        ("figures.csv", "2020-03-02,,12,", "2020-03-02,,,"),
        "figures.csv, row 2, column 'value': value, low and high are all blank;",
        "give at least one or delete the row.",
    ),
    "low-above-high": (
        ("front.csv", "110,130", "130,110"),
        "front.csv, row 3, column 'low': 130 is above high, 110.",
        "Swap them, or correct one.",
    ),
    "value-outside-its-bounds": (
        ("front.csv", "140,139,141", "140,141,142"),
        "front.csv, row 5, column 'value': 140 is below low, 141.",
        "Correct one of them.",
    ),
    "not-the-first-of-the-month": (
        ("series/monthly.csv", "2020-03-01", "2020-03-31"),
        "series/monthly.csv, row 3, column 'date': found '2020-03-31'; expected the first of a month,",
        "Write it like 2020-03.",
    ),
    "month-in-a-daily-series": (
        ("series/strikes.csv", "2020-01-01", "2020-01"),
        "series/strikes.csv, row 2, column 'date': found '2020-01'; expected a day,",
        "change it to 'month' in war.toml.",
    ),
    "support-inside-a-month": (
        ("support.csv", "2020-05,", "2020-05-17,"),
        "support.csv, row 3, column 'date': found 2020-05-17; expected the first of a month.",
        "Write it like 2020-05.",
    ),
    "column-in-another-language": (
        ("support.csv", "amount,unit,source", "amount,unit,bron"),
        "support.csv, row 1: missing 'source'; found 'date', 'patron', 'to_side', 'kind', 'amount', 'unit', 'bron' (unknown: 'bron').",
        "Rename or add the missing columns.",
    ),
    "unknown-column": (
        ("front.csv", "date,value,low,high,source", "date,value,low,weather,source"),
        "front.csv, row 1, column 'weather': is not a column of front.csv. Delete it, or move what it says to 'note'.",
        None,
    ),
    "misspelt-column-near-a-required-one": (
        ("events.csv", ",name_en,", ",nam_en,"),
        "events.csv, row 1, column 'nam_en': is not a column of events.csv. Did you mean 'name_en'?",
        None,
    ),
    "missing-column": (
        ("support.csv", "kind,amount,unit,", "kind,note,unit,"),
        "support.csv, row 1: missing 'amount'; found 'date', 'patron', 'to_side', 'kind', 'note', 'unit', 'source'.",
        "Add the missing columns.",
    ),
    "repeated-column": (
        ("support.csv", "amount,unit", "amount,amount"),
        "support.csv, row 1: the column 'amount' stands in the header more than once.",
        "Rename or delete one.",
    ),
    "comma-outside-quotes": (
        ("leaders.csv", "voted out", "voted, out"),
        "leaders.csv, row 2: has 9 cells where the header has 8.",
        "also the blank ones.",
    ),
    "quote-not-closed": (
        ("leaders.csv", "B. South", '"B. South'),
        "leaders.csv, line 3: cannot be read as CSV",
        "write it twice inside a quoted cell.",
    ),
    "undescribed-series-column": (
        (
            "series/monthly.csv",
            "date,sorties\n2020-01,100\n2020-03-01,120\n2020-06,90",
            "date,sorties,kites\n2020-01,1,2",
        ),
        "series/monthly.csv, row 1, column 'kites': is described by no [[series]] of war.toml.",
        "Describe it in war.toml under [[series]], or delete it.",
    ),
    "absent-series-column": (
        ("war.toml", 'column = "drones_north"', 'column = "drones_by_north"'),
        "series/strikes.csv, row 1, column 'drones_north': is described by no [[series]] of war.toml.",
        "Did you mean 'drones_by_north'?",
    ),
    "absent-series-file": (
        ("war.toml", 'file = "series/monthly.csv"', 'file = "series/months.csv"'),
        "war.toml, [[series]] (sorties), key 'file': 'series/months.csv' is not in the folder.",
        "Did you mean 'series/monthly.csv'?",
    ),
    "invalid-toml": (
        ("war.toml", 'id = "north"', 'id = "north'),
        "war.toml: is not valid TOML: Illegal character '\\n' (at line 11, column 12).",
        "or a key written twice.",
    ),
    "unknown-key": (
        ("war.toml", "remaining = 50.0", "remaning = 50.0"),
        "war.toml, [[objectives]] 1 (valley), key 'remaning': is not a key that is known here. Did you mean 'remaining'?",
        None,
    ),
    "missing-language": (
        ("war.toml", 'names = { en = "Drones", nl = "Drones" }', 'names = { en = "Drones" }'),
        "war.toml, [[series]] 1 (drones), key 'names.nl': is missing.",
        "Add it.",
    ),
    "unknown-language": (
        ("war.toml", 'nl = "De vallei" }', 'nl = "De vallei", de = "Das Tal" }'),
        "war.toml, [[objectives]] 1 (valley), key 'names.de': is not a key that is known here. Delete it.",
        "Known keys: en, nl.",
    ),
    "missing-key": (
        ("war.toml", "schema_version = 1\n", ""),
        "war.toml, key 'schema_version': is missing.",
        "Add it.",
    ),
    "bad-war-id": (
        ("war.toml", 'id = "small"', 'id = "Small War"'),
        "war.toml, key 'id': found 'Small War'; expected lower-case letters, digits, '-' and '_' only.",
        "Write it like first-round.",
    ),
    "series-of-an-unknown-side": (
        ("war.toml", 'measures = "strikes"\nside = "north"', 'measures = "strikes"\nside = "nord"'),
        "war.toml, [[series]] (drones), key 'side': found 'nord'; expected a side that war.toml names (north, south).",
        "Did you mean 'north'?",
    ),
    "series-twice": (
        ("war.toml", 'id = "losses"', 'id = "drones"'),
        "war.toml, [[series]] 2, key 'id': 'drones' stands there twice.",
        "Rename one of them.",
    ),
    "poll-twice": (
        ("opinion.csv", "2020-06-28,2020-06-20", "2020-03-20,2020-03-10"),
        "opinion.csv, row 3, column 'date': 2020-03-20 stands in row 2 too with the same population, pollster, measure, answer.",
        "Keep one of the two.",
    ),
    "end-before-start": (
        ("war.toml", "date = 2020-12-01", "date = 2019-12-01"),
        "war.toml, [end], key 'date': 2019-12-01 is before the start, 2020-01-01.",
        "Correct one of them.",
    ),
    "default-day-before-start": (
        ("war.toml", "default_as_of = 2020-06-30", "default_as_of = 2019-06-30"),
        "war.toml, key 'default_as_of': 2019-06-30 is before the start, 2020-01-01.",
        "Give the first day of the war or a later one.",
    ),
    "lag-of-an-unknown-file": (
        ("war.toml", '"opinion.csv" = 5', '"opinions.csv" = 5'),
        "war.toml, [publication_lag_days], key 'opinions.csv': expected a table that the folder holds",
        "Did you mean 'opinion.csv'?",
    ),
    "unsourced-front": (
        ("war.toml", 'publication_lag_days = 2\nsource = "archive"', 'publication_lag_days = 2\nsource = ""'),
        "war.toml, [front], key 'source': is blank.",
        "Give a key in SOURCES.toml or an http address.",
    ),
    "leader-gone-before-coming": (
        ("leaders.csv", "2020-09-01", "2010-09-01"),
        "leaders.csv, row 2, column 'until': 2010-09-01 is before date, the first day in office, 2015-05-01.",
        "Correct one of them.",
    ),
    "fieldwork-backwards": (
        ("opinion.csv", "2020-03-10", "2020-03-30"),
        "opinion.csv, row 2, column 'fieldwork_start': 2020-03-30 is after date, the last day of fieldwork, 2020-03-20.",
        "Correct one of them.",
    ),
}


def change(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {file}: this test would break nothing"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_small_war_is_sound(small_war):
    assert check_war(small_war) == []


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_folder_gives_one_line_with_place_and_remedy(small_war, case):
    (file, old, new), begins, ends = BROKEN[case]
    change(small_war, file, old, new)
    problems = check_war(small_war)
    assert len(problems) == 1, "\n".join(problems)
    assert problems[0].startswith(begins)
    assert ends is None or problems[0].endswith(ends)
    assert "\n" not in problems[0]
    with pytest.raises(RecordError) as error:
        load_war(small_war)
    assert error.value.problems == tuple(problems)


def test_every_problem_is_found_at_once(small_war):
    for file, old, new in (
        ("talks.csv", "indirect_round,", "tea,"),
        ("talks.csv", "late-round,2020-07-01", "late-round,2020-06-31"),
        ("exchanges.csv", "north,300,", "west,300,"),
        ("series/strikes.csv", "2020-01-04,7,", "2020-01-04,seven,"),
        ("SOURCES.toml", 'title = "Archive of the small war"\n', ""),
    ):
        change(small_war, file, old, new)
    files = [re.split(r"[, ]", problem)[0] for problem in check_war(small_war)]
    assert sorted(files) == ["SOURCES.toml", "exchanges.csv", "series/strikes.csv", "talks.csv", "talks.csv"]


def test_no_sources(small_war):
    (small_war / "SOURCES.toml").unlink()
    (problem,) = check_war(small_war)
    assert problem.startswith("SOURCES.toml: is missing. Write one,")


def test_no_war_toml(small_war):
    (small_war / "war.toml").unlink()
    (problem,) = check_war(small_war)
    assert problem.startswith("war.toml: is missing in ")
    assert "`armistice new" in problem


def test_front_without_its_file_or_description(small_war):
    (small_war / "front.csv").unlink()
    assert check_war(small_war) == [
        "front.csv: is missing, though war.toml has [front]. Add the file, or delete [front]."
    ]


@pytest.mark.parametrize(
    ("name", "begins", "ends"),
    [
        (
            "talk.csv",
            "talk.csv: is not a file of a war folder, so nobody would read it.",
            "Did you mean 'talks.csv'?",
        ),
        (
            "series/kites.csv",
            "series/kites.csv: is described by no [[series]] of war.toml",
            "or move it out of the folder.",
        ),
        ("talks.xlsx", "talks.xlsx: spreadsheets are not read.", "or move it elsewhere."),
        (
            "talks.parquet",
            "talks.parquet: stands beside talks.csv, and only one can be read.",
            "Delete one of the two.",
        ),
    ],
)
def test_a_file_that_would_not_be_read_is_named(small_war, name, begins, ends):
    (small_war / name).write_text("date\n", encoding="utf-8")
    (problem,) = check_war(small_war)
    assert problem.startswith(begins)
    assert problem.endswith(ends)


def test_notes_beside_the_data_are_left_alone(small_war):
    (small_war / "README.md").write_text("Notes", encoding="utf-8")
    (small_war / ".DS_Store").write_bytes(b"\0")
    assert check_war(small_war) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "date,patron\nG\xfcnter,1\n".encode("latin-1"),
            "support.csv, line 2: is not UTF-8 (byte 0xfc). Save the file as 'CSV UTF-8'.",
        ),
        (b"date\tpatron\n", "support.csv, row 1: is separated by tabs. Save the file with commas or semicolons."),
        (b"", "support.csv, row 1: the header is missing. Write the names of the columns in the first row."),
        (b"PK\0\0", "support.csv: is not a CSV file (it holds zero bytes). Save the sheet as 'CSV UTF-8'."),
    ],
)
def test_a_file_that_is_no_csv(small_war, content, message):
    (small_war / "support.csv").write_bytes(content)
    assert check_war(small_war) == [message]


def test_a_revised_figure_of_one_claimant_is_no_conflict(small_war):
    path = small_war / "figures.csv"
    lines = path.read_text().splitlines()
    lines[0] += ",known_on"
    lines[1:] = [line + "," for line in lines[1:]]
    lines.append("bridge,dead,2020-03-02,,14,,,people,South,archive,2020-03-09")
    path.write_text("\n".join(lines) + "\n")
    assert check_war(small_war) == []


def test_a_figure_is_not_known_before_its_period_is_over(small_war):
    path = small_war / "figures.csv"
    lines = path.read_text().splitlines()
    lines[0] += ",known_on"
    lines[1:] = [line + ("," if "Monitor" not in line else ",2020-03-30") for line in lines[1:]]
    path.write_text("\n".join(lines) + "\n")
    (problem,) = check_war(small_war)
    assert problem == (
        "figures.csv, row 4, column 'known_on': 2020-03-30 is before end_date, 2020-03-31, "
        "but a row can only be known when it has happened. Correct it, or leave it blank."
    )


def test_an_exchange_whose_numbers_were_withheld_is_a_row(small_war):
    change(small_war, "exchanges.csv", "north,300,", "north,,")
    record = load_war(small_war).as_of()
    assert (record.exchanges[0].persons, record.exchanges[0].bodies) == (None, None)


def test_a_table_that_is_not_there_is_no_problem(small_war):
    for name in ("opinion.csv", "leaders.csv", "support.csv", "exchanges.csv", "figures.csv"):
        (small_war / name).unlink()
    record = load_war(small_war).as_of()
    assert (record.opinion, record.figures) == ((), ())


def test_the_command_prints_each_problem_and_exits_with_2(small_war):
    change(small_war, "exchanges.csv", "north,300,", "north,-300,")
    done = CliRunner().invoke(main, ["check", str(small_war)])
    assert done.exit_code == 2
    assert done.output.splitlines() == check_war(small_war)


def test_an_unknown_war_lists_the_bundled_ones(tmp_path):
    with pytest.raises(ParameterError, match=r"There is no bundled war and no folder called 'nowhere'\. Bundled: "):
        load_war("nowhere")
    for name in bundled_wars():
        with pytest.raises(ParameterError, match=f"Did you mean '{name}'"):
            load_war(name + "e")
        assert war_folder_path(name).name == name
    (tmp_path / "file").write_text("")
    with pytest.raises(ParameterError, match="is a file, not a war folder"):
        load_war(tmp_path / "file")


@pytest.mark.parametrize("name", bundled_wars())
def test_bundled_wars_are_sound(name):
    assert check_war(war_folder_path(name)) == []


def test_two_counts_of_one_exchange_say_who_counts(small_war):
    change(small_war, "exchanges.csv", "2020-02-20,south,303,,South", "2020-02-20,north,303,,")
    (problem,) = check_war(small_war)
    assert problem.startswith(
        "exchanges.csv, row 3, column 'claimed_by': 303 people, where row 2 has 300 for the same day"
    )
    change(small_war, "exchanges.csv", "2020-02-20,north,303,,", "2020-02-20,north,303,,South")
    assert check_war(small_war) == []  # disputed, and each says whose count it is


@pytest.mark.parametrize(
    ("old", "new", "begins"),
    [
        (
            'id = "prisoners"',
            'id = "prisoners"\ntype = "concession"',
            "war.toml, [[issues]] (prisoners): is a concession",
        ),
        (
            'id = "prisoners"',
            'id = "prisoners"\ntype = "exchange"\nasked_by = "north"',
            "war.toml, [[issues]] (prisoners), key 'asked_by': only a concession",
        ),
        (
            'id = "prisoners"',
            'id = "prisoners"\ntype = "concession"\nasked_by = "norht"',
            "war.toml, [[issues]] (prisoners), key 'asked_by': found 'norht'",
        ),
        (
            'claimed_by = "Mapmaker"',
            'claimed_by = "Mapmaker"\nfull_extent = [0, 10]',
            "war.toml, [front], key 'full_extent'",
        ),
    ],
)
def test_what_bargaining_needs_is_checked(small_war, old, new, begins):
    change(small_war, "war.toml", old, new)
    (problem,) = check_war(small_war)
    assert problem.startswith(begins)
