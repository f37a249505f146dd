"""What the study of bargaining says about doubt: numbers, a table and sentences, in both languages."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.estimate import Estimate, NotIdentified, Quantity
from armistice.record.as_of import Record
from armistice.studies._bargain_shares import share_of
from armistice.studies._bargain_unsure import Course, Unsure
from armistice.studies.study import QuantitySpec, Table
from armistice.text import EN, NL, Text

__all__ = ["SPECS", "quantities", "sentences", "tables"]

_YEAR: Final = 12
_DECADE: Final = 120
#: Standing firm is said to be what delays if it lowers agreements within a year by this much.
_CLEARLY_LESS: Final = 0.2
_METHOD: Final = "mean over draws of a probability; Clopper-Pearson interval at that mean, too wide if anything"
_SOURCE: Final = "record and stated assumptions"
_NO_WAR: Final = Text(
    en="No game could be valued as fought to the finish.",
    nl="Van geen spel was de waarde van uitvechten te bepalen.",
)
_NO_SECRET: Final = Text(
    en="The cost of the war was set to a single number, so there is nothing to be unsure of.",
    nl="De kosten van de oorlog zijn op één getal gezet; er is niets om over te twijfelen.",
)
SPECS: Final = {
    "range_exists_if_all_known": QuantitySpec(
        Text(en="share of assumptions under which some division suits both better than fighting to the finish",
             nl="deel van de aannames waarbij een verdeling beide beter uitkomt dan uitvechten")
    ),
    "agreement_at_once_if_unsure": QuantitySpec(
        Text(en="chance of an agreement at the first offer if this side does not know what the war costs the other, over "
             "all assumptions",
             nl="kans op een akkoord bij het eerste bod als deze partij niet weet wat de oorlog de ander kost, over alle "
             "aannames"), per="side"
    ),
    "agreement_within_a_year_if_unsure": QuantitySpec(
        Text(en="the same within a year of monthly offers", nl="hetzelfde binnen een jaar van maandelijkse aanbiedingen"),
        per="side",
    ),
    "agreement_within_a_year_if_both_stand_firm": QuantitySpec(
        Text(en="chance of an agreement within a year if neither knows the other's cost and neither lowers its demand",
             nl="kans op een akkoord binnen een jaar als geen van beide de kosten van de ander kent en geen van beide de "
             "eis verlaagt")
    ),
}  # fmt: skip


def quantities(record: Record, found: Unsure | None, *, level: float) -> dict[str, Quantity]:
    """The numbers of ``SPECS``."""
    if found is None:
        return {"range_exists_if_all_known": NotIdentified(_NO_WAR)}
    told: dict[str, Quantity] = {"range_exists_if_all_known": _mean(found.known_to_both.settled[:, 0], level)}
    for side, course in zip(record.war.side_ids, found.unsure, strict=True):
        for name, month in (("agreement_at_once_if_unsure", 0), ("agreement_within_a_year_if_unsure", _YEAR)):
            told[f"{name}[{side}]"] = (
                NotIdentified(_NO_SECRET) if course is None else _mean(course.settled[:, month], level)
            )
    firm = found.standing_firm
    told["agreement_within_a_year_if_both_stand_firm"] = (
        NotIdentified(_NO_SECRET) if firm is None else _mean(firm.settled[:, _YEAR], level)
    )
    return told


def _mean(chances: npt.NDArray[np.float64], level: float) -> Estimate:
    value, lower, upper = share_of(float(chances.sum()), len(chances), level=level)
    return Estimate(
        value, lower, upper, level=level, n=len(chances), n_of="games valued", method=_METHOD, source=_SOURCE
    )


def tables(record: Record, found: Unsure | None) -> tuple[Table, ...]:
    """How talks run if all is known, if either side is unsure, and if both are and stand firm."""
    if found is None:
        return ()
    a, b = record.war.side_a.names, record.war.side_b.names
    courses = [
        (Text(en="all is known to both", nl="alles is aan beide bekend"), found.known_to_both),
        (_in_doubt(a, b), found.unsure[0]),
        (_in_doubt(b, a), found.unsure[1]),
        (Text(en="both unsure what the war costs the other; both stand firm",
              nl="twijfel bij beide over wat de oorlog de ander kost; beide houden voet bij stuk"), found.standing_firm),
    ]  # fmt: skip
    return (
        Table(
            "unsure",
            Text(en="If a side is unsure what the war costs the other", nl="Als een partij niet weet wat de oorlog de ander kost"),
            (
                Text(en="who knows what", nl="wie weet wat"),
                Text(en="agreement at once", nl="meteen een akkoord"),
                Text(en="within a year", nl="binnen een jaar"),
                Text(en="within ten years", nl="binnen tien jaar"),
                Text(en="average wait of those, months", nl="gemiddelde wachttijd daarvan, maanden"),
                Text(en="gain lost by waiting", nl="verlies door wachten"),
            ),
            tuple(_row(label, course) for label, course in courses),
            note=Text(
                en="Means over the games drawn, each valued as if it were fought to the finish, without later talks. The hidden "
                "cost is any value of its stated range, each as likely. The unsure side makes an offer a month. Gain lost: part "
                "of what both could gain by signing at once, over all games.",
                nl="Gemiddelden over de getrokken spellen, elk gewaardeerd alsof het zonder latere gesprekken wordt uitgevochten. "
                "De verborgen kosten zijn elke waarde uit de gestelde marge, even waarschijnlijk. De partij die twijfelt doet elke "
                "maand een bod. Verlies: deel van wat beide konden winnen door meteen te tekenen, over alle spellen.",
            ),
        ),
    )  # fmt: skip


def _in_doubt(one: Text, other: Text) -> Text:
    return Text(
        en=f"{one.en} unsure what the war costs {other.en}; a lower demand each month",
        nl=f"twijfel bij {one.nl} over wat de oorlog {other.nl} kost; elke maand een lagere eis",
    )


def _row(label: Text, course: Course | None) -> tuple[Text | float | None, ...]:
    if course is None:
        return (label, None, None, None, None, None)
    by_month = course.settled.mean(axis=0)
    wait, lost = course.mean_wait, course.lost_in_all
    return (
        label,
        *(_percent(float(by_month[month])) for month in (0, _YEAR, _DECADE)),
        float(round(wait, 1)) if np.isfinite(wait) else None,
        _percent(lost) if np.isfinite(lost) else None,
    )


def _percent(value: float) -> Text:
    return Text(en=EN.percent(value), nl=NL.percent(value))


def sentences(record: Record, found: Unsure | None) -> tuple[Text, ...]:
    """What doubt does, against everything known."""
    if found is None:
        return ()
    a, b = record.war.side_a.names, record.war.side_b.names
    known = float(found.known_to_both.settled[:, 0].mean())
    en = (
        f"In {EN.percent(known)} of these games some division suits both better than fighting to the finish. (That is "
        "not the same as a deal above, where a side also counts what it may still get at the table.)"
    )
    nl = (
        f"Bij {NL.percent(known)} van deze spellen komt een verdeling beide beter uit dan uitvechten. (Dat is iets "
        "anders dan een akkoord hierboven: daar telt een partij ook mee wat zij aan tafel nog kan krijgen.)"
    )
    told = []
    for one, other, course in ((a, b, found.unsure[0]), (b, a, found.unsure[1])):
        if course is not None:
            once, year = (float(course.settled[:, month].mean()) for month in (0, _YEAR))
            told.append((one, other, once, year))
    for one, other, once, year in told:
        en += (
            f" With {one.en} unsure what the war costs {other.en}, and a lower demand each month, they agree at once in "
            f"{EN.percent(once)} and within a year in {EN.percent(year)}."
        )
        nl += (
            f" Met twijfel bij {one.nl} over wat de oorlog {other.nl} kost, en elke maand een lagere eis, komt er meteen een akkoord bij "
            f"{NL.percent(once)} en binnen een jaar bij {NL.percent(year)}."
        )
    result = [Text(en=en, nl=nl)]
    firm = found.standing_firm
    if firm is not None:
        year, lost = float(firm.settled[:, _YEAR].mean()), firm.lost_in_all
        lost_en = f", and {EN.percent(lost)} of what both could gain is lost" if np.isfinite(lost) else ""
        lost_nl = f", en gaat {NL.percent(lost)} verloren van wat beide konden winnen" if np.isfinite(lost) else ""
        more_en = more_nl = ""
        if told and year + _CLEARLY_LESS < min(each[3] for each in told):
            more_en = " In this model it is standing firm, more than doubt itself, that delays."
            more_nl = " In dit model vertraagt voet bij stuk houden meer dan de twijfel zelf."
        result.append(
            Text(
                en=f"With both unsure and both standing firm, they agree within a year in {EN.percent(year)}{lost_en}.{more_en}",
                nl=f"Met twijfel bij beide, en als beide voet bij stuk houden, komt er binnen een jaar een akkoord bij "
                f"{NL.percent(year)}{lost_nl}.{more_nl}",
            )
        )
    return tuple(result)
