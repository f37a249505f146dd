"""One wording for each check."""

import numpy as np
import pytest

from armistice import checks
from armistice.errors import DataError, ParameterError


def test_counts_take_missing_days_but_nothing_else_that_is_not_a_count():
    np.testing.assert_array_equal(checks.counts("strikes", [3, np.nan, 0]), [3, np.nan, 0])
    with pytest.raises(DataError, match=r"found -1 at position 2"):
        checks.counts("strikes", [3, np.nan, -1])
    with pytest.raises(DataError, match=r"found 0.5 at position 0"):
        checks.counts("strikes", [0.5, 1])
    with pytest.raises(DataError, match=r"shape \(1, 2\)"):
        checks.counts("strikes", [[1, 2]])


def test_lengths_and_ranges():
    checks.same_length(a=np.zeros(2), b=np.zeros(2))
    with pytest.raises(DataError, match="a 2, b 3"):
        checks.same_length(a=np.zeros(2), b=np.zeros(3))
    with pytest.raises(ParameterError, match=r"horizon_days must be positive, got -3"):
        checks.positive("horizon_days", -3)
    with pytest.raises(ParameterError, match=r"level must lie between 0 and 1, got 95"):
        checks.probability("level", 95)
