"""Symbolic strikes: is a marked act answered, how strongly and how soon; no answer is an outcome too.

Estimand, estimator and inference: :mod:`armistice.escalation.symbolic`. Both sides are judged by the same rules. What
the sides announced stands beside what was measured: an announcement is not an answer, and an answer needs none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from pydantic import Field

from armistice.escalation.symbolic import (
    AnswerProbability,
    AnswerSettings,
    Response,
    answer_probability,
    responses,
)
from armistice.escalation.windows import FloatArray
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity, Reported
from armistice.record.as_of import Record, Series
from armistice.record.schema import Event
from armistice.studies import _symbolic_strikes_words as words
from armistice.studies.study import Cell, Chart, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import EN, NL, Text

__all__ = ["STUDY", "SymbolicStrikesParameters"]

ActKind = Literal[
    "symbolic", "deep_strike", "incursion", "assassination", "spoiler", "infrastructure", "mass_strike", "front"
]
_KINDS: Final[tuple[ActKind, ...]] = ("symbolic", "deep_strike", "incursion", "assassination", "spoiler")
#: Fewer acts whose window is on record do not make a probability.
_LEAST_ACTS: Final = 3
_LEAST_DAYS: Final = 240
_LEVEL: Final = 0.95


class SymbolicStrikesParameters(Parameters):
    """Which acts count, how long an answer may take, and what stands out."""

    kinds: tuple[ActKind, ...] = Field(
        default=_KINDS, min_length=1, description="Kinds of events that count as acts."
    )
    window_days: int = Field(default=14, ge=3, le=42, description="Days after an act in which an answer counts.")
    level_days: int = Field(default=42, ge=14, le=84, description="Days before an act that say what is usual.")
    chance: float = Field(
        default=0.1, gt=0.01, lt=0.5, description="Share of comparable days that stand out as much as an answer must."
    )


@dataclass(frozen=True, slots=True)
class _Act:
    """The events of one side on one day."""

    day: dt.date
    events: tuple[Event, ...]
    announced: bool | None
    strikes_said: bool

    @property
    def denied_by(self) -> tuple[str, ...]:
        """Sides that deny it, or their own part in it."""
        return tuple(dict.fromkeys(event.denied_by for event in self.events if event.denied_by))

    @property
    def label(self) -> Text:
        first = self.events[0]
        return Text(en=f"{first.name_en}, {EN.date(self.day)}", nl=f"{first.name_nl}, {NL.date(self.day)}")


@dataclass(frozen=True, eq=False)
class _Direction:
    """Acts of one side, and the other side's answers."""

    actor: str
    other: str
    acts: tuple[_Act, ...]
    series: tuple[Series, ...]
    first_day: dt.date | None
    counts: dict[str, FloatArray]
    found: tuple[Response, ...]
    lacking: Text | None

    @property
    def probability(self) -> AnswerProbability | None:
        return answer_probability(self.found, chance=self.chance, level=_LEVEL) if self.found else None

    chance: float = 0.1


def _run(record: Record, parameters: SymbolicStrikesParameters, rng: np.random.Generator) -> StudyResult:
    a, b = record.war.side_ids
    directions = [_direction(record, parameters, actor, other) for actor, other in ((b, a), (a, b))]
    if not any(d.acts for d in directions):
        return StudyResult.lacking(NotObserved(words.NO_ACTS))
    if not any(d.series for d in directions):
        return StudyResult.lacking(NotObserved(words.NO_SERIES))
    latest = max((d for d in directions if d.acts), key=lambda d: d.acts[-1].day)
    quantities: dict[str, Quantity] = {"answer_probability": _probability(record, latest)}
    for d in directions:
        quantities.update(_quantities(record, d))
    if all(d.lacking is not None for d in directions if d.acts):
        reason = latest.lacking or words.NO_SERIES
        return StudyResult(status="not_observed", reason=reason, sentences=(reason,), quantities=quantities)
    found = latest.probability
    names = {d.actor: record.war.side(d.actor).names for d in directions}
    return StudyResult(
        headline=words.headline(names[latest.actor], names[latest.other], found)
        if found is not None and found.n >= _LEAST_ACTS
        else None,
        sentences=_sentences(record, directions, parameters),
        quantities=quantities,
        tables=tuple(
            table
            for table in (
                *(_table(record, d) for d in directions if d.found),
                _sensitivity(record, parameters),
                *(_unjudged(record, d) for d in directions if d.found),
            )
            if table.rows
        ),
        charts=tuple(_chart(record, d, parameters) for d in directions if any(r.after for r in d.found)),
        caveats=words.CAVEATS,
        sources=tuple(sorted({key for d in directions for key in _sources(d)})),
    )


