"""The study of leaders: what to bring, made-up files worked by hand, and the real files where a user has them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from armistice.claims import judge, read_claims
from armistice.errors import DataError
from armistice.estimate import Estimate, NotIdentified, NotObserved
from armistice.record.load import load_war
from armistice.sources import read_archigos, read_cow_wars
from armistice.studies import study_named
from armistice.studies.leaders import fates_of
from tests.sources.test_readers import ARCHIGOS, INTERSTATE, war

STUDY = study_named("leaders")


def run(record, **parameters):
    return STUDY.run(record, STUDY.parameters(**parameters), np.random.default_rng(1))


@pytest.fixture
def ukraine():
    return load_war("ukraine").as_of("2025-06-03")


def spell(state, name, start, end, *, exit="Regular", fate="OK"):
    return f"{state}-{name},x,{state},S{state},{name},{start},{end},Regular,{exit},Unknown,{fate}\n"


@pytest.fixture
def files(tmp_path):
    def written(wars, spells):
        paths = tmp_path / "wars.csv", tmp_path / "archigos.csv"
        paths[0].write_text(INTERSTATE + "".join(row + "\n" for row in wars), encoding="utf-8")
        paths[1].write_text(ARCHIGOS + "".join(spells), encoding="utf-8")
        return paths

    return written


def fates(files, wars, spells, **options):
    cow, archigos = files(wars, spells)
    return fates_of(read_cow_wars(cow), read_archigos(archigos), **({"months": 12} | options))


ENDLESS = spell(99, "Last", "2010-01-01", "2015-12-31", exit="Still in Office", fate="Leader Still in Office")


def test_without_the_files_it_says_what_to_bring(ukraine):
    result = run(ukraine)
    assert result.status == "not_observed"
    assert isinstance(result.quantities["office_loss_after_losing"], NotObserved)
    assert "bring Archigos and COW" in result.sentences[0].en
    (claim,) = [c for c in read_claims(ukraine.claims_toml) if c.id == "leaders-lose-by-conceding"]
    (verdict,) = judge([claim], ukraine, {"leaders": result})
    assert verdict.verdict == "not_testable"


def test_fates_by_hand(files):
    wars = [war(1, state, 1, "1,1,1950", "12,31,1950", outcome=2) for state in range(10, 17)]
    found = fates(
        files,
        wars,
        [
            spell(10, "Kept", "1949-01-01", "1960-01-01"),
            spell(11, "Fell", "1949-01-01", "1951-06-01", exit="Irregular", fate="Exile"),
            spell(12, "Early", "1949-01-01", "1950-12-20"),  # in the last month: the fall may be the end of the war
            spell(12, "Late", "1950-12-20", "1960-01-01"),
            spell(13, "Ill", "1949-01-01", "1951-02-01", exit="Natural Death", fate="Missing: Natural Death"),
            spell(14, "Long", "1949-01-01", "1952-01-02"),  # 367 days after
            spell(15, "Hidden", "1949-01-01", "1951-02-01", fate="Missing: No Information Found"),
            ENDLESS,
        ],
    )
    assert found.lost[:6].tolist()[:3] == [0, 1, 1]
    assert [math.isnan(x) for x in found.lost] == [False, False, False, True, False, False]
    assert (found.lost[4], found.lost[5], found.unmatched) == (0, 1, 1)
    assert found.punished[:3].tolist() == [0, 1, 0]
    assert math.isnan(found.punished[5])
    assert found.days[0] == 365
    assert found.tenure_days[0] == 729
    longer = fates(files, wars[:5], [spell(14, "Long", "1949-01-01", "1952-01-02"), ENDLESS], months=24)
    assert longer.lost.tolist() == [1]


def test_a_war_whose_months_are_not_over_does_not_count(files):
    wars = [war(1, 10, 1, "1,1,1950", "12,31,1950", outcome=2), war(2, 10, 1, "1,1,2015", "6,1,2015", outcome=2)]
    spells = [spell(10, "Kept", "1949-01-01", "2015-12-31", exit="Still in Office", fate="Leader Still in Office")]
    assert fates(files, wars, spells, known_by=np.datetime64("1951-06-01")).lost.tolist() == []
    found = fates(files, wars, spells)
    assert found.lost[0] == 0
    assert math.isnan(found.lost[1])  # Archigos stops before the year is over


def test_codes_that_archigos_writes_otherwise(files):
    wars = [war(1, 255, 1, "1,1,1999", "6,1,1999", outcome=1)]
    found = fates(files, wars, [spell(260, "Chancellor", "1998-01-01", "2005-01-01"), ENDLESS])
    assert (found.lost.tolist(), found.unmatched) == ([0], 0)


def test_the_study_on_made_up_files(files, ukraine):
    wars, spells = [], []
    for i in range(40):
        loser, winner = 100 + 2 * i, 101 + 2 * i
        began = {"initiator": 1 if i % 2 else 2}
        wars += [
            war(i, loser, 1, f"1,1,{1900 + i}", f"6,{1 + i % 28},{1900 + i}", outcome=2, **began),
            war(i, winner, 2, f"1,1,{1900 + i}", f"6,{1 + i % 28},{1900 + i}", outcome=1),
        ]
        fell = i % 2 == 0
        spells += [
            spell(
                loser,
                "A",
                f"{1899 - i % 7}-01-01",
                f"{1900 + i + (0 if fell else 20)}-12-01",
                fate="Exile" if i % 4 == 0 else "OK",
            ),
            spell(winner, "B", "1890-01-01", f"{1900 + i + (0 if i % 8 == 0 else 20)}-12-01"),
        ]
    cow, archigos = files(wars, [*spells, ENDLESS])
    result = run(ukraine, archigos=str(archigos), cow_wars=str(cow))
    losing, winning = (result.quantities[f"office_loss_after_{way}"] for way in ("losing", "winning"))
    assert (losing.value, losing.n, winning.value) == (0.5, 40, 0.125)
    assert losing.lower < 0.5 < losing.upper
    assert result.quantities["punished_after_losing"].value == 0.25
    assert isinstance(result.quantities["office_loss_after_drawing"], NotIdentified)
    odds = result.quantities["office_loss_odds_ratio[losing]"]
    assert isinstance(odds, Estimate)
    assert odds.lower > 1
    assert "office_loss_odds_ratio[drawing]" not in result.quantities  # no war was drawn


def test_early_days_know_few_wars(files):
    korea = load_war("korea").as_of("1951-07-15")
    cow, archigos = files(
        [war(1, 10, 1, "1,1,1950", "12,31,1950", outcome=2)], [spell(10, "A", "1949-01-01", "1960-01-01"), ENDLESS]
    )
    result = run(korea, archigos=str(archigos), cow_wars=str(cow))
    assert result.quantities["office_loss_after_losing"].reason.en == "Only 0 such leaders are known by that day."
    assert isinstance(result.quantities["office_loss_odds_ratio[losing]"], NotIdentified)


def test_another_list_of_wars_is_refused(files, tmp_path, ukraine):
    cow, archigos = files([war(1, 10, 1, "1,1,1950", "12,31,1950")], [ENDLESS])
    with pytest.raises(DataError, match="no known version of a COW list of wars"):
        run(ukraine, archigos=str(cow), cow_wars=str(archigos))
    with pytest.raises(DataError, match=r"No file .*elsewhere\.csv"):
        run(ukraine, archigos=str(archigos), cow_wars=str(tmp_path / "elsewhere.csv"))


def test_the_real_files(shared, ukraine):
    """Published sign (Goemans 2000; Chiozza and Goemans 2011): losers lose office most, and are punished most."""
    folder = shared / "data" / "history" / "research_terms"
    if not folder.is_dir():
        pytest.skip(f"the files that may not be shipped are not at {folder}")
    result = run(
        ukraine,
        archigos=str(folder / "archigos_v4.1_full.csv.gz"),
        cow_wars=str(folder / "cow_interstate_war_v4.0.csv"),
    )
    assert {key.split("[")[0] for key in result.quantities} == set(STUDY.quantities)
    losing, drawing, winning = (
        result.quantities[f"office_loss_after_{way}"] for way in ("losing", "drawing", "winning")
    )
    assert losing.n > 80
    assert drawing.value < winning.value < losing.lower + 0.05
    assert result.quantities["punished_after_losing"].lower > result.quantities["punished_after_winning"].value
    assert result.quantities["office_loss_odds_ratio[losing]"].lower > 1
