"""A record played forward, as it is and under scenarios: the same draws and the same chances for each.

Draws of the assumptions are solved as games (:func:`armistice.studies._bargain_game.shared_games`), given violence
(:mod:`._simulation_draws`) and played many times. War number ``i`` of draw ``d`` meets the same random numbers in every
scenario, so that differences are those of the scenario.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.game import MECHANISMS
from armistice.errors import DataError, NotConvergedError, ParameterError
from armistice.record.as_of import Record
from armistice.simulation.endings import ENDINGS
from armistice.simulation.executors import Engine, Task, run_tasks
from armistice.simulation.play import Played
from armistice.simulation.policy import FIRST, limits, thresholds
from armistice.simulation.rules import Rules
from armistice.simulation.scenarios import Bounds, Scenario, load_scenario
from armistice.studies._bargain_assumptions import Range, ranges_of
from armistice.studies._bargain_game import RULES_KEPT, SharedGames, shared_games
from armistice.studies._bargain_inputs import Observed, observe
from armistice.studies._simulation_draws import (
    VIOLENCE_MECHANISMS,
    Drawn,
    draw_violence,
    violence_parameters,
)
from armistice.studies._simulation_inputs import Seen, see_violence

__all__ = ["HORIZONS", "Outcome", "Simulated", "check_playable", "played_rules", "read_scenarios", "simulate"]

Floats = npt.NDArray[np.float64]
HORIZONS: Final = (3, 6, 12, 24, 60)
#: The war as it stands, where scenarios have their names.
AS_IS: Final = "as-is"
#: War-months below which starting worker processes takes longer than playing.
_WORTH_WORKERS: Final = 2_000_000_000
#: Numbers of wars lie this far apart from one draw to the next.
_APART: Final = 2**32


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of the war in each draw, under one scenario.

    Parameters
    ----------
    scenario : Scenario or None
        None: as the record stands.
    games : SharedGames
    violence : Drawn
    draws : ndarray of int, shape (n,)
        The draws that were played: those whose game was solved in every scenario.
    played : tuple of Played
        One for each of them.
    """

    scenario: Scenario | None
    games: SharedGames
    violence: Drawn
    draws: npt.NDArray[np.int64]
    played: tuple[Played, ...]

    @property
    def id(self) -> str:
        """The scenario's name in keys; "as-is" for none."""
        return AS_IS if self.scenario is None else self.scenario.id

    @property
    def months(self) -> int:
        """Months played."""
        return self.played[0].months

    def chances(self, horizons: Sequence[int]) -> Floats:
        """Chances of each ending by draw; shape (n_draws, n_horizons, n_endings)."""
        return np.stack([one.chances(horizons) for one in self.played])

    @cached_property
    def together(self) -> Played:
        """All draws as one: the assumptions' spread and chance together."""
        return Played.merged(self.played)

    @property
    def counts_deaths(self) -> bool:
        """Whether anybody dies in it: False where no count of the dead is on record, which is not none."""
        return any(one.forces is not None or one.strikes is not None for one in self.violence.violence) and bool(
            sum(int(one.death_sums[-1, :, 0].sum()) for one in self.played)
        )


@dataclass(frozen=True, eq=False)
class Simulated:
    """A record played forward.

    Parameters
    ----------
    record : Record
    observed : Observed
    seen : Seen
    outcomes : tuple of Outcome
        As the record stands, then each scenario.
    wars : int
        Asked for, per scenario.
    draws : int
        Asked for.
    seed : int
    """

    record: Record
    observed: Observed
    seen: Seen
    outcomes: tuple[Outcome, ...]
    wars: int
    draws: int
    seed: int

    @property
    def as_is(self) -> Outcome:
        """As the record stands."""
        return self.outcomes[0]

    def horizons(self) -> tuple[int, ...]:
        """Months to tell of: 3, 6, 12, 24, 60 as far as they were played, and the last month played."""
        months = self.as_is.months
        return tuple(sorted({*(h for h in HORIZONS if h <= months), months}))


def read_scenarios(record: Record, names: Sequence[str | Path]) -> tuple[Scenario, ...]:
    """Read scenarios, checked against what this war's games and violence know.

    Raises
    ------
    ParameterError
        If one is wrong, or two have the same name.
    """
    ranges = ranges_of(record, observe(record), ())
    parameters = {name: Bounds(one.kind.least, one.kind.most) for name, one in ranges.items()} | violence_parameters()
    mechanisms = (*(name for name in MECHANISMS if name != "partial_deals"), *VIOLENCE_MECHANISMS)
    found = tuple(load_scenario(name, parameters=parameters, mechanisms=mechanisms) for name in names)
    for i, one in enumerate(found):
        if one.id == AS_IS:
            raise ParameterError(f"{one.place}: {AS_IS} is what the war as it stands is called; rename the file.")
        if any(one.id == other.id for other in found[:i]):
            raise ParameterError(
                f"{one.place}: another scenario given is called {one.id} too; rename one of the files."
            )
    return found


