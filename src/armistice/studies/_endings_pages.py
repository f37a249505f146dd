"""The tables and charts of the study of endings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from armistice.history import EndingShares
from armistice.record.reference import OUTCOMES, TYPES
from armistice.studies._endings_set import (
    AHEAD,
    ALL,
    FADED,
    GROUPS,
    LAST,
    MONTH_DAYS,
    SETTLED,
    TYPE_NAMES,
    VICTORY,
    YEAR,
    Asked,
    Kind,
    ReferenceSet,
)  # fmt: skip
from armistice.studies._endings_words import both
from armistice.studies.study import Chart, Table
from armistice.text import EN, NL, Text

_CURVE: Final = np.arange(3.0, 61.0, 3.0)
OUTCOME_NAMES: Final = {
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
    (SETTLED, Text(en="peace agreement or ceasefire", nl="vredesakkoord of staakt-het-vuren")),
    (VICTORY, Text(en="victory of either side", nl="overwinning van een van beide")),
    (FADED, Text(en="faded, or a party ceased to exist", nl="gedoofd, of een partij hield op te bestaan")),
)


def outcomes_table(kind: Kind, shares: EndingShares) -> Table:
    """How the wars of the chosen kind ended, by cause and months from now."""
    rows: list[tuple[Any, ...]] = []
    for group, outcome in enumerate(OUTCOMES):
        rows.append((OUTCOME_NAMES[outcome], *(both(shares, a, group) for a in range(len(AHEAD)))))
    rows.append(
        (_GOING_ON, *(Text(en=EN.percent(1 - x), nl=NL.percent(1 - x)) for x in shares.share[:, ALL].tolist()))
    )
    return Table(
        "endings-by-cause",
        Text(en=f"How {kind.name.en} that had lasted as long ended, by months from now",
             nl=f"Hoe {kind.name.nl} die zo lang hadden geduurd eindigden, naar maanden vanaf nu"),
        (Text(en="ending", nl="einde"),
         *(Text(en=f"{m} months", nl=f"{m} maanden") for m in AHEAD)),
        tuple(rows),
        Text(en=f"Share of wars with its {EN.percent(shares.level)} interval; each column adds up to 100%.",
             nl=f"Aandeel van de oorlogen met zijn {NL.percent(shares.level)}-interval; elke kolom telt op tot 100%."),
    )  # fmt: skip


def kinds_table(chosen: Kind, found: Asked) -> Table:
    """The same question put to each kind, with how many had lasted as long."""
    used, no, none = Text(en="used", nl="gebruikt"), Text(en="", nl=""), Text(en="none had", nl="geen enkele")
    rows = []
    for kind, shares in found:
        if shares is None:
            rows.append((kind.name, 0.0, 0.0, none, none, none, no))
            continue
        rows.append(
            (
                kind.name,
                round(shares.at_risk, 1),
                round(shares.conflicts, 1),
                both(shares, YEAR, ALL),
                both(shares, YEAR, SETTLED),
                both(shares, LAST, SETTLED),
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


def wars_table(drawn: ReferenceSet, chosen: Kind, list_at_most: int) -> Table:
    """The wars behind the answer, by name, latest first."""
    e = drawn.episodes
    counted = drawn.at_risk(chosen.member)
    order = np.flatnonzero(counted > 0)
    order = order[np.argsort(e.end_latest[order], kind="stable")[::-1]]
    lasted = np.where(chosen.member & (drawn.lasted > drawn.landmark), drawn.lasted, np.nan)
    rows = []
    for i in order[:list_at_most].tolist():
        going_on = e.outcome[i] == 0
        end = _when(e.end_earliest[i].item(), e.end_latest[i].item())
        rows.append(
            (
                f"{e.side_a[i]} - {e.side_b[i]}",
                _when(e.start_earliest[i].item(), e.start_latest[i].item()),
                Text(en=f"seen until {end.en}", nl=f"gezien tot {end.nl}") if going_on else end,
                _GOING_ON if going_on else OUTCOME_NAMES[OUTCOMES[e.outcome[i] - 1]],
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


def sensitivity_table(drawn: ReferenceSet, chosen: Kind, shares: EndingShares) -> Table:
    """What the answer would be if vague dates were treated otherwise."""
    e = drawn.episodes
    face = (e.end_latest - e.start_latest).astype(np.float64) / MONTH_DAYS
    at_face = replace(drawn, lasted=np.broadcast_to(face, drawn.lasted.shape))
    rows: list[tuple[Text, EndingShares | None]] = [
        (Text(en="dates drawn from where they may lie (used)", nl="data getrokken uit waar ze kunnen liggen (gebruikt)"),
         shares),
        (Text(en="only episodes dated to about the day", nl="alleen episoden die ongeveer op de dag gedateerd zijn"),
         drawn.shares(chosen.member & e.dates_are_precise, AHEAD)),
        (Text(en="every vague date put on its last possible day (UCDP's 31 December)",
              nl="elke vage datum op haar laatst mogelijke dag (31 december, als UCDP)"),
         at_face.shares(chosen.member, AHEAD)),
    ]  # fmt: skip
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
            (name, round(s.at_risk, 1), both(s, YEAR, ALL), both(s, YEAR, SETTLED),
             both(s, LAST, SETTLED))
            for name, s in rows
        ),
        Text(en="Leaving vague dates out leaves out mostly wars that faded, since their last day is seldom known.",
             nl="Wie vage data weglaat, laat vooral gedoofde oorlogen weg: hun laatste dag is zelden bekend."),
    )  # fmt: skip


def charts(drawn: ReferenceSet, chosen: Kind) -> tuple[Chart, ...]:
    """Curves of the chosen kind by cause, and of settlements by type."""
    months = Text(en="months from now", nl="maanden vanaf nu")
    share = Text(en="share of wars ended", nl="aandeel geëindigde oorlogen")
    curves = drawn.shares(chosen.member, _CURVE, GROUPS[[group for group, _ in _CURVES]])
    assert curves is not None
    main = _columns([(name, curves, column) for column, (_, name) in enumerate(_CURVES)])
    drawings = [
        Chart(
            "incidence", "incidence",
            Text(en="How comparable wars ended from here on", nl="Hoe vergelijkbare oorlogen vanaf hier eindigden"),
            Text(en=f"Share of {chosen.name.en} that had ended in each way by months from now, with bands; the rest "
                 "went on.",
                 nl=f"Aandeel van {chosen.name.nl} dat op elke wijze geëindigd was naar maanden vanaf nu, met banden; "
                 "de rest ging door."),
            main, months, share,
        )
    ]  # fmt: skip
    known = drawn.episodes.type_known(drawn.at_landmark)
    by_type = []
    for code, name in enumerate(TYPES, start=1):
        theirs = drawn.shares(known == code, _CURVE, GROUPS[[SETTLED]])
        if theirs is not None and theirs.at_risk >= 3:
            by_type.append((TYPE_NAMES[name][0], theirs, 0))
    if len(by_type) > 1:
        drawings.append(
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
    return tuple(drawings)


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
