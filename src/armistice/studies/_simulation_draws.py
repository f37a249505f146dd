"""From what a record says about violence to what is played: draws of every quantity, with a scenario's changes.

Every parameter has a column of even quantiles of its own (a Latin hypercube), filled whether it is used or not, so that a
scenario changes what it names and nothing else. What the record says is drawn from its uncertainty; what it cannot say
from a stated range; what needs a figure that is missing stays off.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import ParameterError
from armistice.record.as_of import Record
from armistice.simulation.rules import Forces, Strikes, Violence
from armistice.simulation.scenarios import Bounds, Change, Scenario
from armistice.simulation.violence import LOSSES
from armistice.studies._simulation_inputs import Claim, Seen
from armistice.studies._simulation_strikes import StrikeCounts
from armistice.studies._simulation_words import KINDS, Kind
from armistice.text import Text

__all__ = ["VIOLENCE_MECHANISMS", "Drawn", "draw_violence", "violence_parameters"]

Floats = npt.NDArray[np.float64]
#: What can be switched off beside the mechanisms of the game.
VIOLENCE_MECHANISMS: Final = (
    "losses",
    "replacement",
    "collapse",
    "strikes",
    "retaliation",
    "strikes_around_talks",
    "lull",
    "slow_deals",
)
#: The sides of the game settle within weeks of a deal that suits both. Real talks take months or years; how much slower
#: they are no record says, so this spans two orders of magnitude, evenly in logarithms.
_DEAL_PACE: Final = (0.01, 1.0)
_ONE_CLAIM: Final = (
    1.5  # a claim that nobody else confirms or disputes is drawn from two thirds to half as much again
)
_ONE_STRENGTH: Final = 1.25
_OTHER_SIDE: Final = 3.0  # a side of which nobody counts the dead: a third to three times those of the other
_SHARE_OF_A: Final = (0.25, 0.75)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Values of each parameter by draw, and what is played in each.

    Parameters
    ----------
    values : dict of str to ndarray of shape (n,)
        Parameters that are at work; NaN nowhere.
    violence : tuple of Violence
    pace : ndarray of shape (n,)
        Share of the deals that could be made in a month that are made in it.
    """

    values: dict[str, Floats]
    violence: tuple[Violence, ...]
    pace: Floats


def violence_parameters() -> dict[str, Bounds]:
    """What a scenario may set, with the values that mean something."""
    return {name: Bounds(kind.least, kind.most) for name, kind in _names().items()}


def _names() -> dict[str, Kind]:
    return {
        base + suffix: kind for base, kind in KINDS.items() for suffix in (("_a", "_b") if kind.per_side else ("",))
    }


def draw_violence(record: Record, seen: Seen, n: int, entropy: object, scenario: Scenario | None = None) -> Drawn:
    """Draw ``n`` sets of violence.

    Parameters
    ----------
    record : Record
    seen : Seen
    n : int
    entropy : int or sequence of int
        The seed, as of an assessment: the same one gives the same draws to every scenario.
    scenario : Scenario, optional

    Raises
    ------
    ParameterError
        If the scenario multiplies what is not on record, or a multiple means nothing.
    """
    rng = np.random.default_rng(
        np.random.SeedSequence(entropy, spawn_key=(zlib.crc32(b"violence"),))  # type: ignore[arg-type]
    )
    even = {name: (rng.permutation(n) + rng.random(n)) / n for name in _names()}
    law, share_a = ((rng.permutation(n) + rng.random(n)) / n for _ in range(2))
    own = {name: change for name, change in (scenario.changes if scenario else {}).items() if name in even}
    off = frozenset(scenario.off if scenario else ())
    values: dict[str, Floats] = {}

    def settle(name: str, drawn: Floats | None) -> None:
        """The value of a parameter, changed by the scenario; absent where nothing says what it is."""
        changed = _changed(name, drawn, even[name], own.get(name), scenario)
        if changed is not None:
            values[name] = changed

    for base, (low, high) in _RANGES.items():
        kind = KINDS[base]
        for suffix in ("_a", "_b") if kind.per_side else ("",):
            name = base + suffix
            if base == "aid_replaces" and not _has_patron(record, suffix):
                settle(name, np.zeros(n))
            else:
                settle(name, low + (high - low) * even[name])
    if seen.noise is not None:
        settle("loss_noise", np.full(n, seen.noise))
    deaths = _deaths(seen, values, even, _SHARE_OF_A[0] + (_SHARE_OF_A[1] - _SHARE_OF_A[0]) * share_a)
    for side, suffix in enumerate(("_a", "_b")):
        settle(f"deaths{suffix}", deaths[side])
        settle(f"force{suffix}", _between(seen.strength[side], even[f"force{suffix}"], _ONE_STRENGTH))
    _settle_strikes(seen, even, settle, share_a)
    if seen.fading is not None:
        from scipy.special import gammaincinv

        settle("lull", gammaincinv(seen.fading.faded + 0.5, even["lull"]) / seen.fading.months)
    settle("deal_pace", _DEAL_PACE[0] * (_DEAL_PACE[1] / _DEAL_PACE[0]) ** even["deal_pace"])
    if not all(f"deaths{suffix}" in values for suffix in ("_a", "_b")):
        for suffix in ("_a", "_b"):  # one side's dead alone would be half a count
            values.pop(f"deaths{suffix}", None)
    violence = tuple(_violence(values, seen, off, float(law[i]), i) for i in range(n))
    return Drawn(values, violence, np.ones(n) if "slow_deals" in off else values["deal_pace"])


