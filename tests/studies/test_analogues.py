"""The study of analogues on a made-up table of wars and on the bundled one."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import numpy as np
import pytest

import armistice
from armistice.errors import DataError, ParameterError
from armistice.estimate import Estimate, NotIdentified, NotObserved
from armistice.record import profiles as profile_table
from armistice.record.load import load_war
from armistice.studies import study_named
from armistice.studies._analogues_features import FEATURES, describe, describe_record
from armistice.studies.analogues import foretell

STUDY = study_named("analogues")
IDS = [feature.id for feature in FEATURES]
WARS = "war_id,name_en,name_nl,start_date,end_date,date_precision,side_a,side_b,ucdp_conflict_ids,source\n"
ROWS = "war_id,field,value,known_from_month,confidence,source,note\n"


@pytest.fixture
def table(tmp_path, monkeypatch):
    """``table(wars, rows)``: the study reads these profiles instead of the bundled ones."""

    read = profile_table.read_profiles.__wrapped__  # the cache goes by the folder, which stays the same

    def put(wars, rows):
        (tmp_path / "wars.csv").write_text(WARS + "".join(w + "\n" for w in wars), encoding="utf-8")
        (tmp_path / "profiles.csv").write_text(ROWS + "".join(f"{r},high,a,\n" for r in rows), encoding="utf-8")
        found = read(tmp_path)
        monkeypatch.setattr(profile_table, "read_profiles", lambda folder=None: found)
        return found

    return put


def war(name, start="1950-01-01", end="1953-12-31", ids=""):
    return f"{name},War {name},Oorlog {name},{start},{end},day,North,South,{ids},archive"


@pytest.fixture
def folder(tmp_path):
    """``folder(start, as_of, ...)``: a record of a war whose folder holds only what is given."""

    def made(start="2000-01-01", as_of="2002-01-01", *, id="mine", extra="", files=()):
        place = tmp_path / f"war-{id}-{as_of}"
        place.mkdir(exist_ok=True)
        (place / "war.toml").write_text(
            f"""schema_version = 1