# --- what the record holds ------------------------------------------------------------------------------


def _direction(record: Record, parameters: SymbolicStrikesParameters, actor: str, other: str) -> _Direction:
    acts = _acts(record, parameters.kinds, actor, other)
    series = _answering(record, actor, other)
    nothing = _Direction(actor, other, acts, series, None, {}, (), None, parameters.chance)
    names = record.war.side(other).names
    if not acts or not series:
        return _without(nothing, words.no_series_of(names))
    first_day: dt.date = min(s.dates[0] for s in series).astype(dt.date)
    n_days = (record.as_of - first_day).days + 1
    counts = {s.id: _placed(s, first_day, n_days) for s in series}
    n_known = max(int(np.isfinite(values).sum()) for values in counts.values())
    if n_known < _LEAST_DAYS:
        return _without(nothing, words.too_short(names, n_known, _LEAST_DAYS))
    settings = AnswerSettings(
        window_days=parameters.window_days, level_days=parameters.level_days, chance=parameters.chance, level=_LEVEL
    )
    days = [(act.day - first_day).days for act in acts]
    found = tuple(responses(counts, days, settings))
    return _Direction(actor, other, acts, series, first_day, counts, found, None, parameters.chance)


def _without(nothing: _Direction, why: Text) -> _Direction:
    return _Direction(
        nothing.actor, nothing.other, nothing.acts, nothing.series, None, {}, (), why, nothing.chance
    )  # fmt: skip


def _acts(record: Record, kinds: Sequence[str], actor: str, other: str) -> tuple[_Act, ...]:
    by_day: dict[dt.date, list[Event]] = {}
    for event in record.events:
        is_act = event.actor == actor and event.kind in kinds and event.date_precision == "day"
        if is_act and event.date <= record.as_of:
            by_day.setdefault(event.date, []).append(event)
    made = []
    for day in sorted(by_day):
        # An act said to be symbolic names the day when two fell on it.
        events = sorted(by_day[day], key=lambda e: (kinds.index(e.kind), e.id))
        ids = {event.id for event in events}
        replies = [e for e in record.events if e.actor == other and e.answers in ids]
        said = {event.answer_announced for event in events}
        announced = (
            True
            if True in said or any(e.kind == "announcement" for e in replies)
            else False
            if False in said
            else None
        )
        made.append(_Act(day, tuple(events), announced, any(e.kind != "announcement" for e in replies)))
    return tuple(made)


def _answering(record: Record, actor: str, other: str) -> tuple[Series, ...]:
    """Daily counts that show the other side's answer: its strikes, or else the deaths that the actor suffers."""
    daily = [
        s.usable() for s in record.all_series.values() if s.description.every == "day" and s.description.is_count
    ]  # fmt: skip
    daily = [s for s in daily if len(s.values) and np.isfinite(s.values).any()]
    strikes = [s for s in daily if s.description.measures == "strikes" and s.description.side == other]
    deaths = [s for s in daily if s.description.measures == "deaths" and s.description.side == actor]
    return tuple(strikes or deaths)


