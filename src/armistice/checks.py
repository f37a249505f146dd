"""Checks that many functions share, each with one wording."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError, ParameterError

__all__ = ["counts", "one_dimensional", "positive", "probability", "same_length"]


def positive(name: str, value: float) -> float:
    """``value``, if it is a finite number above zero."""
    if not (np.isfinite(value) and value > 0):
        raise ParameterError(f"{name} must be positive, got {value}.")
    return value


def probability(name: str, value: float) -> float:
    """``value``, if it lies strictly between 0 and 1."""
    if not 0 < value < 1:
        raise ParameterError(f"{name} must lie between 0 and 1, got {value}.")
    return value


def one_dimensional(name: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    """``values`` as a one-dimensional array."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise DataError(f"{name} must be one-dimensional, got shape {array.shape}.")
    return array


def counts(name: str, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Daily counts as floats; NaN means not observed. Negative or fractional counts are errors."""
    array = one_dimensional(name, values).astype(np.float64)
    known = array[~np.isnan(array)]
    wrong = known[(known < 0) | (known != np.floor(known)) | np.isinf(known)]
    if wrong.size:
        position = int(np.flatnonzero(np.isin(array, wrong))[0])
        raise DataError(
            f"{name} must hold whole numbers from 0 upwards, or NaN for a day not observed; "
            f"found {wrong[0]:g} at position {position}."
        )
    return array


def same_length(**arrays: npt.NDArray[Any]) -> None:
    """Raise unless all arrays, given by name, have one length."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise DataError(f"These must have the same length: {found}.")
