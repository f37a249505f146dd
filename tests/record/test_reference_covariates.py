"""Covariates of landmarks: what was known on the day, and nothing later."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.record import reference
from armistice.record.reference import TERMINATIONS_CSV, all_episodes
from armistice.record.reference_covariates import (
    AGREEMENTS_CSV,
    BLOCKS,
    Agreements,
    covariates,
    read_agreements,
)

NONE = Agreements(*(np.zeros(0, dtype=kind) for kind in (np.int64, np.int64, float, bool)))


def day(text):
    return float(np.datetime64(text).astype(float))


def rows_of(
    first, last, *, dyad, conflict=1, side_a="Government of North", outcome="", intensity=None, kind=3, **more
):
    rows = []
    for year in range(first, last + 1):
        rows.append(
            {
                "conflict_id": conflict, "dyad_id": dyad, "year": year, "location": "Here", "side_a": side_a,
                "side_b": "South", "incompatibility": 1, "intensity_level": (intensity or {}).get(year, 1),
                "type_of_conflict": kind, "start_date2": f"{first}-03-10", "start_prec2": 1,
                "ependdate": f"{last}-11-05" if year == last else "", "ependprec": 1 if year == last else "",
                "outcome": outcome if year == last else "", "region": "4",
            } | more
        )  # fmt: skip
    return rows


def episodes(*groups, edition=1965):
    rows = [row for group in (*groups, rows_of(edition, edition, dyad=999, conflict=999)) for row in group]
    text = [{key: str(value) for key, value in row.items()} for row in rows]
    text.sort(key=lambda row: (int(row["dyad_id"]), int(row["year"])))
    return reference._cut(tuple(text), dt.date(edition + 1, 1, 1), hindsight=True, without=frozenset())


def at(found, dyad, on, agreements=NONE):
    """The covariates of the episode of a dyad that goes on on a day."""
    year = int(on[:4])
    war = next(
        i for i in range(found.n)
        if found.dyad_id[i] == dyad and found.first_year[i] <= year <= found.last_year[i]
    )  # fmt: skip
    known = covariates(
        found, agreements, np.array([war]), np.array([day(on)]),
        began=np.array([float(found.start_earliest[war].astype(float))]),
    )  # fmt: skip
    return {name: float(values[0]) for name, values in known.items()}


def test_every_name_has_a_column_and_a_block():
    found = at(episodes(rows_of(1950, 1953, dyad=1, outcome=5)), 1, "1952-01-01")
    assert list(found) == [name for block in BLOCKS.values() for name in block]


def test_intensity_counts_when_its_year_is_over():
    found = episodes(rows_of(1950, 1955, dyad=1, outcome=5, intensity={1951: 2, 1952: 2}))
    during, after = at(found, 1, "1951-12-31"), at(found, 1, "1952-01-01")
    assert (during["war_last_year"], during["war_ever"], during["log_war_years"]) == (0, 0, 0)
    assert (after["war_last_year"], after["war_ever"], after["war_year_before"]) == (1, 1, 0)
    later = at(found, 1, "1954-07-01")
    assert (later["war_last_year"], later["war_year_before"], later["war_ever"]) == (0, 1, 1)
    assert later["log_war_years"] == pytest.approx(np.log(3))
    assert later["war_share_of_ten_years"] == pytest.approx(2 / 4)
    assert later["log_active_years"] == pytest.approx(np.log(5))


def test_first_and_second_calendar_year():
    found = episodes(rows_of(1950, 1955, dyad=1, outcome=5))
    flags = [
        (at(found, 1, on)["first_calendar_year"], at(found, 1, on)["second_calendar_year"])
        for on in ("1950-07-01", "1951-01-01", "1952-01-01")
    ]
    assert flags == [(1, 0), (0, 1), (0, 0)]


def test_an_earlier_episode_of_the_dyad_and_how_it_ended():
    found = episodes(rows_of(1950, 1951, dyad=1, outcome=2), rows_of(1955, 1958, dyad=1, outcome=5))
    first, second = at(found, 1, "1951-01-01"), at(found, 1, "1956-01-01")
    assert (first["log_earlier_episodes"], first["earlier_settled"]) == (0, 0)
    assert second["log_earlier_episodes"] == pytest.approx(np.log(2))
    assert (second["earlier_settled"], second["earlier_faded"], second["earlier_other"]) == (1, 0, 0)


def test_other_dyads_and_their_endings_as_coded_by_the_day():
    found = episodes(
        rows_of(1950, 1958, dyad=1, outcome=5),
        rows_of(1952, 1954, dyad=2, outcome=1),
        rows_of(1953, 1953, dyad=3, outcome=4),
    )
    assert at(found, 1, "1954-01-01")["log_other_dyads"] == pytest.approx(np.log(3))
    # Dyad 3 ended in 1953: in 1954 the year after is not over, in 1955 it is.
    assert at(found, 1, "1954-12-31")["log_dyads_ended_lately"] == 0
    assert at(found, 1, "1955-01-01")["log_dyads_ended_lately"] == pytest.approx(np.log(2))
    assert at(found, 1, "1956-01-01")["log_dyads_ended_lately"] == pytest.approx(np.log(3))


def test_side_a_elsewhere():
    found = episodes(
        rows_of(1950, 1958, dyad=1, outcome=5),
        rows_of(1950, 1953, dyad=2, conflict=2, outcome=5, intensity={1952: 2}),
        rows_of(1950, 1958, dyad=3, conflict=3, outcome=5, side_a="Government of East", intensity={1952: 2}),
    )
    known = at(found, 1, "1953-01-01")
    assert known["log_wars_of_side_a"] == pytest.approx(np.log(2))
    assert known["side_a_at_war_elsewhere"] == 1
    assert at(found, 3, "1953-01-01")["side_a_at_war_elsewhere"] == 0
    # One of North's wars has ended by fading and is coded; two more at the share of all (1 of 1) are added.
    assert at(found, 1, "1955-01-01")["faded_share_of_side_a"] == pytest.approx(1)


def test_agreements_count_from_the_day_after_and_for_a_year():
    found = episodes(rows_of(1980, 1990, dyad=1, conflict=7, outcome=1), edition=1995)
    signed = Agreements(
        np.array([1, 0]), np.array([0, 7]), np.array([day("1983-06-30"), day("1985-02-01")]), np.array([True, False])
    )

    def known(on):
        row = at(found, 1, on, signed)
        return tuple(row[name] for name in ("own_past_year", "own_past_three_years", "own_this_episode",
                                            "own_ceasefire_past_year", "conflict_past_year"))  # fmt: skip

    assert known("1983-06-30") == (0, 0, 0, 0, 0)
    assert known("1983-07-01") == (1, 1, 1, 1, 0)
    assert known("1985-07-01") == (0, 1, 1, 0, 1)
    assert known("1987-07-01") == (0, 0, 1, 0, 0)


def test_before_agreements_were_recorded_nothing_is_claimed():
    found = episodes(rows_of(1970, 1980, dyad=1, outcome=1), edition=1985)
    signed = Agreements(np.array([1]), np.array([0]), np.array([day("1975-03-01")]), np.array([True]))
    early, late = at(found, 1, "1975-07-01", signed), at(found, 1, "1976-01-01", signed)
    assert (early["agreements_unrecorded"], early["own_past_year"]) == (1, 0)
    assert (late["agreements_unrecorded"], late["own_past_year"]) == (0, 1)


def test_later_rows_may_be_scrambled():
    """Whatever is written of 1985 and later, and whatever becomes of wars then, landmarks of 1986 stay the same.

    On 1 January 1986 the year 1985 is over, so it counts; 1986 and later do not, nor do endings of 1985.
    """
    rows = reference._dyad_years(TERMINATIONS_CSV)
    rng = random.Random(1)
    scrambled = []
    for row in rows:
        if int(row["year"]) < 1985:
            scrambled.append(row)
        elif int(row["year"]) == 1985:
            scrambled.append({**row, "outcome": str(rng.randint(1, 6))})
        elif rng.random() < 0.7:
            scrambled.append({**row, "outcome": "1", "intensity_level": "2"})
    days = [(np.datetime64("1986-01-01"), 1985), (np.datetime64("1980-07-01"), 1980)]
    results = []
    for some in (rows, tuple(scrambled)):
        found = reference._cut(some, dt.date(2021, 1, 1), hindsight=True, without=frozenset())
        table = {}
        for on, year in days:
            war = np.flatnonzero((found.first_year <= year) & (found.last_year >= year))
            known = covariates(
                found, read_agreements(), war, np.full(len(war), float(on.astype(float))),
                began=found.start_earliest[war].astype(float),
            )  # fmt: skip
            for i, w in enumerate(war.tolist()):
                table[found.dyad_id[w], found.first_year[w], year] = [float(values[i]) for values in known.values()]
        results.append(table)
    honest, after = results
    shared = honest.keys() & after.keys()
    assert len(shared) > 60
    for key in shared:
        assert honest[key] == pytest.approx(after[key]), key


def test_the_bundled_agreements():
    found = read_agreements()
    assert (found.known_on >= day("1975-01-01")).all()
    assert ((found.dyad_id > 0) ^ (found.conflict_id > 0)).all()
    with AGREEMENTS_CSV.open(encoding="utf-8") as file:
        assert sum(1 for _ in file) == 374 + 1
    everything = all_episodes()
    assert np.isin(found.dyad_id[found.dyad_id > 0], everything.dyad_id).mean() > 0.9


def test_another_file_is_refused_with_its_columns(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("agreement,date\n1,1990-01-01\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"other\.csv: missing columns conflict_id.*found agreement, date"):
        read_agreements(path)