def _placed(series: Series, first_day: dt.date, n_days: int) -> FloatArray:
    values = np.full(max(n_days, 1), np.nan)
    offset = (series.dates[0].astype(dt.date) - first_day).days
    length = min(len(series.values), n_days - offset)
    values[offset : offset + length] = series.values[:length]
    return values


# --- what is published ----------------------------------------------------------------------------------


def _source(d: _Direction) -> str:
    return ", ".join(sorted({s.description.source for s in d.series}))


def _probability(record: Record, d: _Direction, *, restraint: bool = False) -> Quantity:
    names = record.war.side(d.other).names
    if d.lacking is not None:
        return NotObserved(d.lacking)
    found = d.probability
    if found is None or found.n < _LEAST_ACTS:
        return NotIdentified(words.too_few(names, 0 if found is None else found.n, _LEAST_ACTS))
    value, lower, upper = found.value, found.lower, found.upper
    if restraint:
        value, lower, upper = 1 - value, 1 - upper, 1 - lower
    return Estimate(
        value, lower, upper, level=_LEVEL, n=found.n, n_of="acts", unit="probability", source=_source(d),
        method=f"{found.answered} of {found.n} acts stand out among comparable days; chance of {d.chance:g} taken out (Abbott), "
        "exact binomial interval",
    )  # fmt: skip


def _quantities(record: Record, d: _Direction) -> dict[str, Quantity]:
    announced = sum(act.announced is True or act.strikes_said for act in d.acts)
    found: dict[str, Quantity] = {
        f"answer_probability_of[{d.other}]": _probability(record, d),
        f"restraint_probability_of[{d.other}]": _probability(record, d, restraint=True),
        f"announced_answers_of[{d.other}]": NotObserved(words.NO_ACTS)
        if not d.acts
        else Reported(
            announced, "both sides and the press, as recorded in events.csv", len(d.acts), unit="acts", n_of="acts",
            method="acts with answer_announced, or named by a later announcement or strike of the side struck",
            source="events.csv",
        ),
    }  # fmt: skip
    sources = {s.id: s.description.source for s in d.series}
    for act, response in zip(d.acts, d.found, strict=False):
        for name, after in response.after.items():
            found[f"ratio_after[{act.events[0].id}/{name}]"] = Estimate(
                after.ratio, after.lower, after.upper, level=_LEVEL, n=after.n_window, n_of="days", source=sources[name],
                method=f"counted over the level before, against {after.n_dates} comparable dates",
            )  # fmt: skip
    return found


def _sentences(
    record: Record, directions: Sequence[_Direction], parameters: SymbolicStrikesParameters
) -> tuple[Text, ...]:
    made = []
    for d in directions:
        actor, other = record.war.side(d.actor).names, record.war.side(d.other).names
        if not d.acts:
            continue
        announced = sum(act.announced is True or act.strikes_said for act in d.acts)
        found = None if d.lacking is not None else d.probability
        made.append(
            words.one_side(actor, other, found, announced, len(d.acts), parameters.window_days, parameters.chance)
        )
        if d.lacking is not None:
            made.append(d.lacking)
        elif found is not None and 1 < found.n < _LEAST_ACTS:
            made.append(words.too_few(other, found.n, _LEAST_ACTS))
    pending = [
        act.label
        for d in directions
        for act, response in zip(d.acts, d.found, strict=False)
        if response.outcome == "not yet observed"
    ]
    return (*made, words.waiting(pending, parameters.window_days)) if pending else tuple(made)


