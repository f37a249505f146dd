"""The sentences of the study of endings."""

from __future__ import annotations

import math
from collections.abc import Mapping

from armistice.estimate import Estimate, NotIdentified, Quantity
from armistice.history import EndingShares
from armistice.record.as_of import Record
from armistice.record.reference import ReferenceEpisodes
from armistice.studies._endings_set import ALL, LAST, MONTH_DAYS, SETTLED, YEAR, Asked, Kind, ReferenceSet
from armistice.text import EN, NL, Text, Words

# Up to so many wars, natural frequencies ("about 1 of 6") say more than a percentage alone.
_FEW = 30


def nothing_to_compare(record: Record, episodes: ReferenceEpisodes) -> NotIdentified:
    """Why there is no answer at all."""
    return NotIdentified(
        Text(
            en=f"No other conflict whose ending could be coded by {EN.date(record.as_of)} (endings up to "
            f"{EN.date(episodes.last_day)}) had lasted {lasted(record, EN)}, so there is nothing to compare with.",
            nl=f"Geen enkel ander conflict waarvan het einde op {NL.date(record.as_of)} te coderen viel (eindes tot en "
            f"met {NL.date(episodes.last_day)}) had {lasted(record, NL)} geduurd; er valt dus niets te vergelijken.",
        )
    )


def lasted(record: Record, words: Words) -> str:
    """How long the war has lasted, in years and months."""
    years, months = divmod(round(record.days_at_war / MONTH_DAYS), 12)
    nl = words.language == "nl"
    parts = []
    if years:
        parts.append(f"{years} jaar" if nl else f"{years} year{'s' * (years > 1)}")
    if months or not years:
        parts.append(f"{months} maand{'en' * (months != 1)}" if nl else f"{months} month{'s' * (months != 1)}")
    return (" en " if nl else " and ").join(parts)


def interval(shares: EndingShares, a: int, group: int, words: Words) -> str:
    """A share with its interval, in words."""
    if math.isnan(shares.lower[a, group]):
        return "?"
    span = words.percent_span(shares.lower[a, group], shares.upper[a, group])
    return f"{words.percent(shares.share[a, group])} ({span})"


def both(shares: EndingShares, a: int, group: int) -> Text:
    """A share with its interval, in both languages."""
    return Text(en=interval(shares, a, group, EN), nl=interval(shares, a, group, NL))


def headline(record: Record, kind: Kind, shares: EndingShares) -> Text:
    """The line of the first screen: how many comparable wars, how many settled within a year, how sure."""
    n = max(1, round(shares.at_risk))
    settled, low, high = (float(values[YEAR, SETTLED]) for values in (shares.share, shares.lower, shares.upper))
    en = f"{EN.number(n)} {kind.name.en} since 1946 that had lasted {lasted(record, EN)}"
    nl = f"{NL.number(n)} {kind.name.nl} sinds 1946 die {lasted(record, NL)} hadden geduurd,"
    if math.isnan(low):
        return Text(
            en=f"Of {en}, none was followed for another year.", nl=f"Van {nl} is er geen nog een jaar gevolgd."
        )
    level = shares.level
    sure_en = f"({EN.percent(level)} interval {EN.percent_span(low, high)})"
    sure_nl = f"({NL.percent(level)}-interval {NL.percent_span(low, high)})"
    how = "binnen nog een jaar beslecht met een akkoord of staakt-het-vuren"
    if n > _FEW:
        return Text(
            en=f"Of {en}, {EN.percent(settled)} were settled within another year {sure_en}.",
            nl=f"Van {nl} werd {NL.percent(settled)} {how} {sure_nl}.",
        )
    count = round(settled * n)
    if settled == 0:
        return Text(
            en=f"Of {en}, none was settled within another year, which leaves the chance anywhere from "
            f"{EN.percent_span(low, high)} ({EN.percent(level)} interval).",
            nl=f"Van {nl} werd er geen {how}; dat laat een kans open van {NL.percent_span(low, high)} ({NL.percent(level)}-interval).",
        )
    if not count:
        return Text(
            en=f"Of {en}, hardly any was settled within another year: chance {EN.percent(settled)} {sure_en}.",
            nl=f"Van {nl} werd er nauwelijks een {how}: kans {NL.percent(settled)} {sure_nl}.",
        )
    several = settled * n > 1.25
    between = abs(settled * n - count) > 0.25
    below = math.floor(settled * n)
    about_en = f"{below or 'none'} or {below + 1}" if between else f"about {EN.number(count)}"
    about_nl = f"{below or 'geen'} of {below + 1}" if between else f"ongeveer {NL.number(count)}"
    return Text(
        en=f"Of {en}, {about_en} {'were' if several else 'was'} settled within another year: chance {EN.percent(settled)} {sure_en}.",
        nl=f"Van {nl} {'werden' if several else 'werd'} er {about_nl} {how}: kans {NL.percent(settled)} {sure_nl}.",
    )