#: What no record says; judgements, in docs/simulation.md with what would change if they were wrong.
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "killed_share": (0.2, 0.35),
    "replaced": (0.85, 1.1),
    "aid_replaces": (0.0, 0.15),
    "break_point": (0.5, 0.8),
    "push_losses": (0.0, 1.0),
    "pushed_losses": (0.0, 0.5),
    "loss_noise": (0.2, 0.6),
    "around_talks": (-0.7, 0.7),
    "surge_suspends_talks": (0.0, 0.1),
}


def _has_patron(record: Record, suffix: str) -> bool:
    return bool((record.war.side_a if suffix == "_a" else record.war.side_b).patrons)


def _changed(
    name: str, drawn: Floats | None, even: Floats, change: Change | None, scenario: Scenario | None
) -> Floats | None:
    if change is None or scenario is None:
        return drawn
    if not change.is_multiple:
        return change.low + (change.high - change.low) * even
    if drawn is None:
        raise ParameterError(
            f"{scenario.place}: [set] {name}: nothing is on record to multiply; give a value or a range."
        )
    bounds = violence_parameters()[name]
    multiplied: Floats = change.factor * drawn
    wrong = multiplied[(multiplied < bounds.least) | (multiplied > bounds.most)]
    if len(wrong):
        raise ParameterError(
            f"{scenario.place}: [set] {name}: x{change.factor:g} would make it {wrong[0]:g}; it must lie from "
            f"{bounds.least:g} to {bounds.most:g}."
        )
    return multiplied


def _between(claims: Sequence[Claim], even: Floats, widened: float) -> Floats | None:
    """Evenly in logarithms, from the lowest claim to the highest."""
    if not claims:
        return None
    low, high = min(claim.low for claim in claims), max(claim.high for claim in claims)
    if low <= 0:
        low = high / 10
    if low == high:
        low, high = low / widened, high * widened
    return np.asarray(low * (high / low) ** even, dtype=np.float64)


def _deaths(
    seen: Seen, values: Mapping[str, Floats], even: Mapping[str, Floats], share_a: Floats
) -> tuple[Floats | None, Floats | None]:
    """Soldiers killed each month, by side; claims that count the wounded too are turned by the share who die."""
    found: list[Floats | None] = []
    for side, suffix in enumerate(("_a", "_b")):
        found.append(_killed(seen.deaths[side], values[f"killed_share{suffix}"], even[f"deaths{suffix}"]))
    if found[0] is None and found[1] is None:
        share = (values["killed_share_a"] + values["killed_share_b"]) / 2
        both = _killed(seen.deaths_together, share, even["deaths_a"])
        return (None, None) if both is None else (both * share_a, both * (1 - share_a))
    for side in (0, 1):
        other = found[1 - side]
        if found[side] is None and other is not None:
            found[side] = other * _OTHER_SIDE ** (2 * even[f"deaths{'_a' if side == 0 else '_b'}"] - 1)
    return found[0], found[1]


