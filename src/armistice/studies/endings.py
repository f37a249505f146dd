"""How wars that had lasted as long ended next: the base rate from UCDP's terminations.

Estimand: for a war of this kind that has already lasted as long as this one, the chance that it ends in each way
within 3 to 60 months. Estimator: Aalen-Johansen from the landmark on; dates known only to the month or year are
drawn from where they may lie; intervals allow for few wars and for wars of one conflict being alike.

The reference set is that of :mod:`armistice.record.reference`: other wars only, and only what could be coded by the
record's day. Preferred is the narrowest kind (same type, same intensity reached); where too few such wars had
lasted as long, the study falls back on a wider kind and says so.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity, Reported
from armistice.history import EndingShares, draw_durations, ending_shares, median_ahead
from armistice.record.as_of import Record
from armistice.record.reference import CITATION, OUTCOMES, TYPES, ReferenceEpisodes, reference_episodes
from armistice.studies.study import Chart, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import EN, NL, Text, Words

__all__ = ["STUDY", "EndingsParameters"]

_MONTH: Final = 365.25 / 12
_AHEAD: Final = (3, 6, 12, 24, 60)
_YEAR: Final = _AHEAD.index(12)
_MEDIAN_GRID: Final = np.arange(1.0, 361.0)
_CURVE: Final = np.arange(3.0, 61.0, 3.0)
# Groups of causes: each outcome alone, then these.
_GROUPS: Final = np.vstack(
    [np.eye(len(OUTCOMES)), [1, 1, 0, 0, 0, 0], [1] * 6, [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1]]
)
_SETTLED, _ALL, _VICTORY, _FADED = (len(OUTCOMES) + i for i in range(4))

_TYPE_NAMES: Final = {
    "interstate": (
        Text(en="conflicts between states", nl="conflicten tussen staten"),
        Text(en="wars between states", nl="oorlogen tussen staten"),
    ),
    "intrastate": (
        Text(en="civil conflicts", nl="binnenlandse conflicten"),
        Text(en="civil wars", nl="burgeroorlogen"),
    ),
    "internationalised_intrastate": (
        Text(en="civil conflicts with foreign troops", nl="binnenlandse conflicten met buitenlandse troepen"),
        Text(en="civil wars with foreign troops", nl="burgeroorlogen met buitenlandse troepen"),
    ),
    "extrasystemic": (
        Text(en="colonial conflicts", nl="koloniale conflicten"),
        Text(en="colonial wars", nl="koloniale oorlogen"),
    ),
    "": (
        Text(en="armed conflicts of every type", nl="gewapende conflicten van elk type"),
        Text(en="wars of every type", nl="oorlogen van elk type"),
    ),
}
_OUTCOME_NAMES: Final = {
    "peace_agreement": Text(en="peace agreement", nl="vredesakkoord"),
    "ceasefire": Text(en="ceasefire", nl="staakt-het-vuren"),
    "victory_a": Text(en="victory of side A (in civil wars: the government)",
                      nl="overwinning van partij A (in burgeroorlogen: de regering)"),
    "victory_b": Text(en="victory of side B", nl="overwinning van partij B"),
    "low_activity": Text(en="faded below 25 deaths a year", nl="gedoofd tot onder 25 doden per jaar"),
    "actor_ceases": Text(en="a party ceased to exist", nl="een partij hield op te bestaan"),
}  # fmt: skip
_GOING_ON: Final = Text(en="still going on", nl="nog gaande")
_CURVES: Final = (
    (_SETTLED, Text(en="peace agreement or ceasefire", nl="vredesakkoord of staakt-het-vuren")),
    (_VICTORY, Text(en="victory of either side", nl="overwinning van een van beide")),
    (_FADED, Text(en="faded, or a party ceased to exist", nl="gedoofd, of een partij hield op te bestaan")),
)


class EndingsParameters(Parameters):
    """Which wars to compare with, and how the answer is computed."""

    min_at_risk: int = Field(
        default=5, ge=1, description="Fewest comparable wars that had lasted as long; below it a wider kind is used."
    )
    intensity: Literal["from_record", "war", "minor"] = Field(
        default="from_record", description="Intensity this war has reached (war: 1,000 deaths in a year)."
    )
    draws: int = Field(default=25, ge=2, le=500, description="Draws of dates known only to the month or year.")
    level: float = Field(default=0.95, gt=0.5, lt=1, description="Coverage of the intervals.")
    list_at_most: int = Field(default=60, ge=1, description="Wars to list by name.")


@dataclass(frozen=True, eq=False)
class _Kind:
    """A kind of war to compare with: its name, and which episodes belong in each draw of dates."""

    key: str
    name: Text
    member: npt.NDArray[np.bool_]  # (draws, episodes)


@dataclass(frozen=True, eq=False)
class _Set:
    """The reference set with its dates drawn, in months, and the landmark."""

    episodes: ReferenceEpisodes
    lasted: npt.NDArray[np.float64]  # (draws, episodes)
    landmark: float
    level: float

    def shares(
        self, member: npt.NDArray[np.bool_], ahead: Sequence[float] | npt.NDArray[np.float64], groups: Any = _GROUPS
    ) -> EndingShares | None:
        """Shares ended among members, or None if none had lasted as long."""
        some = (member & (self.lasted > self.landmark)).any(axis=0)
        if not some.any():
            return None
        return ending_shares(
            self.lasted[:, some], self.episodes.outcome[some], ahead, n_causes=len(OUTCOMES), groups=groups,
            clusters=self.episodes.conflict_id[some], at_risk=member[:, some], landmark=self.landmark,
            level=self.level,
        )  # fmt: skip

    def at_risk(self, member: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """Per episode, the share of draws in which it is a member that had lasted as long."""
        return np.asarray((member & (self.lasted > self.landmark)).mean(axis=0))


def _run(record: Record, parameters: EndingsParameters, rng: np.random.Generator) -> StudyResult:
    if record.war.end is not None:
        day = record.war.end.date
        return StudyResult.lacking(
            NotObserved(
                Text(en=f"The war ended on {EN.date(day)}; there is no ending left to wait for.",
                     nl=f"De oorlog eindigde op {NL.date(day)}; er valt geen einde meer af te wachten.")
            )
        )  # fmt: skip
    episodes = reference_episodes(record)
    landmark = record.days_at_war / _MONTH
    if not episodes.n:
        return StudyResult.lacking(_nothing_to_compare(record, episodes))
    days, starts = draw_durations(
        episodes.start_earliest, episodes.start_latest, episodes.end_earliest, episodes.end_latest,
        n_draws=parameters.draws, rng=rng,
    )  # fmt: skip
    drawn = _Set(episodes, days / _MONTH, landmark, parameters.level)
    on = starts + record.days_at_war
    reached = _intensity(record) if parameters.intensity == "from_record" else parameters.intensity
    kinds = _kinds(record, episodes, on, reached)
    found = [(kind, drawn.shares(kind.member, _AHEAD)) for kind in kinds]
    usable = [(kind, shares) for kind, shares in found if shares is not None]
    if not usable:
        return StudyResult.lacking(_nothing_to_compare(record, episodes))
    enough = [pair for pair in usable if round(pair[1].at_risk) >= parameters.min_at_risk]
    chosen, shares = enough[0] if enough else usable[-1]
    median = drawn.shares(chosen.member, _MEDIAN_GRID, _GROUPS[[_ALL]])
    assert median is not None
    quantities = _quantities(chosen, shares, median, parameters)
    return StudyResult(
        headline=_headline(record, chosen, shares),
        sentences=_sentences(record, chosen, shares, found, quantities, parameters, reached),
        quantities=quantities,
        tables=(
            _outcomes_table(chosen, shares),
            _kinds_table(chosen, found),
            _wars_table(drawn, chosen, parameters),
            _sensitivity_table(drawn, chosen, shares),
        ),
        charts=_charts(drawn, chosen, on),
        caveats=_caveats(record, episodes, drawn, chosen),
        sources=(CITATION,),
    )


def _nothing_to_compare(record: Record, episodes: ReferenceEpisodes) -> NotIdentified:
    en, nl = _lasted(record, EN), _lasted(record, NL)
    return NotIdentified(
        Text(
            en=f"No other conflict whose ending could be coded by {EN.date(record.as_of)} (endings up to "
            f"{EN.date(episodes.last_day)}) had lasted {en}, so there is nothing to compare with.",
            nl=f"Geen enkel ander conflict waarvan het einde op {NL.date(record.as_of)} te coderen viel (eindes tot "
            f"en met {NL.date(episodes.last_day)}) had {nl} geduurd; er is dus niets om mee te vergelijken.",
        )
    )


def _intensity(record: Record) -> Literal["war", "minor"] | None:
    """Whether some calendar year so far saw 1,000 deaths or losses by any one series; None if nothing counts them."""
    most = None
    for series in record.all_series.values():
        if series.description.measures not in ("deaths", "personnel_losses"):
            continue
        seen = ~np.isnan(series.values)
        if seen.any():
            year = series.dates[seen].astype("datetime64[Y]").astype(np.int64)
            most = max(most or 0.0, float(np.bincount(year - year.min(), series.values[seen]).max()))
    return None if most is None else "war" if most >= 1000 else "minor"


def _kinds(
    record: Record, episodes: ReferenceEpisodes, on: npt.NDArray[np.float64], reached: str | None
) -> list[_Kind]:
    """Kinds of war from narrow to wide, as each episode stood when it had lasted as long."""
    own = record.war.type_of_conflict
    same_type = episodes.type_known(on) == TYPES.index(own) + 1
    everyone = np.ones_like(same_type)
    kinds = [_Kind("type", _TYPE_NAMES[own][0], same_type), _Kind("all", _TYPE_NAMES[""][0], everyone)]
    if reached is None:
        return kinds
    highest = episodes.intensity_reached(on)
    same_intensity = highest == 2 if reached == "war" else highest == 1
    return [
        _Kind("type-intensity", _with_intensity(own, reached), same_type & same_intensity),
        kinds[0],
        _Kind("intensity", _with_intensity("", reached), same_intensity),
        kinds[1],
    ]


def _with_intensity(kind: str, reached: str) -> Text:
    conflicts, wars = _TYPE_NAMES[kind]
    if reached == "war":
        return Text(en=f"{wars.en} (1,000 deaths in some year)", nl=f"{wars.nl} (1.000 doden in enig jaar)")
    return Text(en=f"{conflicts.en} below 1,000 deaths a year", nl=f"{conflicts.nl} onder 1.000 doden per jaar")


# --- numbers --------------------------------------------------------------------------------------------


def _estimate(kind: _Kind, shares: EndingShares, a: int, group: int, draws: int) -> Quantity:
    if math.isnan(shares.lower[a, group]):
        return NotIdentified(
            Text(en="No comparable war was followed for that long.",
                 nl="Geen vergelijkbare oorlog is zo lang gevolgd.")
        )  # fmt: skip
    return Estimate(
        float(shares.share[a, group]), float(shares.lower[a, group]), float(shares.upper[a, group]),
        level=shares.level, n=max(1, round(shares.at_risk)), n_of="wars that had lasted as long",
        method=f"Aalen-Johansen from the landmark, kind: {kind.key}; {draws} draws of imprecise dates; "
        "Clopper-Pearson on the effective number of wars",
        source=CITATION, unit="probability",
    )  # fmt: skip


def _quantities(
    kind: _Kind, shares: EndingShares, median: EndingShares, parameters: EndingsParameters
) -> dict[str, Quantity]:
    found: dict[str, Quantity] = {}
    for name, group in (("ends_within", _ALL), ("settled_within", _SETTLED)):
        for a, months in enumerate(_AHEAD):
            found[f"{name}[{months}]"] = _estimate(kind, shares, a, group, parameters.draws)
    for group, outcome in enumerate(OUTCOMES):
        found[f"cause_within_12_months[{outcome}]"] = _estimate(kind, shares, _YEAR, group, parameters.draws)
    value, lower, upper = median_ahead(median)
    if math.isinf(value):
        found["median_months_left"] = NotIdentified(
            Text(
                en="Fewer than half of the comparable wars ended in the time they were followed"
                + ("." if math.isinf(lower) else f"; the median is at least {EN.number(lower)} months."),
                nl="Minder dan de helft van de vergelijkbare oorlogen eindigde in de tijd dat ze gevolgd zijn"
                + ("." if math.isinf(lower) else f"; de mediaan is minstens {NL.number(lower)} maanden."),
            )
        )
    else:
        found["median_months_left"] = Estimate(
            value, lower, upper, level=shares.level, n=max(1, round(shares.at_risk)),
            n_of="wars that had lasted as long", unit="months", source=CITATION,
            method=f"Aalen-Johansen from the landmark, kind: {kind.key}; interval where its bounds cross one half "
            "(Brookmeyer-Crowley), in whole months",
        )  # fmt: skip
    found["episodes_at_risk"] = Reported(
        shares.at_risk, "UCDP", max(1, round(shares.conflicts)), f"mean over draws of dates, kind: {kind.key}",
        CITATION, unit="wars", n_of="conflicts",
    )  # fmt: skip
    return found


# --- words ----------------------------------------------------------------------------------------------


def _lasted(record: Record, words: Words) -> str:
    years, months = divmod(round(record.days_at_war / _MONTH), 12)
    nl = words.language == "nl"
    parts = []
    if years:
        parts.append(f"{years} jaar" if nl else f"{years} year{'s' * (years > 1)}")
    if months or not years:
        parts.append(f"{months} maand{'en' * (months != 1)}" if nl else f"{months} month{'s' * (months != 1)}")
    return (" en " if nl else " and ").join(parts)


def _interval(shares: EndingShares, a: int, group: int, words: Words) -> str:
    if math.isnan(shares.lower[a, group]):
        return "?"
    span = words.percent_span(shares.lower[a, group], shares.upper[a, group])
    return f"{words.percent(shares.share[a, group])} ({span})"


def _both(shares: EndingShares, a: int, group: int) -> Text:
    return Text(en=_interval(shares, a, group, EN), nl=_interval(shares, a, group, NL))


def _headline(record: Record, kind: _Kind, shares: EndingShares) -> Text:
    n = max(1, round(shares.at_risk))
    settled, low, high = (float(values[_YEAR, _SETTLED]) for values in (shares.share, shares.lower, shares.upper))
    if math.isnan(low):
        return Text(
            en=f"{n} {kind.name.en} had lasted as long as this one, none followed for a further year.",
            nl=f"{n} {kind.name.nl} hadden zo lang geduurd als deze, geen daarvan is nog een jaar gevolgd.",
        )
    level = shares.level
    if n < 30:
        count = round(settled * n)
        few_en, few_nl = EN.number(count) if count else "none", NL.number(count) if count else "geen"
        en = (
            f"Of {n} {kind.name.en} since 1946 that had lasted {_lasted(record, EN)}, about {few_en} "
            "was settled" if count == 1 else
            f"Of {n} {kind.name.en} since 1946 that had lasted {_lasted(record, EN)}, "
            f"{'about ' if count else ''}{few_en} were settled"
        )  # fmt: skip
        nl = (
            f"Van {n} {kind.name.nl} sinds 1946 die {_lasted(record, NL)} hadden geduurd, "
            f"{'werd' if count == 1 else 'werden'} er {'ongeveer ' if count else ''}{few_nl}"
        )
        if not count:
            nl = f"Van {n} {kind.name.nl} sinds 1946 die {_lasted(record, NL)} hadden geduurd, werd er geen"
        return Text(
            en=f"{en} within another year: chance {EN.percent(settled)} "
            f"({EN.percent(level)} interval {EN.percent_span(low, high)}).",
            nl=f"{nl} binnen nog een jaar beslecht met een akkoord of staakt-het-vuren: kans {NL.percent(settled)} "
            f"({NL.percent(level)}-interval {NL.percent_span(low, high)}).",
        )
    return Text(
        en=f"Of {EN.number(n)} {kind.name.en} since 1946 that had lasted {_lasted(record, EN)}, {EN.percent(settled)} "
        f"were settled within another year ({EN.percent(level)} interval {EN.percent_span(low, high)}).",
        nl=f"Van {NL.number(n)} {kind.name.nl} sinds 1946 die {_lasted(record, NL)} hadden geduurd, werd "
        f"{NL.percent(settled)} binnen nog een jaar beslecht met een akkoord of staakt-het-vuren "
        f"({NL.percent(level)}-interval {NL.percent_span(low, high)}).",
    )


def _sentences(
    record: Record,
    kind: _Kind,
    shares: EndingShares,
    found: Sequence[tuple[_Kind, EndingShares | None]],
    quantities: dict[str, Quantity],
    parameters: EndingsParameters,
    reached: str | None,
) -> tuple[Text, ...]:
    said = [_few(shares, kind)]
    skipped = []
    for other, theirs in found:
        if other is kind:
            break
        skipped.append((other.name, theirs.at_risk if theirs else 0.0))
    if skipped:
        en = " and ".join(f"{name.en}: {EN.number(round(n, 1))}" for name, n in skipped)
        nl = " en ".join(f"{name.nl}: {NL.number(round(n, 1))}" for name, n in skipped)
        said.append(
            Text(
                en=f"Nearer kinds hold fewer than {parameters.min_at_risk} that had lasted as long ({en}), too few to "
                f"go by, so the answer rests on {kind.name.en}.",
                nl=f"Nauwer verwante soorten tellen er minder dan {parameters.min_at_risk} die zo lang hadden geduurd "
                f"({nl}), te weinig om op te varen; het antwoord steunt daarom op {kind.name.nl}.",
            )
        )
    if reached is None:
        said.append(
            Text(
                en="No series counts deaths or losses in this war, so it is not compared by intensity.",
                nl="Geen reeks telt doden of verliezen in deze oorlog; er wordt dus niet op intensiteit vergeleken.",
            )
        )
    said.append(
        Text(
            en=f"Ended in any way within a year: {_interval(shares, _YEAR, _ALL, EN)}; within five years: "
            f"{_interval(shares, len(_AHEAD) - 1, _ALL, EN)}. Settled by agreement or ceasefire within five years: "
            f"{_interval(shares, len(_AHEAD) - 1, _SETTLED, EN)}.",
            nl=f"Binnen een jaar hoe dan ook geëindigd: {_interval(shares, _YEAR, _ALL, NL)}; binnen vijf jaar: "
            f"{_interval(shares, len(_AHEAD) - 1, _ALL, NL)}. Binnen vijf jaar beslecht met een akkoord of "
            f"staakt-het-vuren: {_interval(shares, len(_AHEAD) - 1, _SETTLED, NL)}.",
        )
    )
    median = quantities["median_months_left"]
    if isinstance(median, Estimate):
        longest_en = "unbounded" if math.isinf(median.upper) else EN.number(median.upper)
        longest_nl = "onbegrensd" if math.isinf(median.upper) else NL.number(median.upper)
        said.append(
            Text(
                en=f"Half of them ended within a further {EN.number(median.value)} months (interval "
                f"{EN.number(median.lower)} to {longest_en}).",
                nl=f"De helft eindigde binnen nog {NL.number(median.value)} maanden (interval "
                f"{NL.number(median.lower)} tot {longest_nl}).",
            )
        )
    elif isinstance(median, NotIdentified):
        said.append(median.reason)
    return tuple(said)


def _few(shares: EndingShares, kind: _Kind) -> Text:
    n, conflicts = EN.number(round(shares.at_risk, 1)), EN.number(round(shares.conflicts, 1))
    low, high = shares.at_risk_lower, shares.at_risk_upper
    range_en = f" ({low} to {high}, as some dates are known only to the year)" if low < high else ""
    range_nl = f" ({low} tot {high}, want van sommige is alleen het jaar bekend)" if low < high else ""
    return Text(
        en=f"Behind these figures stand {n} episodes{range_en} in {conflicts} conflicts, on average over the "
        f"dates they may have: {kind.name.en}.",
        nl=f"Achter deze cijfers staan {NL.number(round(shares.at_risk, 1))} episoden{range_nl} in "
        f"{NL.number(round(shares.conflicts, 1))} conflicten, gemiddeld over de data die ze kunnen hebben: "
        f"{kind.name.nl}.",
    )


# --- tables and charts ----------------------------------------------------------------------------------


def _outcomes_table(kind: _Kind, shares: EndingShares) -> Table:
    rows: list[tuple[Any, ...]] = []
    for group, outcome in enumerate(OUTCOMES):
        rows.append((_OUTCOME_NAMES[outcome], *(_both(shares, a, group) for a in range(len(_AHEAD)))))
    rows.append(
        (_GOING_ON, *(Text(en=EN.percent(1 - x), nl=NL.percent(1 - x)) for x in shares.share[:, _ALL].tolist()))
    )
    return Table(
        "endings-by-cause",
        Text(en=f"How {kind.name.en} that had lasted as long ended, by months from now",
             nl=f"Hoe {kind.name.nl} die zo lang hadden geduurd eindigden, naar maanden vanaf nu"),
        (Text(en="ending", nl="einde"),
         *(Text(en=f"{m} months", nl=f"{m} maanden") for m in _AHEAD)),
        tuple(rows),
        Text(en=f"Share of wars with its {EN.percent(shares.level)} interval; each column adds up to 100%.",
             nl=f"Aandeel van de oorlogen met zijn {NL.percent(shares.level)}-interval; elke kolom telt op tot 100%."),
    )  # fmt: skip


def _kinds_table(chosen: _Kind, found: Sequence[tuple[_Kind, EndingShares | None]]) -> Table:
    used, no = Text(en="used", nl="gebruikt"), Text(en="", nl="")
    rows = []
    for kind, shares in found:
        if shares is None:
            rows.append((kind.name, 0, 0, None, None, None, no))
            continue
        rows.append(
            (
                kind.name,
                round(shares.at_risk, 1),
                round(shares.conflicts, 1),
                _both(shares, _YEAR, _ALL),
                _both(shares, _YEAR, _SETTLED),
                _both(shares, len(_AHEAD) - 1, _SETTLED),
                used if kind is chosen else no,
            )
        )
    return Table(
        "kinds-of-war",
        Text(en="The same question put to narrower and wider kinds of war",
             nl="Dezelfde vraag aan nauwere en ruimere soorten oorlog"),
        (Text(en="kind", nl="soort"),
         Text(en="at risk: had lasted as long", nl="at risk: hadden zo lang geduurd"),
         Text(en="conflicts among them", nl="conflicten daaronder"),
         Text(en="ended within 12 months", nl="binnen 12 maanden geëindigd"),
         Text(en="settled within 12 months", nl="binnen 12 maanden beslecht"),
         Text(en="settled within 60 months", nl="binnen 60 maanden beslecht"),
         Text(en="", nl="")),
        tuple(rows),
        Text(en="Means over draws of imprecise dates, hence fractions.",
             nl="Gemiddelden over trekkingen van onzekere data, vandaar de breuken."),
    )  # fmt: skip


def _when(first: dt.date, last: dt.date) -> Text:
    if first == last:
        return Text(en=EN.date(first), nl=NL.date(first))
    if first.month == last.month:
        return Text(en=EN.month(first), nl=NL.month(first))
    return Text(en=str(last.year), nl=str(last.year))


def _wars_table(drawn: _Set, chosen: _Kind, parameters: EndingsParameters) -> Table:
    e = drawn.episodes
    counted = drawn.at_risk(chosen.member)
    order = np.flatnonzero(counted > 0)
    order = order[np.argsort(e.end_latest[order], kind="stable")[::-1]]
    lasted = np.where(chosen.member & (drawn.lasted > drawn.landmark), drawn.lasted, np.nan)
    rows = []
    for i in order[: parameters.list_at_most].tolist():
        going_on = e.outcome[i] == 0
        end = _when(e.end_earliest[i].item(), e.end_latest[i].item())
        rows.append(
            (
                f"{e.side_a[i]} - {e.side_b[i]}",
                _when(e.start_earliest[i].item(), e.start_latest[i].item()),
                Text(en=f"seen until {end.en}", nl=f"gezien tot {end.nl}") if going_on else end,
                _GOING_ON if going_on else _OUTCOME_NAMES[OUTCOMES[e.outcome[i] - 1]],
                round(float(np.nanmean(lasted[:, i]))),
                Text(en=EN.percent(counted[i]), nl=NL.percent(counted[i])),
            )
        )
    ended = order[e.outcome[order] > 0]
    last = e.end_latest[ended].max().item() if len(ended) else None
    more = len(order) - len(rows)
    return Table(
        "wars-behind-the-answer",
        Text(en="The wars behind the answer", nl="De oorlogen achter het antwoord"),
        (Text(en="parties, as UCDP names them", nl="partijen, zoals UCDP ze noemt"),
         Text(en="began", nl="begin"), Text(en="ended", nl="einde"), Text(en="how", nl="hoe"),
         Text(en="months lasted", nl="maanden geduurd"),
         Text(en="counts in this share of the draws of dates", nl="telt in dit deel van de trekkingen van data")),
        tuple(rows),
        Text(
            en=f"{len(order)} episodes, {len(ended)} of them ended" + (f", the last on or before {EN.date(last)}" if last
            else "") + f"; endings up to {EN.date(e.last_day)} could be coded"
            + (f". The latest {len(rows)} are listed, {more} are not." if more else "."),
            nl=f"{len(order)} episoden, waarvan {len(ended)} geëindigd" + (f", de laatste uiterlijk op {NL.date(last)}"
            if last else "") + f"; eindes tot en met {NL.date(e.last_day)} waren te coderen"
            + (f". De laatste {len(rows)} staan hier, {more} niet." if more else "."),
        ),
    )  # fmt: skip


def _sensitivity_table(drawn: _Set, chosen: _Kind, shares: EndingShares) -> Table:
    e = drawn.episodes
    face = (e.end_latest - e.start_latest).astype(np.float64) / _MONTH
    at_face = _Set(e, np.broadcast_to(face, drawn.lasted.shape), drawn.landmark, drawn.level)
    rows = [
        (
            Text(
                en="dates drawn from where they may lie (used)",
                nl="data getrokken uit waar ze kunnen liggen (gebruikt)",
            ),
            shares,
        )
    ]
    rows.append(
        (Text(en="only episodes dated to about the day", nl="alleen episoden die ongeveer op de dag gedateerd zijn"),
         drawn.shares(chosen.member & e.dates_are_precise, _AHEAD))  # type: ignore[arg-type]
    )  # fmt: skip
    rows.append(
        (Text(en="every vague date put on its last possible day (UCDP's 31 December)",
              nl="elke vage datum op haar laatst mogelijke dag (31 december, als UCDP)"),
         at_face.shares(chosen.member, _AHEAD))  # type: ignore[arg-type]
    )  # fmt: skip
    return Table(
        "if-dates-were-treated-otherwise",
        Text(en="The same kind of war, if vague dates were treated otherwise",
             nl="Dezelfde soort oorlog, als vage data anders behandeld werden"),
        (Text(en="treatment", nl="behandeling"), Text(en="had lasted as long", nl="hadden zo lang geduurd"),
         Text(en="ended within 12 months", nl="binnen 12 maanden geëindigd"),
         Text(en="settled within 12 months", nl="binnen 12 maanden beslecht"),
         Text(en="settled within 60 months", nl="binnen 60 maanden beslecht")),
        tuple(
            (name, 0, None, None, None) if s is None else
            (name, round(s.at_risk, 1), _both(s, _YEAR, _ALL), _both(s, _YEAR, _SETTLED),
             _both(s, len(_AHEAD) - 1, _SETTLED))
            for name, s in rows
        ),
        Text(en="Leaving vague dates out leaves out mostly wars that faded, since their last day is seldom known.",
             nl="Wie vage data weglaat, laat vooral gedoofde oorlogen weg: hun laatste dag is zelden bekend."),
    )  # fmt: skip


def _charts(drawn: _Set, chosen: _Kind, on: npt.NDArray[np.float64]) -> tuple[Chart, ...]:
    months = Text(en="months from now", nl="maanden vanaf nu")
    share = Text(en="share of wars ended", nl="aandeel geëindigde oorlogen")
    curves = drawn.shares(chosen.member, _CURVE)
    assert curves is not None
    main = _columns([(name, curves, group) for group, name in _CURVES])
    charts = [
        Chart(
            "incidence", "incidence",
            Text(en="How comparable wars ended from here on", nl="Hoe vergelijkbare oorlogen vanaf hier eindigden"),
            Text(en=f"Share of {kind_en(chosen)} that had ended in each way by months from now, with bands; the rest "
                 "went on.",
                 nl=f"Aandeel van {chosen.name.nl} dat op elke wijze geëindigd was naar maanden vanaf nu, met banden; "
                 "de rest ging door."),
            main, months, share,
        )
    ]  # fmt: skip
    known = drawn.episodes.type_known(on)
    by_type = []
    for code, name in enumerate(TYPES, start=1):
        theirs = drawn.shares(known == code, _CURVE)
        if theirs is not None and theirs.at_risk >= 3:
            by_type.append((_TYPE_NAMES[name][0], theirs, _SETTLED))
    if len(by_type) > 1:
        charts.append(
            Chart(
                "settled-by-type", "incidence",
                Text(en="Settled, by type of conflict", nl="Beslecht, naar type conflict"),
                Text(en="Share settled by agreement or ceasefire by months from now, of conflicts that had lasted as "
                     "long, of any intensity.",
                     nl="Aandeel dat beslecht werd met een akkoord of staakt-het-vuren naar maanden vanaf nu, van "
                     "conflicten die zo lang hadden geduurd, ongeacht intensiteit."),
                _columns(by_type), months, Text(en="share settled", nl="aandeel beslecht"),
            )
        )  # fmt: skip
    return tuple(charts)


def kind_en(kind: _Kind) -> str:
    return kind.name.en


def _columns(curves: Sequence[tuple[Text, EndingShares, int]]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {"months": [], "value": [], "lower": [], "upper": [], "group": []}
    for name, shares, group in curves:
        followed = ~np.isnan(shares.lower[:, group])
        for key, values in (
            ("months", np.concatenate([[0.0], shares.ahead[followed]])),
            ("value", np.concatenate([[0.0], shares.share[followed, group]])),
            ("lower", np.concatenate([[0.0], shares.lower[followed, group]])),
            ("upper", np.concatenate([[0.0], shares.upper[followed, group]])),
        ):
            columns[key] += values.tolist()
        columns["group"] += [name] * (int(followed.sum()) + 1)
    return columns


def _caveats(record: Record, e: ReferenceEpisodes, drawn: _Set, chosen: _Kind) -> tuple[Text, ...]:
    mine = drawn.at_risk(chosen.member) > 0
    vague = int((mine & ~e.dates_are_precise & (e.outcome > 0)).sum())
    caveats = [
        Text(
            en="A base rate: it knows this war's type, intensity and length, not its front, talks or leaders.",
            nl="Een basiskans: zij kent type, intensiteit en duur van deze oorlog, niet het front, de "
            "onderhandelingen of de leiders.",
        ),
        Text(
            en="UCDP counts episodes of two parties with at least 25 deaths a year; one war can be several episodes, "
            "and fighting that fades below that is an end here, not a settlement. Endings may not hold.",
            nl="UCDP telt episoden van twee partijen met minstens 25 doden per jaar; één oorlog kan meer episoden "
            "zijn, en gevechten die daaronder zakken gelden hier als einde, niet als regeling. Eindes kunnen breken.",
        ),
        Text(
            en=f"Only endings up to {EN.date(e.last_day)} are used: UCDP counts an ending as one when the next year "
            "stays below 25 deaths. The codings themselves date from 2021 and lean on later sources.",
            nl=f"Alleen eindes tot en met {NL.date(e.last_day)} tellen mee: UCDP ziet een einde pas als einde wanneer "
            "het jaar erna onder 25 doden blijft. De coderingen zelf zijn van 2021 en steunen op latere bronnen.",
        ),
        Text(
            en=f"Of the {int((mine & (e.outcome > 0)).sum())} endings behind the answer {vague} lack an exact start or "
            f"end; their dates are drawn {drawn.lasted.shape[0]} times from where they may lie. Left out: "
            f"{len(e.left_out)} episodes of the whole set whose coding contradicts itself or lacks the outcome.",
            nl=f"Van de {int((mine & (e.outcome > 0)).sum())} eindes achter het antwoord mist bij {vague} een exact "
            f"begin of einde; hun data zijn {drawn.lasted.shape[0]} keer getrokken uit waar ze kunnen liggen. "
            f"Weggelaten: {len(e.left_out)} episoden van de hele verzameling waarvan de codering zichzelf tegenspreekt "
            "of de afloop ontbreekt.",
        ),
    ]
    if record.hindsight:
        caveats.append(
            Text(
                en="With hindsight: other wars' endings after the day of assessment count too; this war is left out.",
                nl="Met kennis achteraf: ook eindes van andere oorlogen na de peildatum tellen mee; deze oorlog niet.",
            )
        )
    return tuple(caveats)


STUDY: Final = Study(
    name="endings",
    order=10,
    title=Text(en="How wars like this one ended", nl="Hoe zulke oorlogen eindigden"),
    question=Text(
        en="Of the wars that had lasted as long, how many ended next, how, and when?",
        nl="Hoeveel van de oorlogen die zo lang hadden geduurd eindigden daarna, hoe en wanneer?",
    ),
    needs=Text(
        en="Nothing but the war's start and type; a series of deaths or losses makes the comparison closer.",
        nl="Niet meer dan begin en type van de oorlog; een reeks doden of verliezen maakt de vergelijking nauwer.",
    ),
    parameters=EndingsParameters,
    quantities={
        "ends_within": QuantitySpec(
            Text(en="chance that it ends in any way within so many months",
                 nl="kans dat zij hoe dan ook eindigt binnen zoveel maanden"), per="months"),
        "settled_within": QuantitySpec(
            Text(en="chance of a peace agreement or ceasefire within so many months",
                 nl="kans op een vredesakkoord of staakt-het-vuren binnen zoveel maanden"), per="months"),
        "cause_within_12_months": QuantitySpec(
            Text(en="chance that it ends this way within 12 months",
                 nl="kans dat zij binnen 12 maanden zo eindigt"), per="outcome"),
        "median_months_left": QuantitySpec(
            Text(en="months within which half of comparable wars ended",
                 nl="maanden waarbinnen de helft van vergelijkbare oorlogen eindigde")),
        "episodes_at_risk": QuantitySpec(
            Text(en="comparable wars that had lasted as long", nl="vergelijkbare oorlogen die zo lang hadden geduurd")),
    },
    run=_run,
)  # fmt: skip
