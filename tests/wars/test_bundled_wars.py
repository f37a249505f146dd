"""The bundled wars hold what their sources say; published totals come out."""

import datetime as dt
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import armistice.wars
from armistice.claims import read_claims
from armistice.frontline import monthly_changes
from armistice.record.check import check_war
from armistice.record.load import bundled_wars, load_war, war_folder_path
from tests.conftest import ROOT

#: After the last row of both wars: everything is known.
LATE = {"ukraine": "2026-12-31", "korea": "2026-01-01"}


@pytest.fixture(scope="module", params=sorted(LATE))
def whole(request):
    return load_war(request.param).as_of(LATE[request.param])


def _between(series, first, last):
    kept = (series.dates >= np.datetime64(first)) & (series.dates <= np.datetime64(last))
    return series.values[kept]


def test_the_bundled_wars_pass_every_check():
    assert {"ethiopia_eritrea", "korea", "ukraine"} <= set(bundled_wars())
    for war in bundled_wars():
        assert check_war(war_folder_path(war)) == []


def test_all_bundled_data_stay_small():
    size = sum(path.stat().st_size for path in Path(armistice.wars.__path__[0]).rglob("*") if path.is_file())
    assert size < 3e6


def test_every_word_for_readers_is_in_both_languages(whole):
    for row in (*whole.talks, *whole.events):
        assert row.name_en
        assert row.name_nl
    for row in whole.talks:
        assert bool(row.place_en) == bool(row.place_nl)
    for claim in read_claims(whole.claims_toml):
        assert claim.statement.en != claim.statement.nl


def test_notes_are_a_line_at_most(whole):
    for table in (whole.talks, whole.events, whole.figures, whole.exchanges, whole.opinion, whole.leaders):
        for row in table:
            assert len(row.note) <= 120


ROWS = {
    "ukraine": {
        "talks": 93,
        "events": 116,
        "figures": 249,
        "exchanges": 137,
        "opinion": 191,
        "leaders": 20,
        "support": 369,
    },
    "korea": {
        "talks": 60,
        "events": 36,
        "figures": 113,
        "exchanges": 6,
        "opinion": 107,
        "leaders": 16,
        "support": 0,
    },
}


def test_no_row_gets_lost_on_the_way(whole):
    assert {name: len(getattr(whole, name)) for name in ROWS[whole.war.id]} == ROWS[whole.war.id]


def test_disputed_figures_say_who_claims_them(whole):
    said = {(f.subject, f.quantity, f.date, f.end_date, f.claimed_by, f.known_on) for f in whole.figures}
    assert len(said) == len(whole.figures)


# --- Ukraine ---------------------------------------------------------------------------------------------


def test_drones_of_late_may_2025_are_903():
    drones = load_war("ukraine").as_of("2025-06-03").series("russian_drones")
    assert _between(drones, "2025-05-24", "2025-05-26").sum() == 903
    assert _between(drones, "2025-06-01", "2025-06-01").item() == 472


def test_territory_of_may_and_june_2025_by_the_deepstate_series():
    front = load_war("ukraine").as_of("2025-07-15").front
    changes = dict(monthly_changes(front.dates, front.values, last_day=np.datetime64("2025-06-30"), months=2))
    assert round(changes[np.datetime64("2025-05-01")]) == 449
    assert round(changes[np.datetime64("2025-06-01")]) == 557


def test_days_without_a_report_are_missing_not_quiet():
    record = load_war("ukraine").as_of("2025-06-03")
    assert np.isnan(_between(record.series("russian_drones"), "2025-04-20", "2025-04-20")).all()
    assert np.isnan(_between(record.series("ukrainian_drones"), "2025-05-06", "2025-05-12")).all()
    claimed = record.series("russian_losses_claimed").values
    assert not (claimed == 0).any()


def test_the_thousand_were_returned_each_way():
    exchanges = [row for row in load_war("ukraine").as_of("2025-06-03").exchanges if row.talk == "istanbul-1"]
    returned = Counter()
    for row in exchanges:
        returned[row.to_side] += row.persons
    assert returned == {"ukraine": 1000, "russia": 1000}


