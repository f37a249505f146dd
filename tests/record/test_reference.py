"""The reference set of other wars: what could be coded by a day, and nothing later."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections import Counter
from dataclasses import fields

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.record import reference
from armistice.record.load import load_war
from armistice.record.reference import OUTCOMES, TERMINATIONS_CSV, TYPES, reference_episodes

BLANK = {
    "conflict_id": 1, "dyad_id": 10, "year": 1950, "location": "Here", "side_a": "Government of North",
    "side_b": "South", "incompatibility": 1, "intensity_level": 1, "type_of_conflict": 3,
    "start_date2": "", "start_prec2": "", "ependdate": "", "ependprec": "", "outcome": "",
}  # fmt: skip


def years(
    first, last, *, end="", end_precision="", outcome="", start=None, start_precision=1, intensity=None, **common
):
    """One episode as UCDP writes it: a row per active year, the ending on the last."""
    start = start or f"{first}-03-10"
    rows = []
    for year in range(first, last + 1):
        row = BLANK | common | {"year": year, "start_date2": start, "start_prec2": start_precision}
        row["intensity_level"] = (intensity or {}).get(year, 1)
        if year == last:
            row |= {"ependdate": end, "ependprec": end_precision, "outcome": outcome}
        rows.append(row)
    return rows


@pytest.fixture
def cut(tmp_path):
    """``cut(day, *episodes)``: the reference set on a day, from made-up rows."""

    def made(day, *episodes, hindsight=False, without=()):
        # The edition runs to 1960 whatever the episodes.
        rows = [row for episode in (*episodes, years(1960, 1960, dyad_id=999, conflict_id=999)) for row in episode]
        text = {key: str(value) for key, value in rows[0].items()}
        rows = [{key: str(value) for key, value in row.items()} for row in rows]
        assert text.keys() == BLANK.keys()
        rows.sort(key=lambda row: (int(row["dyad_id"]), int(row["year"])))
        return reference._cut(
            tuple(rows), dt.date.fromisoformat(day), hindsight=hindsight, without=frozenset(without)
        )

    return made


def test_an_ending_counts_from_the_second_new_year_after_it(cut):
    war = years(1950, 1951, end="1951-04-05", end_precision=1, outcome=1)
    before, after = cut("1952-12-31", war), cut("1953-01-01", war)
    assert before.outcome.tolist() == [0]
    assert before.last_day == dt.date(1950, 12, 31)
    assert before.end_latest.tolist() == [dt.date(1950, 12, 31)]
    assert [OUTCOMES[code - 1] for code in after.outcome] == ["peace_agreement"]
    assert after.end_latest.tolist() == [dt.date(1951, 4, 5)]


def test_one_delay_for_settlements_and_for_wars_that_fade(cut):
    treaty = years(1950, 1951, dyad_id=1, end="1951-04-05", end_precision=1, outcome=1)
    faded = years(1950, 1951, dyad_id=2, end="1951-12-31", end_precision=5, outcome=5)
    for day, expected in (("1952-12-31", [0, 0]), ("1953-01-01", [1, 5])):
        assert cut(day, treaty, faded).outcome.tolist() == expected


def test_a_war_begun_after_the_last_coded_day_is_not_there(cut):
    assert cut("1951-12-31", years(1950, 1952)).n == 0
    assert cut("1952-01-01", years(1950, 1952)).n == 1


def test_a_quiet_year_ends_an_episode_and_begins_another(cut):
    first = years(1950, 1951, end="1951-11-30", end_precision=2, outcome=5)
    second = years(1953, 1954, end="1954-02-01", end_precision=1, outcome=3)
    found = cut("1957-01-01", first, second)
    assert found.episode_id.tolist() == ["10-1950", "10-1953"]
    assert found.outcome.tolist() == [5, 3]


@pytest.mark.parametrize(
    ("precision", "earliest", "latest"),
    [
        (1, "1951-04-05", "1951-04-05"),
        (2, "1951-04-01", "1951-04-30"),
        (3, "1951-04-01", "1951-04-30"),
        (4, "1951-01-01", "1951-12-31"),
        (5, "1951-01-01", "1951-12-31"),
        ("", "1951-01-01", "1951-12-31"),
    ],
)
def test_precision_says_where_a_date_may_lie(cut, precision, earliest, latest):
    found = cut("1955-01-01", years(1950, 1951, end="1951-04-05", end_precision=precision, outcome=2))
    assert (str(found.end_earliest[0]), str(found.end_latest[0])) == (earliest, latest)
    assert found.dates_are_precise.tolist() == [precision in (1, 2)]


def test_december_has_a_last_day(cut):
    found = cut("1955-01-01", years(1950, 1951, end="1951-12-05", end_precision=3, outcome=2))
    assert str(found.end_latest[0]) == "1951-12-31"


def test_a_date_outside_its_year_is_known_to_the_year_only(cut):
    found = cut("1955-01-01", years(1950, 1951, end="1958-04-05", end_precision=1, outcome=2))
    assert (str(found.end_earliest[0]), str(found.end_latest[0])) == ("1951-01-01", "1951-12-31")


def test_what_cannot_be_used_is_named(cut):
    unknown = years(1950, 1950, dyad_id=1, end="1950-04-05", end_precision=1, side_b="Unknown")
    backwards = years(1951, 1951, dyad_id=2, start="1951-06-01", end="1951-05-30", end_precision=1, outcome=3)
    found = cut("1955-01-01", unknown, backwards)
    assert found.n == 0
    assert found.left_out == (
        ("North - Unknown, 1950", "ended, but how is not coded"),
        ("North - South, 1951", "ends before it starts"),
    )


def test_a_year_s_intensity_and_type_count_when_it_is_over(cut):
    rows = years(1950, 1953, outcome=5, intensity={1951: 2})
    for row in rows[2:]:
        row["type_of_conflict"] = 4
    found = cut("1958-01-01", rows)
    on = [float(np.datetime64(day).astype(int)) for day in ("1950-12-31", "1951-12-31", "1952-01-01", "1957-01-01")]
    assert [int(found.intensity_reached(np.array([day]))[0]) for day in on] == [0, 1, 2, 2]
    # Type is seen at once in the first year, then as of the last year finished.
    assert [TYPES[int(found.type_known(np.array([day]))[0]) - 1] for day in on] == [
        "intrastate", "intrastate", "intrastate", "internationalised_intrastate",
    ]  # fmt: skip
    both = found.intensity_reached(np.array([[on[0]], [on[2]]]))
    assert both.tolist() == [[0], [2]]


def test_hindsight_reaches_to_the_edition_s_own_last_coded_year(cut):
    war = years(1950, 1951, end="1951-04-05", end_precision=1, outcome=1)
    assert cut("1951-06-01", war).outcome.tolist() == []
    found = cut("1951-06-01", war, hindsight=True)
    assert found.outcome.tolist() == [1]
    assert found.last_day == dt.date(1959, 12, 31)


def test_this_war_is_left_out_with_all_its_dyads(cut):
    ours = [years(1950, 1951, conflict_id=7, dyad_id=dyad, outcome=1) for dyad in (1, 2)]
    other = years(1950, 1951, conflict_id=8, dyad_id=3, outcome=1)
    assert cut("1955-01-01", *ours, other, without=[7]).dyad_id.tolist() == [3]


def test_before_anything_could_be_coded_the_set_is_empty(cut):
    found = cut("1950-06-25", years(1950, 1951))
    assert found.n == 0
    assert found.type_known(np.zeros((3, 0))).shape == (3, 0)


def test_select_keeps_the_columns_together(cut):
    found = cut("1957-01-01", years(1950, 1951, dyad_id=1, outcome=1), years(1950, 1954, dyad_id=2, outcome=2))
    only = found.select(found.outcome == 2)
    assert only.dyad_id.tolist() == [2]
    assert only.intensity.shape == (1, len(found.years))
    assert only.last_day == found.last_day


def test_another_file_is_refused_with_its_columns(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("dyad_id,year\n1,1950\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"other\.csv: missing columns conflict_id.*found dyad_id, year"):
        reference._dyad_years(path)


# --- the bundled set ------------------------------------------------------------------------------------


def test_the_edition_s_own_counts(small_war):
    found = reference_episodes(load_war(small_war).as_of("2025-06-03"))
    count = Counter(OUTCOMES[code - 1] for code in found.outcome if code)
    # UCDP flags 852 episodes as ended: 106, 95, 143 + 69, 352, 84, and 3 blank. Four more have an outcome and no
    # active year after but lack the flag (three faded, one won by side A); one victory of A ends before it starts.
    assert count == {
        "peace_agreement": 106, "ceasefire": 95, "victory_a": 143, "victory_b": 69, "low_activity": 355,
        "actor_ceases": 84,
    }  # fmt: skip
    assert sorted(reason for _, reason in found.left_out) == ["ended, but how is not coded"] * 3 + [
        "ends before it starts"
    ]
    assert found.last_day == dt.date(2019, 12, 31)


def test_ucdp_s_flags_give_the_published_counts():
    ended = [row for row in reference._dyad_years(TERMINATIONS_CSV) if row["dyadterm"] == "1"]
    count = Counter(row["outcome"] for row in ended)
    assert count == {"1": 106, "2": 95, "3": 143, "4": 69, "5": 352, "6": 84, "": 3}
    assert len(ended) == 852
    assert sum(row["type_of_conflict"] == "2" for row in ended) == 68


def test_korea_s_own_ending_and_all_later_ones_are_absent_in_1951():
    found = reference_episodes(load_war("korea").as_of("1951-11-27"))
    assert found.n > 30
    assert 235 not in found.conflict_id
    assert found.end_latest.max() <= np.datetime64("1949-12-31")
    assert found.first_year.max() <= 1949


def test_the_future_may_be_scrambled():
    """Whatever rows of 1955 and later say, and whether they exist, the set of 1955 is the same."""
    rows = reference._dyad_years(TERMINATIONS_CSV)
    day = dt.date(1955, 6, 30)
    rng = random.Random(1)
    scrambled = []
    for row in rows:
        if int(row["year"]) < 1955:
            scrambled.append(row)
        elif rng.random() < 0.7:
            scrambled.append(
                {**row, "outcome": str(rng.randint(1, 6)), "intensity_level": "2", "type_of_conflict": "2"}
            )
    honest = reference._cut(rows, day, hindsight=False, without=frozenset())
    after = reference._cut(tuple(scrambled), day, hindsight=False, without=frozenset())
    assert honest.n > 50
    for item in fields(honest):
        one, two = getattr(honest, item.name), getattr(after, item.name)
        assert np.array_equal(one, two), item.name


def test_rows_are_read_once_and_sorted():
    rows = reference._dyad_years(TERMINATIONS_CSV)
    assert rows is reference._dyad_years(TERMINATIONS_CSV)
    with TERMINATIONS_CSV.open(encoding="utf-8", newline="") as file:
        assert len(rows) == sum(1 for _ in csv.DictReader(file))
