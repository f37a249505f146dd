"""The study of endings on records of small, made-up and bundled wars."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace

import numpy as np
import pytest

from armistice.errors import DataError
from armistice.estimate import Estimate, NotIdentified, Reported
from armistice.history import aalen_johansen
from armistice.record.as_of import Series
from armistice.record.load import load_war
from armistice.record.reference import OUTCOMES, reference_episodes
from armistice.record.reference_covariates import BLOCKS
from armistice.record.schema import SeriesDescription
from armistice.studies import study_named
from armistice.studies._endings_model import own_landmarks, past_records, settlement_track
from armistice.studies._endings_set import MONTH_DAYS, intensity_of
from armistice.text import Text

STUDY = study_named("endings")
MONTHS = (3, 6, 12, 24, 60)


@pytest.fixture
def war_like(tmp_path):
    """``war_like(start, as_of, type=..., conflicts=..., end=None)``: a record of a war with these traits."""

    def made(start, as_of, *, kind="interstate", conflicts=(), end=None, hindsight=False):
        folder = tmp_path / f"{start}-{as_of}-{kind}-{hindsight}-{len(conflicts)}"
        folder.mkdir(exist_ok=True)
        ending = f'[end]\ndate = {end}\noutcome = "ceasefire"\nsource = "archive"\n' if end else ""
        (folder / "war.toml").write_text(
            f"""schema_version = 1
id = "made-up"
names = {{ en = "A war", nl = "Een oorlog" }}
start = {start}
default_as_of = {as_of}
type_of_conflict = "{kind}"
incompatibility = "territory"
ucdp_conflict_ids = {list(conflicts)}
side_a = {{ id = "north", names = {{ en = "North", nl = "Noord" }} }}
side_b = {{ id = "south", names = {{ en = "South", nl = "Zuid" }} }}
{ending}""",
            encoding="utf-8",
        )
        (folder / "SOURCES.toml").write_text(
            '[archive]\ntitle = "Archive"\nlicence = "CC0"\ncitation = "Archive"\n', encoding="utf-8"
        )
        return load_war(folder).as_of(as_of, hindsight=hindsight)

    return made


def run(record, seed=1, **parameters):
    # Fewer draws of dates than a reader gets: the tests are about everything else.
    return STUDY.run(record, STUDY.parameters(**({"draws": 12} | parameters)), np.random.default_rng(seed))


def every_text(result):
    data = result.to_json()
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def test_promised_quantities_are_all_there(war_like):
    result = run(war_like("2010-01-01", "2012-06-30", kind="intrastate"), intensity="war")
    assert result.status == "ok"
    names = {key.split("[")[0] for key in result.quantities}
    assert names == set(STUDY.quantities)
    assert {f"settled_within[{m}]" for m in MONTHS} | {f"ends_within[{m}]" for m in MONTHS} <= set(result.quantities)
    assert {f"cause_within_12_months[{outcome}]" for outcome in OUTCOMES} <= set(result.quantities)


def test_causes_add_up_and_chances_grow(war_like):
    found = run(war_like("2010-01-01", "2012-06-30", kind="intrastate"), intensity="war").quantities
    value = {key: quantity.value for key, quantity in found.items() if isinstance(quantity, Estimate)}
    causes = {outcome: value[f"cause_within_12_months[{outcome}]"] for outcome in OUTCOMES}
    assert sum(causes.values()) == pytest.approx(value["ends_within[12]"], abs=1e-12)
    assert causes["peace_agreement"] + causes["ceasefire"] == pytest.approx(value["settled_within[12]"], abs=1e-12)
    for name in ("ends_within", "settled_within"):
        chances = [value[f"{name}[{m}]"] for m in MONTHS]
        assert chances == sorted(chances)
        assert 0 < chances[0] < chances[-1] < 1
    assert value["settled_within[60]"] < value["ends_within[60]"]


def test_the_numbers_are_aalen_johansen_s_on_the_reference_set(war_like):
    """With one draw's dates fixed by precision, the study must equal the estimator applied by hand."""
    record = war_like("2010-01-01", "2012-06-30", kind="intrastate")
    result = run(record, min_at_risk=1, draws=100)
    episodes = reference_episodes(record)
    middle = [
        (first.astype(float) + last.astype(float) + 1) / 2
        for first, last in (
            (episodes.start_earliest, episodes.start_latest),
            (episodes.end_earliest, episodes.end_latest),
        )
    ]
    lasted = (middle[1] - middle[0]) / MONTH_DAYS
    landmark = record.days_at_war / MONTH_DAYS
    member = (episodes.type_known(middle[0] + record.days_at_war) == 3) & (lasted > landmark)
    curve = aalen_johansen(lasted[member], episodes.outcome[member], n_causes=len(OUTCOMES), landmark=landmark)
    by_hand = curve.at([60.0])[0]
    # Dates in the middle of where they may lie, against dates drawn: the same to about a point.
    assert result.quantities["settled_within[60]"].value == pytest.approx(by_hand[:2].sum(), abs=0.015)
    assert result.quantities["ends_within[60]"].value == pytest.approx(by_hand.sum(), abs=0.015)
    assert result.quantities["episodes_at_risk"].value == pytest.approx(member.sum(), rel=0.03)