def simulate(
    record: Record,
    scenarios: Sequence[Scenario] = (),
    *,
    wars: int = 200_000,
    months: int = 60,
    draws: int = 24,
    precision: float = 100.0,
    seed: int = 1,
    set: Sequence[str] = (),
    engine: Engine | None = None,
    workers: int | None = None,
    folder: Path | str | None = None,
    scheduler: str | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Simulated:
    """Play a record forward, as it stands and under each scenario.

    Parameters
    ----------
    record : Record
    scenarios : sequence of Scenario
        From :func:`read_scenarios`.
    wars : int
        Per scenario, all draws together.
    months : int
    draws : int
        Of the assumptions.
    precision : float
        Of choices, as in the study ``bargain``.
    seed : int
        With the same seed an assessment draws the same games.
    set : sequence of str
        Assumptions for all scenarios, as ``--set`` of ``bargain``.
    engine, workers, folder, scheduler, on_progress
        As in :func:`armistice.simulation.executors.run_tasks`; without an engine, worker processes where they help.

    Raises
    ------
    DataError
        If the war is over or the record holds nothing to play from.
    ParameterError
    NotConvergedError
        If no draw of the games was solved in every scenario.
    """
    check_playable(record)
    if not 2 <= draws <= RULES_KEPT or wars < draws:
        raise ParameterError(
            f"draws must lie from 2 to {RULES_KEPT} and wars be at least as many, got {draws} draws and {wars} wars."
        )
    observed, seen = observe(record), see_violence(record)
    rng = np.random.default_rng(seed)
    ranges = ranges_of(record, observed, set)
    prepared: list[tuple[Scenario | None, SharedGames, Drawn]] = []
    for scenario in (None, *scenarios):
        changed = (*set, *(() if scenario is None else _set_texts(scenario, ranges)))
        without = () if scenario is None else tuple(name for name in scenario.off if name in MECHANISMS)
        games = shared_games(record, rng, draws, precision, changed, without=without)
        prepared.append((scenario, games, draw_violence(record, seen, draws, seed, scenario)))
    solved = np.logical_and.reduce([games.solved.known for _, games, _ in prepared])
    if not solved.any():
        reasons = [why for _, games, _ in prepared for why in games.solved.failures.values()]
        raise NotConvergedError(f"None of {draws} games settled in every scenario; the first: {reasons[0]}")
    kept = np.flatnonzero(solved)
    tasks: list[Task] = []
    war_seed = int(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(b"wars"),)).generate_state(1)[0])
    for scenario, games, violence in prepared:
        length = months if scenario is None or scenario.months is None else min(months, scenario.months)
        for place, draw in enumerate(kept):
            rules = games.solved.rules[draw]
            assert rules is not None
            share = wars // len(kept) + (place < wars % len(kept))
            tasks.append(Task(played_rules(rules, violence, int(draw)), share, length, war_seed, int(draw) * _APART))
    chosen: Engine = engine or ("processes" if sum(t.n_wars * t.months for t in tasks) > _WORTH_WORKERS else "serial")
    played = run_tasks(
        tasks, engine=chosen, workers=workers, folder=folder, scheduler=scheduler, on_progress=on_progress
    )
    outcomes = tuple(
        Outcome(scenario, games, violence, kept, tuple(played[i * len(kept) : (i + 1) * len(kept)]))
        for i, (scenario, games, violence) in enumerate(prepared)
    )
    return Simulated(record, observed, seen, outcomes, wars, draws, seed)


def played_rules(rules: Rules, violence: Drawn, draw: int) -> Rules:
    """The game's rules with the draw's violence, deals made at its pace.

    A month's chance of an armistice, a treaty or a settled issue is the equilibrium's times the pace; the sides do not
    foresee that. 1 is the equilibrium itself.
    """
    policy = rules.policy
    pace = float(violence.pace[draw])
    if pace < 1:
        policy = policy.copy()
        policy[:, :FIRST] = thresholds(limits(policy[:, :FIRST]) / 65536 * pace)
    return replace(rules, policy=policy, violence=violence.violence[draw])


def check_playable(record: Record) -> None:
    """See that a war goes on and that something is on record to play it from; else DataError says what is missing."""
    if record.war.end is not None:
        raise DataError(
            f"{record.war.id}: the war ended on {record.war.end.date}; there is nothing left to play. "
            "Give an earlier day with --as-of."
        )
    if record.front is None and not (record.talks or record.all_series or record.figures or record.support):
        raise DataError(
            f"{record.war.id}: no front, talks, series, figures or support were on record on {record.as_of}; "
            "there is nothing to play from. Add one of these tables (`armistice check` names them)."
        )


def _set_texts(scenario: Scenario, ranges: Mapping[str, Range]) -> tuple[str, ...]:
    """A scenario's changes of the game's assumptions, as ``--set`` has them."""
    found: list[str] = []
    for name, change in scenario.changes.items():
        old = ranges.get(name)
        if old is None:
            continue
        low, high = change.low, change.high
        if change.is_multiple:
            low, high = change.factor * old.low, change.factor * old.high
            if min(low, high) < old.kind.least or max(low, high) > old.kind.most:
                raise ParameterError(
                    f"{scenario.place}: [set] {name}: x{change.factor:g} would make it {low:g} to {high:g}; it must lie "
                    f"from {old.kind.least:g} to {old.kind.most:g}."
                )
            low, high = min(low, high), max(low, high)
        found.append(f"{name}={low!r}..{high!r}")
    return tuple(found)


def settled_share(chances: Floats) -> Floats:
    """Armistice or treaty, from chances (..., n_endings)."""
    return np.asarray(chances[..., ENDINGS.index("armistice")] + chances[..., ENDINGS.index("peace_agreement")])


def ended_share(chances: Floats) -> Floats:
    """Any ending."""
    return np.asarray(1.0 - chances[..., ENDINGS.index("continues")])
