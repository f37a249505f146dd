"""Histograms of transforms: flat where the model is right, uneven where counts are more uneven than it says."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.errors import ParameterError
from armistice.escalation.retaliation_counts import RetaliationSettings, fit_retaliation
from armistice.escalation.retaliation_inference import bootstrap_correction
from armistice.escalation.retaliation_pit import pit_histogram
from tests.escalation.test_retaliation_counts import known_model


def test_a_right_model_lies_in_its_band_and_a_wrong_one_does_not() -> None:
    counts = known_model(500, [[0.3, 0.0], [0.2, 0.2]]).simulate(np.random.default_rng(1))[0]
    settings = RetaliationSettings(knot_days=180)
    fit = fit_retaliation(counts, settings=settings)
    _, refits = bootstrap_correction(fit, np.random.default_rng(2), 19)
    found = pit_histogram(fit, refits, np.random.default_rng(3))
    assert found.share.sum(axis=1) == pytest.approx([1, 1])
    assert (found.p_value > 0.05).all()
    inside = (found.lower <= found.share) & (found.share <= found.upper)
    assert inside.mean() > 0.8

    wrong = fit_retaliation(counts, settings=RetaliationSettings(knot_days=180, is_poisson=True))
    _, refits = bootstrap_correction(wrong, np.random.default_rng(2), 19)
    found = pit_histogram(wrong, refits, np.random.default_rng(3))
    assert found.p_value == pytest.approx([1 / 20, 1 / 20])
    # Too many days at both ends.
    assert (found.share[:, [0, -1]] > found.upper[:, [0, -1]]).all()


def test_few_refits_are_said() -> None:
    counts = known_model(200, [[0.2, 0.0], [0.2, 0.1]]).simulate(np.random.default_rng(9))[0]
    fit = fit_retaliation(counts)
    with pytest.raises(ParameterError, match="10 refits"):
        pit_histogram(fit, [fit] * 3, np.random.default_rng(1))