def test_few_comparable_wars_make_the_study_fall_back_and_say_so(war_like):
    record = war_like("2022-02-24", "2025-06-03")
    narrow, wide = run(record, intensity="war", min_at_risk=1), run(record, intensity="war", min_at_risk=20)
    assert not any("Nearer kinds" in sentence.en for sentence in narrow.sentences)
    assert any("fewer than 20" in sentence.en for sentence in wide.sentences)
    assert any("minder dan 20" in sentence.nl for sentence in wide.sentences)
    assert narrow.quantities["episodes_at_risk"].value < 5 < 20 <= wide.quantities["episodes_at_risk"].value
    # Fewer wars, wider interval; and the few are shown by name.
    for month in MONTHS:
        few, many = (result.quantities[f"ends_within[{month}]"] for result in (narrow, wide))
        assert few.upper - few.lower > many.upper - many.lower
    wars = next(table for table in narrow.tables if table.name == "wars-behind-the-answer")
    assert {"Iran - Iraq", "North Korea - South Korea"} <= {row[0] for row in wars.rows}


def test_this_war_s_own_conflict_is_left_out(war_like):
    own = run(war_like("2022-02-24", "2025-06-03", conflicts=(235,)), intensity="war", min_at_risk=1)
    wars = next(table for table in own.tables if table.name == "wars-behind-the-answer")
    assert "North Korea - South Korea" not in {row[0] for row in wars.rows}


def test_hindsight_is_labelled_and_reaches_further(war_like):
    then = run(war_like("1950-06-25", "1951-11-27", conflicts=(235,)), intensity="war")
    later = run(war_like("1950-06-25", "1951-11-27", conflicts=(235,), hindsight=True), intensity="war")
    assert not any("hindsight" in caveat.en for caveat in then.caveats)
    assert any("hindsight" in caveat.en for caveat in later.caveats)
    assert later.quantities["episodes_at_risk"].value > then.quantities["episodes_at_risk"].value


def test_every_ending_listed_in_1951_was_over_by_the_end_of_1949(war_like):
    result = run(war_like("1950-06-25", "1951-11-27", conflicts=(235,)), intensity="war")
    wars = next(table for table in result.tables if table.name == "wars-behind-the-answer")
    assert len(wars.rows) > 5
    years = [int(row[2].en.split()[-1]) for row in wars.rows]
    assert max(years) == 1949
    assert str(len(wars.rows)) in wars.note.en
    assert any("31 December 1949" in caveat.en for caveat in result.caveats)


def test_a_list_too_long_says_how_many_are_missing(war_like):
    result = run(war_like("2010-01-01", "2012-06-30", kind="intrastate"), list_at_most=7)
    wars = next(table for table in result.tables if table.name == "wars-behind-the-answer")
    assert len(wars.rows) == 7
    total = int(wars.note.en.split()[0])
    assert f"The latest 7 are listed, {total - 7} are not" in wars.note.en


def test_no_comparable_war_is_an_answer_of_its_own(war_like):
    result = run(war_like("1946-01-01", "1947-06-30"))
    assert result.status == "not_identified"
    assert "30 June 1947" in result.reason.en
    assert "30 juni 1947" in result.reason.nl
    outlasted = run(war_like("1946-01-01", "2021-06-30"))
    assert outlasted.status == "not_identified"


