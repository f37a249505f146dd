"""Violence around talks on the bundled wars, and on small records where the answer is known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from armistice.estimate import Estimate, NotIdentified, NotObserved, Reported
from armistice.record.as_of import Record, Series, make_record
from armistice.record.load import load_war
from armistice.record.schema import SeriesDescription, Side, Talk, War
from armistice.studies._around_talks_choices import Asked, Choice, turning
from armistice.studies._around_talks_data import meetings, on_calendar, spells_of_talks
from armistice.studies.around_talks import STUDY, AroundTalksParameters
from armistice.studies.study import StudyResult
from armistice.text import Text

START = dt.date(2020, 1, 1)


def _text(word: str) -> Text:
    return Text(en=word, nl=word)


def _talk(day: int, kind: str, *, days: int = 1, name: str = "", **fields: object) -> Talk:
    date = START + dt.timedelta(days=day)
    end = None if days == 1 else date + dt.timedelta(days=days - 1)
    name = name or f"{kind} {day}"
    return Talk(
        id=f"t{day}-{kind.replace('_', '-')}", date=date, end_date=end, kind=kind, name_en=name, name_nl=name,
        source="archive", **fields,
    )  # type: ignore[arg-type]  # fmt: skip


def _record(counts: np.ndarray, talks: list[Talk], *, as_of: int | None = None) -> Record:
    last = START + dt.timedelta(days=as_of if as_of is not None else len(counts) - 1)
    description = SeriesDescription(
        id="drones", file="series/s.csv", column="drones", names=_text("Drones"), measures="strikes",
        unit=_text("a day"), zero_means=_text("none"), claimed_by="South", publication_lag_days=0, source="archive",
    )  # fmt: skip
    dates = np.arange(np.datetime64(START), np.datetime64(START) + len(counts))
    war = War(
        schema_version=1, id="small", names=_text("Small"), start=START, default_as_of=last,
        type_of_conflict="interstate", incompatibility="territory", side_a=Side(id="a", names=_text("A")),
        side_b=Side(id="b", names=_text("B")), series=(description,),
    )  # fmt: skip
    return make_record(
        war=war, as_of=last, hindsight=False, all_series={"drones": Series(description, dates, counts)},
        talks=tuple(talks), events=(), figures=(), exchanges=(), opinion=(), leaders=(), support=(), front=None,
        sources={},
    )  # fmt: skip


def _counts(n_days: int = 500, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).negative_binomial(5, 5 / 25, size=n_days).astype(float)


def _run(record: Record, **parameters: object) -> StudyResult:
    chosen = {"draws": 400, **parameters}
    return STUDY.run(record, AroundTalksParameters(**chosen), np.random.default_rng(1))


@pytest.fixture(scope="module")
def ukraine() -> StudyResult:
    return _run(load_war("ukraine").as_of("2025-06-03"))


@pytest.fixture(scope="module")
def korea() -> StudyResult:
    return _run(load_war("korea").as_of("1953-07-27"))


def test_ukraine_cannot_tell_and_says_how_large_an_effect_would_have_had_to_be(ukraine: StudyResult) -> None:
    ratio = ukraine.quantities["pooled_ratio_before[russian_drones]"]
    detectable = ukraine.quantities["minimum_detectable_ratio_before[russian_drones]"]
    assert isinstance(ratio, Estimate)
    assert isinstance(detectable, Reported)
    assert ratio.n == 2
    assert not ratio.excludes(1.0)
    assert detectable.value > 1.5
    assert ukraine.headline is not None
    assert "cannot be told" in ukraine.headline.en
    assert "niet op te maken" in ukraine.headline.nl


def test_ukraine_names_the_pair_of_rounds_and_the_one_sided_comparison(ukraine: StudyResult) -> None:
    said = " ".join(caveat.en for caveat in ukraine.caveats)
    assert "within 28 days" in said or "17 days" in said
    assert "was not known yet" in said
    by_outcome = ukraine.quantities["ratio_before_deal[russian_drones]"]
    assert isinstance(by_outcome, NotIdentified)
    assert "at least 3" in by_outcome.reason.en


def test_window_after_the_latest_round_is_not_observed(ukraine: StudyResult) -> None:
    table = next(t for t in ukraine.tables if t.name == "rounds-after-russian_drones")
    latest = table.rows[-1]
    assert isinstance(latest[-1], Text)
    assert latest[-1].en == "too few days of its window"
    assert latest[5] is None


def test_korea_rates_by_state_of_talks(korea: StudyResult) -> None:
    table = next(t for t in korea.tables if t.name == "states-us_deaths")
    by_start = {row[1]: (row[2], row[3]) for row in table.rows}
    assert by_start["1951-08-22"] == (64, pytest.approx(50.8, abs=0.05))
    assert by_start["1951-10-25"] == (349, pytest.approx(11.1, abs=0.05))
    ratio = korea.quantities["rate_ratio_suspended[us_deaths]"]
    assert isinstance(ratio, Estimate)
    assert ratio.lower > 1
    assert "descriptive" in ratio.method


@pytest.mark.parametrize("war", ["ukraine", "korea"])
def test_every_promised_quantity_is_there_for_every_series(war: str, request: pytest.FixtureRequest) -> None:
    result = request.getfixturevalue(war)
    series = {key.split("[")[1] for key in result.quantities}
    assert set(result.quantities) == {f"{name}[{one}" for name in STUDY.quantities for one in series}
    assert result.to_json()["status"] == "ok"


def test_same_seed_same_json() -> None:
    record = load_war("korea").as_of("1952-06-30")
    assert _run(record).to_json() == _run(record).to_json()


def test_a_planted_surge_before_talks_is_reported() -> None:
    counts = _counts()
    for day in (150, 250, 350):
        counts[day - 7 : day] = np.round(counts[day - 7 : day] * 4) + 5
    result = _run(_record(counts, [_talk(d, "direct_round", outcome="no_deal") for d in (150, 250, 350)]))
    ratio = result.quantities["pooled_ratio_before[drones]"]
    assert isinstance(ratio, Estimate)
    assert ratio.lower > 1.5
    assert result.headline is not None
    assert "more violence than on comparable dates" in result.headline.en
    nothing, deal = (result.quantities[f"ratio_before_{o}[drones]"] for o in ("no_deal", "deal"))
    assert isinstance(nothing, Estimate)
    assert isinstance(deal, NotIdentified)
    after = result.quantities["pooled_ratio_after[drones]"]
    assert isinstance(after, Estimate)
    assert not after.excludes(1.0)


def test_truces_have_their_own_ratio() -> None:
    counts = _counts()
    counts[246:249] = 1
    talks = [_talk(250, "direct_round"), _talk(246, "truce", days=3)]
    result = _run(_record(counts, talks))
    truce = result.quantities["truce_ratio[drones]"]
    assert isinstance(truce, Estimate)
    assert truce.upper < 0.6
    before = next(t for t in result.tables if t.name == "rounds-before-drones")
    assert before.rows[0][4] == 4  # seven days less the three of the truce


def test_rounds_on_neighbouring_days_are_one_and_other_kinds_only_when_asked_for() -> None:
    talks = [
        _talk(200, "direct_round", outcome="no_deal"),
        _talk(201, "direct_round", days=2, outcome="partial_deal"),
        _talk(260, "indirect_round"),
        _talk(300, "direct_round", date_precision="month"),
    ]
    record = _record(_counts(), talks)
    (one,) = meetings(record, ("direct_round",))
    assert (one.first, one.last) == (START + dt.timedelta(days=200), START + dt.timedelta(days=202))
    assert one.outcome == "partial_deal"
    assert len(meetings(record, ("direct_round", "indirect_round"))) == 2


def test_days_without_a_figure_yet_stand_on_the_calendar_as_missing() -> None:
    counts = _counts(400)
    record = _record(counts, [_talk(403, "direct_round")], as_of=405)
    calendar = on_calendar(record, record.series("drones"), meetings(record, ("direct_round",)), [])
    assert len(calendar.counts) == 406
    assert np.isnan(calendar.counts[400:]).all()
    assert calendar.spans(calendar.rounds)[0].tolist() == [403]


def test_rounds_announced_for_later_are_named_and_not_counted() -> None:
    talks = [_talk(200, "direct_round"), _talk(320, "direct_round", known_on=START, name="Round to come")]
    result = _run(_record(_counts(300), talks))
    assert any("Round to come" in sentence.en for sentence in result.sentences)
    ratio = result.quantities["pooled_ratio_before[drones]"]
    assert isinstance(ratio, Estimate)
    assert ratio.n == 1


def test_states_need_a_suspension_and_a_resumption() -> None:
    opened, broken, again = _talk(100, "direct_round"), _talk(150, "suspension"), _talk(200, "resumption")
    assert spells_of_talks(_record(_counts(), [opened, broken])) == []
    spells = spells_of_talks(_record(_counts(), [opened, broken, again]))
    assert [(s.state, (s.first - START).days, (s.past - START).days) for s in spells] == [
        ("open", 100, 150),
        ("suspended", 150, 200),
        ("open", 200, 500),
    ]
    twice = spells_of_talks(_record(_counts(), [opened, broken, _talk(170, "suspension"), again]))
    assert [s.state for s in twice] == ["open", "unclear", "suspended", "open"]


def test_lacking_records_say_what_is_lacking() -> None:
    without_talks = _run(_record(_counts(), []))
    assert without_talks.status == "not_observed"
    short = _run(_record(_counts(100), [_talk(50, "direct_round")]))
    assert short.status == "not_observed"
    assert isinstance(short.quantities["pooled_ratio_before[drones]"], NotObserved)
    outside = _run(_record(_counts(), [_talk(-50, "direct_round"), _talk(250, "truce", days=2)]))
    pooled = outside.quantities["pooled_ratio_before[drones]"]
    assert isinstance(pooled, NotObserved)
    assert "no round of talks falls within" in pooled.reason.en


def test_every_way_of_asking_is_counted_once(ukraine: StudyResult) -> None:
    table = next(t for t in ukraine.tables if t.name == "choices")
    for row in table.rows:
        n, more, less, cannot_tell = row[2:6]
        assert more + less + cannot_tell == n <= 18  # three windows, three baselines, two sets of talks
    shares = [ukraine.quantities[f"choices_{name}_before[russian_drones]"] for name in ("more", "less")]
    first = table.rows[0]
    for share, counted in zip(shares, first[3:5], strict=True):
        assert isinstance(share, Reported)
        assert share.value == counted / first[2]


def test_the_published_way_stands_first_among_those_that_change_one_choice(ukraine: StudyResult) -> None:
    chart = ukraine.charts[0]
    ratio = ukraine.quantities["pooled_ratio_before[russian_drones]"]
    assert chart.name == "choices-russian_drones"
    assert isinstance(ratio, Estimate)
    assert chart.columns["value"][0] == ratio.value
    labels = [label.en for label in chart.columns["label"]]
    assert labels[0] == "as published"
    assert {"windows of 3 days", "windows of 14 days", "days before its announcement"} <= set(labels)


def test_a_surge_after_the_announcement_is_told_from_one_before_it() -> None:
    counts, days = _counts(), (150, 250, 350)
    for day in days:
        counts[day - 5 : day] = np.round(counts[day - 5 : day] * 4) + 5
    talks = [_talk(d, "direct_round", announced_on=START + dt.timedelta(days=d - 6)) for d in days]
    result = _run(_record(counts, talks))
    since, before = (result.quantities[f"announced_ratio_{side}[drones]"] for side in ("since", "before"))
    assert isinstance(since, Estimate)
    assert isinstance(before, Estimate)
    assert since.lower > 1.5
    assert not before.excludes(1.0)
    assert any(
        "from announcement to round" in sentence.en and "more violence" in sentence.en
        for sentence in result.sentences
    )


def test_leverage_is_told_from_spoiling_where_rounds_allow() -> None:
    counts = _counts(900)
    for day in (100, 300, 500, 700):
        counts[day - 7 : day] = np.round(counts[day - 7 : day] * 5) + 10
    talks = [_talk(d, "direct_round", outcome="partial_deal") for d in (100, 300, 500, 700)]
    talks += [_talk(d, "direct_round", outcome="no_deal") for d in (200, 400, 600, 800)]
    result = _run(_record(counts, talks))
    difference = result.quantities["deal_over_nothing[drones]"]
    assert isinstance(difference, Estimate)
    assert difference.n == 8
    assert difference.lower > 1.5
    assert any("as with leverage" in sentence.en for sentence in result.sentences)
    few = _run(_record(counts, talks[:2]))
    assert isinstance(few.quantities["deal_over_nothing[drones]"], NotIdentified)


def test_the_choice_that_turns_the_answer_is_named() -> None:
    def asked(window: int, comparison: int, verdict: str) -> Asked:
        choice = Choice("chosen", "before", window, comparison)
        return Asked(choice, 5, float(window), 0.5, 2.0, verdict)  # type: ignore[arg-type]

    by_window = [asked(w, c, "more" if w == 3 else "cannot tell") for w in (3, 7, 14) for c in (14, 28)]
    found = turning(by_window, "before")
    assert found is not None
    assert (found.n, found.more, found.less, found.cannot_tell) == (6, 2, 0, 4)
    assert (found.lowest, found.highest, found.by, found.value) == (3.0, 14.0, "window_days", 3)
    alike = turning([asked(w, 28, "cannot tell") for w in (3, 7, 14)], "before")
    assert alike is not None
    assert alike.by is None
    assert turning(by_window, "after") is None
