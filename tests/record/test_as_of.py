"""What a record of a day holds, table by table, and that nothing later reaches it."""

import datetime as dt
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from armistice.errors import DataError, ParameterError
from armistice.record.as_of import Record
from armistice.record.load import bundled_wars, load_war
from tests.record.future import delete_future, scramble_future
from tests.record.same import plain
from tests.record.small_war import write_small_war

DAYS = (
    "2020-01-01",
    "2020-02-11",
    "2020-02-12",
    "2020-03-04",
    "2020-03-31",
    "2020-05-20",
    "2020-06-30",
    "2020-08-01",
)


@pytest.fixture(scope="module")
def war(tmp_path_factory):
    return load_war(write_small_war(tmp_path_factory.mktemp("war") / "small"))


@pytest.mark.parametrize(
    ("day", "ids"),
    [
        ("2020-02-11", []),
        ("2020-02-12", ["first-round"]),  # known when it has ended
        ("2020-04-13", ["first-round", "easter"]),
        ("2020-05-19", ["first-round", "easter"]),
        ("2020-05-20", ["first-round", "quiet-round", "easter"]),  # held in secret, known by its known_on
        ("2020-06-19", ["first-round", "quiet-round", "easter"]),
        ("2020-06-20", ["first-round", "quiet-round", "easter", "long-truce"]),  # known while it goes on
        ("2020-07-01", ["first-round", "quiet-round", "easter", "long-truce", "late-round"]),
    ],
)
def test_talks_count_from_their_end_or_from_known_on(war, day, ids):
    assert [talk.id for talk in war.as_of(day).talks] == ids


@pytest.mark.parametrize(
    ("day", "end", "outcome"),
    [
        ("2020-06-20", "2020-06-20", "pending"),
        ("2020-07-19", "2020-07-19", "pending"),
        ("2020-07-20", "2020-07-20", "held"),
        ("2020-09-01", "2020-07-20", "held"),
    ],
)
def test_what_goes_on_is_shown_as_far_as_it_has_come(war, day, end, outcome):
    (truce,) = (talk for talk in war.as_of(day).talks if talk.id == "long-truce")
    assert (truce.end_date.isoformat(), truce.outcome) == (end, outcome)


def test_what_came_of_something_under_way_is_not_told(small_war):
    talks = small_war / "talks.csv"
    header, *rows = talks.read_text().splitlines()
    ends = [",exchange,it held to the end" if row.startswith("long-truce") else ",," for row in rows]
    lines = [f"{header},agreement,note", *(row + end for row, end in zip(rows, ends, strict=True))]
    talks.write_text("\n".join(lines) + "\n")
    war = load_war(small_war)
    told = {
        day: [(t.agreement, t.note) for t in war.as_of(day).talks if t.id == "long-truce"]
        for day in ("2020-07-19", "2020-07-20")
    }
    assert told == {"2020-07-19": [("", "")], "2020-07-20": [("exchange", "it held to the end")]}


def test_what_was_made_public_on_its_last_day_is_told_whole_that_day(small_war):
    war = small_war / "war.toml"
    war.write_text(war.read_text() + '"talks.csv" = 30\n')
    talks = small_war / "talks.csv"
    talks.write_text(talks.read_text().replace("2020-07-20,2020-06-20", "2020-07-20,2020-07-20"))
    (truce,) = (talk for talk in load_war(small_war).as_of("2020-07-20").talks if talk.id == "long-truce")
    assert (truce.end_date, truce.outcome) == (dt.date(2020, 7, 20), "held")


def test_what_goes_on_is_shown_as_far_as_the_lag_lets_it_be_known(small_war):
    war = small_war / "war.toml"
    war.write_text(war.read_text() + '"events.csv" = 10\n')
    war = load_war(small_war)
    shown = {
        day: [e.end_date for e in war.as_of(day).events if e.id == "siege"]
        for day in ("2020-06-05", "2020-07-24", "2020-07-25")
    }
    assert shown == {
        "2020-06-05": [dt.date(2020, 6, 1)],  # never before it began
        "2020-07-24": [dt.date(2020, 7, 14)],
        "2020-07-25": [dt.date(2020, 7, 15)],
    }


