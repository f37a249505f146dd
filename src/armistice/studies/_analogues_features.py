"""How a war is described in a month of it, as numbers that can be compared: the features of the study of analogues.

A past war is described by what was so in the same month of it, never by what came later; one that had ended by then, in
its last month. What nobody read stays unknown (NaN). Sides are told by who attacked first where that is not disputed.

That a war had no talks yet in month m follows from the month of its first talks, and that a front had not stood still
yet from the month in which it first did: both are facts of month m, though read later.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.frontline import change_between, recent_slope
from armistice.record.as_of import Record
from armistice.record.profiles import MONTH_DAYS, Profile, own_profile
from armistice.record.schema import Leader, Talk
from armistice.text import EN, NL, Text, Words

__all__ = ["FEATURES", "Feature", "describe", "describe_record", "told"]

Floats = npt.NDArray[np.float64]

_YES: Final = Text(en="yes", nl="ja")
_NO: Final = Text(en="no", nl="nee")
_PARTLY: Final = Text(en="partly", nl="deels")
#: Days over which the record's front must have kept below the limit: three months, as in the table of profiles.
_STILL_DAYS: Final = 91
#: Of the theatre a month, or km a month: the limits of the study of the front line.
_STILL_SHARE: Final = 0.002
_STILL_KM: Final = 10.0
#: Offices whose holder leads a state, as folders write them.
_LEADS: Final = (
    "president", "prime minister", "premier", "head of state", "head of government", "chancellor", "monarch", "king",
    "emperor", "general secretary", "supreme leader", "leader", "chairman",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its name, its weight, and how its number reads."""

    id: str
    names: Text
    weight: float
    tell: Callable[[float, Words], str]


def _yes_no(value: float, words: Words) -> str:
    told = _YES if value == 1 else _NO if value == 0 else _PARTLY
    return told.in_language(words.language)


def _months(value: float, words: Words) -> str:
    return f"{words.number(round(math.expm1(value), 1))} {'maanden' if words.language == 'nl' else 'months'}"


def _ratio(value: float, words: Words) -> str:
    return f"{words.number(math.exp(value), significant=2)} : 1"


#: Nuclear arms are two questions a time, so that each counts half.
FEATURES: Final = (
    Feature("patron_attacker", Text(en="outside support for the attacker", nl="steun van buiten voor de aanvaller"), 1.0, _yes_no),
    Feature("patron_defender", Text(en="outside support for the attacked", nl="steun van buiten voor de aangevallene"), 1.0, _yes_no),
    Feature("nuclear_attacker", Text(en="attacker has nuclear arms", nl="aanvaller heeft kernwapens"), 0.5, _yes_no),
    Feature("nuclear_defender", Text(en="attacked has nuclear arms", nl="aangevallene heeft kernwapens"), 0.5, _yes_no),
    Feature("nuclear_patron_attacker", Text(en="nuclear supporter of the attacker", nl="kernmacht steunt de aanvaller"), 0.5, _yes_no),
    Feature("nuclear_patron_defender", Text(en="nuclear supporter of the attacked", nl="kernmacht steunt de aangevallene"), 0.5, _yes_no),
    Feature("territorial_stake", Text(en="land at stake", nl="inzet: grondgebied"), 1.0, _yes_no),
    Feature("regime_stake", Text(en="who governs at stake", nl="inzet: wie regeert"), 1.0, _yes_no),
    Feature("contiguous", Text(en="sides border on each other", nl="partijen grenzen aan elkaar"), 1.0, _yes_no),
    Feature("strength_ratio", Text(en="strength of attacker to attacked", nl="sterkte van aanvaller tegen aangevallene"), 1.0, _ratio),
    Feature("static_front", Text(en="front stands still", nl="front staat stil"), 1.0, _yes_no),
    Feature("months_of_manoeuvre", Text(en="manoeuvre until the front stood still", nl="beweging tot het front stilstond"), 1.0, _months),
    Feature("talks_so_far", Text(en="talks held so far", nl="tot dan toe gesprekken"), 1.0, _yes_no),
    Feature("first_talks_month", Text(en="time without talks at first", nl="tijd zonder gesprekken in het begin"), 1.0, _months),
    Feature("partial_deals", Text(en="partial deals", nl="deelakkoorden"), 1.0, _yes_no),
    Feature("mediator", Text(en="a mediator", nl="een bemiddelaar"), 1.0, _yes_no),
    Feature("leader_change", Text(en="a change of leader", nl="een wisseling van leider"), 1.0, _yes_no),
    Feature("months_at_war", Text(en="length so far", nl="duur tot dan toe"), 1.0, _months),
)  # fmt: skip
_INDEX: Final = {feature.id: i for i, feature in enumerate(FEATURES)}


