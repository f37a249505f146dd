"""The sentences of the study of bargaining, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from armistice.bargaining.region import Condition, Needs
from armistice.estimate import Estimate, Quantity
from armistice.record.as_of import Record
from armistice.studies._bargain_assumptions import Range
from armistice.studies._bargain_game import Solved
from armistice.studies._bargain_inputs import Observed
from armistice.studies._bargain_issues import Survey, table_of
from armistice.studies._bargain_shares import Sensitivity, share_of
from armistice.text import EN, NL, Text, Words

__all__ = [
    "NOTHING_ON_RECORD",
    "NO_PATRON",
    "TOGETHER",
    "Findings",
    "caveats",
    "headline",
    "none_converged",
    "sentences",
]

NOTHING_ON_RECORD: Final = Text(
    en="The record holds no front, no talks and no issues with a sort, so there is nothing to bargain over.",
    nl="Het dossier bevat geen front, geen gesprekken en geen kwesties met een soort; er valt niets te onderhandelen.",
)
NO_PATRON: Final = Text(
    en="No side has a patron on record, so there is no aid to take away.",
    nl="Geen van beide partijen heeft een beschermheer in het dossier; er is geen steun om weg te nemen.",
)
#: An issue open, or blocked by one side, in this share of the draws is said to be so; between, it depends.
_MOSTLY: Final = 0.8
#: With fewer draws kept back on either side, nothing is said of what a deal needs.
_LEAST_CHECKED: Final = 5
_RISK: Final = Text(
    en="what signing may cost the leader of {side} (worth of office times chance to lose it)",
    nl="wat tekenen de leider van {side} kan kosten (waarde van het ambt maal kans het te verliezen)",
)
#: What assumptions come to together.
TOGETHER: Final[Mapping[str, Text]] = {
    "risk_a": _RISK,
    "risk_b": _RISK,
    "risk_both": Text(
        en="what signing may cost both leaders (worth of office times chance to lose it, added up)",
        nl="wat tekenen beide leiders kan kosten (waarde van het ambt maal kans het te verliezen, opgeteld)",
    ),
    "cost_both": Text(en="cost of the war to both, added up", nl="kosten van de oorlog voor beide, opgeteld"),
    "erosion_both": Text(
        en="monthly chance that a disappointing front lowers a leader's standing, added up over both",
        nl="maandelijkse kans dat een tegenvallend front de positie van een leider aantast, opgeteld over beide",
    ),
}


@dataclass(frozen=True, slots=True)
class NeedsHeld:
    """What a deal needs, and how the draws kept back bear it out.

    Parameters
    ----------
    needs : Needs
    n_met, n_met_deals : int
        Draws kept back in which at least one condition holds; deals among them.
    """

    needs: Needs
    n_met: int
    n_met_deals: int


@dataclass(frozen=True, eq=False)
class Findings:
    """What there is to tell."""

    record: Record
    observed: Observed
    quantities: Mapping[str, Quantity]
    now: Solved
    packages: Survey | None
    ranges: Mapping[str, Range]
    needs: NeedsHeld
    moves: tuple[Sensitivity, ...]
    armistice_moves: tuple[Sensitivity, ...]

    def estimate(self, name: str) -> Estimate:
        """A quantity that is known to be estimated."""
        found = self.quantities[name]
        assert isinstance(found, Estimate)
        return found


def none_converged(n: int, failures: Mapping[int, str]) -> Text:
    """No game settled."""
    first = next(iter(failures.values()), "")
    return Text(
        en=f"None of the {n} games drawn settled on an equilibrium, so nothing is said. The first: {first}",
        nl=f"Geen van de {n} getrokken spellen kwam tot een evenwicht; er valt niets te zeggen. Het eerste: {first}",
    )


def _sides(record: Record) -> tuple[Text, Text]:
    return record.war.side_a.names, record.war.side_b.names


def headline(told: Findings) -> Text:
    """Whether a deal exists, and what becomes of a ceasefire."""
    deal, armistice = told.estimate("deal_exists"), told.estimate("armistice_open")
    en = (
        f"Some deal would leave neither side worse off in {EN.percent(deal.value)} "
        f"({EN.percent_span(deal.lower, deal.upper)}) of the stated assumptions, an armistice along today's line in "
        f"{EN.percent(armistice.value)} ({EN.percent_span(armistice.lower, armistice.upper)})."
    )
    nl = (
        f"Bij {NL.percent(deal.value)} ({NL.percent_span(deal.lower, deal.upper)}) van de gestelde aannames maakt enig akkoord "
        f"geen van beide slechter af, bij {NL.percent(armistice.value)} "
        f"({NL.percent_span(armistice.lower, armistice.upper)}) een wapenstilstand langs de huidige lijn."
    )
    return Text(en=en, nl=nl)


def sentences(told: Findings) -> tuple[Text, ...]:
    """In the order of the question: what is open, who blocks, what would open it."""
    return (
        _deal(told),
        *_ceasefire(told),
        *_issues(told),
        *_needs(told),
        *_leaders(told),
        *_aid(told),
        *_unknown(told),
    )


def _deal(told: Findings) -> Text:
    deal = told.estimate("deal_exists")
    return Text(
        en=f"Of {deal.n} games drawn from the record and the stated ranges, {EN.percent(deal.value)} "
        f"({EN.percent_span(deal.lower, deal.upper)}) have some armistice or treaty by which neither side loses. That is a "
        "share of assumptions, not the chance of a deal: that both would gain is needed, and not enough.",
        nl=f"Van {deal.n} spellen, getrokken uit het dossier en de gestelde marges, heeft {NL.percent(deal.value)} "
        f"({NL.percent_span(deal.lower, deal.upper)}) een wapenstilstand of verdrag waarbij geen van beide verliest. Dat is "
        "een deel van de aannames, niet de kans op een akkoord: dat beide winnen is nodig, maar niet genoeg.",
    )


def _ceasefire(told: Findings) -> tuple[Text, ...]:
    known = told.now.known
    loses = told.now.armistice[known] < -1e-9
    only_a, only_b = float((loses[:, 0] & ~loses[:, 1]).mean()), float((loses[:, 1] & ~loses[:, 0]).mean())
    both = float(loses.all(axis=1).mean())
    a, b = _sides(told.record)
    open_share = told.estimate("armistice_open").value
    return (
        Text(
            en=f"An armistice along today's line is open in {EN.percent(open_share)}; otherwise it is blocked by {a.en} "
            f"alone ({EN.percent(only_a)}), by {b.en} alone ({EN.percent(only_b)}) or by both ({EN.percent(both)}). "
            "A side blocks it when it expects more from going on, a better deal later included.",
            nl=f"Een wapenstilstand langs de huidige lijn is open bij {NL.percent(open_share)}; anders blokkeert alleen "
            f"{a.nl} ({NL.percent(only_a)}), alleen {b.nl} ({NL.percent(only_b)}) of blokkeren beide ({NL.percent(both)}). "
            "Een partij blokkeert als zij meer verwacht van doorgaan, een later en beter akkoord meegerekend.",
        ),
    )


def _issues(told: Findings) -> tuple[Text, ...]:
    if told.packages is None:
        return ()
    a, b = _sides(told.record)
    settled = [each.issue.names for each in table_of(told.record) if each.is_settled]
    groups: dict[str, list[Text]] = {"open": [], "a": [], "b": [], "depends": []}
    for each, (is_open, by_a, by_b, by_both) in zip(told.packages.issues, told.packages.alone, strict=True):
        if each.issue.type == "ceasefire":
            continue
        if is_open >= _MOSTLY:
            groups["open"].append(each.issue.names)
        elif by_a + by_both >= _MOSTLY and by_a > by_b:
            groups["a"].append(each.issue.names)
        elif by_b + by_both >= _MOSTLY and by_b > by_a:
            groups["b"].append(each.issue.names)
        else:
            groups["depends"].append(each.issue.names)
    found = []
    if settled:
        found.append(
            Text(
                en=f"Not judged here, since the last talks about them on record ended in agreement, kept or not: {_list(settled, 'en')}.",
                nl="Hier niet beoordeeld, omdat de laatste gesprekken erover in het dossier op een akkoord uitliepen, nageleefd of niet: "
                f"{_list(settled, 'nl')}.",
            )
        )
    if groups["open"]:
        found.append(
            Text(
                en=f"Open in nearly all of the assumptions: {_list(groups['open'], 'en')}.",
                nl=f"Open bij bijna alle aannames: {_list(groups['open'], 'nl')}.",
            )
        )
    for key, side in (("a", a), ("b", b)):
        if groups[key]:
            found.append(
                Text(
                    en=f"Concessions, which in this model nobody makes for nothing, asked of {side.en} and its supporters: "
                    f"{_list(groups[key], 'en')}.",
                    nl=f"Concessies, die in dit model niemand voor niets doet, gevraagd van {side.nl} en steungevers: "
                    f"{_list(groups[key], 'nl')}.",
                )
            )
    if groups["depends"]:
        found.append(
            Text(
                en=f"Open or not depending on the assumptions: {_list(groups['depends'], 'en')}.",
                nl=f"Open of niet, afhankelijk van de aannames: {_list(groups['depends'], 'nl')}.",
            )
        )
    return tuple(found)


def _list(names: list[Text], language: str) -> str:
    told = [name.en if language == "en" else name.nl for name in names]
    joint = " and " if language == "en" else " en "
    return told[0] if len(told) == 1 else ", ".join(told[:-1]) + joint + told[-1]


def _needs(told: Findings) -> tuple[Text, ...]:
    held = told.needs
    needs = held.needs
    if not needs.conditions:
        return (
            Text(
                en="No stretch of the assumptions was found in which deals are absent.",
                nl="Er is geen deel van de aannames gevonden waarin akkoorden ontbreken.",
            ),
        )
    if needs.n_checked < _LEAST_CHECKED or held.n_met < _LEAST_CHECKED:
        return (
            Text(
                en="These draws are too few to say what a deal needs; more can be asked for with --draws.",
                nl="Deze trekkingen zijn te weinig om te zeggen wat een akkoord vraagt; vraag er meer met --draws.",
            ),
        )
    without, _, without_most = share_of(needs.n_exceptions, needs.n_checked, level=0.95)
    met, met_least, met_most = share_of(held.n_met_deals, held.n_met, level=0.95)
    without_least = share_of(needs.n_exceptions, needs.n_checked, level=0.95)[1]
    en = " or ".join(_condition(told, c, EN) for c in needs.conditions)
    nl = " of ".join(_condition(told, c, NL) for c in needs.conditions)
    several = len(needs.conditions) > 1
    is_told = without_most < met_least
    return (
        Text(
            en=f"{'A deal is much rarer without' if is_told else 'A deal may be rarer without'}"
            f"{' at least one of these' if several else ' this'}: {en}. In draws kept back to check, a deal exists in "
            f"{EN.percent(met)} ({EN.percent_span(met_least, met_most)}, n = {held.n_met}) where {'one of them' if several else 'it'} "
            f"holds and in {EN.percent(without)} ({EN.percent_span(without_least, without_most)}, n = {needs.n_checked}) elsewhere.",
            nl=f"{'Een akkoord is veel zeldzamer zonder' if is_told else 'Een akkoord is misschien zeldzamer zonder'}"
            f"{' minstens een van deze' if several else ' dit'}: {nl}. In trekkingen die ter controle apart zijn gehouden, bestaat "
            f"een akkoord in {NL.percent(met)} ({NL.percent_span(met_least, met_most)}, n = {held.n_met}) waar "
            f"{'een ervan' if several else 'het'} geldt en in {NL.percent(without)} "
            f"({NL.percent_span(without_least, without_most)}, n = {needs.n_checked}) daarbuiten.",
        ),
    )


def _condition(told: Findings, condition: Condition, say: Words) -> str:
    label = _label(told, condition.name).in_language(say.language)
    side = ("at most", "hoogstens") if condition.is_at_most else ("at least", "minstens")
    return f"{label}: {side[say.language == 'nl']} {say.number(condition.threshold, significant=2)}"


def _label(told: Findings, name: str) -> Text:
    if name in told.ranges:
        return told.ranges[name].label
    a, b = _sides(told.record)
    side = b if name.endswith("_b") else a
    text = TOGETHER[name]
    return Text(en=text.en.format(side=side.en), nl=text.nl.format(side=side.nl))


def _leaders(told: Findings) -> tuple[Text, ...]:
    found = []
    for side in (told.record.war.side_a, told.record.war.side_b):
        with_risk = told.estimate(f"least_share[{side.id}]")
        safe = told.estimate(f"least_share_if_signing_were_safe[{side.id}]")
        found.append(
            Text(
                en=f"{side.names.en} would sign for {EN.percent(with_risk.value)} of the stake or more (80% of the draws: "
                f"{EN.percent_span(with_risk.lower, with_risk.upper)}); if signing could not cost its leader office, for "
                f"{EN.percent(safe.value)}.",
                nl=f"{side.names.nl} zou tekenen voor {NL.percent(with_risk.value)} van de inzet of meer (80% van de "
                f"trekkingen: {NL.percent_span(with_risk.lower, with_risk.upper)}); als tekenen de leider het ambt niet kon "
                f"kosten, voor {NL.percent(safe.value)}.",
            )
        )
    return tuple(found)


def _aid(told: Findings) -> tuple[Text, ...]:
    effect = told.quantities["aid_effect_on_settlement"]
    if not isinstance(effect, Estimate):
        return (effect.reason,) if hasattr(effect, "reason") else ()
    told_en = "makes no difference that these draws can show"
    told_nl = "maakt geen verschil dat deze trekkingen kunnen laten zien"
    if effect.upper < 0:
        told_en, told_nl = "makes deals rarer", "maakt akkoorden zeldzamer"
    elif effect.lower > 0:
        told_en, told_nl = "makes deals more common", "maakt akkoorden gewoner"
    return (
        Text(
            en=f"Aid as it is now, against none, {told_en}: {_points(100 * effect.value, EN)} percentage points of the draws "
            f"({_points(100 * effect.lower, EN)} to {_points(100 * effect.upper, EN)}).",
            nl=f"Steun zoals nu, vergeleken met geen, {told_nl}: {_points(100 * effect.value, NL)} procentpunt van de trekkingen "
            f"({_points(100 * effect.lower, NL)} tot {_points(100 * effect.upper, NL)}).",
        ),
    )


def _points(value: float, say: Words) -> str:
    rounded = float(np.round(value))
    return ("+" if rounded > 0 else "") + say.number(rounded)


def _unknown(told: Findings) -> tuple[Text, ...]:
    missing = int((~told.now.known).sum())
    if not missing:
        return ()
    n = len(told.now.known)
    return (
        Text(
            en=f"{missing} of {n} games could not be solved; that counts as unknown, not as without a deal.",
            nl=f"{missing} van {n} spellen: geen oplossing gevonden; dat telt als onbekend, niet als zonder akkoord.",
        ),
    )


def caveats(told: Findings) -> tuple[Text, ...]:
    """What to bear in mind."""
    found = [
        Text(
            en="What office, the war and the aid are worth cannot be measured from one war; they are ranges, set by "
            "judgement, and the answer is no better than they are. Change them with --set.",
            nl="Wat ambt, oorlog en steun waard zijn, is uit één oorlog niet te meten; het zijn marges naar inzicht, en het "
            "antwoord is niet beter dan zij. Verander ze met --set.",
        ),
        Text(
            en="Both sides know everything in the solved games. Wars also go on because each doubts what the other would "
            "accept, so deals look easier here than they are; the table on doubt lifts this for one thing, what the war costs.",
            nl="In de opgeloste spellen weten beide partijen alles. Oorlogen duren ook voort omdat elk twijfelt wat de ander zou "
            "aanvaarden; akkoorden lijken hier dus makkelijker dan ze zijn. De tabel over twijfel laat dit los voor één ding: "
            "wat de oorlog kost.",
        ),
        Text(
            en="A game can have several equilibria, and another may say something else about deals; the one reported is reached "
            "by raising precision from below. --starts 3 shows how often they differ.",
            nl="Een spel kan meer evenwichten hebben, en een ander kan iets anders over akkoorden zeggen; dit is het evenwicht dat "
            "bereikt wordt door de precisie te verhogen. --starts 3 laat zien hoe vaak ze verschillen.",
        ),
    ]
    if told.observed.share_a is None:
        found.append(
            Text(
                en="The record gives no position of the front as a share of the stake, so the line is drawn at random.",
                nl="Het dossier geeft geen plaats van het front als deel van de inzet; de lijn wordt daarom geloot.",
            )
        )
    if told.packages is None:
        found.append(
            Text(
                en="No open issue in war.toml says of what sort it is, so packages are not judged.",
                nl="Geen open kwestie in war.toml zegt van welke soort zij is; pakketten worden niet beoordeeld.",
            )
        )
    return tuple(found)
