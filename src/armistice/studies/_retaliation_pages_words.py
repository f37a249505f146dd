"""What the tables and charts of the study of retaliation say, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from armistice.studies.study import Cell, Chart, Table
from armistice.text import EN, NL, Text

__all__ = [
    "ALL_BINS",
    "SAME_SIDE",
    "bin_name",
    "judged",
    "pit_chart",
    "pit_table",
    "series_table",
    "verdict",
    "within_day_table",
]

ALL_BINS: Final = Text(en="all together: p", nl="alles samen: p")
SAME_SIDE: Final = Text(en="same side", nl="zelfde partij")


def bin_name(place: int, n_bins: int) -> Text:
    """A tenth of the transforms."""
    low, high = place / n_bins, (place + 1) / n_bins
    return Text(
        en=f"{EN.number(low)} to {EN.number(high)}" if place else f"0 to {EN.number(high)}",
        nl=f"{NL.number(low)} tot {NL.number(high)}" if place else f"0 tot {NL.number(high)}",
    )


def judged(is_inside: bool) -> Text:
    """As the model says, or not."""
    if is_inside:
        return Text(en="as the model says", nl="zoals het model zegt")
    return Text(en="not as the model says", nl="niet zoals het model zegt")


def pit_table(rows: tuple[tuple[Cell, ...], ...], n_draws: int) -> Table:
    """Residuals."""
    return Table(
        "fit",
        Text(en="Does the model describe the counts?", nl="Beschrijft het model de tellingen?"),
        (
            Text(en="strikes by", nl="aanvallen door"),
            Text(en="days whose count lies between these shares of the expected range", nl="dagen met een telling tussen deze delen van het verwachte bereik"),
            Text(en="share of days", nl="deel van de dagen"),
            Text(en="usual from", nl="gewoon van"),
            Text(en="usual to", nl="gewoon tot"),
            Text(en="reading", nl="lezing"),
        ),
        rows,
        note=Text(
            en="Each day's count is placed within the range that the model expects for that day, 0 for the lowest and 1 for the highest. If "
            f"the model is right, every tenth holds a tenth of the days. Usual: what {n_draws} samples of the fitted model give. p: how "
            "often such a sample is at least as uneven.",
            nl="De telling van elke dag krijgt een plaats in het bereik dat het model voor die dag verwacht, 0 voor het laagste en 1 voor het "
            f"hoogste. Klopt het model, dan bevat elk tiende deel een tiende van de dagen. Gewoon: wat {n_draws} steekproeven uit het model "
            "geven. p: hoe vaak zo'n steekproef minstens even ongelijk is.",
        ),
    )  # fmt: skip


def pit_chart(columns: Mapping[str, Sequence[Any]], even: float) -> Chart:
    """Residuals as dots within bands."""
    return Chart(
        "fit",
        "intervals",
        Text(en="Does the model describe the counts?", nl="Beschrijft het model de tellingen?"),
        Text(
            en="Dots: the share of days in each tenth of the range that the model expects. Lines: where the dots lie if the model is right.",
            nl="Punten: het deel van de dagen in elk tiende van het bereik dat het model verwacht. Lijnen: waar de punten liggen als het "
            "model klopt.",
        ),
        columns,
        x=Text(en="share of days", nl="deel van de dagen"),
        y=Text(en="", nl=""),
        reference=even,
    )


def verdict(is_answer: bool, is_same_day: bool) -> Text:
    """How to read an entry between two sides."""
    if is_answer:
        return Text(en="an answer", nl="een antwoord")
    if is_same_day:
        return Text(en="within the day: cannot be told", nl="binnen de dag: niet vast te stellen")
    return Text(en="cannot be told from a background", nl="niet van een achtergrond te onderscheiden")


def series_table(rows: tuple[tuple[Cell, ...], ...], *, settles: bool) -> Table:
    """Every series by itself."""
    no_numbers = Text(en="", nl="")
    if not settles:
        no_numbers = Text(
            en="In this model strikes would set off ever more strikes, so that its numbers are not shown. ",
            nl="In dit model zouden aanvallen steeds meer aanvallen oproepen; de getallen ervan staan er daarom niet. ",
        )
    return Table(
        "series-by-series",
        Text(en="Every series by itself", nl="Elke reeks apart"),
        (
            Text(en="after one of", nl="na één van"),
            Text(en="follow of", nl="volgen van"),
            Text(en="directly", nl="rechtstreeks"),
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="reading", nl="lezing"),
        ),
        rows,
        note=Text(
            en=f"{no_numbers.en}One model of all series together. With several pairs tried, one that stands out is weak evidence.",
            nl=f"{no_numbers.nl}Eén model van alle reeksen samen. Bij meerdere paren is één uitschieter zwak bewijs.",
        ),
    )


def within_day_table(rows: tuple[tuple[Cell, ...], ...], correlation: float) -> Table:
    """Answers within the day."""
    return Table(
        "within-the-day",
        Text(en="Answers that come within hours", nl="Antwoorden die binnen uren komen"),
        (
            Text(en="after a strike by", nl="na een aanval door"),
            Text(en="strikes by", nl="aanvallen door"),
            Text(en="directly, per strike", nl="rechtstreeks, per aanval"),
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="half of them within hours", nl="de helft binnen uren"),
            Text(en="p against no answers", nl="p tegen geen antwoorden"),
        ),
        rows,
        note=Text(
            en="The daily model finds answers that come mostly within a day, which it cannot place. This second model reads delays of hours "
            "from how much more follows on the next day than on the day before, and leaves room for shocks that both sides share "
            f"on a day (correlation {EN.number(correlation, significant=2)}). It knows no background that lasts for days, so that a "
            "direction is claimed only where the daily test points the same way.",
            nl="Het dagmodel vindt antwoorden die vooral binnen een dag komen en kan die niet plaatsen. Dit tweede model leidt vertragingen van "
            "uren af uit hoeveel meer er op de volgende dag gebeurt dan op de dag ervoor, en laat ruimte voor schokken die beide "
            f"partijen op een dag delen (correlatie {NL.number(correlation, significant=2)}). Een achtergrond die dagen aanhoudt kent het "
            "niet; een richting heet daarom alleen vastgesteld als de toets op dagen dezelfde kant op wijst.",
        ),
    )