def sentences(
    kind: Kind,
    shares: EndingShares,
    found: Asked,
    quantities: Mapping[str, Quantity],
    *,
    min_at_risk: int,
    intensity_known: bool,
) -> tuple[Text, ...]:
    """What the reader is told, in order."""
    said = [_few(shares, kind)]
    nearer = []
    for other, theirs in found:
        if other is kind:
            break
        nearer.append((other.name, theirs.at_risk if theirs else 0.0))
    if nearer:
        en = "; ".join(f"{name.en}: {EN.number(round(n, 1))}" for name, n in nearer)
        nl = "; ".join(f"{name.nl}: {NL.number(round(n, 1))}" for name, n in nearer)
        said.append(
            Text(
                en=f"Nearer kinds hold fewer than {min_at_risk} that had lasted as long ({en}), too few to go by, so "
                f"the answer rests on {kind.name.en}.",
                nl=f"Nauwer verwante soorten tellen er minder dan {min_at_risk} die zo lang hadden geduurd ({nl}), te "
                f"weinig om op te varen; het antwoord steunt daarom op {kind.name.nl}.",
            )
        )
    if not intensity_known:
        said.append(
            Text(
                en="No series counts deaths or losses in this war, so it is not compared by intensity.",
                nl="Geen reeks telt doden of verliezen in deze oorlog; er wordt dus niet op intensiteit vergeleken.",
            )
        )
    said.append(
        Text(
            en=f"Ended in any way within a year: {interval(shares, YEAR, ALL, EN)}; within five years: "
            f"{interval(shares, LAST, ALL, EN)}. Settled by agreement or ceasefire within five years: "
            f"{interval(shares, LAST, SETTLED, EN)}.",
            nl=f"Binnen een jaar hoe dan ook geëindigd: {interval(shares, YEAR, ALL, NL)}; binnen vijf jaar: "
            f"{interval(shares, LAST, ALL, NL)}. Binnen vijf jaar beslecht met een akkoord of staakt-het-vuren: "
            f"{interval(shares, LAST, SETTLED, NL)}.",
        )
    )
    said += _wider(kind, found)
    median = quantities["median_months_left"]
    if isinstance(median, Estimate):
        longest = Text(
            en="no bound" if math.isinf(median.upper) else EN.number(median.upper),
            nl="onbegrensd" if math.isinf(median.upper) else NL.number(median.upper),
        )
        said.append(
            Text(
                en=f"Half of them ended within a further {EN.number(median.value)} months (interval "
                f"{EN.number(median.lower)} to {longest.en}).",
                nl=f"De helft eindigde binnen nog {NL.number(median.value)} maanden (interval "
                f"{NL.number(median.lower)} tot {longest.nl}).",
            )
        )
    elif isinstance(median, NotIdentified):
        said.append(median.reason)
    return tuple(said)


def _wider(kind: Kind, found: Asked) -> list[Text]:
    """The same number for the next wider kind with many more wars: how much the choice of kind matters."""
    chosen = next(shares for other, shares in found if other is kind)
    assert chosen is not None
    after = [other for other, _ in found].index(kind) + 1
    for other, theirs in found[after:]:
        if theirs is not None and theirs.at_risk >= 3 * chosen.at_risk:
            n = round(theirs.at_risk)
            return [
                Text(
                    en=f"The kind chosen matters: of {EN.number(n)} {other.name.en} that had lasted as long, "
                    f"{interval(theirs, YEAR, SETTLED, EN)} were settled within a year.",
                    nl=f"De gekozen soort telt: van {NL.number(n)} {other.name.nl} die zo lang hadden geduurd, werd "
                    f"{interval(theirs, YEAR, SETTLED, NL)} binnen een jaar beslecht.",
                )
            ]
    return []


def _few(shares: EndingShares, kind: Kind) -> Text:
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


def caveats(record: Record, drawn: ReferenceSet, chosen: Kind) -> tuple[Text, ...]:
    """What to bear in mind."""
    e = drawn.episodes
    mine = drawn.at_risk(chosen.member) > 0
    vague = int((mine & ~e.dates_are_precise & (e.outcome > 0)).sum())
    said = [
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
        said.append(
            Text(
                en="With hindsight: other wars' endings after the day of assessment count too; this war is left out.",
                nl="Met kennis achteraf: ook eindes van andere oorlogen na de peildatum tellen mee; deze oorlog niet.",
            )
        )
    return tuple(said)