@pytest.mark.parametrize(("day", "known"), [("2020-03-30", False), ("2020-03-31", True)])
def test_a_row_dated_to_a_month_is_known_when_the_month_is_over(war, day, known):
    assert ("march" in [event.id for event in war.as_of(day).events]) is known


@pytest.mark.parametrize(("day", "known"), [("2020-03-30", False), ("2020-03-31", True)])
def test_an_end_date_that_names_a_month_is_its_last_day(war, day, known):
    assert ("war" in [figure.subject for figure in war.as_of(day).figures]) is known
    (figure,) = (figure for figure in war.as_of("2020-06-30").figures if figure.subject == "war")
    assert figure.end_date == dt.date(2020, 3, 31)


def test_a_reference_to_a_row_that_is_not_known_yet_is_blank(small_war):
    events = small_war / "events.csv"
    events.write_text(events.read_text().replace("bridge,2020-03-01,day,", "bridge,2020-03,month,"))
    war = load_war(small_war)
    (raid,) = (event for event in war.as_of("2020-03-10").events if event.id == "raid")
    assert raid.answers is None
    (raid,) = (event for event in war.as_of("2020-03-31").events if event.id == "raid")
    assert raid.answers == "bridge"


def test_an_exchange_does_not_tell_of_a_talk_that_is_not_known_yet(small_war):
    exchanges = small_war / "exchanges.csv"
    exchanges.write_text(exchanges.read_text().replace("North,first-round", "North,quiet-round"))
    war = load_war(small_war)
    assert [row.talk for row in war.as_of("2020-05-19").exchanges] == [None, "first-round"]
    assert [row.talk for row in war.as_of("2020-05-20").exchanges] == ["quiet-round", "first-round"]


def test_rows_come_in_order_of_date_whatever_their_order_in_the_file(small_war):
    talks = small_war / "talks.csv"
    header, *rows = talks.read_text().splitlines()
    talks.write_text("\n".join([header, *reversed(rows)]) + "\n")
    ids = [talk.id for talk in load_war(small_war).as_of("2020-12-31").talks]
    assert ids == ["first-round", "quiet-round", "easter", "long-truce", "late-round"]


def test_figures_wait_for_what_they_are_about(small_war):
    events = small_war / "events.csv"
    events.write_text(events.read_text().replace("bridge,2020-03-01,day,,,", "bridge,2020-03-01,day,,2020-03-20,"))
    war = load_war(small_war)
    assert not war.as_of("2020-03-19").figures
    assert [figure.value for figure in war.as_of("2020-03-20").figures] == [12, 40]


@pytest.mark.parametrize(
    ("day", "amounts"),
    [
        ("2020-02-29", []),
        ("2020-03-01", [10.5]),
        ("2020-06-29", [10.5]),
        ("2020-06-30", [10.5, 12.0]),
        ("2020-07-30", [10.5, 12.0, 0.0]),
    ],
)
def test_support_counts_from_the_end_of_the_month_plus_the_lag(war, day, amounts):
    assert [row.amount for row in war.as_of(day).support] == amounts  # 31 January + 30 days = 1 March


@pytest.mark.parametrize(("day", "n"), [("2020-03-24", 0), ("2020-03-25", 1), ("2020-07-02", 1), ("2020-07-03", 2)])
def test_polls_count_from_the_end_of_fieldwork_plus_the_lag(war, day, n):
    assert len(war.as_of(day).opinion) == n


def test_exchanges_are_cut(war):
    assert [row.persons for row in war.as_of("2020-07-04").exchanges] == [300, 303]
    last = war.as_of("2020-07-05").exchanges[-1]
    assert (last.persons, last.bodies, last.talk) == (None, 25, "late-round")


def test_how_and_when_a_leader_left_is_hidden_until_it_happens(war):
    before, after = (war.as_of(day).leaders[0] for day in ("2020-08-31", "2020-09-01"))
    assert (before.until, before.how) == (None, "")
    assert (after.until, after.how) == (dt.date(2020, 9, 1), "voted out")


