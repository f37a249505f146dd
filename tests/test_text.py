"""Numbers and dates as readers of each language expect them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armistice.text import EN, NL, words


@pytest.mark.parametrize(
    ("value", "english", "dutch"),
    [
        (0, "0", "0"),
        (903, "903", "903"),
        (1234567.0, "1,230,000", "1.230.000"),
        (999.6, "1,000", "1.000"),
        (0.09996, "0.1", "0,1"),
        (-6.28, "−6.28", "−6,28"),
        (0.5, "0.5", "0,5"),
        (float("inf"), "∞", "∞"),
        (float("-inf"), "−∞", "−∞"),
    ],
)
def test_numbers_read_as_in_each_language(value, english, dutch):
    assert (EN.number(value), NL.number(value)) == (english, dutch)


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_a_written_number_is_within_half_a_unit_of_its_third_digit(value):
    written = float(EN.number(value).replace(",", ""))
    assert written == pytest.approx(value, rel=0.0051)


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0, "0%"),
        (1, "100%"),
        (0.00001, "<0.1%"),
        (0.99999, ">99.9%"),
        (0.0449, "4.5%"),
        (0.996, "99.6%"),
        (0.42, "42%"),
    ],
)
def test_shares_that_are_not_quite_certain_never_read_as_certain(share, written):
    assert EN.percent(share) == written


def test_dates_and_spans():
    day = dt.date(1951, 11, 27)
    assert (EN.date(day), NL.date(day), NL.month(day)) == ("27 November 1951", "27 november 1951", "november 1951")
    assert NL.span(0.5, 1.2345) == "0,5 tot 1,23"
    assert words("nl").percent_span(0.05, 0.5) == "5,0% tot 50%"
