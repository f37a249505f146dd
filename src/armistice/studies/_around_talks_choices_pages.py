"""Tables and the chart of announcements, outcomes and choices in the study of violence around talks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from armistice.escalation.talks_effect import Difference, Pooled, Settings
from armistice.studies import _around_talks_choices_words as words
from armistice.studies._around_talks_choices import SHORT_DAYS, Asked, Choice, Days, Verdict, turning, verdict_of
from armistice.studies._around_talks_data import Findings
from armistice.studies._around_talks_words import LEAST_ROUNDS_BY_OUTCOME, main_finding, ratio_words
from armistice.studies.study import Cell, Chart, Table
from armistice.text import EN, NL, Text

__all__ = ["charts", "tables"]

_TOO_FEW: Final = Text(en="cannot tell: too few", nl="niet te zeggen: te weinig")


def tables(found: Sequence[Findings], settings: Settings) -> tuple[Table, ...]:
    """Which choice turns the answer; the days before by what talks ended in."""
    made = [_choices(found), _outcomes(found)]
    return tuple(table for table in made if table.rows)


def charts(found: Sequence[Findings], settings: Settings) -> tuple[Chart, ...]:
    """The leading series with one choice changed at a time."""
    main = main_finding(found)
    rows = _one_at_a_time(main, settings)
    return (_changed(main, rows),) if len(rows) > 1 else ()


def _one(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _choices(found: Sequence[Findings]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for findings in found:
        for days, name in words.DAYS.items():
            counted = turning(findings.choices, days)
            if counted is None:
                continue
            rows.append(
                (
                    findings.calendar.series.description.names, name, counted.n, counted.more, counted.less,
                    counted.cannot_tell, _one(counted.lowest), _one(counted.highest), words.turned_by(counted),
                )
            )  # fmt: skip
    return Table(
        "choices",
        Text(en="Which choice turns the answer?", nl="Welke keuze bepaalt het antwoord?"),
        (
            Text(en="series", nl="reeks"),
            Text(en="days", nl="dagen"),
            Text(en="ways of asking", nl="manieren van vragen"),
            Text(en="more violence", nl="meer geweld"),
            Text(en="less", nl="minder"),
            Text(en="cannot tell", nl="niet te zeggen"),
            Text(en="lowest ratio", nl="laagste verhouding"),
            Text(en="highest", nl="hoogste"),
            Text(en="what turns it", nl="wat de doorslag geeft"),
        ),
        tuple(rows),
        note=Text(
            en="Every way crosses the length of the window, how many days the expected level is learnt from (few: it bends with the "
            "war) and which talks count. An answer stands where the 95% interval leaves out 1. "
            + words.chance_rounds(max((row[2] for row in rows if isinstance(row[2], int)), default=18)).en,
            nl="Elke manier kruist de lengte van het venster, het aantal dagen waaruit de verwachting komt (weinig: die buigt mee "
            "met de oorlog) en welk overleg telt. Een antwoord staat vast waar het 95%-interval 1 niet bevat. "
            + words.chance_rounds(max((row[2] for row in rows if isinstance(row[2], int)), default=18)).nl,
        ),
    )


def _outcomes(found: Sequence[Findings]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for findings in found:
        names = findings.calendar.series.description.names
        short = Text(
            en=f"{words.TALKS['all'].en}, {SHORT_DAYS} days before",
            nl=f"{words.TALKS['all'].nl}, {SHORT_DAYS} dagen ervoor",
        )
        sets = (
            (words.TALKS["chosen"], findings.calendar, findings.by_outcome, None),
            (words.TALKS["all"], findings.wide, findings.wide_outcome, findings.difference),
            (short, findings.wide, findings.short_outcome, findings.short_difference),
        )
        for talks, calendar, by_outcome, difference in sets:
            for outcome, effect in by_outcome.items():
                held = sum(meeting.outcome == outcome for meeting in calendar.rounds)
                if held and (effect.matched is not None or talks is not words.TALKS["all"]):
                    rows.append((names, talks, words.OUTCOMES[outcome], *_judged(effect.matched, held)))
            if difference is not None:
                rows.append((names, talks, words.ANY_DEAL, *_differing(difference)))
    return Table(
        "by-outcome",
        Text(
            en="Leverage or spoiling: the days before talks, by what they ended in",
            nl="Druk of sabotage: de dagen voor overleg, naar wat het opleverde",
        ),
        (
            Text(en="series", nl="reeks"),
            Text(en="talks", nl="overleg"),
            Text(en="ended in", nl="uitkomst"),
            Text(en="judged, of held", nl="beoordeeld, van gehouden"),
            Text(en="ratio", nl="verhouding"),
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="smallest rise found 4 times out of 5", nl="kleinste stijging, 4 van de 5 keer gevonden"),
            Text(en="answer", nl="antwoord"),
        ),
        tuple(rows),
        note=Text(
            en=f"Below {LEAST_ROUNDS_BY_OUTCOME} of a kind no ratio is given. Days in the windows of two meetings count for neither, "
            "so meetings in quick succession cannot be judged.",
            nl=f"Onder {LEAST_ROUNDS_BY_OUTCOME} van een soort staat er geen verhouding. Dagen in de vensters van twee keer overleg "
            "tellen voor geen van beide; overleg kort na elkaar is dus niet te beoordelen.",
        ),
    )


def _differing(d: Difference) -> tuple[Cell, ...]:
    verdict: Verdict = "cannot tell" if d.lower <= 1 <= d.upper else "more" if d.ratio > 1 else "less"
    n = str(sum(d.n_rounds))
    return (n, _one(d.ratio), _one(d.lower), _one(d.upper), _one(d.detectable), words.VERDICTS[verdict])


def _judged(pooled: Pooled | None, held: int) -> tuple[Cell, ...]:
    n = 0 if pooled is None else pooled.n_rounds
    judged = Text(en=f"{n} of {held}", nl=f"{n} van {held}")
    if pooled is None:
        return (judged, None, None, None, None, _TOO_FEW)
    least = _one(pooled.detectable_above)
    if pooled.n_rounds < LEAST_ROUNDS_BY_OUTCOME:
        return (judged, None, None, None, least, _TOO_FEW)
    verdict = words.VERDICTS[verdict_of(pooled)]
    return (judged, _one(pooled.ratio), _one(pooled.lower), _one(pooled.upper), least, verdict)


def _one_at_a_time(findings: Findings, settings: Settings) -> list[tuple[Text, Asked]]:
    """The published way first, then those that differ from it in one choice."""
    by_choice = {one.choice: one for one in findings.choices if one.verdict is not None}
    window, comparison = settings.window_days, settings.comparison_days
    published = Choice("chosen", "before", window, comparison)
    if published not in by_choice:
        return []
    rows = [(Text(en="as published", nl="zoals gepubliceerd"), by_choice[published])]
    for choice, one in sorted(by_choice.items(), key=lambda item: (item[0].window_days, item[0].comparison_days)):
        name = _what_differs(choice, published)
        if name is not None:
            rows.append((name, one))
    effect = findings.effects["before", "plain"].matched
    if effect is not None:
        plain = Asked(published, effect.n_rounds, effect.ratio, effect.lower, effect.upper, verdict_of(effect))
        rows.append((Text(en="expected level a plain mean", nl="gewoon gemiddelde als verwachting"), plain))
    effect = findings.effects["before", "model"].unmatched
    if effect is not None:
        any_weeks = Asked(published, effect.n_rounds, effect.ratio, effect.lower, effect.upper, verdict_of(effect))
        rows.append((Text(en="compared with any weeks", nl="vergeleken met willekeurige weken"), any_weeks))
    return rows


def _what_differs(choice: Choice, published: Choice) -> Text | None:
    """The one choice in which two ways differ, in words; None where they are the same or differ in more."""
    same = [getattr(choice, n) == getattr(published, n) for n in ("talks", "days", "window_days", "comparison_days")]
    if sum(same) != 3:
        return None
    if not same[0]:
        return words.TALKS[choice.talks]
    if not same[1]:
        names: dict[Days, Text] = {
            "before announcement": Text(en="days before its announcement", nl="dagen voor de aankondiging"),
            "since announcement": Text(en="days from announcement to round", nl="dagen van aankondiging tot ronde"),
            "after": Text(en="days after the round", nl="dagen na de ronde"),
        }
        return names.get(choice.days)
    if not same[2]:
        return Text(en=f"windows of {choice.window_days} days", nl=f"vensters van {choice.window_days} dagen")
    return Text(
        en=f"expected level from {choice.comparison_days} days a side",
        nl=f"verwachting uit {choice.comparison_days} dagen per kant",
    )


def _changed(findings: Findings, rows: Sequence[tuple[Text, Asked]]) -> Chart:
    names = findings.calendar.series.description.names
    told = sum(one.verdict != "cannot tell" for _, one in rows)
    pooled = findings.effects["before", "model"].matched
    assert pooled is not None
    return Chart(
        f"choices-{findings.calendar.series.id}",
        "intervals",
        Text(
            en=f"{names.en} before talks, one choice changed at a time",
            nl=f"{names.nl} voor overleg, met telkens één keuze anders",
        ),
        Text(
            en=f"As published the ratio is {ratio_words(pooled, EN)}; with one choice changed, {told} of {len(rows)} intervals "
            "leave out 1, where violence would be as expected.",
            nl=f"Zoals gepubliceerd is de verhouding {ratio_words(pooled, NL)}; met één keuze anders bevatten {told} van de "
            f"{len(rows)} intervallen de 1 niet, waarbij het geweld zo groot was als verwacht.",
        ),
        {
            "label": [name for name, _ in rows],
            "value": [one.ratio for _, one in rows],
            "lower": [_one(one.lower) for _, one in rows],
            "upper": [_one(one.upper) for _, one in rows],
            "group": [words.VERDICTS[one.verdict] for _, one in rows if one.verdict is not None],
        },
        x=Text(en="ratio to the expected level", nl="verhouding tot de verwachting"),
        y=Text(en="", nl=""),
        reference=1.0,
        logarithmic=True,
    )