def test_a_war_that_is_over_has_no_ending_to_wait_for(war_like):
    result = run(war_like("2010-01-01", "2012-06-30", end="2012-01-01"))
    assert result.status == "not_observed"
    assert "1 January 2012" in result.reason.en


def test_headline_speaks_in_natural_frequencies_when_wars_are_few(war_like):
    few = run(war_like("2022-02-24", "2025-06-03"), intensity="war").headline
    many = run(war_like("2022-02-24", "2025-06-03"), intensity="war", min_at_risk=50).headline
    assert few.en.startswith("Of 6 conflicts between states since 1946 that had lasted 3 years and 3 months, 1 or 2 ")
    assert "1 of 2" in few.nl
    assert " 0%" not in few.en
    assert "about" not in many.en
    assert "%" in many.en


def test_unbounded_median_is_not_a_number(war_like):
    found = run(war_like("2022-02-24", "2025-06-03"), intensity="war").quantities["median_months_left"]
    assert isinstance(found, (Estimate, NotIdentified))
    if isinstance(found, Estimate):
        assert math.isinf(found.upper)
        assert found.to_json()["upper"] is None


def test_same_seed_same_json_and_no_nan(war_like):
    record = war_like("2010-01-01", "2012-06-30", kind="internationalised_intrastate")
    assert every_text(run(record)) == every_text(run(record))
    assert every_text(run(record)) != every_text(run(record, seed=2))


def test_both_languages_everywhere_and_numbers_in_their_own_way(war_like):
    result = run(war_like("2022-02-24", "2025-06-03"), intensity="war")
    texts = [result.headline, *result.sentences, *result.caveats]
    for table in result.tables:
        texts += [table.title, *table.columns, *([table.note] if table.note else [])]
        texts += [cell for row in table.rows for cell in row if isinstance(cell, Text)]
    for chart in result.charts:
        texts += [chart.title, chart.says, chart.x, chart.y, *chart.columns["group"]]
    for text in texts:
        assert bool(text.en) == bool(text.nl)
    at_risk = round(result.quantities["episodes_at_risk"].value, 1)
    assert at_risk != round(at_risk), "choose a seed with a fraction, so that the decimal sign shows"
    assert f"{at_risk} episodes" in " ".join(text.en for text in texts)
    assert f"{at_risk} episoden".replace(".", ",") in " ".join(text.nl for text in texts)


def test_charts_start_at_nothing_and_stay_within_bands(war_like):
    result = run(war_like("2022-02-24", "2025-06-03"), intensity="war")
    assert [chart.name for chart in result.charts] == [
        "incidence", "settled-by-type", "model-incidence", "settlement-track",
    ]  # fmt: skip
    for chart in result.charts[:3]:
        columns = {key: chart.columns[key] for key in ("months", "value", "lower", "upper")}
        months, value, lower, upper = (np.array(column) for column in columns.values())
        assert (value[months == 0] == 0).all()
        assert (lower <= value).all()
        assert (value <= upper).all()
        assert (months == 0).sum() == len(set(chart.columns["group"]))


@pytest.mark.parametrize(
    ("measures", "daily", "expected"),
    [("deaths", 10, "war"), ("deaths", 2, "minor"), ("personnel_losses", 10, "war"), ("strikes", 500, None)],
)
def test_intensity_comes_from_deaths_or_losses_of_a_calendar_year(war_like, measures, daily, expected):
    record = war_like("2020-01-01", "2021-06-30")
    description = SeriesDescription(
        id="losses", file="series/losses.csv", column="losses", names=Text("Losses", "Verliezen"), measures=measures,
        unit=Text("people", "mensen"), zero_means=Text("none", "geen"), claimed_by="North", publication_lag_days=0,
        source="archive",
    )  # fmt: skip
    dates = np.arange("2020-10-01", "2021-03-01", dtype="datetime64[D]")
    # 2 a day is 302 in all. 10 a day is 1,510 in all but 920 in 2020 and 590 in 2021: neither year reaches 1,000.
    values = np.full(len(dates), float(daily))
    values[5] = np.nan
    split = replace(record, all_series={"losses": Series(description, dates, values)})
    assert intensity_of(split) == (expected and "minor")
    whole = replace(record, all_series={"losses": Series(description, dates - 92, values)})
    assert intensity_of(whole) == expected


