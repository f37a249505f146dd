"""The sentences, tables and chart of the study of leaders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from armistice.estimate import Estimate, Quantity
from armistice.history import ClusteredShare, OddsRatio
from armistice.studies.study import Chart, Table
from armistice.text import EN, NL, Text

if TYPE_CHECKING:
    from armistice.studies.leaders import Fates, LeadersParameters

#: COW's outcomes of a participant by what they mean here.
WAYS: Final = {"losing": (2,), "drawing": (3, 6), "winning": (1,)}
WAY_NAMES: Final = {
    "losing": Text(en="losing", nl="verlies"),
    "drawing": Text(en="stalemate or compromise", nl="patstelling of compromis"),
    "winning": Text(en="winning", nl="winst"),
}
_COMPROMISE: Final = 3
PUNISHED: Final = tuple(f"punished_after_{way}" for way in WAYS)
FEATURES: Final = {
    "losing": Text(en="losing rather than winning", nl="verlies in plaats van winst"),
    "drawing": Text(en="drawing rather than winning", nl="onbeslist in plaats van winst"),
    "initiator": Text(en="having begun the war", nl="de oorlog te zijn begonnen"),
    "length": Text(en="a war 2.7 times as long", nl="een 2,7 keer zo lange oorlog"),
    "tenure": Text(en="2.7 times as long in office", nl="2,7 keer zo lang in het ambt"),
}

NO_MODEL: Final = Text(
    en="Too few leaders are known by that day, or all fared alike, so that no model can be fitted.",
    nl="Op die dag zijn er te weinig leiders bekend, of verging het allen gelijk; er is geen model te schatten.",
)
BRING_SHORTLY: Final = Text(
    en="Not observed: bring Archigos and COW, which may not come with this package.",
    nl="Niet waargenomen: breng Archigos en COW mee, die niet mogen worden meegeleverd.",
)
BRING: Final = Text(
    en="Not observed: bring Archigos and COW. What became of leaders is not in the data that come with this package, since "
    "Archigos and the Correlates of War may not be passed on. Get Archigos 4.1 and the COW list of wars between states, and "
    "name both files: --archigos FILE --cow-wars FILE.",
    nl="Niet waargenomen: breng Archigos en COW mee. Wat er van leiders werd zit niet in de meegeleverde gegevens, want Archigos "
    "en de Correlates of War mogen niet worden doorgegeven. Haal Archigos 4.1 en de COW-lijst van oorlogen tussen staten op en "
    "noem beide bestanden: --archigos BESTAND --cow-wars BESTAND.",
)


def _told(quantity: Quantity, language: str) -> str:
    words = NL if language == "nl" else EN
    if not isinstance(quantity, Estimate):
        return "?"
    return f"{words.percent(quantity.value)} ({words.percent_span(quantity.lower, quantity.upper)}; n = {quantity.n})"


def sentences(quantities: Mapping[str, Quantity], parameters: LeadersParameters) -> tuple[Text, ...]:
    """What the reader is told, in order."""
    losing, drawing, winning = (quantities[f"office_loss_after_{way}"] for way in WAYS)
    said = [
        Text(
            en=f"Of leaders who lost a war between states, {_told(losing, 'en')} had lost office {parameters.months} months after "
            f"it; after a stalemate or compromise {_told(drawing, 'en')}, after a victory {_told(winning, 'en')}.",
            nl=f"Van de leiders die een oorlog tussen staten verloren, was {_told(losing, 'nl')} na {parameters.months} maanden het "
            f"ambt kwijt; na een patstelling of compromis {_told(drawing, 'nl')}, na een overwinning {_told(winning, 'nl')}.",
        )
    ]
    punished = [quantities[name] for name in PUNISHED]
    said.append(
        Text(
            en=f"Lost office and exiled, imprisoned or killed: {_told(punished[0], 'en')} after losing, {_told(punished[1], 'en')} "
            f"after a draw, {_told(punished[2], 'en')} after winning.",
            nl=f"Ambt kwijt en verbannen, gevangengezet of gedood: {_told(punished[0], 'nl')} na verlies, {_told(punished[1], 'nl')} "
            f"na een onbesliste oorlog, {_told(punished[2], 'nl')} na winst.",
        )
    )
    return tuple(said)


def table(found: Fates, shares: Mapping[str, ClusteredShare], parameters: LeadersParameters) -> Table:
    """Shares by how the war ended."""
    rows = []
    for way in WAYS:
        lost, hard = shares.get(f"office_loss_after_{way}"), shares.get(f"punished_after_{way}")
        rows.append((WAY_NAMES[way], *_cells(lost), *_cells(hard)[2:]))
    settled = found.lost[found.outcome == _COMPROMISE]
    n, gone = int((~np.isnan(settled)).sum()), int(np.nansum(settled))
    return Table(
        "fates",
        Text(en=f"Leaders {parameters.months} months after a war", nl=f"Leiders {parameters.months} maanden na een oorlog"),
        (
            Text(en="War ended in", nl="Oorlog eindigde in"), Text(en="Leaders", nl="Leiders"), Text(en="Wars", nl="Oorlogen"),
            Text(en="Lost office", nl="Ambt kwijt"), Text(en="Exiled, imprisoned or killed", nl="Verbannen, gevangen of gedood"),
        ),
        tuple(rows),
        Text(
            en=f"Of the draws, COW calls {n} a compromise; {gone} of these leaders lost office.",
            nl=f"Van de onbesliste noemt COW er {n} een compromis; {gone} van die leiders raakten hun ambt kwijt.",
        ),
    )  # fmt: skip


def _cells(share: ClusteredShare | None) -> tuple[int | None, int | None, Text | None]:
    if share is None:
        return None, None, None
    span = (share.lower, share.upper)
    text = Text(
        en=f"{EN.percent(share.value)} ({EN.percent_span(*span)})",
        nl=f"{NL.percent(share.value)} ({NL.percent_span(*span)})",
    )
    return share.n, share.n_clusters, text


def odds_table(odds: tuple[OddsRatio, ...]) -> tuple[Table, ...]:
    """The logistic model, where there is one."""
    if not odds:
        return ()
    rows = tuple(
        (
            FEATURES[one.name],
            Text(
                en=f"{EN.number(one.value, significant=2)} ({EN.span(one.lower, one.upper, significant=2)})",
                nl=f"{NL.number(one.value, significant=2)} ({NL.span(one.lower, one.upper, significant=2)})",
            ),
        )
        for one in odds
    )
    return (
        Table(
            "odds",
            Text(en="By what factor the odds of losing office differ, the rest held fixed",
                 nl="Met welke factor de kansverhouding van ambtsverlies verschilt, bij verder gelijke omstandigheden"),
            (Text(en="With", nl="Bij"), Text(en="Factor (interval)", nl="Factor (interval)")),
            rows,
            Text(en=f"{odds[0].n} leaders, {odds[0].n_clusters} wars. A description of these wars; nothing causal follows.",
                 nl=f"{odds[0].n} leiders, {odds[0].n_clusters} oorlogen. Een beschrijving van deze oorlogen; geen oorzaak."),
        ),
    )  # fmt: skip


def charts(shares: Mapping[str, ClusteredShare], parameters: LeadersParameters) -> tuple[Chart, ...]:
    """Office lost, by how the war ended."""
    known = [way for way in WAYS if f"office_loss_after_{way}" in shares]
    if not known:
        return ()
    those = [shares[f"office_loss_after_{way}"] for way in known]
    return (
        Chart(
            "office-lost", "intervals",
            Text(en="Office lost after a war", nl="Ambt kwijt na een oorlog"),
            Text(
                en=f"Share of leaders who had lost office {parameters.months} months after a war, by how it ended for their state, with "
                f"{EN.percent(parameters.level)} intervals.",
                nl=f"Aandeel van de leiders dat {parameters.months} maanden na een oorlog het ambt kwijt was, naar hoe die voor hun "
                f"staat eindigde, met {NL.percent(parameters.level)}-intervallen.",
            ),
            {
                "label": [WAY_NAMES[way] for way in known], "value": [100 * s.value for s in those],
                "lower": [100 * s.lower for s in those], "upper": [100 * s.upper for s in those],
            },
            Text(en="% of leaders", nl="% van de leiders"), Text(en="", nl=""),
        ),
    )  # fmt: skip


def caveats(found: Fates, parameters: LeadersParameters) -> tuple[Text, ...]:
    """What to bear in mind."""
    return (
        Text(
            en="Losing a war is not the same as signing a truce that looks like surrender; COW does not tell the two apart, and coded these wars long after them. States "
            "that lose differ from states that win, and elections fall where they fall: the shares describe, they do not "
            "explain.",
            nl="Een oorlog verliezen is iets anders dan een bestand tekenen dat op overgave lijkt; COW onderscheidt die twee niet, en codeerde deze oorlogen lang daarna. "
            "Staten die verliezen verschillen van staten die winnen, en verkiezingen vallen wanneer zij vallen: de aandelen "
            "beschrijven, zij verklaren niet.",
        ),
        Text(
            en=f"{found.unmatched} participants have no leader in Archigos in the last month of their war (mostly before 1875) and are "
            "left out; so are leaders who died of natural causes in that time.",
            nl=f"Van {found.unmatched} deelnemers noemt Archigos geen leider in de laatste maand van hun oorlog (meest voor 1875); die "
            "zijn weggelaten, net als leiders die in die tijd een natuurlijke dood stierven.",
        ),
    )