def test_the_end_is_hidden_until_it_is_known(war):
    assert war.as_of("2020-12-01").war.end is None
    record = war.as_of("2020-12-02")
    assert record.war.end.outcome == "ceasefire"
    assert record.days_at_war == (dt.date(2020, 12, 1) - dt.date(2020, 1, 1)).days
    assert war.as_of("2020-12-01").days_at_war == 335


def test_objectives_are_unknown_before_they_were_measured(war):
    assert war.as_of("2020-03-31").war.objectives == ()
    assert [aim.id for aim in war.as_of("2020-04-01").war.objectives] == ["valley"]


def test_the_front_has_a_lag_and_skips_days_without_an_observation(war):
    front = war.as_of("2020-06-30").front
    assert front.dates.astype(str).tolist() == ["2020-01-10", "2020-02-10"]
    assert front.values.tolist() == [100, 120]  # only a range was given for the second
    assert front.lower.tolist() == [100, 110]
    assert front.upper.tolist() == [100, 130]
    assert war.as_of("2020-07-01").front.values.tolist() == [100, 120, 140]


def test_series_lie_on_an_unbroken_calendar_and_missing_is_not_zero(war):
    series = war.as_of("2020-01-05").series("drones")
    assert series.dates.astype(str).tolist() == ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"]
    np.testing.assert_array_equal(series.values, [5, np.nan, np.nan, 7])


def test_each_column_of_a_file_has_its_own_lag(war):
    record = war.as_of("2020-01-05")
    np.testing.assert_array_equal(record.series("losses").values, [10.5, 11])
    assert record.series("drones").values.size == 4


@pytest.mark.parametrize(
    ("day", "values"),
    [
        ("2020-02-09", []),
        ("2020-02-10", [100]),
        ("2020-04-10", [100, np.nan, 120]),
        ("2020-07-09", [100, np.nan, 120]),
    ],
)
def test_months_count_from_their_last_day_plus_the_lag(war, day, values):
    np.testing.assert_array_equal(war.as_of(day).series("sorties").values, values)


def test_a_day_after_the_last_row_is_fine_and_pads_nothing(war):
    series = war.as_of("2021-06-01").series("drones")
    assert str(series.dates[-1]) == "2020-07-02"


def test_no_day_means_the_default_one(war):
    assert war.as_of().as_of == dt.date(2020, 6, 30)
    assert plain(war.as_of()) == plain(war.as_of("2020-06-30")) == plain(war.as_of(dt.date(2020, 6, 30)))
    assert war.as_of(dt.datetime(2020, 6, 30, 12)).as_of == dt.date(2020, 6, 30)


def test_hindsight_is_handed_on_and_changes_nothing_of_this_war(war):
    with_hindsight = plain(war.as_of("2020-03-31", hindsight=True))
    assert with_hindsight.pop("hindsight") is True
    without = plain(war.as_of("2020-03-31"))
    assert without.pop("hindsight") is False
    assert with_hindsight == without


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (
            "2019-12-31",
            "as_of 2019-12-31 is before the first day of small, 2020-01-01. Give 2020-01-01 or a later day.",
        ),
        ("2020-02-30", "as_of: found '2020-02-30', which is not a day of the calendar."),
        ("3 June 2020", "as_of: found '3 June 2020'; expected a date as year-month-day. Write it like 2025-03-01."),
        ("2020-03", "as_of: found '2020-03'; expected a full date. Write it like 2020-03-01."),
    ],
)
def test_a_day_that_cannot_be_is_refused(war, day, message):
    with pytest.raises(ParameterError) as error:
        war.as_of(day)
    assert str(error.value).startswith(message)


def test_a_war_shows_nothing_but_what_choosing_a_day_needs(war):
    assert [name for name in dir(war) if not name.startswith("_")] == [
        "as_of",
        "default_as_of",
        "id",
        "names",
        "path",
    ]
    with pytest.raises(AttributeError):
        war.talks = ()


def test_a_record_cannot_be_made_by_hand(war):
    record = war.as_of()
    fields = {name: getattr(record, name) for name in Record.__dataclass_fields__ if name != "_key"}
    with pytest.raises(DataError, match=r"A Record is made by load_war\(...\).as_of\(date\)"):
        Record(**fields)