def test_without_a_count_of_deaths_intensity_is_not_guessed(war_like):
    record = war_like("2022-02-24", "2025-06-03")
    assert intensity_of(record) is None
    result = run(record)
    assert any("not compared by intensity" in sentence.en for sentence in result.sentences)
    kinds = next(table for table in result.tables if table.name == "kinds-of-war")
    assert len(kinds.rows) == 2


def test_at_risk_is_what_ucdp_reports(war_like):
    found = run(war_like("2022-02-24", "2025-06-03"), intensity="war").quantities["episodes_at_risk"]
    assert isinstance(found, Reported)
    assert found.claimed_by == "UCDP"


# --- the bundled wars -----------------------------------------------------------------------------------


def test_korea_before_its_armistice_finds_no_war_between_states_that_lasted_as_long():
    """In 1951 and 1953 no other war between states since 1946 had lasted as long: only a wider kind can answer."""
    then, later = (run(load_war("korea").as_of(day)) for day in ("1951-11-27", "1953-06-30"))
    for result in (then, later):
        kinds = next(table for table in result.tables if table.name == "kinds-of-war")
        by_name = {row[0].en: row for row in kinds.rows}
        assert by_name["conflicts between states"][1] == 0
        assert by_name["wars of every type (1,000 deaths in some year)"][-1].en == "used"
        assert result.quantities["settled_within[12]"].upper > 0.4
    assert then.headline != later.headline
    assert then.quantities["ends_within[12]"].value < later.quantities["ends_within[12]"].value


def test_ukraine_stands_on_a_handful_of_wars_and_says_so():
    result = run(load_war("ukraine").as_of("2025-06-03"))
    chance = result.quantities["settled_within[12]"]
    assert chance.n <= 10
    assert chance.upper - chance.lower > 0.5
    assert any("episodes" in sentence.en and "conflicts" in sentence.en for sentence in result.sentences)
    wars = next(table for table in result.tables if table.name == "wars-behind-the-answer")
    assert "North Korea - South Korea" in {row[0] for row in wars.rows}
    assert not any("Ukraine" in row[0] for row in wars.rows)


def test_with_hindsight_korea_is_still_not_in_its_own_set():
    result = run(load_war("korea").as_of("1951-11-27", hindsight=True))
    wars = next(table for table in result.tables if table.name == "wars-behind-the-answer")
    assert "North Korea - South Korea" not in {row[0] for row in wars.rows}
    assert "Iran - Iraq" in {row[0] for row in wars.rows}


# --- the model beside the count -------------------------------------------------------------------------


def test_the_model_s_causes_add_up_and_its_chances_grow():
    found = run(load_war("ukraine").as_of("2025-06-03")).quantities
    value = {key: quantity.value for key, quantity in found.items() if isinstance(quantity, Estimate)}
    causes = [value[f"model_cause_within_12_months[{outcome}]"] for outcome in OUTCOMES]
    assert sum(causes) == pytest.approx(value["model_ends_within[12]"], abs=1e-12)
    assert causes[0] + causes[1] == pytest.approx(value["model_settled_within[12]"], abs=1e-12)
    for name in ("model_ends_within", "model_settled_within"):
        over_time = [value[f"{name}[{months}]"] for months in MONTHS]
        assert over_time == sorted(over_time)
        assert over_time[0] > 0
        assert over_time[-1] < 1
    for key, quantity in found.items():
        if key.startswith("model_"):
            assert quantity.lower < quantity.value < quantity.upper, key


def test_before_any_ending_the_model_says_that_there_is_nothing_to_learn_from(war_like):
    result = run(war_like("1946-06-01", "1947-12-31"))
    assert result.status == "not_identified"
    # In 1948 a single year of endings was coded; whether they suffice or not, no number comes without an interval.
    early = run(war_like("1946-06-01", "1948-06-30"))
    for key, quantity in early.quantities.items():
        if key.startswith("model_"):
            assert isinstance(quantity, NotIdentified) or quantity.lower <= quantity.value <= quantity.upper