def _killed(claims: Sequence[Claim], share: Floats, even: Floats) -> Floats | None:
    if not claims:
        return None
    as_killed = np.ones_like(share)
    weights = [as_killed if claim.counts == "killed" else share for claim in claims]
    low = np.min([claim.low * weight for claim, weight in zip(claims, weights, strict=True)], axis=0)
    high = np.max([claim.high * weight for claim, weight in zip(claims, weights, strict=True)], axis=0)
    low = np.where(low > 0, low, high / 10)
    alone = low == high
    low, high = np.where(alone, low / _ONE_CLAIM, low), np.where(alone, high * _ONE_CLAIM, high)
    return np.asarray(low * (high / low) ** even, dtype=np.float64)


def _settle_strikes(
    seen: Seen, even: Mapping[str, Floats], settle: Callable[[str, Floats | None], None], share_a: Floats
) -> None:
    from scipy.special import betaincinv, ndtri

    n = len(share_a)
    for side, suffix in enumerate(("_a", "_b")):
        counts = seen.strikes[side]
        rise, fall, answers = f"strikes_rise{suffix}", f"strikes_fall{suffix}", f"retaliation{suffix}"
        if counts is None:
            for name in (rise, fall, answers):
                settle(name, None)
            continue
        settle(rise, betaincinv(counts.rises + 0.5, counts.could_rise - counts.rises + 0.5, even[rise]))
        settle(fall, betaincinv(counts.falls + 0.5, counts.could_fall - counts.falls + 0.5, even[fall]))
        association = _association(counts)
        if association is None:
            settle(answers, np.zeros(n))
            continue
        # A background in common looks like an answer: how much of the association is one is anybody's guess, so the share
        # is drawn from none to all of it (the place within its slice is a draw independent of the slice).
        centre, error = association
        is_answer = (even[answers] * n) % 1.0
        settle(answers, is_answer * (centre + error * ndtri(even[answers])))
    killed = dict(seen.civilians)
    for suffix, name in (("_a", "a"), ("_b", "b")):
        at = f"strike_deaths{suffix}"
        if all(counts is None for counts in seen.strikes):
            settle(at, None)
        elif name in killed:
            settle(at, _between([killed[name]], even[at], _ONE_CLAIM))
        elif "both" in killed:
            both = _between([killed["both"]], even["strike_deaths_a"], _ONE_CLAIM)
            assert both is not None
            settle(at, both * (share_a if name == "a" else 1 - share_a))
        else:
            settle(at, None)


def _association(counts: StrikeCounts) -> tuple[float, float] | None:
    """Log odds ratio of rising with the other side at its highest, and its error; half a case added to each cell."""
    if not np.isfinite(counts.at_surge):
        return None
    cells = np.array(
        [
            counts.rises_at_surge,
            counts.at_surge - counts.rises_at_surge,
            counts.rises - counts.rises_at_surge,
            counts.could_rise - counts.at_surge - (counts.rises - counts.rises_at_surge),
        ]
    )
    cells = np.maximum(cells, 0.0) + 0.5
    return float(np.log(cells[0] * cells[3] / (cells[1] * cells[2]))), float(np.sqrt((1 / cells).sum()))


# --- what is played --------------------------------------------------------------------------------------


def _violence(values: Mapping[str, Floats], seen: Seen, off: frozenset[str], law: float, i: int) -> Violence:
    at = {name: float(column[i]) for name, column in values.items()}
    return Violence(
        forces=None if "losses" in off else _forces(at, off, law),
        strikes=None if "strikes" in off else _struck(at, seen, off),
        lull=0.0 if "lull" in off else at.get("lull", 0.0),
    )


