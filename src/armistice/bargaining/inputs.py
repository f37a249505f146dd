"""Checks of the numbers that bargaining models take, each naming the parameter it refuses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from armistice.errors import ParameterError

__all__ = ["discount_factor", "finite", "non_negative", "share", "shares", "whole_number"]


def share(name: str, value: float) -> float:
    """``value``, if it is a probability or a share of the stake: a number from 0 to 1."""
    if not 0 <= value <= 1:  # NaN fails both comparisons
        raise ParameterError(f"{name} must lie from 0 to 1, got {value}.")
    return float(value)


def shares(name: str, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """``values`` as an array, if each is a probability or a share: a number from 0 to 1."""
    array = np.asarray(values, dtype=np.float64)
    outside = ~((array >= 0) & (array <= 1))
    if outside.any():
        raise ParameterError(f"{name} must lie from 0 to 1, got {array[outside].flat[0]}.")
    return array


def discount_factor(name: str, value: float) -> float:
    """``value``, if it can discount: at least 0 and below 1 (at 1 a sum of flows has no end)."""
    if not 0 <= value < 1:
        raise ParameterError(f"{name} must be at least 0 and below 1, got {value}.")
    return float(value)


def non_negative(name: str, value: float) -> float:
    """``value``, if it is a finite number of at least 0."""
    if not (np.isfinite(value) and value >= 0):
        raise ParameterError(f"{name} must be a finite number of at least 0, got {value}.")
    return float(value)


def finite(name: str, value: float) -> float:
    """``value``, if it is a finite number."""
    if not np.isfinite(value):
        raise ParameterError(f"{name} must be a finite number, got {value}.")
    return float(value)


def whole_number(name: str, value: int, *, least: int) -> int:
    """``value``, if it is a whole number of at least ``least``."""
    if value != int(value) or value < least:
        raise ParameterError(f"{name} must be a whole number of at least {least}, got {value}.")
    return int(value)
