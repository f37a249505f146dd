"""What the study of retaliation says of suspensions and resumptions, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from armistice.escalation.talks_breaks import Breaks
from armistice.record.as_of import Series
from armistice.studies.study import Cell, Chart, Table
from armistice.text import EN, NL, Text

__all__ = [
    "CAVEATS",
    "KINDS",
    "NO_BREAKS",
    "ROUND_DAYS",
    "SUSPENDED_DAYS",
    "TRUCE_DAYS",
    "changes_table",
    "chart",
    "day",
    "effects_table",
    "headline",
    "no_placebos",
    "no_usable_change",
    "sentences",
    "windows_table",
]

KINDS: Final[Mapping[str, Text]] = {
    "suspension": Text(en="talks broken off", nl="gesprekken afgebroken"),
    "resumption": Text(en="talks taken up again", nl="gesprekken hervat"),
}
TRUCE_DAYS: Final = Text(en="days of a truce", nl="dagen van een bestand")
ROUND_DAYS: Final = Text(en="the week around a meeting", nl="de week rond een ontmoeting")
SUSPENDED_DAYS: Final = Text(en="days with talks suspended", nl="dagen met onderbroken gesprekken")
NO_BREAKS: Final = Text(
    en="The record has no day on which talks were broken off and one on which they resumed.",
    nl="Het dossier bevat geen dag waarop gesprekken werden afgebroken en een waarop ze werden hervat.",
)
CAVEATS: Final = (
    Text(
        en="What follows a break in the talks is not thereby caused by it. An offensive that is about to start may end talks, and "
        "talks may resume because the fighting has eased.",
        nl="Wat op een breuk in de gesprekken volgt, is daar niet zonder meer het gevolg van. Een offensief dat op komst is kan "
        "gesprekken beëindigen, en gesprekken kunnen worden hervat omdat de strijd luwt.",
    ),
    Text(
        en="Breaks and resumptions are few, and those with less than a week on either side are left out.",
        nl="Het gaat om enkele breuken en hervattingen; die met minder dan een week aan een van beide kanten blijven buiten "
        "beschouwing.",
    ),
)


def day(one: dt.date) -> Text:
    """A day as a cell."""
    return Text(en=EN.date(one), nl=NL.date(one))


def no_usable_change(kind: str) -> Text:
    """No change of this kind with days enough on both sides."""
    what = KINDS[kind]
    return Text(
        en=f"No day on which {_past(kind).en} has a week of observed days on both sides ({what.en}).",
        nl=f"Geen dag waarop {_past(kind).nl} heeft aan beide kanten een week met waarnemingen ({what.nl}).",
    )


def no_placebos(kind: str) -> Text:
    """Too few other days to compare with."""
    return Text(
        en=f"Too few other days to judge what is usual where {_past(kind).en}.",
        nl=f"Te weinig andere dagen om te beoordelen wat gewoon is waar {_past(kind).nl}.",
    )


def _past(kind: str) -> Text:
    if kind == "suspension":
        return Text(en="talks were broken off", nl="gesprekken werden afgebroken")
    return Text(en="talks were taken up again", nl="gesprekken werden hervat")


def _is_apart(found: Breaks) -> bool:
    return bool(np.isfinite(found.ratio) and not found.lower <= 1 <= found.upper)


def _times(found: Breaks) -> Text:
    """The pooled ratio with its interval."""
    span = (found.lower, found.upper)
    return Text(
        en=f"{EN.number(found.ratio, significant=2)} times ({EN.span(*span, significant=2)}) those of the weeks before",
        nl=f"{NL.number(found.ratio, significant=2)} keer ({NL.span(*span, significant=2)}) die van de weken ervoor",
    )


def headline(series: Series, by_kind: Mapping[str, Breaks]) -> Text:
    """One sentence for the first screen, where only one side is on record."""
    apart = {kind: found for kind, found in by_kind.items() if _is_apart(found)}
    names = series.description.names
    if not apart:
        return Text(
            en=f"Only one side is on record, so who answers whom cannot be asked; {names.en} did not clearly change when talks "
            "broke off or resumed.",
            nl=f"Alleen van één partij zijn er tellingen, dus wie wie beantwoordt is niet na te gaan; {names.nl} veranderden niet "
            "duidelijk toen gesprekken werden afgebroken of hervat.",
        )
    parts = [
        (
            f"after {_past(kind).en} they were {_times(found).en}",
            f"nadat {_past(kind).nl}, waren ze {_times(found).nl}",
        )
        for kind, found in apart.items()
    ]
    return Text(
        en=f"{names.en}: " + "; ".join(en for en, _ in parts) + ". What came first is not told by that.",
        nl=f"{names.nl}: " + "; ".join(nl for _, nl in parts) + ". Wat oorzaak was, blijkt daar niet uit.",
    )


def sentences(series: Series, by_kind: Mapping[str, Breaks]) -> tuple[Text, ...]:
    """What is told of each kind of change."""
    names = series.description.names
    made = []
    for kind, found in by_kind.items():
        if not np.isfinite(found.ratio):
            made.append(no_usable_change(kind) if not found.n_usable else no_placebos(kind))
            continue
        n = found.n_usable
        made.append(
            Text(
                en=f"{names.en}, in up to four weeks after {_past(kind).en} ({EN.number(n)} {'time' if n == 1 else 'times'}): "
                f"{_times(found).en}. Elsewhere so large a change comes about in {EN.percent(found.p_value)} of such sets of days.",
                nl=f"{names.nl}, in ten hoogste vier weken nadat {_past(kind).nl} ({NL.number(n)} keer): {_times(found).nl}. Op "
                f"andere dagen komt een zo grote verandering in {NL.percent(found.p_value)} van zulke reeksen dagen voor.",
            )
        )
    return tuple(made)


def changes_table(series: Series, rows: tuple[tuple[Cell, ...], ...], window_days: int) -> Table:
    """Every change of state."""
    names = series.description.names
    return Table(
        f"breaks-{series.id}",
        Text(
            en=f"{names.en} before and after each break in the talks",
            nl=f"{names.nl} voor en na elke breuk in de gesprekken",
        ),
        (
            Text(en="what", nl="wat"),
            Text(en="day", nl="dag"),
            Text(en="a day before", nl="per dag ervoor"),
            Text(en="days", nl="dagen"),
            Text(en="a day after", nl="per dag erna"),
            Text(en="days", nl="dagen"),
            Text(en="after over before", nl="erna gedeeld door ervoor"),
        ),
        rows,
        note=Text(
            en=f"At most {window_days} days on each side, and no day beyond the next change.",
            nl=f"Ten hoogste {window_days} dagen aan elke kant, en geen dag voorbij de volgende verandering.",
        ),
    )


def windows_table(series: Series, rows: tuple[tuple[Cell, ...], ...]) -> Table:
    """Pooled ratios by window."""
    names = series.description.names
    return Table(
        f"breaks-windows-{series.id}",
        Text(en=f"{names.en}: the same with other windows", nl=f"{names.nl}: hetzelfde met andere vensters"),
        (
            Text(en="what", nl="wat"),
            Text(en="days on each side", nl="dagen aan elke kant"),
            Text(en="changes used", nl="gebruikte veranderingen"),
            Text(en="ratio", nl="verhouding"),
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="p", nl="p"),
            Text(en="usual ratio elsewhere", nl="gewone verhouding elders"),
        ),
        rows,
    )


def chart(series: Series, columns: Mapping[str, Sequence[Any]]) -> Chart:
    """Pooled ratios."""
    names = series.description.names
    return Chart(
        f"breaks-{series.id.replace('_', '-')}",
        "intervals",
        Text(
            en=f"{names.en} when talks broke off and resumed",
            nl=f"{names.nl} toen gesprekken werden afgebroken en hervat",
        ),
        Text(
            en="The daily number in up to four weeks after, over that before, with 95% intervals from other days.",
            nl="Het dagelijkse aantal in ten hoogste vier weken erna, gedeeld door dat ervoor, met intervallen van 95% uit andere dagen.",
        ),
        columns,
        x=Text(en="after over before", nl="erna gedeeld door ervoor"),
        y=Text(en="", nl=""),
        reference=1.0,
        logarithmic=True,
    )


def effects_table(rows: tuple[tuple[Cell, ...], ...]) -> Table:
    """What the talks do to the baseline."""
    return Table(
        "talks-in-the-model",
        Text(en="The talks in the model", nl="De gesprekken in het model"),
        (
            Text(en="days", nl="dagen"),
            Text(en="strikes by", nl="aanvallen door"),
            Text(en="times the background", nl="maal de achtergrond"),
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="number of days", nl="aantal dagen"),
        ),
        rows,
        note=Text(
            en="Such days have a level of their own, so that a lull or a surge around talks is not taken for an answer. Whether talks "
            "change violence is asked in the study of violence around talks.",
            nl="Zulke dagen hebben een eigen niveau, zodat een luwte of opleving rond gesprekken niet voor een antwoord doorgaat. Of "
            "gesprekken het geweld veranderen, staat in de studie van geweld rond gesprekken.",
        ),
    )