def describe(profile: Profile, month: float) -> Floats:
    """A war as it stood in a month of it.

    Parameters
    ----------
    profile : Profile
        Cut at the day of the record.
    month : float
        At most its last.

    Returns
    -------
    ndarray of float64, shape (n_features,)
        In the order of :data:`FEATURES`; NaN where not known.
    """
    first, second = ("b", "a") if _attacked_second(profile) else ("a", "b")

    def read(field: str) -> str:
        found = profile.before_the_end(field, month)
        return "" if found is None else found.value

    value = {
        "patron_attacker": _answer(read(f"patron_{first}")),
        "patron_defender": _answer(read(f"patron_{second}")),
        "nuclear_attacker": _has(read("nuclear_belligerent"), first),
        "nuclear_defender": _has(read("nuclear_belligerent"), second),
        "nuclear_patron_attacker": _has(read("nuclear_patron"), first),
        "nuclear_patron_defender": _has(read("nuclear_patron"), second),
        **{name: _answer(read(name)) for name in ("territorial_stake", "regime_stake", "contiguous", "static_front")},
        **{name: _answer(read(name)) for name in ("partial_deals", "mediator", "leader_change")},
        "strength_ratio": _log(read("strength_ratio")) * (-1 if first == "b" else 1),
        "months_of_manoeuvre": _manoeuvre(profile, month, read("static_front")),
        "months_at_war": math.log1p(max(month, 0.0)),
    }
    value["talks_so_far"], value["first_talks_month"] = _talks(profile, month, read("talks_while_fighting"))
    return np.array([value[feature.id] for feature in FEATURES])


def _attacked_second(profile: Profile) -> bool:
    found = profile.cell("initiator", math.inf)
    return found is not None and found.value == "b"


def _answer(value: str) -> float:
    return {"yes": 1.0, "no": 0.0, "partly": 0.5}.get(value, math.nan)


def _has(value: str, side: str) -> float:
    return math.nan if not value else 1.0 if value in (side, "both") else 0.0


def _log(value: str) -> float:
    return math.log(float(value)) if value else math.nan


def _number(profile: Profile, field: str) -> float:
    found = profile.cell(field, math.inf)
    return math.nan if found is None else found.number


def _manoeuvre(profile: Profile, month: float, front: str) -> float:
    until = _number(profile, "months_of_manoeuvre")
    if math.isnan(until):
        return math.log1p(month) if front == "no" else math.nan
    return math.log1p(min(until, month))


def _talks(profile: Profile, month: float, fighting: str) -> tuple[float, float]:
    first = _number(profile, "first_talks_month")
    if not math.isnan(first):
        return float(first <= month), math.log1p(min(first, month))
    if fighting == "no":
        return 0.0, math.log1p(month)
    return _answer(fighting), math.nan


# --- the war of the record ----------------------------------------------------------------------------------


def describe_record(record: Record) -> tuple[Floats, dict[str, str]]:
    """The record's war as it stood on the record's day, and where each feature comes from.

    What the record's own tables say comes first; the rest is read from the war's rows in the table of profiles, if it has
    any, as of that month.

    Returns
    -------
    features : ndarray of float64, shape (n_features,)
    origin : dict of str to {"record", "table"}
        By feature, for those that are known.
    """
    month = record.days_at_war / MONTH_DAYS
    profile = own_profile(record)
    found = np.full(len(FEATURES), np.nan) if profile is None else describe(profile, month)
    origin = {feature.id: "table" for feature, value in zip(FEATURES, found, strict=True) if not math.isnan(value)}
    swapped = profile is not None and _attacked_second(profile) != _other_way_round(record, profile)
    attacker, defender = (record.war.side_b, record.war.side_a) if swapped else (record.war.side_a, record.war.side_b)
    seen = {
        "patron_attacker": 1.0 if attacker.patrons else math.nan,
        "patron_defender": 1.0 if defender.patrons else math.nan,
        "static_front": _stands_still(record),
        "partial_deals": _deals(record),
        "mediator": _mediated(record),
        "leader_change": _leader_changed(record),
        "months_at_war": math.log1p(month),
    }
    seen["talks_so_far"], seen["first_talks_month"] = _first_talks(record, month)
    about = record.war.incompatibility
    if "territorial_stake" not in origin:
        seen["territorial_stake"] = float(about in ("territory", "both"))
    if "regime_stake" not in origin:
        seen["regime_stake"] = float(about in ("government", "both"))
    for name, value in seen.items():
        if not math.isnan(value):
            found[_INDEX[name]], origin[name] = value, "record"
    return found, origin


