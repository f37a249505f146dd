"""Scenario files: what is read, and one clear line for what cannot be."""

from __future__ import annotations

import math

import pytest

from armistice.errors import ParameterError
from armistice.simulation.scenarios import Bounds, load_scenario, shipped_scenarios, shipped_text

PARAMETERS = {"cost_a": Bounds(0, 2), "cost_b": Bounds(0, 2), "hope": Bounds(1, 200), "deaths_a": Bounds(0, 1e7)}
MECHANISMS = ("aid", "talks", "losses")
GOOD = """
names = { en = "Dear war", nl = "Dure oorlog" }
description = { en = "War costs more.", nl = "Oorlog kost meer." }
"""


def load(path, text=None):
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return load_scenario(path, parameters=PARAMETERS, mechanisms=MECHANISMS)


def test_values_ranges_multiples_and_switches_are_read(tmp_path):
    found = load(
        tmp_path / "dear.toml",
        GOOD
        + 'months = 24\n[set]\ncost_a = 1\nhope = [1.5, 3]\ndeaths_a = "x0.5"\n[mechanisms]\noff = ["aid", "aid"]\n',
    )
    assert (found.id, found.names.nl, found.months, found.off) == ("dear", "Dure oorlog", 24, ("aid",))
    assert (found.changes["cost_a"].low, found.changes["cost_a"].high) == (1, 1)
    assert (found.changes["hope"].low, found.changes["hope"].high) == (1.5, 3)
    assert not found.changes["hope"].is_multiple
    assert found.changes["deaths_a"].factor == 0.5
    assert math.isnan(found.changes["deaths_a"].low)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("[set]\ncosts_a = 1", "[set] costs_a: there is no such parameter; did you mean cost_a? There are cost_a, cost_b"),
        ("[set]\ncost_a = [0.3, 0.1]", "[set] cost_a: the lower end 0.3 is above the upper end 0.1. Swap them."),
        ("[set]\ncost_a = 2.5", "[set] cost_a: must lie from 0 to 2, got 2.5."),
        ("[set]\nhope = [0, 3]", "[set] hope: must lie from 1 to 200, got 0."),
        ("[set]\ncost_a = true", "[set] cost_a: must be a number, a range such as [0.1, 0.3], or a multiple"),
        ('[set]\ncost_a = "half"', "or a multiple such as \"x0.5\"; got 'half'."),
        ('[set]\ncost_a = "x-2"', "got 'x-2'."),
        ("[set]\ncost_a = [1, 2, 3]", "got [1, 2, 3]."),
        ("[set]\ncost_a = nan", "[set] cost_a: must be a number"),
        ("set = 3", "set must be a table: [set], then a line for each parameter; got 3."),
        ("[sets]\ncost_a = 1", "sets: there is no such key; did you mean set? There are names, description, set, mechanisms"),
        ('[mechanisms]\noff = ["aids"]', "[mechanisms] off: aids: there is no such mechanism; did you mean aid? There are aid, talks"),
        ('[mechanisms]\non = ["aid"]', '[mechanisms] must hold one line, off = ["...", ...]'),
        ('[mechanisms]\noff = "aid"', "[mechanisms] off must be a list of names, got 'aid'."),
        ("months = 0", "months must be a whole number from 1 to 1200, got 0."),
        ("months = 2.5", "got 2.5."),
        ("[set\ncost_a = 1", "is not valid TOML: Expected ']' at the end of a table declaration (at line 4, column 5)"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_in_one_line(tmp_path, body, message):
    file = tmp_path / "mine.toml"
    with pytest.raises(ParameterError) as error:
        load(file, GOOD + body + "\n")
    said = str(error.value)
    assert said.startswith(str(file))
    assert message in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'names is missing; write names = { en = "...", nl = "..." }.'),
        ('names = "Aid stops"', "names must be"),
        ('names = { en = "Aid stops" }', "got {'en': 'Aid stops'}."),
        ('names = { en = "Aid stops", nl = " " }', "names must be"),
        ('names = { en = "a", nl = "b" }', "description is missing"),
    ],
)
def test_both_languages_are_asked_for(tmp_path, text, message):
    with pytest.raises(ParameterError) as error:
        load(tmp_path / "mine.toml", text)
    assert message in str(error.value)


def test_a_file_or_name_that_does_not_exist_lists_what_does(tmp_path):
    with pytest.raises(ParameterError, match=r"nowhere\.toml: there is no such file"):
        load(tmp_path / "nowhere.toml")
    with pytest.raises(
        ParameterError, match=r"'aid-stop': there is none of that name; there are aid-stops, .*guarantor"
    ):
        load_scenario("aid-stop", parameters=PARAMETERS, mechanisms=MECHANISMS)


def test_text_that_is_not_utf8_is_refused(tmp_path):
    file = tmp_path / "mine.toml"
    text = "names = { en = 'café' }"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(ParameterError, match=rf"is not UTF-8 text \(byte {text.index('é')}\)"):
        load(file)


def test_shipped_scenarios_stand_in_the_package():
    assert {"aid-stops", "guarantor", "mediator-presses", "front-as-now", "no-talks"} <= set(shipped_scenarios())
    assert 'off = ["aid"]' in shipped_text("aid-stops")
