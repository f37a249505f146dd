"""Pictures drawn ahead by another process are the pictures that would have been drawn here."""

from types import SimpleNamespace

import pytest

from armistice.report import ahead as module
from armistice.report.ahead import Ahead
from armistice.report.figures import make_figure
from armistice.report.svg import draw_svg
from armistice.studies.study import Chart
from armistice.text import Text

CHART = Chart(
    kind="bars",
    name="share",
    title=Text(en="Shares", nl="Aandelen"),
    says=Text(en="Two bars.", nl="Twee balken."),
    columns={"label": ["één", "two"], "value": [0.25, 1234.5]},
    x=Text(en="share", nl="aandeel"),
    y=Text(en="", nl=""),
)
OUTCOME = SimpleNamespace(study=SimpleNamespace(name="test"), result=SimpleNamespace(charts=(CHART,)))


@pytest.fixture
def drawn_here(monkeypatch):
    """Names of the pictures that this process had to draw itself."""
    names = []

    def draw(spec, language, *, name):
        names.append(name)
        return draw_svg(spec, language, name=name)

    monkeypatch.setattr(module, "draw_svg", draw)
    monkeypatch.setattr(module, "_processors", lambda: 2)
    return names


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_same_pictures(language, drawn_here):
    with Ahead(language) as ahead:
        ahead.begin(OUTCOME)
        figure = make_figure(CHART, language, id="test-share", paint=ahead.picture)
    assert drawn_here == []
    assert figure == make_figure(CHART, language, id="test-share")


def test_another_language_or_chart_is_drawn_here(drawn_here):
    with Ahead("en") as ahead:
        ahead.begin(OUTCOME)
        assert make_figure(CHART, "nl", id="test-share", paint=ahead.picture) == make_figure(
            CHART, "nl", id="test-share"
        )
        make_figure(CHART, "en", id="test-other", paint=ahead.picture)
    assert drawn_here == [f"test-{id}-{width}-0" for id in ("share", "other") for width in ("wide", "narrow")]


def test_a_process_that_ends_early_costs_nothing_but_time(drawn_here):
    with Ahead("en") as ahead:
        ahead._process.kill()
        ahead._process.wait()
        ahead.begin(OUTCOME)
        figure = make_figure(CHART, "en", id="test-share", paint=ahead.picture)
    assert len(drawn_here) == 2
    assert figure == make_figure(CHART, "en", id="test-share")


def test_what_cannot_be_drawn_is_an_error_here_as_well(drawn_here):
    with Ahead("en") as ahead:
        ahead._drawn["bad"] = ahead._sender.submit(ahead._ask, '{"spec": {"mark": 3}}')
        ahead._drawn["good"] = ahead._sender.submit(ahead._ask, '{"spec": {"mark": "point", "data": {"values": []}}}')
        with pytest.raises(ValueError, match="conversion failed"):
            ahead.picture({"mark": 3}, "en", name="bad")
        assert ahead.picture({}, "en", name="good").startswith("<svg")
    assert drawn_here == ["bad"]


def test_one_processor_starts_no_process(monkeypatch):
    monkeypatch.setattr(module, "_processors", lambda: 1)
    with Ahead("en") as ahead:
        ahead.begin(OUTCOME)
        assert ahead._process is None
        assert make_figure(CHART, "en", id="x", paint=ahead.picture) == make_figure(CHART, "en", id="x")


def test_an_error_in_a_study_ends_the_process():
    begun = []

    def assess():
        with Ahead("en") as ahead:
            begun.append(ahead._process)
            raise RuntimeError("study")

    with pytest.raises(RuntimeError, match="study"):
        assess()
    assert begun == [None] or begun[0].poll() is not None
