"""What rests on what, and what is known of each month."""

import datetime as dt
import re

import numpy as np
import pytest

from armistice.record.known_when import known_when
from armistice.record.load import load_war
from armistice.record.provenance import bibtex_entries, provenance


@pytest.fixture(scope="module")
def ukraine():
    return load_war("ukraine").as_of("2025-06-03")


def test_every_row_is_counted_under_each_of_its_sources(ukraine):
    found = {one.key: one for one in provenance(ukraine)}
    kiel = [row for row in ukraine.support if row.source == "kiel"]
    assert found["kiel"].rows["support.csv"] == len(kiel) > 100
    assert found["kiel"].source is ukraine.sources["kiel"]
    assert found["deepstate"].rows["front.csv"] == len(ukraine.front.dates)
    drones = ukraine.series("russian_drones")
    assert found["air_force"].rows["series russian_drones"] == np.isfinite(drones.values).sum()
    total = sum(one.rows.get("talks.csv", 0) for one in found.values())
    assert total == sum(len(re.split(r" ; ", row.source)) for row in ukraine.talks)


def test_a_source_of_later_rows_only_is_not_named():
    early = {one.key for one in provenance(load_war("ukraine").as_of("2022-06-01"))}
    late = {one.key for one in provenance(load_war("ukraine").as_of("2025-06-03"))}
    assert early < late


def test_bibtex_keys_are_unique_and_braces_close(ukraine):
    text = bibtex_entries(provenance(ukraine))
    keys = re.findall(r"^@misc\{(.+),$", text, flags=re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(provenance(ukraine))
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", key) for key in keys)
    depth = 0
    for sign in re.sub(r"\\[{}]", "", text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert not re.search(r"(?<!\\)[&#]", re.sub(r"  url = .*", "", text))
    assert re.search(r"title = \{.*DeepState", text)


def test_a_month_is_known_by_the_share_of_its_days(ukraine):
    months, lines = known_when(ukraine)
    assert months[0] == dt.date(2022, 2, 1)
    assert months[-1] == dt.date(2025, 6, 1)
    by_title = {line.title.en: line.share for line in lines}
    drones, at = ukraine.series("russian_drones"), months.index(dt.date(2024, 9, 1))
    inside = (drones.dates >= np.datetime64("2024-09-01")) & (drones.dates < np.datetime64("2024-10-01"))
    expected = np.isfinite(drones.values[inside]).sum() / 30
    assert by_title[drones.description.names.en][at] == pytest.approx(expected)
    assert 0 < expected <= 1
    assert by_title["aid to Russia"] == (0.0,) * len(months)  # an empty line stays: it is a hole too
    assert by_title["aid to Ukraine"][months.index(dt.date(2024, 1, 1))] == 1
    assert by_title["leaders of Ukraine"] == (1.0,) * len(months)


def test_the_last_month_counts_its_days_so_far(ukraine):
    _, lines = known_when(ukraine)
    (line,) = (line for line in lines if line.title == ukraine.series("russian_drones").description.names)
    drones = ukraine.series("russian_drones")
    june = np.isfinite(drones.values[drones.dates >= np.datetime64("2025-06-01")]).sum()
    assert line.share[-1] == pytest.approx(june / 3)