def _forces(at: Mapping[str, float], off: frozenset[str], law: float) -> Forces | None:
    if "deaths_a" not in at:
        return None
    known = "force_a" in at and "force_b" in at
    losses = tuple(at[f"deaths_{side}"] / max(at[f"killed_share_{side}"], 1e-9) for side in "ab")
    pushes, pushed = (tuple(at[f"{name}_{side}"] for side in "ab") for name in ("push_losses", "pushed_losses"))
    # What is measured is a mean over months with pushes and without; about half of them have one.
    base = tuple(
        loss / (1 + 0.5 * more + 0.5 * less) for loss, more, less in zip(losses, pushes, pushed, strict=True)
    )
    persons = (at["force_a"], at["force_b"]) if known else None
    # Which law holds is not known either; all give today's losses at today's forces.
    kind = LOSSES[min(int(law * len(LOSSES)), len(LOSSES) - 1)] if known else "mean"
    rate = (base[0], base[1])
    if persons is not None and kind == "aimed":
        rate = (base[0] / persons[1], base[1] / persons[0])
    elif persons is not None and kind == "area":
        rate = (base[0] / (persons[0] * persons[1]), base[1] / (persons[0] * persons[1]))
    replaces = known and "replacement" not in off
    with_aid = tuple(losses[k] * at[f"aid_replaces_{side}"] if replaces else 0.0 for k, side in enumerate("ab"))
    replaced = tuple(
        max(losses[k] * at[f"replaced_{side}"] - with_aid[k], 0.0) if replaces else 0.0 for k, side in enumerate("ab")
    )
    breaks = known and "collapse" not in off
    return Forces(
        losses=kind,
        rate=rate,
        persons=persons,
        noise=at["loss_noise"],
        push_losses=(pushes[0], pushes[1]),
        pushed_losses=(pushed[0], pushed[1]),
        replenished=(replaced[0], replaced[1]),
        replenished_with_aid=(with_aid[0], with_aid[1]),
        killed_share=(at["killed_share_a"], at["killed_share_b"]),
        break_point=(at["break_point_a"], at["break_point_b"]) if breaks else (0.0, 0.0),
    )


def _struck(at: Mapping[str, float], seen: Seen, off: frozenset[str]) -> Strikes | None:
    if not any(f"strikes_rise_{side}" in at for side in "ab"):
        return None
    rise, fall, answers, talks = [], [], [], []
    for side in "ab":
        theirs = 0.0 if "retaliation" in off else at.get(f"retaliation_{side}", 0.0)
        chance = at.get(f"strikes_rise_{side}", 0.0)
        # What was counted is a mean over weeks with the other side at its highest, a third of them, and without.
        rise.append(_moved(chance, -theirs / 3))
        fall.append(at.get(f"strikes_fall_{side}", 1.0))
        answers.append(theirs)
        talks.append(0.0 if "strikes_around_talks" in off else at[f"around_talks_{side}"])
    deaths = []
    for own, other in (("a", "b"), ("b", "a")):
        counts = seen.strikes["ab".index(own)]
        relative = (0.0, 1.0, 2.0) if counts is None else counts.relative
        killed = at.get(f"strike_deaths_{other}", 0.0)
        deaths.append((relative[0] * killed, relative[1] * killed, relative[2] * killed))
    start = tuple(0 if counts is None else counts.now for counts in seen.strikes)
    return Strikes(
        rise=(rise[0], rise[1]),
        fall=(fall[0], fall[1]),
        retaliation=(answers[0], answers[1]),
        around_talks=(talks[0], talks[1]),
        deaths=(deaths[0], deaths[1]),
        suspends_talks=at["surge_suspends_talks"],
        start=(start[0], start[1]),
    )


def _moved(chance: float, log_odds: float) -> float:
    """A chance with something added to its log-odds."""
    if not 0 < chance < 1:
        return chance
    return float(1 / (1 + np.exp(-(np.log(chance / (1 - chance)) + log_odds))))


def described(name: str, record: Record) -> Text:
    """A parameter in words, with the side's name."""
    kind = _names()[name]
    if not kind.per_side:
        return kind.names
    side = record.war.side_a if name.endswith("_a") else record.war.side_b
    return Text(en=kind.names.en.format(side=side.names.en), nl=kind.names.nl.format(side=side.names.nl))
