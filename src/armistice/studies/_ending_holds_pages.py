"""The sentences, tables and chart of the study of whether endings hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from armistice.estimate import Estimate, Quantity
from armistice.history import EndingShares
from armistice.record.as_of import Record
from armistice.record.profiles import Profile, profiles_of_others
from armistice.record.reference import ReferenceEpisodes
from armistice.studies.study import Chart, Table
from armistice.text import EN, NL, Text, Words

if TYPE_CHECKING:
    from armistice.studies.ending_holds import Followed

FIRST_YEAR: Final = Text(
    en="Not to be told from these data: an ending counts as one only when the next calendar year stayed below 25 deaths.",
    nl="Uit deze gegevens niet af te leiden: een einde telt pas als het volgende kalenderjaar onder de 25 doden bleef.",
)
NONE_SO_FAR: Final = Text(
    en="No such ending could be coded by that day.", nl="Zo'n einde viel op die dag nog niet te coderen."
)
NOT_FOLLOWED: Final = Text(
    en="No such ending had been followed for that long.", nl="Geen zulk einde was al zo lang gevolgd."
)
_FIVE_YEARS: Final = 60.0
_STOPS: Final = ("armistice", "ceasefire")


def _names() -> tuple[Mapping[str, Text], Mapping[str, Text], tuple[int, ...], tuple[int, ...]]:
    from armistice.studies.ending_holds import KINDS, SIGNED, SIGNED_YEARS, YEARS

    return KINDS, SIGNED, YEARS, SIGNED_YEARS


def _written(quantity: Quantity, words: Words) -> str:
    if not isinstance(quantity, Estimate):
        return "?"
    span = words.percent_span(quantity.lower, quantity.upper)
    return f"{words.percent(quantity.value)} ({span}; n = {words.number(quantity.n)})"


def _cell(shares: EndingShares | None, a: int) -> Text | None:
    if shares is None or math.isnan(shares.lower[a, 0]):
        return None
    value, low, high = (float(values[a, 0]) for values in (shares.share, shares.lower, shares.upper))
    return Text(
        en=f"{EN.percent(value)} ({EN.percent_span(low, high)})",
        nl=f"{NL.percent(value)} ({NL.percent_span(low, high)})",
    )


def sentences(
    by_dyad: Mapping[str, Followed], signed: Mapping[str, EndingShares | None], quantities: Mapping[str, Quantity]
) -> tuple[Text, ...]:
    """What the reader is told, in order."""

    def five(kind: str, words: Words) -> str:
        return _written(quantities[f"renewed_within_5_years[{kind}]"], words)

    said = [
        Text(
            en=f"Within five years the same parties fought again after {five('ceasefire', EN)} of ceasefires without an "
            f"agreement, {five('peace_agreement', EN)} of peace agreements, {five('victory', EN)} of victories, and "
            f"{five('low_activity', EN)} of conflicts that merely faded.",
            nl=f"Binnen vijf jaar vochten dezelfde partijen opnieuw na {five('ceasefire', NL)} van de bestanden zonder akkoord, "
            f"{five('peace_agreement', NL)} van de vredesakkoorden, {five('victory', NL)} van de overwinningen en "
            f"{five('low_activity', NL)} van de conflicten die slechts doofden.",
        )
    ]
    states = quantities["renewed_within_5_years[ceasefire_between_states]"]
    if isinstance(states, Estimate):
        back = int(by_dyad["ceasefire_between_states"].is_renewed.sum())
        said.append(
            Text(
                en=f"An armistice without a treaty comes nearest to a ceasefire without agreement between states: of {states.n}, "
                f"{back} saw fighting again at some time; within five years {_written(states, EN)}. So few that the chance may lie "
                "anywhere in that interval.",
                nl=f"Een wapenstilstand zonder verdrag lijkt het meest op een staakt-het-vuren zonder akkoord tussen staten: van de "
                f"{states.n} laaide de strijd er bij {back} ooit weer op; binnen vijf jaar {_written(states, NL)}. Zo weinig dat de "
                "kans overal in dat interval kan liggen.",
            )
        )
    if signed["with_ceasefire"] is not None:
        one, later = (
            quantities[f"fought_within_{years}_of_signing[with_ceasefire]"] for years in ("1_year", "5_years")
        )
        said.append(
            Text(
                en=f"These are endings that had held through the next calendar year. Signing alone stops less: after an agreement "
                f"with a ceasefire, signed while they fought, the parties fought on in the next calendar year in {_written(one, EN)}, "
                f"and in some year of the next five in {_written(later, EN)}.",
                nl=f"Dit zijn eindes die het volgende kalenderjaar al standhielden. Een handtekening alleen stopt minder: na een "
                f"akkoord met staakt-het-vuren, getekend tijdens de strijd, vochten de partijen in het volgende kalenderjaar door in "
                f"{_written(one, NL)}, en in enig jaar van de volgende vijf in {_written(later, NL)}.",
            )
        )
    return tuple(said)


def holds_table(by_dyad: Mapping[str, Followed], by_conflict: Mapping[str, Followed]) -> Table:
    """The chance that fighting came back, by sort of ending and years."""
    kinds, _, years, _ = _names()
    rows: list[tuple[Any, ...]] = []
    for level, found in (
        (Text(en="the same parties", nl="dezelfde partijen"), by_dyad),
        (Text(en="anyone in the conflict", nl="iemand in het conflict"), by_conflict),
    ):
        for kind, name in kinds.items():
            one = found[kind]
            cells = (_cell(one.shares, a) for a in range(len(years)))
            rows.append((name, level, len(one.rows), int(one.is_renewed.sum()), *cells))
    return Table(
        "renewed",
        Text(en="Fighting that came back, by how it had ended", nl="Strijd die terugkwam, naar hoe hij was geëindigd"),
        (
            Text(en="Ended by", nl="Geëindigd met"), Text(en="Back to fighting", nl="Opnieuw in strijd"),
            Text(en="Endings", nl="Eindes"), Text(en="Came back so far", nl="Tot nu terug"),
            *(Text(en=f"Within {y} years", nl=f"Binnen {y} jaar") for y in years),
        ),
        tuple(rows),
        FIRST_YEAR,
    )  # fmt: skip


def signed_table(signed: Mapping[str, EndingShares | None]) -> Table:
    """Whether parties fought on after signing."""
    _, names, _, years = _names()
    rows = tuple(
        (
            names[name], None if shares is None else round(shares.at_risk),
            None if shares is None else round(shares.conflicts), *(_cell(shares, a) for a in range(len(years))),
        )
        for name, shares in signed.items()
    )  # fmt: skip
    return Table(
        "after-signing",
        Text(en="Fought on after signing, whether or not it stopped the fighting",
             nl="Doorgevochten na tekening, of die de strijd nu stopte of niet"),
        (
            Text(en="Signed", nl="Getekend"), Text(en="Years of signing", nl="Jaren van tekening"),
            Text(en="Conflicts", nl="Conflicten"),
            Text(en="In the next calendar year", nl="In het volgende kalenderjaar"),
            Text(en="In some year of five", nl="In enig jaar van vijf"),
        ),
        rows,
        Text(en="Each pair of parties counts once for a year in which it signed; agreements since 1975.",
             nl="Elk paar partijen telt één keer voor een jaar waarin het tekende; akkoorden sinds 1975."),
    )  # fmt: skip


def between_states_table(episodes: ReferenceEpisodes, found: Followed) -> Table:
    """The ceasefires between states, one by one."""
    order = sorted(
        zip(found.rows.tolist(), found.is_renewed.tolist(), strict=True), key=lambda r: episodes.end_latest[r[0]]
    )
    rows = tuple(
        (
            f"{episodes.side_a[row]} - {episodes.side_b[row]}",
            str(episodes.last_year[row]),
            Text(en="yes", nl="ja") if back else Text(en="not so far", nl="tot nu niet"),
        )
        for row, back in order
    )
    return Table(
        "ceasefires-between-states",
        Text(en="Ceasefires without agreement between states", nl="Bestanden zonder akkoord tussen staten"),
        (Text(en="Parties", nl="Partijen"), Text(en="Year", nl="Jaar"), Text(en="Fought again", nl="Weer gevochten")),
        rows,
        Text(en="At 25 deaths a year; smaller incidents do not show.", nl="Vanaf 25 doden per jaar; kleinere incidenten tellen niet."),
    )  # fmt: skip


def without_treaty_table(record: Record) -> tuple[Table, ...]:
    """Wars of the table of profiles that stopped by armistice or ceasefire, with no treaty in five years."""
    rows = [
        (
            profile.names,
            round(profile.end_month, 1),
            _treaty(profile),
            None if held is None else Text(en="yes", nl="ja") if held.value == "yes" else Text(en="no", nl="nee"),
        )
        for profile in profiles_of_others(record)
        if _stopped_without_treaty(profile)
        for held in [profile.cell("ending_held_5y", math.inf)]
    ]
    if not rows:
        return ()
    return (
        Table(
            "without-treaty",
            Text(en="Armistices and ceasefires with no treaty in five years, from the table of profiles",
                 nl="Wapenstilstanden en bestanden zonder verdrag binnen vijf jaar, uit de tabel van profielen"),
            (
                Text(en="War", nl="Oorlog"), Text(en="Ended in month", nl="Einde in maand"),
                Text(en="Treaty", nl="Verdrag"), Text(en="Held five years", nl="Hield vijf jaar"),
            ),
            tuple(rows),
            Text(en="Chosen wars, no sample: no chance may be read from this list.",
                 nl="Gekozen oorlogen, geen steekproef: uit deze lijst valt geen kans af te lezen."),
        ),
    )  # fmt: skip


def _stopped_without_treaty(profile: Profile) -> bool:
    how, treaty = (profile.cell(field, math.inf) for field in ("how_ended", "treaty_month"))
    if profile.end is None or how is None or treaty is None or how.value not in _STOPS:
        return False
    return treaty.value == "never" or treaty.number > profile.end_month + _FIVE_YEARS


def _treaty(profile: Profile) -> Text | None:
    found = profile.cell("treaty_month", math.inf)
    if found is None:
        return None
    if found.value == "never":
        return Text(en="none", nl="geen")
    return Text(en=f"month {EN.number(found.number)}", nl=f"maand {NL.number(found.number)}")


def holds_chart(by_dyad: Mapping[str, Followed]) -> Chart:
    """The chance that the same parties fought again, within each number of years."""
    kinds, _, years, _ = _names()
    columns: dict[str, list[Any]] = {name: [] for name in ("label", "value", "lower", "upper", "group")}
    for kind, name in kinds.items():
        shares = by_dyad[kind].shares
        for a, span in enumerate(years):
            if shares is None or math.isnan(shares.lower[a, 0]):
                continue
            columns["label"].append(name)
            columns["group"].append(Text(en=f"within {span} years", nl=f"binnen {span} jaar"))
            for key, values in (("value", shares.share), ("lower", shares.lower), ("upper", shares.upper)):
                columns[key].append(100 * float(values[a, 0]))
    return Chart(
        "renewed", "intervals",
        Text(en="How often the same parties fought again", nl="Hoe vaak dezelfde partijen weer vochten"),
        Text(
            en="Of endings of each sort that had held through the next calendar year, the share after which the same parties "
            "fought again, with 95% intervals.",
            nl="Van de eindes van elke soort die het volgende kalenderjaar standhielden: het aandeel waarna dezelfde partijen weer "
            "vochten, met 95%-intervallen.",
        ),
        columns, Text(en="% of endings", nl="% van de eindes"), Text(en="", nl=""),
    )  # fmt: skip


def caveats(record: Record, episodes: ReferenceEpisodes) -> tuple[Text, ...]:
    """What to bear in mind."""
    last = episodes.last_day
    return (
        Text(
            en=f"Endings and new fighting as they could be coded by {EN.date(record.as_of)}: up to {EN.date(last)}. Fighting means 25 "
            "deaths between two parties in a calendar year; less does not show. The war itself is left out.",
            nl=f"Eindes en nieuwe strijd zoals te coderen op {NL.date(record.as_of)}: tot en met {NL.date(last)}. Strijd betekent 25 "
            "doden tussen twee partijen in een kalenderjaar; minder blijft onzichtbaar. De oorlog zelf is weggelaten.",
        ),
        Text(
            en="Wars that end in one way differ from those that end in another. The shares tell what followed such endings, not what "
            "an ending of one sort would do to this war. A party that ceased to exist cannot fight again and counts as held; a coalition that "
            "breaks up is another party, so that its members' new wars do not count.",
            nl="Oorlogen die zo eindigen verschillen van oorlogen die anders eindigen. De aandelen zeggen wat op zulke eindes volgde, "
            "niet wat zo'n einde met deze oorlog zou doen. Een partij die verdween kan niet weer vechten en telt als gehouden; een coalitie "
            "die uiteenvalt is een andere partij, en nieuwe oorlogen van haar leden tellen dan niet mee.",
        ),
    )
