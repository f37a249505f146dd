"""What may leave a study as a number."""

import json
import math

import pytest

from armistice.errors import ArmisticeError, ParameterError
from armistice.estimate import Estimate, NotIdentified, NotObserved, Reported, round_significant
from armistice.text import Text

COMMON = {"level": 0.95, "n": 6, "method": "placebo rounds", "source": "strikes"}
REASON = Text(en="Too few rounds.", nl="Te weinig rondes.")


def test_json_keeps_six_significant_digits_and_writes_no_nan():
    estimate = Estimate(1.23456789, 0.5, math.inf, unit="km²", **COMMON)
    written = json.dumps(estimate.to_json(), allow_nan=False)
    assert json.loads(written)["value"] == 1.23457
    assert json.loads(written)["upper"] is None
    assert round_significant(123456.789) == 123457.0


def test_missing_is_a_reason_never_a_zero():
    for absent in (NotIdentified(REASON), NotObserved(REASON)):
        plain = absent.to_json()
        assert set(plain) == {"status", "reason"}
        assert plain["reason"] == {"en": "Too few rounds.", "nl": "Te weinig rondes."}


@pytest.mark.parametrize(
    ("value", "lower", "upper", "level", "says"),
    [
        (math.nan, 0, 1, 0.95, "NaN"),
        (2.0, 0, 1, 0.95, "enclose"),
        (0.5, 0, 1, 95, "level"),
    ],
)
def test_an_estimate_without_sense_is_refused(value, lower, upper, level, says):
    with pytest.raises(ParameterError, match=says) as caught:
        Estimate(value, lower, upper, level=level, n=1, method="", source="")
    assert isinstance(caught.value, ArmisticeError)
    assert isinstance(caught.value, ValueError)


def test_a_reported_figure_must_be_a_number():
    with pytest.raises(ParameterError, match="finite"):
        Reported(math.inf, "SBU", 1, "as stated", "x")


def test_excludes_is_about_the_interval():
    estimate = Estimate(1.2, 1.0, 1.9, **COMMON)
    assert not estimate.excludes(1.0)
    assert estimate.excludes(0.99)
