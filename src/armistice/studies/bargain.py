"""Which deals leave neither side worse off, who blocks the others, and what would open them.

Many games are drawn from what the record says and from stated ranges for what one war cannot tell, each is solved,
and the deals of today are read off. Shares are shares of those assumptions, not probabilities that a deal is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import Field

import armistice.studies._bargain_pages as pages
import armistice.studies._bargain_starts as several
import armistice.studies._bargain_unsure_words as doubt
import armistice.studies._bargain_words as words
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity, Reported
from armistice.record.as_of import Record
from armistice.studies._bargain_assumptions import help_epilog
from armistice.studies._bargain_issues import Survey, survey, table_of
from armistice.studies._bargain_shares import paired_difference, sensitivities, share_of
from armistice.studies.study import Parameters, QuantitySpec, Study, StudyResult
from armistice.text import Text

__all__ = ["STUDY", "BargainParameters"]

_METHOD: Final = "stochastic bargaining game, quantal-response equilibrium per draw"
_SOURCE: Final = "record and stated assumptions"


class BargainParameters(Parameters):
    """How many games are drawn, and what is held fixed in them."""

    set: tuple[str, ...] = Field(
        default=(), description="An assumption, as name=value or name=low..high; may be given several times."
    )
    draws: int = Field(default=24, ge=12, le=20_000, description="Games drawn and solved, at each level of aid.")
    package_draws: int = Field(default=2000, ge=100, le=100_000, description="Draws of what the issues are worth.")
    precision: float = Field(
        default=100.0, gt=0, le=5000, description="Precision of choices: 1/precision is chosen 73 to 27."
    )
    starts: int = Field(
        default=1,
        ge=1,
        le=3,
        description="Starts from which each game is solved; with 2 or 3, it is told whether another equilibrium says "
        "something else.",
    )
    level: float = Field(default=0.95, gt=0.5, lt=1, description="Coverage of the intervals.")


def _run(record: Record, parameters: BargainParameters, rng: np.random.Generator) -> StudyResult:
    from armistice.studies._bargain_game import AID_LEVELS, games_at, shared_games
    from armistice.studies._bargain_unsure import what_if_unsure

    table = table_of(record)
    if not table and record.front is None and not record.talks:
        return StudyResult.lacking(NotObserved(words.NOTHING_ON_RECORD))
    shared = shared_games(record, rng, parameters.draws, parameters.precision, parameters.set)
    observed, ranges, drawn, now = shared.observed, shared.ranges, shared.drawn, shared.solved
    by_aid = {AID_LEVELS[-1]: now}
    if any(observed.has_patron):
        without = shared_games(record, rng, parameters.draws, parameters.precision, parameters.set, aid=AID_LEVELS[0])
        by_aid = {AID_LEVELS[0]: without.solved} | by_aid
    if not now.known.any():
        return StudyResult.lacking(NotIdentified(words.none_converged(parameters.draws, now.failures)))
    packages = survey(record, drawn, now, table, parameters.package_draws, rng)
    games = games_at(drawn, observed)
    unsure = what_if_unsure(games, ranges, precision=parameters.precision)
    others: dict[str, Quantity] = {}
    if parameters.starts > 1:
        comparisons = several.compared(games, precision=parameters.precision, starts=parameters.starts)
        others = several.quantities(comparisons, level=parameters.level)
    quantities: dict[str, Quantity] = {
        "deal_exists": _share(now.deal, now.known, parameters),
        "armistice_open": _share(now.armistice_open, now.known, parameters),
        "games_solved": Reported(
            float(now.known.sum()), "this study", len(now.known), _METHOD, _SOURCE, unit="games", n_of="games drawn"
        ),
        **_least_shares(record, now.reservation, now.known),
        **_issues(packages, int(now.known.sum()), parameters),
        "aid_effect_on_settlement": _aid_effect(by_aid, parameters),
        **doubt.quantities(record, unsure, level=parameters.level),
        **others,
    }
    names = list(ranges)
    matrix = np.stack([drawn.values[name] for name in names], axis=1)
    moves = sensitivities(matrix, now.deal, now.known, level=parameters.level)
    armistice_moves = sensitivities(matrix, now.armistice_open, now.known, level=parameters.level)
    needs = pages.needs(names, matrix, now)
    told = words.Findings(record, observed, quantities, now, packages, ranges, needs, moves, armistice_moves)
    return StudyResult(
        headline=words.headline(told),
        sentences=(
            *words.sentences(told),
            *doubt.sentences(record, unsure),
            *several.sentences(others, starts=parameters.starts),
        ),
        quantities=quantities,
        tables=pages.tables(told, drawn, doubt.tables(record, unsure)),
        charts=pages.charts(told, drawn, by_aid),
        caveats=words.caveats(told),
        sources=_sources(record),
    )


def _share(holds: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_], parameters: BargainParameters) -> Estimate:
    value, lower, upper = share_of(int((holds & known).sum()), int(known.sum()), level=parameters.level)
    return Estimate(
        value, lower, upper, level=parameters.level, n=int(known.sum()), n_of="games solved",
        method=f"{_METHOD}; share of draws, Clopper-Pearson interval of its simulation error", source=_SOURCE,
    )  # fmt: skip


def _least_shares(
    record: Record, reservation: npt.NDArray[np.float64], known: npt.NDArray[np.bool_]
) -> dict[str, Quantity]:
    """The middle of the draws with the range that holds 80 % of them: a spread of assumptions, not an error."""
    found: dict[str, Quantity] = {}
    for number, side in enumerate(record.war.side_ids):
        for column, name in enumerate(("least_share", "least_share_if_signing_were_safe")):
            draws = reservation[known, number, column]
            low, middle, high = np.quantile(np.minimum(draws, 1.0), [0.1, 0.5, 0.9])
            found[f"{name}[{side}]"] = Estimate(
                float(middle), float(low), float(high), level=0.8, n=len(draws), n_of="games solved",
                method="least share of the stake for which the side would sign a treaty; middle and 80 % of the draws",
                source=_SOURCE,
            )  # fmt: skip
    return found


def _issues(packages: Survey | None, n_games: int, parameters: BargainParameters) -> dict[str, Quantity]:
    if packages is None:
        return {}
    found: dict[str, Quantity] = {}
    for j, each in enumerate(packages.issues):
        # A ceasefire is priced by the games alone, however often the other issues are drawn.
        n = n_games if each.issue.type == "ceasefire" else packages.shares.n_draws
        value, lower, upper = share_of(round(packages.alone[j, 0] * n), n, level=parameters.level)
        found[f"issue_open[{each.issue.id}]"] = Estimate(
            value, lower, upper, level=parameters.level, n=n, n_of="draws",
            method="share of draws in which neither side loses by settling this issue alone", source=_SOURCE,
        )  # fmt: skip
    return found


def _aid_effect(by_aid: Mapping[float, object], parameters: BargainParameters) -> Quantity:
    levels = sorted(by_aid)
    if len(levels) < 2:
        return NotObserved(words.NO_PATRON)
    without, now = by_aid[levels[0]], by_aid[levels[-1]]
    both = now.known & without.known  # type: ignore[attr-defined]
    value, lower, upper = paired_difference(now.deal[both], without.deal[both], level=parameters.level)  # type: ignore[attr-defined]
    return Estimate(
        value, lower, upper, level=parameters.level, n=int(both.sum()), n_of="pairs of games",
        method="share of draws with a deal, aid as now less no aid, same draws; adjusted Wald interval (Bonett & Price 2012)",
        source=_SOURCE,
    )  # fmt: skip


def _sources(record: Record) -> tuple[str, ...]:
    found: Sequence[str] = [
        *([record.front.description.source] if record.front is not None else []),
        *([record.war.theatre.source] if record.war.theatre is not None else []),
        *sorted({source for row in record.support for source in row.source.split(" ; ")}),
        *(issue.position_source for issue in record.war.issues if issue.position_source),
    ]
    return tuple(dict.fromkeys(found))


STUDY = Study(
    name="bargain",
    order=50,
    title=Text(en="Bargaining", nl="Onderhandelingsruimte"),
    question=Text(
        en="Which deals would leave neither side worse off, who blocks the others, and what would open them?",
        nl="Welke akkoorden maken geen van beide partijen slechter af, wie blokkeert de andere, en wat zou ze openen?",
    ),
    needs=Text(
        en="issues with their sort in war.toml, or a front or talks on record; patrons, polls and aid sharpen it",
        nl="kwesties met hun soort in war.toml, of een front of gesprekken in het dossier; beschermheren, peilingen en "
        "steun maken het scherper",
    ),
    parameters=BargainParameters,
    quantities={
        "deal_exists": QuantitySpec(
            Text(en="share of assumptions under which some armistice or treaty leaves neither side worse off",
                 nl="deel van de aannames waarbij een wapenstilstand of verdrag geen partij slechter af maakt")
        ),
        "armistice_open": QuantitySpec(
            Text(en="share of assumptions under which an armistice along today's line does",
                 nl="deel van de aannames waarbij een wapenstilstand langs de huidige lijn dat doet")
        ),
        "games_solved": QuantitySpec(Text(en="games that were solved", nl="opgeloste spellen")),
        "least_share": QuantitySpec(
            Text(en="least share of the stake for which a side would sign a treaty",
                 nl="kleinste deel van de inzet waarvoor een partij een verdrag zou tekenen"), per="side"
        ),
        "least_share_if_signing_were_safe": QuantitySpec(
            Text(en="the same if signing put no leader's office at risk",
                 nl="hetzelfde als tekenen geen leider het ambt kon kosten"), per="side"
        ),
        "issue_open": QuantitySpec(
            Text(en="share of assumptions under which settling an issue alone leaves neither side worse off",
                 nl="deel van de aannames waarbij het regelen van alleen deze kwestie geen partij slechter af maakt"),
            per="issue",
        ),
        "aid_effect_on_settlement": QuantitySpec(
            Text(en="share of assumptions with a deal, aid as now less no aid",
                 nl="deel van de aannames met een akkoord, steun als nu min geen steun")
        ),
        **doubt.SPECS,
        **several.SPECS,
    },
    run=_run,
    help_epilog=help_epilog(),
)  # fmt: skip