def test_the_aircraft_are_a_claim_and_its_dispute_comes_later():
    def claims(day, quantity):
        figures = load_war("ukraine").as_of(day).figures
        return {
            (f.claimed_by, f.value, f.high) for f in figures if (f.subject, f.quantity) == ("spiderweb", quantity)
        }

    sbu = ("Security Service of Ukraine", 41, None)
    assert claims("2025-06-03", "aircraft_hit") == {sbu}
    assert claims("2025-06-05", "aircraft_hit") == {sbu, ("US officials (Reuters)", None, 20)}
    assert {value for _, value, _ in claims("2025-06-03", "damage_usd")} == {7e9, 2e9}


def test_both_sides_of_the_dispute_about_the_aircraft_are_heard():
    figures = [f for f in load_war("ukraine").as_of("2025-06-05").figures if f.subject == "spiderweb"]
    destroyed = {f.claimed_by: f.value for f in figures if f.quantity == "aircraft_destroyed"}
    assert destroyed["Russian deputy foreign minister (Ryabkov)"] == 0
    assert destroyed["US officials (Reuters)"] == 10
    repelled = [f for f in figures if f.quantity == "regions_where_repelled"]
    assert [(f.value, f.claimed_by, f.known_on) for f in repelled] == [
        (3, "Russian Ministry of Defence", dt.date(2025, 6, 1))
    ]


def test_the_training_ground_was_struck_on_sunday_the_first():
    record = load_war("ukraine").as_of("2025-06-03")
    strike = next(event for event in record.events if event.id == "training-ground-2025-06-01")
    assert strike.date.strftime("%A %d") == "Sunday 01"
    killed = [f for f in record.figures if (f.subject, f.quantity) == (strike.id, "soldiers_killed")]
    assert [f.value for f in killed] == [12]


def test_bodies_handed_over_in_june_2025_add_up_to_ukraines_total():
    record = load_war("ukraine").as_of("2025-06-30")
    bodies = Counter()
    for row in record.exchanges:
        if row.talk == "istanbul-2":
            bodies[row.to_side] += row.bodies or 0
    stated = {f.claimed_by: f.value for f in record.figures if f.quantity == "bodies_to_ukraine"}
    assert bodies["ukraine"] == stated["Ukraine"] == 6057
    assert stated["Russian delegation (Medinsky)"] == 6060


def test_reasons_given_later_are_not_known_on_the_day():
    war = load_war("ukraine")
    august = war.as_of("2024-08-18")
    assert next(e for e in august.events if e.id == "kursk").stated_reason == ""
    assert "kursk-aims-2024-08-19" not in {e.id for e in august.events}
    assert "kursk-aims-2024-08-19" in {e.id for e in war.as_of("2024-08-19").events}
    october = {e.id: e for e in war.as_of("2022-10-09").events}
    assert october["bridge-2022"].answer_announced is None
    # Gallup's figures of 2022 and 2023 are those restated with the poll of 2024.
    gallup = [p for p in war.as_of("2024-06-01").opinion if p.pollster == "Gallup"]
    assert {p.measure for p in gallup} == {"fight_or_negotiate_first_published"}


def test_what_was_secret_or_unsaid_is_not_known_before():
    war = load_war("ukraine")
    assert "doha-plan" not in {talk.id for talk in war.as_of("2024-08-16").talks}
    assert "doha-plan" in {talk.id for talk in war.as_of("2024-08-17").talks}
    june3 = war.as_of("2025-06-03")
    assert "answer-announced-2025-06-04" not in {event.id for event in june3.events}
    assert next(e for e in june3.events if e.id == "spiderweb").answer_announced is None
    assert not [p for p in june3.opinion if (p.measure, p.date) == ("endure", dt.date(2025, 6, 3))]
    assert [p for p in war.as_of("2025-06-06").opinion if (p.measure, p.date) == ("endure", dt.date(2025, 6, 3))]


def test_nothing_after_june_2025_enters():
    record = load_war("ukraine").as_of(LATE["ukraine"])
    last = dt.date(2025, 6, 30)
    for table in (record.talks, record.events, record.figures, record.exchanges, record.opinion, record.leaders):
        assert max(row.date for row in table) <= last
    for series in record.all_series.values():
        assert series.dates[-1] <= np.datetime64(last)


