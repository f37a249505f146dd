"""Random numbers by counting: published answers, and that the array form keeps to them."""

import numpy as np
import pytest

from armistice.simulation.philox import GAME, VIOLENCE, philox4x32, words

PI = ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0))
ONES = 0xFFFFFFFF


# Known answers published with Random123 (Salmon et al. 2011), philox4x32 10.
@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (*PI, (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
    ],
)
def test_published_answers(counter, key, answer):
    assert tuple(int(x) for x in philox4x32(*(np.uint64(x) for x in (*counter, *key)))) == answer


def test_words_of_many_wars_are_those_of_each_war():
    wars = np.array([0, 1, 2**32 - 1, 2**32, 2**32 + 1, 2**40 + 7], dtype=np.int64)
    found = words(wars, 9, 1, seed=5, purpose=VIOLENCE)
    for column, war in zip(found.T, wars.tolist(), strict=True):
        one = philox4x32(*(np.uint64(x) for x in (war & ONES, war >> 32, 9, 1, 5, VIOLENCE)))
        assert column.tolist() == [int(x) for x in one]


def test_the_published_answer_comes_out_of_the_array_form():
    (c0, c1, c2, c3), (k0, k1) = PI
    found = words([c0 | c1 << 32], c2, c3, seed=k0, purpose=k1) if c1 < 2**31 else None
    if found is None:  # a war's number is a signed 64-bit one: its second word here would make it negative
        found = words(np.array([c0 | c1 << 32], dtype=np.uint64).view(np.int64), c2, c3, seed=k0, purpose=k1)
    assert found[:, 0].tolist() == [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


def test_every_part_of_the_counter_and_key_matters():
    base = {"wars": [3], "month": 4, "slot": 0, "seed": 1, "purpose": GAME}
    others = [{"wars": [3 + 2**32]}, {"wars": [4]}, {"month": 5}, {"slot": 1}, {"seed": 2}, {"purpose": VIOLENCE}]

    def drawn(wars, month, slot, seed, purpose):
        return tuple(words(wars, month, slot, seed=seed, purpose=purpose)[:, 0].tolist())

    assert len({drawn(**base), *(drawn(**base | other) for other in others)}) == 7


def test_halves_of_words_are_uniform_and_unrelated_across_months():
    n = 200_000
    one, next_month = (words(np.arange(n), month, 0, seed=11, purpose=GAME) for month in (1, 2))
    for word in one:
        for half in (word & 0xFFFF, word >> 16):
            counts = np.bincount(half >> 8, minlength=256)
            chi2 = ((counts - n / 256) ** 2 / (n / 256)).sum()
            assert abs(chi2 - 255) < 4 * np.sqrt(2 * 255)
    for a, b in zip(one, next_month, strict=True):
        assert abs(np.corrcoef(a.astype(float), b.astype(float))[0, 1]) < 4 / np.sqrt(n)