def test_only_sources_that_something_known_cites_are_listed(small_war):
    with (small_war / "SOURCES.toml").open("a") as sources:
        sources.write('\n[later]\ntitle = "Later"\nlicence = "CC0-1.0"\ncitation = "Later (2020)"\n')
    talks = small_war / "talks.csv"
    talks.write_text(talks.read_text().replace("prisoners,deal,archive", "prisoners,deal,later"))
    war = load_war(small_war)
    assert sorted(war.as_of("2020-06-30").sources) == ["archive"]
    assert sorted(war.as_of("2020-07-01").sources) == ["archive", "later"]


@pytest.mark.parametrize("day", DAYS)
def test_deleting_the_future_leaves_the_record_equal(small_war, day):
    before = plain(load_war(small_war).as_of(day))
    assert delete_future(small_war, day) > 0
    assert plain(load_war(small_war).as_of(day)) == before


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("seed", [1, 2])
def test_scrambling_the_future_leaves_the_record_equal(small_war, day, seed):
    war = load_war(small_war)
    before, later = plain(war.as_of(day)), plain(war.as_of("2022-01-01"))
    assert scramble_future(small_war, day, seed) > 0
    scrambled = load_war(small_war)
    assert plain(scrambled.as_of(day)) == before
    assert plain(scrambled.as_of("2022-01-01")) != later, "a scramble that changes nothing proves nothing"


BUNDLED = {"ukraine": ["2022-06-01", "2024-08-06", "2025-06-03"], "korea": ["1950-09-01", "1951-11-27", "1953-06-30"]}


@pytest.mark.parametrize(("name", "day"), [(name, day) for name, days in BUNDLED.items() for day in days])
@pytest.mark.parametrize("change", [delete_future, scramble_future])
def test_nothing_later_reaches_a_record_of_a_bundled_war(tmp_path, name, day, change):
    if name not in bundled_wars():
        pytest.skip(f"{name} is not bundled yet")
    before = load_war(name)
    folder = shutil.copytree(before.path, tmp_path / name)
    assert change(folder, day) > 0
    assert plain(load_war(folder).as_of(day)) == plain(before.as_of(day))


START, LAST = dt.date(2020, 1, 1), dt.date(2021, 1, 31)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.dates(START, LAST), second=st.dates(START, LAST))
def test_later_records_hold_all_that_earlier_ones_hold(war, first, second):
    """Rows are only ever added: by date and id (a row may gain what it says of later days)."""
    earlier, later = war.as_of(min(first, second)), war.as_of(max(first, second))
    for name in ("talks", "events", "figures", "exchanges", "opinion", "leaders", "support"):
        gains = {"until", "how", "answers", "talk", "end_date", "outcome"}
        rows = [[row.model_dump(exclude=gains) for row in getattr(record, name)] for record in (earlier, later)]
        assert all(row in rows[1] for row in rows[0])
    for key, series in earlier.all_series.items():
        grown = later.series(key)
        np.testing.assert_array_equal(grown.dates[: series.dates.size], series.dates)
        # A day that was a gap stays one: rows come in order of date, each after its lag.
        np.testing.assert_array_equal(grown.values[: series.values.size], series.values)
    assert set(earlier.front.dates) <= set(later.front.dates)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=st.dates(START, LAST))
def test_no_row_of_a_record_is_dated_after_its_day(war, day):
    record = war.as_of(day)
    for name in ("talks", "events", "figures", "exchanges", "opinion", "leaders", "support"):
        assert all(row.last_day() <= day for row in getattr(record, name))
    arrays = [record.front.dates, *(series.dates for series in record.all_series.values())]
    assert all(array.size == 0 or array[-1] <= np.datetime64(day) for array in arrays)


def test_an_earlier_record_is_the_one_of_that_day_and_no_later_one(war):
    late = war.as_of("2020-06-30")
    assert plain(late.earlier(dt.date(2020, 3, 4))) == plain(war.as_of("2020-03-04"))
    assert plain(late) != plain(late.earlier(dt.date(2020, 3, 4)))
    for day in (dt.date(2020, 7, 1), dt.date(1990, 1, 1)):
        with pytest.raises(DataError, match="give a day from"):
            late.earlier(day)