# --- Korea -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "per_day"),
    [
        ("1951-07-10", "1951-08-21", 9.9),
        ("1951-08-22", "1951-10-24", 50.8),
        ("1951-10-25", "1952-10-07", 11.1),
        ("1952-10-08", "1953-04-24", 14.4),
        ("1953-04-25", "1953-06-17", 11.8),
        ("1953-06-18", "1953-07-09", 21.0),
        ("1953-07-10", "1953-07-27", 41.2),
    ],
)
def test_us_deaths_a_day_by_the_state_of_the_talks(first, last, per_day):
    deaths = load_war("korea").as_of(LATE["korea"]).series("us_deaths")
    assert _between(deaths, first, last).mean() == pytest.approx(per_day, abs=0.05)


@pytest.mark.parametrize(
    ("talk", "day", "issue"),
    [
        ("agenda-adopted", "1951-07-26", "agenda"),
        ("line-agreed", "1951-11-27", "line"),
        ("political-conference", "1952-02-19", "political_conference"),
        ("sick-wounded-agreed", "1953-04-11", "prisoners"),
        ("prisoners-agreed", "1953-06-08", "prisoners"),
    ],
)
def test_each_item_of_the_agenda_was_agreed_on_its_day(talk, day, issue):
    war, first = load_war("korea"), dt.date.fromisoformat(day)
    assert talk not in {row.id for row in war.as_of(first - dt.timedelta(days=1)).talks}
    agreed = next(row for row in war.as_of(first).talks if row.id == talk)
    assert (agreed.kind, agreed.outcome) == ("sectoral_deal", "partial_deal")
    assert issue in agreed.issues


def test_of_the_agenda_only_the_prisoners_were_open_from_may_1952():
    """Supervision was the last but one to be settled; the prisoners took a year more."""
    days = {row.id: row.date for row in load_war("korea").as_of(LATE["korea"]).talks}
    assert days["package-proposal"] < days["supervision-settled"] < days["sixty-two-paragraphs"]
    assert (days["prisoners-agreed"] - days["supervision-settled"]).days > 365