def test_the_model_knows_only_what_the_record_says(war_like):
    """A war without any series: its years of deaths are unknown to the model, not zero."""
    quiet = own_landmarks([war_like("2022-02-24", "2025-06-03")])
    names = [name for block in BLOCKS.values() for name in block]
    known = dict(zip(names, quiet.features[0].tolist(), strict=True))
    assert math.isnan(known["war_last_year"])
    assert math.isnan(known["log_other_dyads"])
    assert known["interstate"] == 1
    assert known["over_government"] == 0
    assert known["log_active_years"] == pytest.approx(math.log(4))
    assert known["second_calendar_year"] == 0
    assert quiet.groups["war"].tolist() == [-1]
    loud = own_landmarks([load_war("ukraine").as_of("2025-06-03")])
    known = dict(zip(names, loud.features[0].tolist(), strict=True))
    assert (known["war_last_year"], known["war_share_of_ten_years"]) == (1, 1)
    assert (known["asia"], known["africa"]) == (0, 0)  # UCDP's earlier rows of this conflict say Europe
    assert loud.groups["war"].tolist() == [1]


def test_a_year_still_running_does_not_count_as_a_year_of_war(war_like):
    names = [name for block in BLOCKS.values() for name in block]
    first = own_landmarks([load_war("ukraine").as_of("2022-11-01")]).features[0]
    known = dict(zip(names, first.tolist(), strict=True))
    assert (known["war_last_year"], known["war_ever"], known["log_war_years"]) == (0, 0, 0)
    assert known["first_calendar_year"] == 1


def test_korea_s_line_uses_no_korean_ending_and_nothing_later():
    """July 1951 to July 1953, month by month: each point is what a record of that day alone gives."""
    korea = load_war("korea")
    days = [dt.date(1951 + (6 + m) // 12, (6 + m) % 12 + 1, 1) for m in range(25)]
    line = settlement_track([korea.as_of(day) for day in days])
    assert line.days == tuple(days)
    assert (line.settled[:, 0] > line.ceasefire[:, 0]).all()
    for values in (line.ceasefire, line.settled):
        assert (values[:, 1] <= values[:, 0]).all()
        assert (values[:, 0] <= values[:, 2]).all()
        assert ((values >= 0) & (values <= 1)).all()
    # Endings coded by July 1951 are those up to 1949; the armistice of 1953 was never among them.
    assert line.n_endings[0] == int((reference_episodes(korea.as_of("1951-07-01")).outcome > 0).sum())
    assert (np.diff(line.n_endings) >= 0).all()
    assert line.n_endings[-1] < 40
    alone = settlement_track([korea.as_of(days[7])])
    assert alone.settled[0] == pytest.approx(line.settled[7], abs=1e-12)  # sums in another order
    # Few wars stand behind it, and the interval shows that.
    assert (line.settled[:, 2] - line.settled[:, 1]).min() > 0.1


def test_the_line_ends_before_a_war_s_end_and_begins_after_its_first_months():
    over = load_war("korea").as_of("1953-12-31")
    days = [record.as_of for record in past_records(over)]
    assert days[0] >= dt.date(1950, 9, 1)
    assert days[-1] == dt.date(1953, 7, 1)
    assert all(record.war.end is None for record in past_records(over))
    assert past_records(load_war("korea").as_of("1950-07-10")) == []
    assert len(past_records(load_war("iran_iraq").as_of("1988-06-30"))) <= 41
    with pytest.raises(DataError, match="records of one war"):
        settlement_track([over.earlier(dt.date(1951, 7, 1)), load_war("ukraine").as_of("2025-06-03")])
    with pytest.raises(DataError, match="at least one record"):
        settlement_track([])


def test_a_war_that_is_over_still_shows_its_line():
    result = run(load_war("korea").as_of("1954-01-01"))
    assert result.status == "not_observed"
    assert [chart.name for chart in result.charts] == ["settlement-track"]
    assert max(result.charts[0].columns["date"]) < "1953-07-27"


def test_the_same_seed_gives_the_same_model():
    record = load_war("korea").as_of("1952-06-30")
    assert every_text(run(record, seed=3)) == every_text(run(record, seed=3))
    assert every_text(run(record, seed=3)) != every_text(run(record, seed=4))