def _other_way_round(record: Record, profile: Profile) -> bool:
    """Whether the folder calls side B what the table calls side A."""
    mine = {record.war.side_a.names.en, *record.war.side_a.members}
    return any(n in profile.side_b for n in mine) and not any(n in profile.side_a for n in mine)


def _between_the_sides(talk: Talk, record: Record) -> bool:
    """Whether both sides took part, by the names of the parties; a folder that names none is believed."""
    if not talk.parties:
        return True
    there = [
        any(name in talk.parties for name in (side.id, side.names.en, *side.members))
        for side in (record.war.side_a, record.war.side_b)
    ]
    return all(there)


def _first_talks(record: Record, month: float) -> tuple[float, float]:
    if not record.talks:
        return math.nan, math.nan
    first = [
        (talk.date - record.war.start).days / MONTH_DAYS
        for talk in record.talks
        if talk.date >= record.war.start
        and (talk.kind == "direct_round" or (talk.kind == "indirect_round" and _between_the_sides(talk, record)))
    ]
    return (1.0, math.log1p(min(first))) if first else (0.0, math.log1p(month))


def _deals(record: Record) -> float:
    if not record.talks and not record.exchanges:
        return math.nan
    kinds = ("sectoral_deal", "prisoner_exchange", "truce")
    agreed = any(
        talk.outcome == "partial_deal"
        or (talk.kind in kinds and talk.outcome in ("deal", "held", "broken", "disputed"))
        for talk in record.talks
    )
    return float(agreed or bool(record.exchanges))


def _mediated(record: Record) -> float:
    """Yes where a row names a mediator; a table without one does not say that there was none."""
    named = any("mediat" in talk.level for talk in record.talks) or any(e.mediator for e in record.exchanges)
    return 1.0 if named else math.nan


def _leader_changed(record: Record) -> float:
    sides = set(record.war.side_ids)
    spells = [row for row in record.leaders if row.side in sides and _leads(row)]
    if any(row.date > record.war.start for row in spells):
        return 1.0
    # That nobody took office is known only where the table says who held it.
    return 0.0 if {row.side for row in spells} == sides else math.nan


def _leads(row: Leader) -> bool:
    return row.office.strip().lower() in _LEADS


def _stands_still(record: Record) -> float:
    """Whether the front kept below the limit over the last three months; NaN where it is not observed."""
    front = record.front
    if front is None or len(front.dates) < 2:
        return math.nan
    today = np.datetime64(record.as_of)
    if front.description.measure == "position_km":
        before = (today - front.dates).astype(np.float64)
        slope = recent_slope(before, front.values, front.lower, front.upper, window_days=_STILL_DAYS)
        if slope is None or slope.window_days > 2 * _STILL_DAYS:
            return math.nan
        return float(abs(slope.value) < _STILL_KM)
    if record.war.theatre is None:
        return math.nan
    moved = change_between(front.dates, front.values, today - np.timedelta64(_STILL_DAYS, "D"), today, stale_days=14)
    if moved is None:
        return math.nan
    return float(abs(moved) * MONTH_DAYS / _STILL_DAYS < _STILL_SHARE * record.war.theatre.area_km2)


def told(feature: Feature, value: float) -> Text | None:
    """A feature's number in words; None where it is not known."""
    if math.isnan(value):
        return None
    return Text(en=feature.tell(value, EN), nl=feature.tell(value, NL))
