"""What the charts draw, read from their specifications."""

import datetime as dt
import re

import pytest

from armistice.report.charts import NARROW, WIDE, draw
from armistice.report.charts.cloud import classes
from armistice.report.charts.timeline import date_ticks
from armistice.report.figures import data_table
from armistice.report.svg import draw_svg
from armistice.studies.study import Chart, Mark
from armistice.text import Text

NONE = Text(en="", nl="")
COMMON = {"title": NONE, "says": NONE, "x": NONE, "y": NONE}


def _layers(chart, canvas=WIDE, panel=0):
    return draw(chart, canvas, "en").panels[panel].spec["layer"]


def _points(layer):
    return [value["v"] for value in layer["data"]["values"]]


def _timeline(days, values, **more):
    return Chart("t", "timeline", columns={"date": days, "value": values, **more}, **COMMON)


def test_a_missing_month_is_a_hole_in_the_line():
    days = [f"2020-{m:02d}-01" for m in range(1, 13) if m not in (6, 7, 8)]
    line = _layers(_timeline(days, [float(i % 4) for i in range(len(days))]))[0]
    assert _points(line).count(None) == 1


def test_a_running_count_at_irregular_dates_goes_in_steps_without_holes():
    line = _layers(_timeline(["2020-01-01", "2020-01-03", "2020-02-01", "2023-05-09"], [1, 2, 3, 4]))[0]
    assert None not in _points(line)
    assert line["mark"]["interpolate"] == "step-after"


def test_a_day_without_a_report_leaves_no_bar_and_a_zero_does():
    chart = _timeline([f"2020-01-0{d}" for d in range(1, 6)], [1, None, 0, 2, 3], smooth=[1.0] * 5)
    bars = _points(_layers(chart)[0])
    assert bars == [1, 1, None, 0, 0, 2, 2, 3, 3]


def test_daily_bars_are_as_high_as_the_figures():
    """Read off the drawing: the axis of figures of 300 ends at 300, not at twice that."""
    days = [f"2020-01-{d:02d}" for d in range(1, 29)]
    svg = draw_svg(
        draw(_timeline(days, [300.0] * 28, smooth=[300.0] * 28), WIDE, "en").panels[0].spec, "en", name="x"
    )
    assert ">300<" in svg
    assert not re.search(r">(3[1-9]\d|[4-9]\d\d)<", svg)


def test_a_trend_ends_with_the_last_report():
    chart = _timeline([f"2020-01-0{d}" for d in range(1, 7)], [None, 1, 2, 3, None, None], smooth=[9.0] * 6)
    assert len(_points(_layers(chart)[1])) == 3


def test_marks_keep_one_numbering_however_they_are_joined():
    days = [(dt.date(2020, 1, 1) + dt.timedelta(days=i)).isoformat() for i in range(400)]
    marks = tuple(Mark(day, NONE) for day in ("2020-12-01", "2020-02-01", "2020-02-03"))
    chart = Chart("t", "timeline", columns={"date": days, "value": [1.0] * 400}, marks=marks, **COMMON)
    texts = [layer for layer in _layers(chart, NARROW) if layer["mark"]["type"] == "text"]
    assert [value["label"] for value in texts[0]["data"]["values"]] == ["1–2", "3"]


@pytest.mark.parametrize("at_most", [4, 8])
@pytest.mark.parametrize("days", [1, 20, 59, 400, 1195, 9000, 40000])
def test_date_ticks_are_few_and_inside(days, at_most):
    first = dt.date(1914, 7, 28)
    last = first + dt.timedelta(days=days)
    ticks, _ = date_ticks(first, last, at_most)
    assert all(first <= tick <= last for tick in ticks)
    assert len(ticks) <= at_most + 1


def test_bounds_beyond_the_axis_end_in_arrows():
    chart = Chart(
        "i", "intervals", columns={"label": ["a", "b"], "value": [1.0, 2.0], "lower": [0.0, 1.0], "upper": [3.0, None]},
        logarithmic=True, **COMMON,
    )  # fmt: skip
    arrows = [layer for layer in _layers(chart) if "angle" in layer["mark"]]
    assert {layer["mark"]["angle"]: len(layer["data"]["values"]) for layer in arrows} == {-90: 1, 90: 1}


def test_many_groups_of_bands_get_a_panel_each_and_two_share_one():
    def chart(groups):
        columns = {
            "months": [0.0] * groups,
            "value": [0.0] * groups,
            "lower": [0.0] * groups,
            "upper": [1.0] * groups,
        }
        return Chart("s", "incidence", columns={**columns, "group": [f"g{i}" for i in range(groups)]}, **COMMON)

    assert [len(draw(chart(n), WIDE, "en").panels) for n in (1, 2, 3)] == [1, 1, 3]
    assert [len(draw(chart(n), NARROW, "en").panels) for n in (1, 2, 3)] == [1, 2, 3]


def test_each_group_of_draws_has_its_own_observed_value_and_every_draw_is_counted():
    values = [0.5, 1.0, 2.0, 4.0, 1.0, 3.0]
    chart = Chart(
        "c", "cloud", columns={"value": values, "group": ["a"] * 4 + ["b"] * 2, "observed": [0.1] * 4 + [9.0] * 2},
        logarithmic=True, **COMMON,
    )  # fmt: skip
    assert (classes(chart)[0], classes(chart)[-1]) == (0.1, 9.0)
    for panel, (draws, seen) in enumerate([(4, 0.1), (2, 9.0)]):
        layers = _layers(chart, panel=panel)
        assert sum(value["n"] for value in layers[0]["data"]["values"]) == draws
        assert layers[1]["data"]["values"][0]["a"] == seen
    counted = [row for row in data_table(chart, "en").rows if row[3]]
    assert sum(int(row[3]) for row in counted) == len(values)


def test_numbers_and_months_are_written_in_the_language():
    days = [f"2020-{m:02d}-01" for m in range(1, 13)]
    chart = _timeline(days, [m * 1000.5 for m in range(12)])
    dutch = draw_svg(draw(chart, WIDE, "nl").panels[0].spec, "nl", name="x")
    assert "mei 2020" in dutch
    assert ">10.000<" in dutch
    english = draw_svg(draw(chart, WIDE, "en").panels[0].spec, "en", name="x")
    assert "May 2020" in english
    assert ">10,000<" in english