def _table(record: Record, d: _Direction) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for act, response in zip(d.acts, d.found, strict=True):
        shares = Text(en="yes", nl="ja") if response.shares_window else None
        start: tuple[Cell, ...] = (
            act.label, _sides(record, act.denied_by), words.OUTCOMES[response.outcome], response.p_value,
            response.delay_days, shares, words.SAID[True if act.strikes_said else act.announced],
        )  # fmt: skip
        for series in d.series:
            after = response.after.get(series.id)
            if after is not None:
                numbers = (after.counted, after.expected, after.ratio, after.lower, after.upper, after.seen_from)
                rows.append((*start, series.description.names, *numbers))
    actor, other = record.war.side(d.actor).names, record.war.side(d.other).names
    return Table(
        f"answers-of-{d.other}",
        Text(en=f"{other.en} after acts of {actor.en}", nl=f"{other.nl} na daden van {actor.nl}"),
        (
            Text(en="act", nl="daad"),
            Text(en="denied by", nl="ontkend door"),
            Text(en="what followed", nl="wat volgde"),
            Text(en="p", nl="p"),
            Text(en="days to the heaviest day", nl="dagen tot de zwaarste dag"),
            Text(en="window shared with another act", nl="venster gedeeld met een andere daad"),
            Text(en="answer announced or named", nl="antwoord aangekondigd of genoemd"),
            Text(en="series", nl="reeks"),
            Text(en="counted a day", nl="geteld per dag"),
            Text(en="a day before", nl="per dag ervoor"),
            Text(en="ratio", nl="verhouding"),
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="would stand out from", nl="zou opvallen vanaf"),
        ),
        tuple(rows),
        note=Text(
            en="p: share of comparable dates that stand out at least as much in any series, by their total or their heaviest day. "
            "The ratio is relative to what such dates lead to expect, so not the quotient of the two columns. Acts that share a "
            "window count as one.",
            nl="p: aandeel van vergelijkbare data die in enige reeks minstens zo opvallen, door hun totaal of hun zwaarste dag. De "
            "verhouding is ten opzichte van wat zulke data doen verwachten, dus niet het quotiënt van de twee kolommen. Daden die "
            "een venster delen, tellen als één.",
        ),
    )


def _unjudged(record: Record, d: _Direction) -> Table:
    """Acts before the series begin or in their gaps, and those whose days are not over."""
    actor, other = record.war.side(d.actor).names, record.war.side(d.other).names
    return Table(
        f"not-judged-{d.other}",
        Text(
            en=f"Acts of {actor.en} that cannot be judged by what followed",
            nl=f"Daden van {actor.nl} waarvan het vervolg niet te beoordelen is",
        ),
        (
            Text(en="act", nl="daad"),
            Text(en="denied by", nl="ontkend door"),
            Text(en="why", nl="waarom"),
            Text(en="answer announced or named", nl="antwoord aangekondigd of genoemd"),
        ),
        tuple(
            (
                act.label, _sides(record, act.denied_by), words.OUTCOMES[response.outcome],
                words.SAID[True if act.strikes_said else act.announced],
            )
            for act, response in zip(d.acts, d.found, strict=True)
            if not response.after
        ),
        note=Text(
            en=f"The daily counts of {other.en}'s strikes do not cover the days around these acts.",
            nl=f"De dagelijkse tellingen van de aanvallen van {other.nl} dekken de dagen rond deze daden niet.",
        ),
    )  # fmt: skip


def _sides(record: Record, ids: Sequence[str]) -> Text | None:
    """Names of sides, by their ids where the war does not know them; None for none."""
    if not ids:
        return None
    known = {side.id: side.names for side in (record.war.side_a, record.war.side_b)}
    names = [known.get(one, Text(en=one, nl=one)) for one in ids]
    return Text(en=", ".join(name.en for name in names), nl=", ".join(name.nl for name in names))


