"""The tables and charts of the study of analogues."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from armistice.record.as_of import Record
from armistice.record.profiles import Profile, own_profile
from armistice.studies import _analogues_words as words
from armistice.studies._analogues_features import FEATURES, told
from armistice.studies.study import Chart, Table
from armistice.text import EN, NL, Text

if TYPE_CHECKING:
    from armistice.studies.analogues import Comparison, Foretold

_WAR: Final = Text(en="War", nl="Oorlog")
_THIS: Final = Text(en="This war", nl="Deze oorlog")
_FIGHTING: Final = Text(en="fighting, to its end", nl="strijd, tot het einde")
_STILL: Final = Text(en="front standing still, from", nl="front staat stil, vanaf")
_TALKS: Final = Text(en="talks, from the first", nl="gesprekken, vanaf de eerste")


def _percent(share: float) -> Text:
    return Text(en=EN.percent(share), nl=NL.percent(share))


def nearest_table(found: Comparison, shown: Sequence[int]) -> Table:
    """The nearest wars and Korea: how far, why, and what came next."""
    rows = []
    for i in shown:
        like = words.likeness(found, i)
        rows.append(
            (
                found.profiles[i].names,
                _place(found, i),
                round(float(found.distances.distance[i]), 2),
                words.listed(like.alike, 4),
                words.listed(like.differs, 4),
                words.listed(like.unknown, 4),
                words.next_in(found, i),
            )
        )
    return Table(
        "nearest",
        Text(en="The most alike, and Korea: why, and what came next", nl="De meest gelijkende, en Korea: waarom, en het vervolg"),
        (
            _WAR, Text(en="Place (range)", nl="Plaats (bereik)"), Text(en="Distance", nl="Afstand"),
            Text(en="Agrees in", nl="Komt overeen in"), Text(en="Differs in, most first", nl="Verschilt in, zwaarste eerst"),
            Text(en="Not known", nl="Niet bekend"), Text(en="What came next", nl="Hoe het verderging"),
        ),
        tuple(rows),
        Text(
            en="Distance: 0 is alike in all that is known of both, 1 as far apart as any two wars in everything.",
            nl="Afstand: 0 is gelijk in al wat van beide bekend is, 1 in alles zo ver uiteen als twee oorlogen maar zijn.",
        ),
    )  # fmt: skip


def _place(found: Comparison, war: int) -> Text | None:
    rank = float(found.distances.rank[war])
    if math.isnan(rank):
        return None
    low, high = math.floor(found.ranges.lower[war]), math.ceil(found.ranges.upper[war])
    return Text(en=f"{EN.number(rank)} ({EN.span(low, high)})", nl=f"{NL.number(rank)} ({NL.span(low, high)})")


def features_table(record: Record, found: Comparison, shown: Sequence[int]) -> Table:
    """Feature by feature: this war beside the nearest and Korea."""
    rows = [
        (
            feature.names,
            told(feature, float(found.war[i])),
            _origin(found.origin.get(feature.id)),
            *(told(feature, float(found.past[war, i])) for war in shown),
        )
        for i, feature in enumerate(FEATURES)
    ]
    month = round(found.month, 1)
    return Table(
        "features",
        Text(en=f"Side by side in month {EN.number(month)}", nl=f"Naast elkaar in maand {NL.number(month)}"),
        (
            Text(en="Feature", nl="Kenmerk"), _THIS, Text(en="From", nl="Uit"),
            *(found.profiles[war].names for war in shown),
        ),
        tuple(rows),
        Text(
            en="Wars that had ended by that month are described in their last.",
            nl="Oorlogen die toen al voorbij waren, zijn beschreven in hun laatste maand.",
        ),
    )  # fmt: skip


def _origin(origin: str | None) -> Text | None:
    if origin is None:
        return None
    if origin == "record":
        return Text(en="this record", nl="dit dossier")
    return Text(en="table of profiles", nl="tabel van profielen")


def _first_month(profile: Profile, field: str) -> float | None:
    found = profile.cell(field, math.inf)
    return None if found is None or math.isnan(found.number) else found.number


def _from_yes(profile: Profile, field: str) -> float | None:
    """The first month of the war from which a field is "yes"."""
    known = [
        s.known_from
        for s in profile.statements
        if s.field == field and s.value == "yes" and s.known_from <= profile.end_month + 0.1
    ]
    return min(known, default=None)


def _steps(profile: Profile) -> tuple[float | None, float | None, float | None]:
    """Months from which the front stood still, talks went on, and a partial deal was made."""
    still = _first_month(profile, "months_of_manoeuvre")
    talks = _first_month(profile, "first_talks_month")
    return (
        _from_yes(profile, "static_front") if still is None else still,
        _from_yes(profile, "talks_while_fighting") if talks is None else talks,
        _from_yes(profile, "partial_deals"),
    )


def _own_steps(record: Record, found: Comparison) -> tuple[float | None, float | None, float | None]:
    profile = own_profile(record)
    still, _, deal = (None, None, None) if profile is None else _steps(profile)
    values = {feature.id: float(value) for feature, value in zip(FEATURES, found.war, strict=True)}
    talks = math.expm1(values["first_talks_month"]) if values["talks_so_far"] == 1 else None
    if talks is not None and math.isnan(talks):
        talks = None
    return still, talks, deal


def timeline_table(record: Record, found: Comparison, shown: Sequence[int]) -> Table:
    """The course of each war in months from its start."""
    rows: list[tuple[Any, ...]] = [
        (
            _THIS, *(_rounded(step) for step in _own_steps(record, found)), None,
            Text(en="going on" if record.war.end is None else "ended", nl="gaande" if record.war.end is None else "voorbij"),
            None, None,
        )
    ]  # fmt: skip
    for i in shown:
        profile = found.profiles[i]
        how = profile.cell("how_ended", math.inf)
        rows.append(
            (
                profile.names, *(_rounded(step) for step in _steps(profile)),
                None if profile.end is None else _rounded(profile.end_month),
                None if how is None else words.HOW_ENDED[how.value], words.treaty(profile), words.held(profile),
            )
        )  # fmt: skip
    return Table(
        "aligned",
        Text(en="Month by month from the start of each war", nl="Maand voor maand vanaf het begin van elke oorlog"),
        (
            _WAR, Text(en="Front still from", nl="Front stil vanaf"), Text(en="Talks from", nl="Gesprekken vanaf"),
            Text(en="Partial deal from", nl="Deelakkoord vanaf"), Text(en="Ended in month", nl="Einde in maand"),
            Text(en="How", nl="Hoe"), Text(en="Treaty", nl="Verdrag"), Text(en="Held five years", nl="Hield vijf jaar"),
        ),
        tuple(rows),
        Text(en="Months of 30.4 days. What nobody read is not known, never no.",
             nl="Maanden van 30,4 dagen. Wat niemand las is niet bekend, nooit nee."),
    )  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def timeline_chart(record: Record, found: Comparison, shown: Sequence[int]) -> Chart:
    """Lines from the start of each stage to the end, this war first."""
    rows: list[tuple[Text, Text, float, float, float]] = []
    last = max([found.month, *(found.profiles[i].end_month for i in shown if found.profiles[i].end is not None)])

    def add(label: Text, end: float, still: float | None, talks: float | None) -> None:
        rows.append((label, _FIGHTING, end, 0.0, end))
        for group, begun in ((_STILL, still), (_TALKS, talks)):
            if begun is not None and begun <= end:
                rows.append((label, group, begun, begun, end))

    add(_THIS, found.month, *_own_steps(record, found)[:2])
    for i in shown:
        profile = found.profiles[i]
        add(profile.names, last if profile.end is None else profile.end_month, *_steps(profile)[:2])
    label, group, value, lower, upper = (list(column) for column in zip(*rows, strict=True))
    return Chart(
        "aligned", "intervals",
        Text(en="This war beside its nearest, and Korea", nl="Deze oorlog naast de naaste, en Korea"),
        Text(
            en="Months from the start of each war: how long it was fought (dot: its end, or today), from when its front stood "
            "still, and from when its sides talked. A line that is missing is not known.",
            nl="Maanden vanaf het begin van elke oorlog: hoelang gevochten werd (stip: het einde, of vandaag), vanaf wanneer het "
            "front stilstond en vanaf wanneer de partijen spraken. Een lijn die ontbreekt is niet bekend.",
        ),
        {"label": label, "value": value, "lower": lower, "upper": upper, "group": group},
        Text(en="months from the start", nl="maanden vanaf het begin"), Text(en="", nl=""), reference=round(found.month, 1),
    )  # fmt: skip


def ranks_chart(found: Comparison, shown: Sequence[int]) -> Chart:
    """Places of the nearest wars and Korea, with their ranges."""
    ranked = [i for i in shown if not math.isnan(found.distances.rank[i])]
    return Chart(
        "places", "intervals",
        Text(en="How firm the order is", nl="Hoe vast de volgorde staat"),
        Text(
            en="Place among past wars (1 is most alike), and the range of places under other weights and with what is not known "
            "filled in. Long lines mean that the order says little.",
            nl="Plaats onder eerdere oorlogen (1 lijkt het meest), met het bereik bij andere gewichten en met het onbekende "
            "ingevuld. Lange lijnen betekenen dat de volgorde weinig zegt.",
        ),
        {
            "label": [found.profiles[i].names for i in ranked],
            "value": [float(found.distances.rank[i]) for i in ranked],
            "lower": [min(float(found.ranges.lower[i]), float(found.distances.rank[i])) for i in ranked],
            "upper": [max(float(found.ranges.upper[i]), float(found.distances.rank[i])) for i in ranked],
        },
        Text(en="place", nl="plaats"), Text(en="", nl=""),
    )  # fmt: skip


def ranks_table(found: Comparison) -> Table:
    """All past wars in order."""
    order = np.argsort(np.where(np.isnan(found.distances.rank), np.inf, found.distances.rank), kind="stable")
    rows = [
        (
            found.profiles[i].names,
            _place(found, int(i)),
            round(float(np.median(found.ranges.rank[:, i])), 1) if not math.isnan(found.distances.rank[i]) else None,
            None if math.isnan(found.distances.distance[i]) else round(float(found.distances.distance[i]), 2),
            _percent(float(found.distances.known_share[i])),
            _rounded(float(found.months[i])),
            words.ended(found.profiles[i]),
        )
        for i in order
    ]
    return Table(
        "all-wars",
        Text(en="All past wars of the table, in order", nl="Alle oorlogen in de tabel, op volgorde"),
        (
            _WAR, Text(en="Place (range)", nl="Plaats (bereik)"), Text(en="Median place of draws", nl="Mediane plaats van trekkingen"),
            Text(en="Distance", nl="Afstand"), Text(en="Known of both", nl="Van beide bekend"),
            Text(en="Compared in month", nl="Vergeleken in maand"), Text(en="How it ended", nl="Hoe het eindigde"),
        ),
        tuple(rows),
        Text(
            en="Wars without a place: too little is known of both. The median fills in what is not known, so that it rewards no "
            "war for being little known.",
            nl="Oorlogen zonder plaats: er is te weinig van beide bekend. De mediaan vult het onbekende in, en beloont dus geen "
            "oorlog omdat er weinig van bekend is.",
        ),
    )  # fmt: skip


def trials_tables(trials: Sequence[Foretold]) -> tuple[Table, ...]:
    """Whether the nearest foretell: each month and question, as it came out."""
    if not trials:
        return ()
    rows = []
    for trial in trials:
        for name, result in (
            (Text(en="the nearest alone", nl="de naaste alleen"), trial.nearest),
            (
                Text(en="drawn towards the share among all", nl="getrokken naar het aandeel onder alle"),
                trial.steadier,
            ),
        ):
            rows.append(
                (
                    words.QUESTION_NAMES[trial.question], trial.month, name, result.n, result.events,
                    round(result.brier_nearest, 3), round(result.brier_base, 3),
                    Text(
                        en=f"{EN.percent(result.skill)} ({EN.percent_span(result.lower, result.upper)})",
                        nl=f"{NL.percent(result.skill)} ({NL.percent_span(result.lower, result.upper)})",
                    ),
                    words.verdict(result.lower, result.upper),
                )
            )  # fmt: skip
    return (
        Table(
            "foretold",
            Text(en="Do the nearest wars foretell endings? Each left out in turn",
                 nl="Voorspellen de naaste oorlogen een einde? Elk om de beurt weggelaten"),
            (
                Text(en="Whether a war", nl="Of een oorlog"), Text(en="Described in month", nl="Beschreven in maand"),
                Text(en="Forecast", nl="Voorspelling"), Text(en="Wars", nl="Oorlogen"),
                Text(en="Of these, it did", nl="Daarvan wel"), Text(en="Error of the nearest", nl="Fout van de naaste"),
                Text(en="Error of the share among all", nl="Fout van het aandeel onder alle"),
                Text(en="Gain (95% interval)", nl="Winst (95%-interval)"), Text(en="Verdict", nl="Oordeel"),
            ),
            tuple(rows),
            Text(en="Errors are Brier scores: mean squared, 0 is perfect.",
                 nl="Fouten zijn Brier-scores: gemiddeld kwadraat, 0 is volmaakt."),
        ),
    )  # fmt: skip