def test_every_break_of_the_talks_ends_before_the_next_begins():
    """An open break would count the days after it as suspended."""
    talks = [row for row in load_war("korea").as_of(LATE["korea"]).talks if row.kind in ("suspension", "resumption")]
    kinds = [row.kind for row in sorted(talks, key=lambda row: row.date)]
    assert kinds == ["suspension", "resumption"] * (len(kinds) // 2)
    assert len(kinds) == 10


def test_chinese_and_un_dead_are_claimed_by_both_sides():
    record = load_war("korea").as_of(LATE["korea"])

    def claims(subject, quantity):
        return {f.claimed_by: f.value for f in record.figures if (f.subject, f.quantity) == (subject, quantity)}

    chinese = claims("north", "chinese_deaths")
    assert chinese["UN Command"] == 422_612
    assert chinese["China (Dandong museum)"] == 183_108
    assert chinese["China (state press)"] == 115_000
    assert claims("triangle-hill", "chinese_casualties") == {"UN Command (encyclopedia)": 19_000}
    assert claims("triangle-hill", "un_casualties") == {"China (encyclopedia)": 25_498}
    assert claims("pork-chop-july", "chinese_deaths") == {
        "UN Command (encyclopedia)": 1_500,
        "China (encyclopedia)": 533,
    }
    assert set(claims("south", "enemy_losses_claimed")) == {"China (history of 1988)", "North Korea (KCNA)"}


def test_us_battle_deaths_since_the_start_only_grow():
    figures = load_war("korea").as_of("1953-07-31").figures
    dead = sorted(
        (f.end_date, f.value) for f in figures if (f.subject, f.quantity) == ("south", "us_deaths_in_battle")
    )
    assert len(dead) == 5
    assert dead == sorted(dead, key=lambda row: row[1])
    assert dead[-1] == (dt.date(1953, 7, 24), 24_965)


def test_no_total_of_the_war_is_known_during_the_war():
    record = load_war("korea").as_of("1953-07-26")
    assert not [f for f in record.figures if f.end_date and f.end_date > dt.date(1953, 7, 26)]
    assert not [f for f in record.figures if f.quantity in ("chinese_deaths", "enemy_losses_claimed")]


def test_prisoners_went_home_both_ways():
    record = load_war("korea").as_of(LATE["korea"])
    returned = {(row.talk, row.to_side, row.claimed_by): row.persons for row in record.exchanges}
    assert returned["sick-wounded-agreed", "south", "press and archive accounts"] == 684
    assert returned["sick-wounded-agreed", "north", "press and archive accounts"] == 6_670
    assert returned["big-switch", "north", "encyclopedias"] == 70_183 + 5_640
    assert returned["big-switch", "south", "encyclopedias"] == 12_773
    # The Army's totals hold both exchanges: they agree with the other counts to a tenth of a percent.
    army = {f.quantity: f.value for f in record.figures if f.subject == "big-switch" and f.claimed_by == "US Army"}
    assert army["prisoners_to_north"] == pytest.approx(75_823 + 6_670, rel=1e-3)
    assert army["prisoners_to_south"] == pytest.approx(12_773 + 684, rel=1e-2)


def test_leaders_of_both_sides_and_no_end_before_its_day():
    war = load_war("korea")
    offices = {(row.side, row.office): [] for row in war.as_of(LATE["korea"]).leaders}
    assert {side for side, _ in offices} == {"north", "south", "soviet_union"}
    before, after = war.as_of("1953-03-04"), war.as_of("1953-03-06")
    stalin = [next(row for row in record.leaders if "Stalin" in row.name_en) for record in (before, after)]
    assert [row.until for row in stalin] == [None, dt.date(1953, 3, 5)]
    assert [row.how for row in stalin] == ["", "died"]
    assert "death-of-stalin" not in {row.id for row in war.as_of("1953-03-05").events}
    commanders = [row for row in war.as_of(LATE["korea"]).leaders if row.office == "commander of the UN Command"]
    assert [row.name_en.split()[-1] for row in commanders] == ["MacArthur", "Ridgway", "Clark"]
    assert [row.until for row in commanders[:2]] == [row.date for row in commanders[1:]]


def test_truman_s_approval_falls_and_its_correction_comes_later():
    def approve(day, measure="approve_president"):
        polls = load_war("korea").as_of(day).opinion
        return {p.date: p.percent for p in polls if (p.measure, p.answer) == (measure, "approve")}

    assert approve("1953-01-31")[dt.date(1950, 7, 14)] == 46
    assert approve("1953-01-31")[dt.date(1951, 11, 16)] == 23
    restated = dt.date(1952, 2, 14)
    assert restated not in approve("1953-01-31")
    assert approve("1953-01-31", "approve_president_first_published")[restated] == 25
    assert approve(LATE["korea"])[restated] == 22


def test_shares_of_each_poll_add_up_to_at_most_a_hundred():
    polls = Counter()
    for row in load_war("korea").as_of(LATE["korea"]).opinion:
        polls[row.date, row.population, row.pollster, row.measure] += row.percent
    assert len(polls) > 45
    assert max(polls.values()) <= 101


def test_the_two_air_series_do_not_meet():
    record = load_war("korea").as_of(LATE["korea"])
    all_types, b29 = (record.series(name) for name in ("air_tons_all_types", "air_tons_b29"))
    both = ~np.isnan(all_types.values[: len(b29.values)]) & ~np.isnan(b29.values[: len(all_types.values)])
    assert not both.any()


# --- the script ------------------------------------------------------------------------------------------


def test_compiling_again_changes_no_byte(shared, tmp_path):
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, 'scripts'); import compile_wars; "
        f"compile_wars.compile_all(Path({str(shared / 'data')!r}), Path({str(tmp_path)!r}))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env={"PYTHONDONTWRITEBYTECODE": "1"})
    package = ROOT / "src" / "armistice"
    compiled = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(compiled) > 15
    for path in compiled:
        assert path.read_bytes() == (package / path.relative_to(tmp_path)).read_bytes(), path.name
