"""Every published number, computed by the package and compared to the digits given, one file per paper."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from armistice.bargaining.classics.leaders_office import Leaders

FOLDER = Path(__file__).parent
ARGUMENTS: dict[str, Any] = {"parabola": lambda u1: 1 - u1**2}


def cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        page = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [
            pytest.param(page["function"], number, id=f"{path.stem}: {number['name']}")
            for number in page.get("number", [])
        ]
    return found


def argument(value: Any) -> Any:
    if isinstance(value, str):
        return ARGUMENTS[value]
    return Leaders(**value) if isinstance(value, dict) else value


def follow(result: Any, pick: list[str]) -> Any:
    for step in pick:
        if ":" in step:
            first, last = step.split(":")
            result = result[int(first) : int(last)]
        else:
            result = getattr(result, step)
    return result


@pytest.mark.parametrize(("module", "number"), cases())
def test_number_comes_out(module, number):
    function = getattr(importlib.import_module(module), number["call"])
    inputs = {name: argument(value) for name, value in number["inputs"].items()}
    if "own_share" in inputs:  # given by position
        result = function(inputs.pop("own_share"), **inputs)
    elif "leaders" in inputs:
        result = function(inputs.pop("leaders"), **inputs)
    elif "frontier" in inputs:
        result = function(inputs.pop("frontier"), **inputs)
    else:
        result = function(**inputs)
    found = np.asarray(follow(result, number.get("pick", [])), dtype=float)
    expected = np.asarray(number["expected"], dtype=float)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0, atol=number["tolerance"])


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_each_file_says_where_its_numbers_come_from(path):
    page = tomllib.loads(path.read_text(encoding="utf-8"))
    assert page["paper"]
    assert page["where"]
    assert page["checked"]