id = "{id}"
names = {{ en = "A war", nl = "Een oorlog" }}
start = {start}
default_as_of = {as_of}
type_of_conflict = "interstate"
incompatibility = "territory"
side_a = {{ id = "north", names = {{ en = "North", nl = "Noord" }}, members = ["Northland"] }}
side_b = {{ id = "south", names = {{ en = "South", nl = "Zuid" }}, members = ["Southland"] }}
{extra}""",
            encoding="utf-8",
        )
        (place / "SOURCES.toml").write_text(
            '[archive]\ntitle = "Archive"\nlicence = "CC0"\ncitation = "Archive"\n', encoding="utf-8"
        )
        for name, text in files:
            (place / name).write_text(text, encoding="utf-8")
        return load_war(place).as_of(as_of)

    return made


def run(record, seed=1, **parameters):
    return STUDY.run(record, STUDY.parameters(**({"draws": 200} | parameters)), np.random.default_rng(seed))


def of(values, name):
    return float(values[IDS.index(name)])


# --- how a war is described -----------------------------------------------------------------------------------


def test_a_past_war_as_it_stood_in_a_month(table):
    (hill,) = table(
        [war("hill_1950")],
        [
            "hill_1950,static_front,no,",
            "hill_1950,static_front,yes,12",
            "hill_1950,months_of_manoeuvre,12,12",
            "hill_1950,first_talks_month,20,20",
            "hill_1950,mediator,yes,25",
            "hill_1950,strength_ratio,4,",
            "hill_1950,nuclear_belligerent,a,",
        ],
    )
    early, late = describe(hill, 6.0), describe(hill, 30.0)
    assert [of(early, n) for n in ("static_front", "talks_so_far")] == [0, 0]
    assert of(early, "months_of_manoeuvre") == of(early, "first_talks_month") == pytest.approx(math.log(7))
    assert math.isnan(of(early, "mediator"))
    assert [of(late, n) for n in ("static_front", "talks_so_far", "mediator")] == [1, 1, 1]
    assert of(late, "months_of_manoeuvre") == pytest.approx(math.log(13))
    assert of(late, "first_talks_month") == pytest.approx(math.log(21))
    assert [of(late, n) for n in ("nuclear_attacker", "nuclear_defender")] == [1, 0]
    assert of(late, "strength_ratio") == pytest.approx(math.log(4))
    assert math.isnan(of(late, "regime_stake"))


def test_sides_are_told_by_who_attacked_first(table):
    rows = [
        "hill_1950,initiator,b,",
        "hill_1950,patron_a,yes,",
        "hill_1950,patron_b,no,",
        "hill_1950,strength_ratio,4,",
    ]
    (hill,) = table([war("hill_1950")], rows)
    found = describe(hill, 30.0)
    assert [of(found, n) for n in ("patron_attacker", "patron_defender")] == [0, 1]
    assert of(found, "strength_ratio") == pytest.approx(-math.log(4))


def test_what_only_the_end_shows_describes_no_month_of_it(table):
    rows = ["hill_1950,strength_ratio,4,48", "hill_1950,deaths_low,5000,48", "hill_1950,how_ended,victory_a,48"]
    (hill,) = table([war("hill_1950")], rows)
    assert [
        name for name, value in zip(IDS, describe(hill, hill.end_month), strict=True) if not math.isnan(value)
    ] == ["months_at_war"]


def test_a_folder_without_a_profile_is_described_from_its_own_tables(folder, table):
    table([war("hill_1950")], ["hill_1950,mediator,yes,"])
    talks = (
        "id,date,kind,level,parties,outcome,name_en,name_nl,source\n"
        "third,2000-02-01,indirect_round,ministers,North;Elsewhere,,a,b,archive\n"
        "first,2000-07-01,indirect_round,ministers,Northland;South,,a,b,archive\n"
        "deal,2001-01-01,prisoner_exchange,mediated by Elsewhere,North;South,held,a,b,archive\n"
    )
    leaders = (
        "date,side,office,name_en,name_nl,source\n1998-01-01,north,president,A,A,archive\n"
        "1999-01-01,south,Prime Minister,B,B,archive\n2001-05-01,south,defence minister,C,C,archive\n"
    )
    record = folder(files=(("talks.csv", talks), ("leaders.csv", leaders)))
    found, origin = describe_record(record)
    assert of(found, "first_talks_month") == pytest.approx(math.log1p(182 / 30.4375))
    assert [of(found, n) for n in ("talks_so_far", "partial_deals", "mediator", "leader_change")] == [1, 1, 1, 0]
    assert [of(found, n) for n in ("territorial_stake", "regime_stake")] == [1, 0]
    assert set(origin.values()) == {"record"}
    unknown = [n for n, v in zip(IDS, found, strict=True) if math.isnan(v)]
    assert {"patron_attacker", "static_front", "nuclear_attacker", "strength_ratio", "contiguous"} <= set(unknown)


def test_empty_tables_do_not_say_no(folder, table):
    table([war("hill_1950")], ["hill_1950,territorial_stake,yes,"])
    found, origin = describe_record(folder())
    assert set(origin) == {"territorial_stake", "regime_stake", "months_at_war"}
    assert run(folder()).status == "not_identified" or math.isnan(of(found, "talks_so_far"))


def test_a_new_president_after_the_start_is_a_change(folder, table):
    table([war("hill_1950")], ["hill_1950,mediator,yes,"])
    rows = "date,side,office,name_en,name_nl,source\n2001-05-01,south,president,C,C,archive\n"
    assert of(describe_record(folder(files=(("leaders.csv", rows),)))[0], "leader_change") == 1


# --- the study ------------------------------------------------------------------------------------------------

SMALL = (
    [war("twin_1950"), war("other_1960", "1960-01-01", "1960-07-01"), war("bare_1970", "1970-01-01", "1975-01-01")],
    [
        f"{w},{field},{value},"
        for w, values in (("twin_1950", "yes yes no yes"), ("other_1960", "no no yes no"))
        for field, value in zip(
            ("territorial_stake", "contiguous", "regime_stake", "mediator"), values.split(), strict=True
        )
    ],
)
MINE = [
    war("mine_2000", "2000-01-01", ""),
    *(f"mine_2000,{f},{v}," for f, v in (("territorial_stake", "yes"), ("contiguous", "yes"), ("mediator", "yes"))),
]


def test_ranks_and_reasons_on_a_small_table(folder, table):
    table(
        [*SMALL[0], MINE[0]],
        [*SMALL[1], *MINE[1:], "twin_1950,how_ended,armistice,48", "twin_1950,ending_held_5y,yes,108"],
    )
    result = run(folder())
    rank = result.quantities["distance_rank[twin]"]
    assert (rank.value, rank.lower, rank.n, rank.n_of) == (1, 1, 2, "past wars")
    assert result.quantities["distance_rank[other]"].value == 2
    assert isinstance(result.quantities["distance_rank[bare]"], NotIdentified)  # nothing known but its length
    assert "mine" not in str(result.quantities)
    nearest = next(t for t in result.tables if t.name == "nearest")
    assert "land at stake (yes)" in nearest.rows[0][3].en
    assert "land at stake (yes here, no there)" in nearest.rows[1][4].en
    assert nearest.rows[0][6].en == "24 months later: armistice, month 48 (December 1953); held five years"
    assert nearest.rows[1][6].nl.startswith("was al afgelopen: ")
    assert isinstance(result.quantities["leave_one_out_skill[settled]"], NotObserved)
    assert {key.split("[")[0] for key in result.quantities} == set(STUDY.quantities)


def test_a_war_that_ended_earlier_is_compared_in_its_last_month(folder, table):
    table([*SMALL[0], MINE[0]], [*SMALL[1], *MINE[1:]])
    everyone = next(t for t in run(folder()).tables if t.name == "all-wars")
    assert {row[0].en: row[5] for row in everyone.rows} == {
        "War twin_1950": 24.0, "War other_1960": 6.0, "War bare_1970": 24.0,
    }  # fmt: skip


def test_features_by_name(folder, table):
    table([*SMALL[0], MINE[0]], [*SMALL[1], *MINE[1:], "mine_2000,strength_ratio,3,"])
    alone = run(folder(), features=("mediator",))
    assert [alone.quantities[f"distance[{w}]"].value for w in ("twin", "other")] == [0, 1]
    with pytest.raises(ParameterError, match="No feature is called 'trenches'; there are: patron_attacker"):
        run(folder(), features=("trenches",))
    with pytest.raises(ParameterError, match="'leader_change' is not known of this war"):
        run(folder(), features=("leader_change",))
    with pytest.raises(DataError, match="strength_ratio is known in no past war"):
        run(folder(), features=("strength_ratio", "mediator"))
    assert run(folder()).status == "ok"  # unasked, what no past war has is left out


def test_rows_of_after_the_day_change_nothing(folder, table):
    wars = [*SMALL[0], MINE[0]]
    rows = [*SMALL[1], *MINE[1:]]
    later = [
        "mine_2000,leader_change,yes,30",  # two years and a half: after the day
        "bare_1970,mediator,yes,500",
        "other_1960,static_front,yes,600",
    ]
    table(wars, rows)
    before = run(folder()).to_json()
    table([*wars, war("late_2002", "2002-01-02", "2003-01-01")], [*rows, *later, "late_2002,mediator,yes,"])
    assert run(folder()).to_json() == before


def test_no_war_before_the_day_is_an_answer(folder, table):
    table([war("late_2001", "2010-12-31", "2013-01-01")], ["late_2001,mediator,yes,"])
    result = run(folder())
    assert result.status == "not_identified"
    assert "none that had begun by 1 January 2002" in result.reason.en


def test_trials_by_hand(table):
    """Twelve wars in two kinds, alike within: the nearest foretell perfectly. Shuffled kinds: they mislead, and it is said."""
    wars = [war(f"w{i}_{1900 + i}", f"{1900 + i}-01-01", f"{1902 + i}-01-01") for i in range(14)]
    rows = []
    for i in range(14):
        name = f"w{i}_{1900 + i}"
        kind = "yes" if i % 2 else "no"
        rows += [
            f"{name},{field},{kind},"
            for field in ("patron_a", "territorial_stake", "contiguous", "regime_stake", "mediator")
        ]
        rows.append(f"{name},how_ended,{'armistice' if i % 2 else 'victory_a'},24.1")
    found = foretell(table(wars, rows), 6, question="settled")
    assert (found.nearest.brier_nearest, found.nearest.n, found.nearest.events) == (0, 14, 7)
    assert found.nearest.lower == found.nearest.skill == 1
    assert 0 < found.steadier.skill < 1
    assert foretell(table(wars, rows), 30, question="settled") is None  # none lasted so long
    assert foretell(table(wars, rows), 6, question="ends_within_12_months") is None  # none did


# --- bundled wars -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ukraine():
    return run(load_war("ukraine").as_of("2025-06-03"))


def test_ukraine_beside_the_bundled_wars(ukraine):
    rank = ukraine.quantities["distance_rank[korea]"]
    assert isinstance(rank, Estimate)
    assert 1 <= rank.lower <= rank.value <= rank.upper <= rank.n
    assert rank.n >= 15
    assert "distance_rank[donbas]" not in ukraine.quantities  # the war on the same ground before it
    assert "distance_rank[ukraine]" not in ukraine.quantities
    assert any("Korea comes" in sentence.en for sentence in ukraine.sentences)
    chart = next(c for c in ukraine.charts if c.name == "aligned")
    assert "Korean War" in {label.en for label in chart.columns["label"]}
    korea = {
        group.en: (value, upper)
        for label, group, value, upper in zip(
            *(chart.columns[n] for n in ("label", "group", "value", "upper")), strict=True
        )
        if label.en == "Korean War"
    }
    # DESIGN: static from month 12 or so, talks from month 13, armistice in month 38, counting from 1.
    assert korea["fighting, to its end"][1] == pytest.approx(37.1, abs=0.1)
    assert korea["talks, from the first"][0] == pytest.approx(12.5, abs=0.3)
    assert korea["front standing still, from"][0] == pytest.approx(12.0, abs=0.5)


def test_the_trial_is_told_whatever_it_says(ukraine):
    skill = ukraine.quantities["leave_one_out_skill[settled]"]
    assert isinstance(skill, Estimate)
    said = next(s.en for s in ukraine.sentences if s.en.startswith("Do such likenesses foretell?"))
    wanted = "better than" if skill.lower > 0 else "worse than" if skill.upper < 0 else "cannot be told from"
    assert wanted in said
    assert str(skill.n) in said


def test_the_same_seed_gives_the_same_result(ukraine):
    assert run(load_war("ukraine").as_of("2025-06-03")).to_json() == ukraine.to_json()


def test_korea_in_1951_meets_no_war_that_had_not_begun():
    early = run(load_war("korea").as_of("1951-07-15"))
    late = run(load_war("korea").as_of("1951-07-15", hindsight=True))
    assert "distance_rank[iran_iraq]" not in early.quantities
    assert "distance_rank[iran_iraq]" in late.quantities
    assert not any("korea" in key for key in late.quantities)
    assert any("With hindsight" in caveat.en for caveat in late.caveats)


def test_a_copy_of_a_bundled_folder_under_another_name_has_no_profile(tmp_path):
    bundled = Path(armistice.__file__).parent / "wars" / "korea"
    copy = tmp_path / "elsewhere"
    shutil.copytree(bundled, copy)
    text = (copy / "war.toml").read_text(encoding="utf-8").replace('id = "korea"', 'id = "elsewhere"')
    (copy / "war.toml").write_text(
        text.replace("ucdp_conflict_ids = [235]", "ucdp_conflict_ids = []"), encoding="utf-8"
    )
    _, origin = describe_record(load_war(copy).as_of("1952-01-01"))
    assert set(origin.values()) == {"record"}
