"""The study of whether endings hold, against counts taken straight from the bundled rows."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import defaultdict

import numpy as np
import pytest

from armistice.estimate import Estimate, NotIdentified, NotObserved
from armistice.record.load import load_war
from armistice.record.reference import TERMINATIONS_CSV
from armistice.studies import study_named
from armistice.studies.ending_holds import KINDS, SIGNED

STUDY = study_named("ending-holds")


def run(record, seed=1, **parameters):
    return STUDY.run(record, STUDY.parameters(**({"draws": 8} | parameters)), np.random.default_rng(seed))


@pytest.fixture(scope="module")
def ukraine():
    return run(load_war("ukraine").as_of("2025-06-03"))


@pytest.fixture(scope="module")
def counted():
    """Endings of dyads through 2019 and renewals through 2019, from the rows: outcome -> [(conflict, end year, years quiet)].

    Four episodes whose ending is not coded, or lies before its start, are no endings; nor do they break any.
    """
    outcome, conflict, impossible = defaultdict(dict), {}, {(440, 1977)}
    with TERMINATIONS_CSV.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            dyad, year = int(row["dyad_id"]), int(row["year"])
            conflict[dyad] = int(row["conflict_id"])
            outcome[dyad][year] = row["outcome"]
    ours = {13243, 13246, 13247, 13306}
    found = defaultdict(list)
    for dyad, years in outcome.items():
        ends = [y for y in years if y + 1 not in years and y <= 2019]
        usable = [y for y in ends if years[y] and (dyad, y) not in impossible]
        starts = {}
        for y in sorted(years):
            starts[y] = starts.get(y - 1, y)
        begins = {starts[y] for y in years if y <= 2019 and (y + 1 in years or y in usable or y == 2020)}
        for y in usable:
            later = [b for b in begins if b > y]
            if conflict[dyad] not in ours:
                found[int(years[y])].append((conflict[dyad], y, min(later) - y if later else None))
    return found


def test_endings_and_renewals_are_those_of_the_rows(ukraine, counted):
    table = next(t for t in ukraine.tables if t.name == "renewed")
    of_pairs = {row[0].en: (row[2], row[3]) for row in table.rows if row[1].en == "the same parties"}
    expected = {
        kind: (sum(len(counted[o]) for o in codes), sum(x[2] is not None for o in codes for x in counted[o]))
        for kind, codes in {"peace_agreement": [1], "ceasefire": [2], "victory": [3, 4]}.items()
    }
    assert {kind: of_pairs[KINDS[kind].en] for kind in expected} == expected
    # The published counts, less what can only be coded later.
    assert expected["ceasefire"][0] == 95
    assert expected["peace_agreement"][0] == 106


def test_shares_lie_between_what_was_seen_and_what_was_followed(ukraine, counted):
    """Whole calendar years bound the share: back within four years for sure, and back by six at most."""
    for kind, code in (("peace_agreement", 1), ("ceasefire", 2), ("low_activity", 5)):
        long_ago = [gap for _, year, gap in counted[code] if year <= 2013]
        low, high = (np.mean([gap is not None and gap <= years for gap in long_ago]) for years in (4, 6))
        value = ukraine.quantities[f"renewed_within_5_years[{kind}]"].value
        assert low - 0.03 <= value <= high + 0.03


def test_the_first_year_is_not_told_and_why(ukraine):
    for kind in KINDS:
        quantity = ukraine.quantities[f"renewed_within_1_year[{kind}]"]
        assert isinstance(quantity, NotIdentified)
        assert "next calendar year stayed below 25 deaths" in quantity.reason.en


def test_agreements_hold_better_than_ceasefires_and_both_than_fading(ukraine):
    """Published sign (Kreutz 2010): conflicts that merely cease come back most."""
    value = {kind: ukraine.quantities[f"renewed_within_5_years[{kind}]"] for kind in KINDS}
    assert value["peace_agreement"].upper < value["ceasefire"].value < value["low_activity"].value
    assert value["victory"].upper < value["ceasefire"].lower


def test_few_endings_make_wide_intervals(ukraine):
    states = ukraine.quantities["renewed_within_5_years[ceasefire_between_states]"]
    assert states.n == 15
    assert states.upper - states.lower > 0.25
    assert f"of {states.n}," in " ".join(s.en for s in ukraine.sentences)


def test_chances_grow_with_years(ukraine):
    for kind in KINDS:
        values = [ukraine.quantities[f"renewed_within_{years}_years[{kind}]"].value for years in (2, 5, 10)]
        assert values == sorted(values)
    for name in SIGNED:
        one, five = (ukraine.quantities[f"fought_within_{y}_of_signing[{name}]"].value for y in ("1_year", "5_years"))
        assert 0 < one <= five < 1


def test_fighting_after_signing_is_counted_from_the_rows(ukraine):
    active, conflict = defaultdict(set), {}
    with TERMINATIONS_CSV.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if int(row["year"]) <= 2019:
                active[int(row["dyad_id"])].add(int(row["year"]))
                conflict[int(row["dyad_id"])] = int(row["conflict_id"])
    signed = set()
    with (TERMINATIONS_CSV.parent / "ucdp_agreements.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            year = dt.date.fromisoformat(row["known_on"]).year
            signed |= {(int(d), year) for d in row["dyad_ids"].split(";") if d and row["ceasefire"] == "1"}
    ours = {13243, 13246, 13247, 13306}
    seen = [(d, y) for d, y in signed if y < 2019 and y in active[d] and conflict[d] not in ours]
    one = ukraine.quantities["fought_within_1_year_of_signing[with_ceasefire]"]
    # A dyad that the set starts only in its last year is not in it; nothing else may differ.
    assert one.n == len(seen)
    assert one.value == pytest.approx(np.mean([y + 1 in active[d] for d, y in seen]))


def test_promised_quantities_are_all_there_and_seeds_repeat(ukraine):
    assert {key.split("[")[0] for key in ukraine.quantities} == set(STUDY.quantities)
    again = run(load_war("ukraine").as_of("2025-06-03"))
    assert json.dumps(again.to_json()) == json.dumps(ukraine.to_json())


def test_korea_knows_what_could_be_coded_by_then():
    early = run(load_war("korea").as_of("1953-06-30"))
    late = run(load_war("korea").as_of("1953-06-30", hindsight=True))
    for result in (early, late):
        text = json.dumps(result.to_json())
        assert "North Korea - South Korea" not in text
    assert early.quantities["renewed_within_5_years[ceasefire]"].n < 5
    assert isinstance(early.quantities["fought_within_1_year_of_signing[any]"], NotObserved)
    assert late.quantities["renewed_within_5_years[ceasefire]"].n > 80
    assert isinstance(late.quantities["fought_within_1_year_of_signing[any]"], Estimate)


def test_before_any_ending_there_is_no_answer(tmp_path):
    (tmp_path / "war.toml").write_text(
        """schema_version = 1
id = "early"
names = { en = "A war", nl = "Een oorlog" }
start = 1945-01-01
default_as_of = 1946-06-01
type_of_conflict = "interstate"
incompatibility = "territory"
side_a = { id = "north", names = { en = "North", nl = "Noord" } }
side_b = { id = "south", names = { en = "South", nl = "Zuid" } }
""",
        encoding="utf-8",
    )
    (tmp_path / "SOURCES.toml").write_text("", encoding="utf-8")
    result = run(load_war(tmp_path).as_of("1946-06-01"))
    assert result.status == "not_observed"
    assert "1 June 1946" in result.reason.en
