"""Tables and charts of the study of bargaining."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.packages import Verdict
from armistice.bargaining.region import Needs, Region, settlement_needs
from armistice.studies._bargain_game import Drawn, Solved
from armistice.studies._bargain_inputs import Spells
from armistice.studies._bargain_words import Findings, NeedsHeld
from armistice.studies.study import Chart, Table
from armistice.text import EN, NL, Text

__all__ = ["charts", "needs", "tables"]

Floats = npt.NDArray[np.float64]
_NONE: Final = Text(en="", nl="")
_YES: Final = Text(en="yes", nl="ja")
_NO: Final = Text(en="no", nl="nee")
_MOST_SENSITIVE: Final = 8
_PACKAGES: Final = 8
_OUTCOMES: Final = {
    "deal": Text(en="agreement", nl="akkoord"),
    "partial_deal": Text(en="partial deal", nl="deelakkoord"),
    "held": Text(en="held", nl="nageleefd"),
    "no_deal": Text(en="no agreement", nl="geen akkoord"),
    "broken": Text(en="broken", nl="geschonden"),
    "disputed": Text(en="disputed", nl="omstreden"),
    "pending": Text(en="pending", nl="hangend"),
}
_SORTS: Final = {
    "exchange": Text(en="exchange", nl="uitwisseling"),
    "sectoral": Text(en="limited restraint", nl="beperkte terughoudendheid"),
    "ceasefire": Text(en="ceasefire", nl="staakt-het-vuren"),
    "concession": Text(en="concession", nl="concessie"),
    "procedure": Text(en="procedure", nl="procedure"),
}
_ORIGIN: Final = {
    "default": Text(en="default", nl="standaard"),
    "war.toml": Text(en="this war's folder", nl="map van deze oorlog"),
    "set": Text(en="set by hand", nl="met de hand gezet"),
}


def needs(names: Sequence[str], draws: Floats, solved: Solved) -> NeedsHeld:
    """The largest box of assumptions without a deal, over the assumptions and over what they come to together.

    The box is found on every other draw and held against the rest.
    """
    deal = solved.deal
    free = [column for column in range(draws.shape[1]) if np.ptp(draws[:, column]) > 0]
    if not free or not deal.any() or deal[solved.known].all():
        return NeedsHeld(Needs((), 0.0, 0, 0, 1.0), 0, 0)
    together = _together(names, draws)
    columns = np.column_stack([draws[:, free], *together.values()]) if together else draws[:, free]
    region = Region(
        (*(names[c] for c in free), *together), columns, solved.known, deal, {}, {}, dict(solved.failures)
    )
    found = settlement_needs(region, max_conditions=2)
    rows = np.flatnonzero(solved.known)
    met = np.zeros(len(rows), dtype=bool)
    for condition in found.conditions:
        values = region.draws[rows, region.names.index(condition.name)]
        met |= values <= condition.threshold if condition.is_at_most else values >= condition.threshold
    met &= np.arange(len(rows)) % 2 == 1  # the half kept back, as in settlement_needs
    return NeedsHeld(found, int(met.sum()), int((met & deal[rows]).sum()))


def _together(names: Sequence[str], draws: Floats) -> dict[str, Floats]:
    """Products and sums that decide more than their parts: see :data:`armistice.studies._bargain_words.TOGETHER`."""
    value = {name: draws[:, column] for column, name in enumerate(names)}
    risk_a, risk_b = (value[f"office_rent_{side}"] * value[f"signing_risk_{side}"] for side in "ab")
    found = {
        "risk_a": risk_a,
        "risk_b": risk_b,
        "risk_both": risk_a + risk_b,
        "cost_both": value["cost_a"] + value["cost_b"],
        "erosion_both": value["erosion_a"] + value["erosion_b"],
    }
    return {name: column for name, column in found.items() if np.ptp(column) > 0}


# --- tables ----------------------------------------------------------------------------------------------


def tables(told: Findings, drawn: Drawn, of_doubt: tuple[Table, ...]) -> tuple[Table, ...]:
    """Issues, packages, what if a side is unsure, what was observed, what is assumed."""
    return (*_issues(told), *_packages(told), *of_doubt, _observed(told, drawn), _assumed(told))


def _issues(told: Findings) -> tuple[Table, ...]:
    if told.packages is None:
        return ()
    a, b = told.record.war.side_a.names, told.record.war.side_b.names
    rows = [
        (
            each.issue.names,
            _SORTS[str(each.issue.type)],
            None if each.last_outcome is None else _OUTCOMES[each.last_outcome],
            None if each.last_date is None else each.last_date.isoformat(),
            *(Text(en=EN.percent(float(share)), nl=NL.percent(float(share))) for share in shares),
        )
        for each, shares in zip(told.packages.issues, told.packages.alone, strict=True)
    ]
    return (
        Table(
            "issues",
            Text(en="The open issues, each by itself", nl="De open kwesties, elk op zichzelf"),
            (
                Text(en="issue", nl="kwestie"),
                Text(en="sort", nl="soort"),
                Text(en="last outcome on record", nl="laatste uitkomst in het dossier"),
                Text(en="date", nl="datum"),
                Text(en="open", nl="open"),
                Text(en=f"blocked by {a.en}", nl=f"geblokkeerd door {a.nl}"),
                Text(en=f"blocked by {b.en}", nl=f"geblokkeerd door {b.nl}"),
                Text(en="by both", nl="door beide"),
            ),
            tuple(rows),
            note=Text(
                en="Shares of draws. What an issue is worth follows from its sort alone, the same for all wars.",
                nl="Delen van de trekkingen. Wat een kwestie waard is, volgt alleen uit de soort, voor alle oorlogen gelijk.",
            ),
        ),
    )


def _packages(told: Findings) -> tuple[Table, ...]:
    """The packages with a blocked issue that are open most often, and the cheapest lever for each."""
    found = told.packages
    if found is None or len(found.issues) < 2:
        return ()
    open_share = found.shares.verdict_shares[:, Verdict.OPEN_ALONE]
    hard = sum(1 << j for j, each in enumerate(found.issues) if found.alone[j, 0] < 0.5)
    masks = [m for m in range(1, len(open_share)) if m & hard and (m & (m - 1))]
    masks.sort(key=lambda m: (-open_share[m], bin(m).count("1"), m))
    rows = [_package_row(told, mask) for mask in masks[:_PACKAGES]]
    ceasefire = [1 << j for j, each in enumerate(found.issues) if each.issue.type == "ceasefire"]
    rows += [_package_row(told, mask) for mask in ceasefire]
    if not rows:
        return ()
    return (
        Table(
            "packages",
            Text(
                en="Packages that hold an issue blocked by itself, the most often open first",
                nl="Pakketten met een kwestie die alleen geblokkeerd is, de vaakst open eerst",
            ),
            (
                Text(en="package", nl="pakket"),
                Text(en="open", nl="open"),
                Text(en="opened by a side-payment", nl="geopend door een betaling"),
                Text(en="its mean size, in stakes", nl="gemiddelde omvang, in inzetten"),
                Text(en="by lower public expectation", nl="door een lagere verwachting"),
                Text(en="its mean size, in shares", nl="gemiddelde omvang, in delen"),
                Text(en="by a guarantee", nl="door een garantie"),
            ),
            tuple(rows),
            note=Text(
                en="Each lever pulled alone, open draws included; the last row is the ceasefire by itself.",
                nl="Elke hefboom alleen overgehaald, open trekkingen meegeteld; de laatste rij is het staakt-het-vuren alleen.",
            ),
        ),
    )


def _package_row(told: Findings, mask: int) -> tuple[Text | float | None, ...]:
    found = told.packages
    assert found is not None
    members = [each.issue.names for j, each in enumerate(found.issues) if mask >> j & 1]
    shares = found.shares

    def percent(value: float) -> Text:
        return Text(en=EN.percent(value), nl=NL.percent(value))

    def mean(lever: str) -> float | None:
        value = float(shares.lever_means[lever][mask])
        return round(value, 3) if np.isfinite(value) else None

    return (
        Text(en=" + ".join(m.en for m in members), nl=" + ".join(m.nl for m in members)),
        percent(float(shares.verdict_shares[mask, Verdict.OPEN_ALONE])),
        percent(float(shares.lever_shares["side_payment"][mask])),
        mean("side_payment"),
        percent(float(shares.lever_shares["expectation"][mask])),
        mean("expectation"),
        percent(float(shares.lever_shares["guarantee"][mask])),
    )


def _observed(told: Findings, drawn: Drawn) -> Table:
    seen, a, b = told.observed, told.record.war.side_a.names, told.record.war.side_b.names
    rows: list[tuple[Text | float | None, ...]] = []

    def spread(label: Text, draws: Floats, source: Text) -> None:
        low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
        rows.append((label, float(middle), float(low), float(high), source))

    silent = Text(en="not on record: a wide range", nl="niet in het dossier: een ruime marge")
    front = Text(en="front", nl="front")
    if seen.share_a is None:
        rows.append((Text(en=f"share held by {a.en}", nl=f"deel in handen van {a.nl}"), None, _NONE, _NONE, silent))
    else:
        rows.append(
            (Text(en=f"share held by {a.en}", nl=f"deel in handen van {a.nl}"), seen.share_a, _NONE, _NONE, front)
        )
    spread(
        Text(en=f"monthly chance that the front moves 1/{drawn.cells} of the stake, hope included",
             nl=f"maandelijkse kans dat het front 1/{drawn.cells} van de inzet verschuift, hoop inbegrepen"),
        drawn.mobility, front if seen.front is not None else silent,
    )  # fmt: skip
    spread(
        Text(en=f"chance that a move is an advance of {a.en}", nl=f"kans dat een verschuiving winst is voor {a.nl}"),
        drawn.advance,
        front if seen.front is not None else silent,
    )
    labels = {
        "aid_lost_a": Text(en=f"monthly chance that aid to {a.en} stops", nl=f"maandelijkse kans dat steun aan {a.nl} stopt"),
        "aid_lost_b": Text(en=f"monthly chance that aid to {b.en} stops", nl=f"maandelijkse kans dat steun aan {b.nl} stopt"),
        "talks_starts": Text(en="monthly chance that talks open", nl="maandelijkse kans dat gesprekken beginnen"),
        "talks_stops": Text(en="monthly chance that talks stop", nl="maandelijkse kans dat gesprekken stoppen"),
    }  # fmt: skip
    behind: Mapping[str, Spells | None] = {
        "aid_lost_a": seen.aid[0], "aid_lost_b": seen.aid[1], "talks_starts": seen.talks, "talks_stops": seen.talks,
    }  # fmt: skip
    for name, label in labels.items():
        if name.startswith("aid") and not seen.has_patron[name.endswith("_b")]:
            continue
        spells = behind[name]
        if spells is None:
            source = silent
        else:
            times, months = (
                (spells.started, spells.months_off) if name == "talks_starts" else (spells.stopped, spells.months_on)
            )
            source = Text(
                en=f"{times} in {months} months on record", nl=f"{times} keer in {months} maanden in het dossier"
            )
        spread(label, drawn.chances[name], source)
    for side, standing, note in zip((a, b), seen.security, seen.security_note, strict=True):
        label = Text(
            en=f"leader of {side.en} has the approval of half", nl=f"leider van {side.nl} heeft steun van de helft"
        )
        rows.append(
            (
                label,
                None if standing is None else _YES if standing else _NO,
                _NONE,
                _NONE,
                Text(en=note, nl=note) if note else silent,
            )
        )
    return Table(
        "observed",
        Text(en="What the record says of the game", nl="Wat het dossier over het spel zegt"),
        (
            Text(en="input", nl="invoer"), Text(en="middle", nl="midden"), Text(en="5%", nl="5%"),
            Text(en="95%", nl="95%"), Text(en="from", nl="uit"),
        ),
        tuple(rows),
    )  # fmt: skip


def _assumed(told: Findings) -> Table:
    return Table(
        "assumptions",
        Text(en="What one war cannot tell: the ranges drawn from", nl="Wat één oorlog niet kan zeggen: de gebruikte marges"),
        (
            Text(en="assumption", nl="aanname"), Text(en="from", nl="van"), Text(en="to", nl="tot"),
            Text(en="stated by", nl="gesteld door"), Text(en="if it were higher", nl="als het hoger was"),
            Text(en="name for --set", nl="naam voor --set"),
        ),
        tuple(
            (one.label, one.low, one.high, _ORIGIN[one.origin], one.kind.matters, one.name)
            for one in told.ranges.values()
        ),
        note=Text(
            en="Amounts are flows in stakes: 0.1 means as bad, or good, as a tenth of all that is fought over, for as long as "
            "it lasts. Defaults are judgements, the same for every war.",
            nl="Bedragen zijn stromen in inzetten: 0,1 is zo erg, of goed, als een tiende van alles waarom gevochten wordt, "
            "zolang het duurt. Standaarden zijn inschattingen, voor elke oorlog gelijk.",
        ),
    )  # fmt: skip


# --- charts ----------------------------------------------------------------------------------------------


def charts(told: Findings, drawn: Drawn, by_aid: Mapping[float, Solved]) -> tuple[Chart, ...]:
    """Map of deals, issues in pairs, least shares, what moves the answer."""
    return (*_map(told, drawn, by_aid), *_pairs(told), _least(told), *_sensitivity(told))


def _thirds(values: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    edges = np.quantile(values, [1 / 3, 2 / 3])
    return np.searchsorted(edges, values, side="right").astype(np.int64), edges


def _third_labels(edges: Floats, en: str, nl: str) -> list[Text]:
    first, second = float(edges[0]), float(edges[1])
    return [
        Text(en=f"{en} below {EN.number(first, significant=2)}", nl=f"{nl} onder {NL.number(first, significant=2)}"),
        Text(
            en=f"{en} {EN.number(first, significant=2)} to {EN.number(second, significant=2)}",
            nl=f"{nl} {NL.number(first, significant=2)} tot {NL.number(second, significant=2)}",
        ),
        Text(
            en=f"{en} above {EN.number(second, significant=2)}", nl=f"{nl} boven {NL.number(second, significant=2)}"
        ),
    ]


def _map(told: Findings, drawn: Drawn, by_aid: Mapping[float, Solved]) -> tuple[Chart, ...]:
    """Share of draws with a deal, by what signing may cost the leaders and by aid (or by what the war costs)."""
    risk = sum(drawn.values[f"office_rent_{s}"] * drawn.values[f"signing_risk_{s}"] for s in "ab")
    assert isinstance(risk, np.ndarray)
    if np.ptp(risk) == 0:
        return ()
    third, edges = _thirds(risk)
    down_labels = _third_labels(edges, "risk to both leaders", "risico voor beide leiders")
    across, down, value = [], [], []
    if len(by_aid) > 1:
        named = {0.0: Text(en="none", nl="geen"), 1.0: Text(en="as now", nl="als nu")}
        columns = [(named[level], by_aid[level], np.ones(drawn.n, dtype=bool)) for level in sorted(by_aid)]
        x = Text(en="aid from patrons", nl="steun van beschermheren")
    else:
        cost = drawn.values["cost_a"] + drawn.values["cost_b"]
        if np.ptp(cost) == 0:
            return ()
        by_cost, cost_edges = _thirds(cost)
        labels = _third_labels(cost_edges, "", "")
        solved = next(iter(by_aid.values()))
        columns = [(labels[c], solved, by_cost == c) for c in range(3)]
        x = Text(en="cost of the war to both, in stakes", nl="kosten van de oorlog voor beide, in inzetten")
    for row in range(3):
        for label, solved, chosen in columns:
            cell = chosen & (third == row) & solved.known
            across.append(label)
            down.append(down_labels[row])
            value.append(float(solved.deal[cell].mean()) if cell.any() else None)
    unknown = [(label, float((~solved.known[chosen]).mean())) for label, solved, chosen in columns]
    if any(share > 0 for _, share in unknown):
        across += [label for label, _ in unknown]
        down += [Text(en="could not be solved: unknown", nl="niet op te lossen: onbekend")] * len(unknown)
        value += [share for _, share in unknown]
    return (
        Chart(
            "map",
            "heatmap",
            Text(en="Where some deal exists", nl="Waar enig akkoord bestaat"),
            Text(
                en="Each cell is the share of draws with an armistice or treaty that leaves neither side worse off; the more "
                "signing may cost the leaders, the lower the row.",
                nl="Elk vak is het deel van de trekkingen met een wapenstilstand of verdrag dat geen van beide slechter "
                "af maakt; hoe meer tekenen de leiders kan kosten, hoe lager de rij.",
            ),
            {"across": across, "down": down, "value": value},
            x=x,
            y=Text(en="share of draws with a deal", nl="deel van de trekkingen met een akkoord"),
        ),
    )


def _pairs(told: Findings) -> tuple[Chart, ...]:
    found = told.packages
    if found is None or len(found.issues) < 2:
        return ()
    names = [each.issue.names for each in found.issues][:8]
    cells = [(i, j) for i in range(len(names)) for j in range(len(names))]
    return (
        Chart(
            "pairs",
            "heatmap",
            Text(en="Issues settled alone and two at a time", nl="Kwesties alleen en per twee geregeld"),
            Text(
                en="Share of draws in which neither side loses by settling the two issues together; on the diagonal, the issue "
                "by itself.",
                nl="Deel van de trekkingen waarin geen van beide verliest als de twee kwesties samen geregeld worden; op de "
                "diagonaal de kwestie alleen.",
            ),
            {
                "across": [names[j] for _, j in cells],
                "down": [names[i] for i, _ in cells],
                "value": [float(found.pairs[i, j]) for i, j in cells],
            },
            x=_NONE,
            y=Text(en="share of draws in which open", nl="deel van de trekkingen waarin open"),
        ),
    )


def _least(told: Findings) -> Chart:
    labels, value, lower, upper, group = [], [], [], [], []
    for side in (told.record.war.side_a, told.record.war.side_b):
        for name, which in (
            ("least_share", Text(en="with the leader's risk", nl="met het risico van de leider")),
            ("least_share_if_signing_were_safe", Text(en="if signing were safe", nl="als tekenen veilig was")),
        ):
            estimate = told.estimate(f"{name}[{side.id}]")
            labels.append(side.names)
            value.append(estimate.value)
            lower.append(estimate.lower)
            upper.append(estimate.upper)
            group.append(which)
    return Chart(
        "least-shares",
        "intervals",
        Text(en="The least each side would sign for", nl="Het minste waarvoor elke partij zou tekenen"),
        Text(
            en="Middle and 80% of the draws of the least share of the stake for which a side would sign a treaty; where the two "
            "add up to more than 1, no division satisfies both.",
            nl="Midden en 80% van de trekkingen van het kleinste deel van de inzet waarvoor een partij een verdrag zou tekenen; "
            "tellen de twee op tot meer dan 1, dan stelt geen verdeling beide tevreden.",
        ),
        {"label": labels, "value": value, "lower": lower, "upper": upper, "group": group},
        x=Text(en="share of the stake", nl="deel van de inzet"),
        y=_NONE,
    )


def _sensitivity(told: Findings) -> tuple[Chart, ...]:
    if not told.moves:
        return ()
    ranges = list(told.ranges.values())
    of_deal = {move.column: move for move in told.moves}
    of_armistice = {move.column: move for move in told.armistice_moves}
    strength = {column: max(abs(of_deal[column].value), abs(of_armistice[column].value)) for column in of_deal}
    shown = sorted(of_deal, key=lambda column: (-strength[column], column))[:_MOST_SENSITIVE]
    rows = [
        (ranges[column].label, which, moves[column])
        for column in shown
        for which, moves in (
            (Text(en="some deal", nl="enig akkoord"), of_deal),
            (Text(en="armistice along today's line", nl="wapenstilstand langs de huidige lijn"), of_armistice),
        )
    ]
    return (
        Chart(
            "sensitivity",
            "intervals",
            Text(en="Which assumption moves the answer", nl="Welke aanname het antwoord verschuift"),
            Text(
                en="Share of draws that are open in the highest third of each assumption, less that in its lowest third, with "
                "intervals; the strongest first.",
                nl="Deel van de trekkingen dat open is in het hoogste derde van elke aanname, min dat in het laagste, met "
                "intervallen; de sterkste eerst.",
            ),
            {
                "label": [label for label, _, _ in rows],
                "value": [move.value for _, _, move in rows],
                "lower": [move.lower for _, _, move in rows],
                "upper": [move.upper for _, _, move in rows],
                "group": [which for _, which, _ in rows],
            },
            x=Text(en="difference in share of draws", nl="verschil in deel van de trekkingen"),
            y=_NONE,
            reference=0.0,
        ),
    )
