"""What the study of violence around talks tells of announcements, outcomes and choices, in English and Dutch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from armistice.escalation.talks_effect import Pooled, Settings
from armistice.studies._around_talks_choices import (
    SHORT_DAYS,
    WINDOWS,
    Days,
    Talks,
    Turning,
    Verdict,
    turning,
    verdict_of,
)
from armistice.studies._around_talks_data import Findings
from armistice.text import EN, NL, Text, Words

__all__ = [
    "ANY_DEAL",
    "DAYS",
    "OUTCOMES",
    "TALKS",
    "VERDICTS",
    "announced",
    "by_choice",
    "by_outcome",
    "chance_rounds",
    "turned_by",
]

DAYS: Final[Mapping[Days, Text]] = {
    "before": Text(en="before the round", nl="voor de ronde"),
    "after": Text(en="after the round", nl="na de ronde"),
    "before announcement": Text(en="before its announcement", nl="voor de aankondiging"),
    "since announcement": Text(en="from announcement to round", nl="van aankondiging tot ronde"),
}
TALKS: Final[Mapping[Talks, Text]] = {
    "chosen": Text(en="rounds counted here", nl="hier getelde rondes"),
    "all": Text(en="every meeting and call", nl="elk overleg en telefoongesprek"),
}
VERDICTS: Final[Mapping[Verdict, Text]] = {
    "more": Text(en="more violence", nl="meer geweld"),
    "less": Text(en="less violence", nl="minder geweld"),
    "cannot tell": Text(en="cannot tell", nl="niet te zeggen"),
}
OUTCOMES: Final[Mapping[str, Text]] = {
    "deal": Text(en="deal", nl="akkoord"),
    "partial_deal": Text(en="partial deal", nl="deelakkoord"),
    "no_deal": Text(en="nothing", nl="niets"),
}
ANY_DEAL: Final = Text(en="any deal over nothing", nl="enig akkoord gedeeld door niets")


def _span(pooled: Pooled, language: Words) -> str:
    numbers = language.span(pooled.lower, pooled.upper, significant=2)
    return f"{language.number(pooled.ratio, significant=2)} ({numbers})"


def _so(pooled: Pooled) -> Text:
    return VERDICTS[verdict_of(pooled)]


def chance_rounds(n: int) -> Text:
    """How many of so many tests at 5 % find something by chance."""
    expected = max(round(n / 20), 1)
    return Text(
        en=f"By chance alone about {expected} of {n} would find something, and near-alike ways find it together.",
        nl=f"Alleen al door toeval zouden er ongeveer {expected} van {n} iets vinden, en vrijwel gelijke manieren doen dat samen.",
    )


def announced(findings: Findings) -> list[Text]:
    """The days before the announcement and between announcement and round."""
    told = {side: effect.matched for side, effect in findings.announced.items() if effect.matched is not None}
    if not told:
        return []
    phrase = {
        "before": Text(en="before the announcement", nl="voor de aankondiging"),
        "since": Text(en="from announcement to round", nl="van aankondiging tot ronde"),
    }
    parts = []
    days: Mapping[str, Days] = {"before": "before announcement", "since": "since announcement"}
    for side, pooled in told.items():
        verdict, counted = verdict_of(pooled), turning(findings.choices, days[side])
        also_en = also_nl = ""
        if counted is not None and verdict != "cannot tell":
            agree = counted.more if verdict == "more" else counted.less
            also_en, also_nl = (
                f" in {agree} of {counted.n} ways of asking",
                f" bij {agree} van {counted.n} manieren van vragen",
            )
        parts.append(
            Text(
                en=f"{phrase[side].en} {_span(pooled, EN)}, {_so(pooled).en}{also_en}",
                nl=f"{phrase[side].nl} {_span(pooled, NL)}, {_so(pooled).nl}{also_nl}",
            )
        )
    en, nl = "; ".join(part.en for part in parts), "; ".join(part.nl for part in parts)
    n = max(pooled.n_rounds for pooled in told.values())
    return [
        Text(
            en=f"Counted from the day a round was announced ({n} known): {en}.",
            nl=f"Gerekend vanaf de dag van aankondiging ({n} bekend): {nl}.",
        )
    ]


def by_outcome(findings: Findings, least: int) -> list[Text]:
    """Leverage (a surge, then a deal) against spoiling (a surge, then nothing), over every meeting and call."""
    pooled = {o: e.matched for o, e in findings.short_outcome.items()}
    counted = {o: 0 if p is None else p.n_rounds for o, p in pooled.items()}
    if not sum(counted.values()):
        return []
    is_short = findings.difference is None
    found = findings.short_difference if is_short else findings.difference
    if found is None:
        listed_en = ", ".join(f"{OUTCOMES[o].en} {n}" for o, n in counted.items() if n)
        listed_nl = ", ".join(f"{OUTCOMES[o].nl} {n}" for o, n in counted.items() if n)
        return [
            Text(
                en=f"Whether a surge came before a deal (leverage) or before failure (spoiling) cannot be told. "
                f"Meetings and calls by what they ended in: {listed_en}; it takes {least} on either side.",
                nl=f"Of een piek voorafging aan een akkoord (druk) of aan een mislukking (sabotage) is niet te zeggen. "
                f"Overleg naar wat het opleverde: {listed_nl}; het vergt er {least} aan beide kanten.",
            )
        ]
    some, none = found.n_rounds
    days_en, days_nl = (f"{SHORT_DAYS} days", f"{SHORT_DAYS} dagen") if is_short else ("days", "dagen")
    if found.lower <= 1 <= found.upper:
        so_en, so_nl = (
            f"cannot tell which; a difference below a factor {EN.number(found.detectable, significant=2)} would not be seen",
            f"welke van de twee is niet te zeggen; een verschil onder een factor {NL.number(found.detectable, significant=2)} zou "
            "niet te zien zijn",
        )
    elif found.ratio > 1:
        so_en, so_nl = "more before a deal, as with leverage", "meer voor een akkoord, zoals bij druk"
    else:
        so_en, so_nl = "more before failure, as with spoiling", "meer voor een mislukking, zoals bij sabotage"
    ratio_en, ratio_nl = (
        f"{language.number(found.ratio, significant=2)} ({language.span(found.lower, found.upper, significant=2)})"
        for language in (EN, NL)
    )
    return [
        Text(
            en=f"{some} meetings and calls that ended in a deal or part of one against {none} that ended in nothing: the "
            f"{days_en} before held {ratio_en} times as much; {so_en}.",
            nl=f"{some} keer overleg met een akkoord of deelakkoord tegenover {none} keer zonder: de {days_nl} ervoor telden "
            f"{ratio_nl} keer zoveel; {so_nl}.",
        )
    ]


def by_choice(findings: Findings, settings: Settings) -> list[Text]:
    """How many ways of asking agree, and what turns the answer."""
    counted = turning(findings.choices, "before")
    if counted is None:
        return []
    windows = sorted({*WINDOWS, settings.window_days})
    listed_en = f"{', '.join(map(str, windows[:-1]))} or {windows[-1]} days"
    listed_nl = f"{', '.join(map(str, windows[:-1]))} of {windows[-1]} dagen"
    by = turned_by(counted)
    turned_en = "" if by is None else f" What turns it: {by.en}."
    turned_nl = "" if by is None else f" Wat de doorslag geeft: {by.nl}."
    return [
        Text(
            en=f"The days before talks, asked in {counted.n} ways (windows of {listed_en}, an expected level from fewer or more weeks, "
            f"which talks count): more violence in {counted.more}, less in {counted.less}, cannot tell in "
            f"{counted.cannot_tell}.{turned_en}",
            nl=f"De dagen voor overleg, op {counted.n} manieren bekeken (vensters van {listed_nl}, een verwachting uit minder of meer "
            f"weken, welk overleg telt): meer geweld bij {counted.more}, minder bij {counted.less}, niet te zeggen bij "
            f"{counted.cannot_tell}.{turned_nl}",
        )
    ]


def turned_by(counted: Turning) -> Text | None:
    """The choice that turns the answer, in words."""
    if counted.by == "window_days":
        return Text(en=f"windows of {counted.value} days", nl=f"vensters van {counted.value} dagen")
    if counted.by == "comparison_days":
        return Text(
            en=f"an expected level from {counted.value} days on each side",
            nl=f"een verwachting uit {counted.value} dagen aan elke kant",
        )
    if counted.by == "talks":
        return TALKS["all" if counted.value == "all" else "chosen"]
    return None
