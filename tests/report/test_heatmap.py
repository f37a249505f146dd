"""Grids of shares: every cell says its number, and what is not known is not 0."""

import pytest

from armistice.report.charts import NARROW, WIDE, draw
from armistice.report.figures import data_table
from armistice.report.svg import draw_svg
from armistice.studies.study import Chart
from armistice.text import Text

NONE = Text(en="", nl="")
LONG = Text(en="a heading of many words that must be broken", nl="een kop van veel woorden die gebroken moet worden")


@pytest.fixture
def chart():
    rows, columns = [Text(en="low", nl="laag"), Text(en="high", nl="hoog")], ["none", LONG]
    return Chart(
        "map",
        "heatmap",
        NONE,
        NONE,
        {"across": columns * 2, "down": [rows[0]] * 2 + [rows[1]] * 2, "value": [0.25, None, 0.0, 0.95]},
        x=Text(en="aid", nl="steun"),
        y=Text(en="share", nl="aandeel"),
    )


@pytest.mark.parametrize("canvas", [WIDE, NARROW])
def test_cells_say_their_number_and_the_unknown_is_grey(chart, canvas):
    (panel,) = draw(chart, canvas, "nl").panels
    cells = panel.spec["layer"][0]["data"]["values"]
    assert [cell["text"] for cell in cells if cell["known"]] == ["25%", "0%", "95%"]
    assert [cell["known"] for cell in cells] == [True, False, True, True]
    assert [cell["white"] for cell in cells] == [False, False, False, True]
    svg = draw_svg(panel.spec, "nl", name="x")
    assert "25%" in svg
    assert "laag" in svg


def test_the_data_table_reads_row_by_row(chart):
    table = data_table(chart, "en")
    assert table.columns == ("", "aid", "share")
    assert table.rows[1] == ("low", LONG.en, "not known")
    assert table.rows[3][2] == "95%"
    assert table.numeric == (False, False, True)


def test_headings_with_words_wider_than_their_column_stand_upright():
    names = [
        "prisoners",
        "neutrality",
        "sanctions",
        "return of children",
        "territory",
        "grain",
        "energy",
        "ceasefire",
    ]
    square = Chart(
        "pairs", "heatmap", NONE, NONE,
        {"across": names * 8, "down": [name for name in names for _ in names], "value": [0.5] * 64},
        x=NONE, y=NONE,
    )  # fmt: skip
    angles = {}
    for canvas in (WIDE, NARROW):
        (panel,) = draw(square, canvas, "en").panels
        angles[canvas] = panel.spec["layer"][0]["encoding"]["x"]["axis"]["labelAngle"]
    assert angles == {WIDE: 0, NARROW: -90}
    (panel,) = draw(square, NARROW, "en").panels
    assert draw_svg(panel.spec, "en", name="x").count("rotate(270)") == len(names)


def test_short_headings_lie_flat(chart):
    (panel,) = draw(chart, NARROW, "en").panels
    assert panel.spec["layer"][0]["encoding"]["x"]["axis"]["labelAngle"] == 0