def _sensitivity(record: Record, parameters: SymbolicStrikesParameters) -> Table:
    """The same question under other choices, so that a reader sees which one flips the answer."""
    a, b = record.war.side_ids
    wide: tuple[ActKind, ...] = (*parameters.kinds, "infrastructure", "mass_strike")
    choices = [
        (Text(en="as above", nl="zoals hierboven"), parameters),
        *(
            (
                Text(
                    en=f"stands out as {EN.percent(c)} of days do", nl=f"valt op zoals {NL.percent(c)} van de dagen"
                ),
                parameters.model_copy(update={"chance": c}),
            )
            for c in (0.05, 0.2)
        ),
        *(
            (Text(en=f"within {w} days", nl=f"binnen {w} dagen"), parameters.model_copy(update={"window_days": w}))
            for w in (7, 21)
        ),
        (
            Text(
                en="infrastructure and mass strikes count as acts too",
                nl="ook infrastructuur en grote aanvallen tellen als daad",
            ),
            parameters.model_copy(update={"kinds": tuple(dict.fromkeys(wide))}),
        ),
    ]
    rows: list[tuple[Cell, ...]] = []
    for name, chosen in choices:
        for actor, other in ((b, a), (a, b)):
            found = _direction(record, chosen, actor, other).probability
            if found is not None:
                rows.append(
                    (
                        name, record.war.side(other).names, found.n, found.answered, found.value, found.lower, found.upper,
                    )
                )  # fmt: skip
    return Table(
        "sensitivity",
        Text(en="The same question under other choices", nl="Dezelfde vraag bij andere keuzen"),
        (
            Text(en="choice", nl="keuze"),
            Text(en="answering side", nl="antwoordende partij"),
            Text(en="acts", nl="daden"),
            Text(en="stand out", nl="vallen op"),
            Text(en="probability of an answer", nl="kans op een antwoord"),
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
        ),
        tuple(rows),
    )


def _chart(record: Record, d: _Direction, parameters: SymbolicStrikesParameters) -> Chart:
    names = {s.id: s.description.names for s in d.series}
    rows = [
        (act.label, after.ratio, after.lower, after.upper, names[name])
        for act, response in zip(d.acts, d.found, strict=True)
        for name, after in response.after.items()
    ]
    label, value, lower, upper, group = zip(*rows, strict=True)
    above = sum(low > 1 for low in lower)
    actor, other = record.war.side(d.actor).names, record.war.side(d.other).names
    return Chart(
        f"answers-of-{d.other}",
        "intervals",
        Text(en=f"{other.en} after acts of {actor.en}", nl=f"{other.nl} na daden van {actor.nl}"),
        Text(
            en=f"Strikes in the {parameters.window_days} days after each act relative to what was to be expected; in {above} of "
            f"{len(rows)} the 95% interval lies above 1.",
            nl=f"Aanvallen in de {parameters.window_days} dagen na elke daad ten opzichte van de verwachting; bij {above} van de "
            f"{len(rows)} ligt het 95%-interval boven 1.",
        ),
        {"label": label, "value": value, "lower": lower, "upper": upper, "group": group},
        x=Text(en="ratio to the expected level", nl="verhouding tot de verwachting"),
        y=Text(en="", nl=""),
        reference=1.0,
        logarithmic=True,
    )


def _sources(d: _Direction) -> set[str]:
    keys = {s.description.source for s in d.series}
    return keys | {part for act in d.acts for event in act.events for part in event.source.split(" ; ")}


STUDY = Study(
    name="symbolic-strikes",
    order=45,
    title=Text(en="Symbolic strikes and answers", nl="Symbolische aanvallen en antwoorden"),
    question=Text(
        en="Is a strike on a symbol answered, how strongly and how soon, or not at all?",
        nl="Wordt een aanval op een symbool beantwoord, hoe sterk en hoe snel, of helemaal niet?",
    ),
    needs=Text(
        en="Marked acts with their day, and a daily count of the other side's strikes over at least eight months.",
        nl="Gemarkeerde daden met hun dag, en een dagelijkse telling van de aanvallen van de andere partij over ten minste acht maanden.",
    ),
    parameters=SymbolicStrikesParameters,
    quantities={
        name: QuantitySpec(means, per={"answer_probability": "", "ratio_after": "act/series"}.get(name, "side"))
        for name, means in words.QUANTITIES.items()
    },
    run=_run,
)
