"""Retaliation on exact times: the likelihood is that of the definition, and what is planted is found."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from armistice.errors import DataError, ParameterError, StatisticalWarning
from armistice.escalation.hawkes_events import background_of, timed_events
from armistice.escalation.hawkes_kernels import fades
from armistice.escalation.hawkes_model import Problem, TimesSettings, layout_of, problem_of, values_at
from armistice.escalation.retaliation_times import TimesFit, fit_retaliation_times
from armistice.escalation.retaliation_times_checks import bootstrap_times, direction_test, time_rescaling

BASELINE = np.array([0.3, 0.2])
BRANCHING = np.array([[0.10, 0.45], [0.05, 0.20]])
DECAY = 1.4


def _problem(times, window, settings=None, *, marks=None, edges=None, talks=None, pairs=None) -> Problem:
    settings = settings or TimesSettings()
    events = timed_events(times, window=window, marks=marks, mark_function=settings.mark_function)
    ground = background_of(window, edges=edges, talk_times=talks, talk_days=settings.talk_days)
    allowed = np.ones((len(times), len(times)), dtype=bool) if pairs is None else np.asarray(pairs, dtype=bool)
    return problem_of(events, ground, layout_of(settings, allowed, ground.basis.shape[1], talks is not None))


def _model(theta, window, settings=None, *, pool=None, edges=None, talks=None, n_series=2) -> TimesFit:
    """A model with given parameters and hardly any events: to simulate from."""
    times = [[window[0] + 0.1 * (j + 1), window[0] + 0.1 * (j + 1) + 0.05] for j in range(n_series)]
    problem = _problem(times, window, settings, marks=pool and [p[:2] for p in pool], edges=edges, talks=talks)
    theta = np.asarray(theta, dtype=float)
    return TimesFit(problem.events, problem.background, problem.layout, theta, np.eye(len(theta)), 0.0)


def _plain(days: float) -> TimesFit:
    return _model(np.concatenate([np.log(BASELINE), np.log(BRANCHING).ravel(), [math.log(DECAY)]]), (0.0, days))


def _times(events) -> list[np.ndarray]:
    return [events.times[events.series == j] for j in range(events.n_series)]


def _direct(problem: Problem, theta: np.ndarray) -> float:
    """The log-likelihood as defined, over all pairs of events."""
    events, layout, ground = problem.events, problem.layout, problem.background
    at = values_at(theta, layout, ground)
    weight = np.exp(at.mark_slopes[events.series] * events.marks)
    decay = at.decays[layout.reading_decay]
    lag = events.times[:, None] - events.times[None, :]
    is_past = lag > 0
    intensity = at.rates[events.series, events.cells(ground.edges)].copy()
    answered = 0.0
    for m, source in enumerate(layout.source):
        fed = (events.series == source) * weight
        own, own_decay = at.weights[events.series, m], decay[events.series, m]
        fading = np.where(is_past, np.exp(-own_decay[:, None] * np.where(is_past, lag, 0.0)), 0.0)
        intensity += own * own_decay * (fading @ fed)
        for i in range(events.n_series):
            answered += float(at.weights[i, m] * fed @ -np.expm1(-decay[i, m] * (events.end - events.times)))
    return float(np.log(intensity).sum() - (at.rates @ ground.lengths).sum() - answered)


def test_two_events_worked_by_hand() -> None:
    """One event at 1, one at 2; half an answer each, half of it within a day; watched until 4."""
    problem = _problem([[1.0, 2.0]], (0.0, 4.0))
    value, gradient = problem.likelihood(np.log([0.5, 0.5, math.log(2.0)]))
    later = 0.5 + 0.5 * math.log(2.0) * 0.5
    assert value == pytest.approx(math.log(0.5) + math.log(later) - 0.5 * 4 - 0.5 * (1 - 1 / 8) - 0.5 * (1 - 1 / 4))
    assert gradient[0] == pytest.approx(0.5 * (1 / 0.5 + 1 / later - 4))
    assert gradient[1] == pytest.approx(0.5 * (math.log(2.0) * 0.5 / later - 7 / 8 - 3 / 4))


@pytest.mark.parametrize(
    ("n_exponentials", "decays", "mark_function"),
    list(itertools.product((1, 2), ("shared", "pair"), ("none", "exp", "power"))),
)
@pytest.mark.parametrize("has_background", [False, True])
def test_likelihood_is_the_double_sum_and_its_gradient_the_difference(
    n_exponentials, decays, mark_function, has_background
) -> None:
    rng = np.random.default_rng(n_exponentials)
    times = [np.sort(rng.uniform(3.0, 25.0, n)) for n in (31, 22, 17)]
    marks = None if mark_function == "none" else [rng.gamma(2.0, 1.0, len(t)) for t in times]
    problem = _problem(
        times, (3.0, 25.0), TimesSettings(n_exponentials, decays, mark_function, talk_days=4.0), marks=marks,
        edges=[3.0, 9.0, 25.0] if has_background else None, talks=[1.0, 11.0, 12.2] if has_background else None,
        pairs=[[1, 1, 0], [0, 1, 1], [1, 1, 1]],
    )  # fmt: skip
    theta = rng.normal(0.0, 0.5, problem.layout.n)
    value, gradient = problem.likelihood(theta)
    assert value == pytest.approx(_direct(problem, theta), rel=1e-11)
    step = 1e-5
    differences = [
        (problem.likelihood(theta + step * unit)[0] - problem.likelihood(theta - step * unit)[0]) / (2 * step)
        for unit in np.eye(len(theta))
    ]
    assert gradient == pytest.approx(np.array(differences), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("decay", [0.002, 0.3, 40.0])
def test_stretches_inherit_what_came_before(decay) -> None:
    """1,500 events are carried in 64 stretches; memory reaches over many of them, some, or none."""
    rng = np.random.default_rng(8)
    times = [np.sort(rng.uniform(0.0, 400.0, n)) for n in (900, 603)]
    marks = [rng.gamma(2.0, 1.0, len(t)) for t in times]
    problem = _problem(times, (0.0, 400.0), TimesSettings(mark_function="power"), marks=marks)
    assert problem.stretches.gaps.shape[1] == 64
    theta = np.array([0.1, -0.2, -1.0, -1.3, -0.8, -1.6, math.log(decay), 0.5, -0.4])
    assert problem.likelihood(theta)[0] == pytest.approx(_direct(problem, theta), rel=1e-11)


def test_fading_is_exact_to_rounding() -> None:
    gaps = np.concatenate([np.linspace(0.0, 690.0, 5000), [0.0, 1e-300, 1e-9]])
    found = np.empty(len(gaps))
    fades(gaps, 1.0, np.empty(len(gaps), dtype=np.int64), found)
    assert np.max(np.abs(found / np.exp(-gaps) - 1.0)) < 1e-15
    fades(np.array([1e6]), 1.0, np.empty(1, dtype=np.int64), found[:1])
    assert 0.0 <= found[0] < 1e-300


def test_simulated_numbers_of_events_are_those_of_theory() -> None:
    """Mean rate: (1 - branching)^-1 baseline."""
    model, days = _plain(40_000.0), 40_000.0
    counts = model.simulate(np.random.default_rng(2)).counts
    expected = np.linalg.solve(np.eye(2) - BRANCHING, BASELINE) * days
    spread = np.linalg.inv(np.eye(2) - BRANCHING)
    sd = np.sqrt(np.diag(spread @ np.diag(expected) @ spread.T))
    assert np.abs((counts - expected) / sd).max() < 3.5


def test_simulated_events_pass_at_unit_rate_under_the_truth() -> None:
    settings = TimesSettings(2, "pair", "power")
    rng = np.random.default_rng(6)
    theta = np.concatenate(
        [np.log([0.3, 0.6, 0.2, 0.5]), np.log([0.1, 0.1, 0.2, 0.2, 0.05, 0.05, 0.2, 0.1]),
         np.log([5.0, 0.4, 3.0, 0.3, 2.0, 0.2, 9.0, 1.0]), [0.6, -0.3], [-1.5, 0.8, math.log(0.3)]]
    )  # fmt: skip
    pool = [rng.gamma(2.0, 1.0, 400) for _ in range(2)]
    window, talks = (0.0, 900.0), [100.0, 400.0, 650.0]
    problem = _problem(
        [np.linspace(0.5, 899.0, 400), np.linspace(0.7, 898.0, 400)], window, settings, marks=pool,
        edges=[0.0, 500.0, 900.0], talks=talks,
    )  # fmt: skip
    truth = TimesFit(problem.events, problem.background, problem.layout, theta, np.eye(len(theta)), 0.0)
    assert truth.spectral_radius < 0.9
    drawn = truth.simulate(rng)
    assert np.unique(drawn.marks).size > 300
    test = time_rescaling(TimesFit(drawn, truth.background, truth.layout, theta, truth.scale, 0.0))
    assert test.pooled.mean() == pytest.approx(1.0, abs=3.5 / math.sqrt(len(drawn.times)))
    assert test.pooled_p_value > 0.01
    assert test.p_value.min() > 0.01
    assert [len(own) for own in test.increments] == list(drawn.counts)
    from scipy.stats import kstest

    oracle = kstest(test.increments[1], "expon")
    assert (test.distance[1], test.p_value[1]) == pytest.approx((oracle.statistic, oracle.pvalue), rel=1e-9)
    # The same events under other parameters are not: the test has power.
    wrong = theta.copy()
    wrong[4:12] = math.log(0.01)
    assert (
        time_rescaling(TimesFit(drawn, truth.background, truth.layout, wrong, truth.scale, 0.0)).p_value.min() < 1e-3
    )


def test_planted_parameters_are_found_within_their_standard_errors() -> None:
    model = _plain(1500.0)
    rng = np.random.default_rng(12)
    z = []
    for _ in range(40):
        fit = fit_retaliation_times(_times(model.simulate(rng)), window=(0.0, 1500.0))
        z.append((fit.theta - model.theta) / fit.standard_errors())
    spread = np.sqrt(np.median(np.square(z), axis=0) / 0.4549)  # 0.4549: median of a chi-square with 1 degree
    # The own answers of series 1 to 0 are so few (0.05) that their logarithm is not yet normal.
    assert (spread[[0, 1, 2, 3, 5, 6]] > 0.6).all()
    assert (spread[[0, 1, 2, 3, 5, 6]] < 1.6).all()
    assert np.abs(np.median(z, axis=0)).max() < 0.8


def test_two_speeds_marks_talks_and_a_changing_baseline_are_found() -> None:
    settings = TimesSettings(2, "shared", "exp")
    window, edges, talks = (0.0, 4000.0), [0.0, 2000.0, 4000.0], list(np.arange(150.0, 3900.0, 90.0))
    rng = np.random.default_rng(21)
    theta = np.concatenate(
        [np.log([0.3, 0.6, 0.5, 0.2]), np.log([0.1, 0.2, 0.25, 0.2, 0.1, 0.1, 0.15, 0.1]), np.log([8.0, 0.5]),
         [0.5, -0.5], [-1.5, 0.7, math.log(0.2)]]
    )  # fmt: skip
    pool = [rng.normal(0.0, 1.0, 2000) for _ in range(2)]
    grid = [np.linspace(0.5, 3999.0, 2000), np.linspace(0.7, 3998.0, 2000)]
    problem = _problem(grid, window, settings, marks=pool, edges=edges, talks=talks)
    model = TimesFit(problem.events, problem.background, problem.layout, theta, np.eye(len(theta)), 0.0)
    drawn = model.simulate(rng)
    fit = fit_retaliation_times(
        _times(drawn), window=window, marks=[drawn.marks[drawn.series == j] for j in range(2)],
        baseline_edges=edges, talk_times=talks, settings=settings,
    )  # fmt: skip
    assert fit.log_likelihood >= problem_of(drawn, fit.background, fit.layout).likelihood(theta)[0]
    assert fit.branching == pytest.approx(model.branching, abs=0.08)
    assert np.sort(np.unique(fit.decays)) == pytest.approx([0.5, 8.0], rel=0.3)
    errors = fit.standard_errors()
    marks, talk = fit.layout.parts[3], fit.layout.parts[4]
    assert np.abs((fit.theta[marks] - theta[marks]) / errors[marks]).max() < 3.5
    assert np.abs((fit.theta[talk] - theta[talk]) / errors[talk]).max() < 3.5
    assert fit.talk_effects[0] < 0 < fit.talk_effects[1]
    assert fit.baseline[:, 0] == pytest.approx([0.3, 0.5], rel=0.3)


def test_many_events_through_a_slice_reach_the_same_top() -> None:
    model = _plain(100_000.0)
    drawn = model.simulate(np.random.default_rng(4))
    assert len(drawn.times) > 60_000
    fit = fit_retaliation_times(_times(drawn), window=(0.0, 100_000.0))
    gradient = fit.log_likelihood_and_gradient(fit.theta)[1]
    errors = fit.standard_errors()
    assert np.abs(gradient * errors).max() < 0.05
    assert np.abs((fit.theta - model.theta) / errors).max() < 3.5


def test_answers_after_an_impulse() -> None:
    """One series: the expected answers up to t are ``a / (1 - a) (1 - exp(-decay (1 - a) t))``."""
    one = _model(np.log([0.5, 0.6, 0.8]), (0.0, 10.0), n_series=1)
    days = np.arange(1, 15)
    expected = 10.0 * 0.6 / 0.4 * -np.expm1(-0.8 * 0.4 * days)
    assert one.impulse_response(0)[1:].cumsum() == pytest.approx(expected, rel=1e-9)
    two = _plain(10.0)
    total = two.impulse_response(1, extra=1.0, days=80)[1:].sum(axis=0)
    assert total == pytest.approx((np.linalg.inv(np.eye(2) - BRANCHING) - np.eye(2))[:, 1], rel=1e-9)
    assert two.half_life_days == pytest.approx(np.full((2, 2), math.log(2) / DECAY))
    assert two.spectral_radius == pytest.approx(max(abs(np.linalg.eigvals(BRANCHING))))
    with pytest.raises(ParameterError, match="series must be from 0 to 1"):
        two.impulse_response(2)


def test_half_life_of_two_speeds() -> None:
    fit = _model(np.log([0.5, 0.3, 0.1, 3.0, 0.1]), (0.0, 10.0), TimesSettings(2), n_series=1)
    half = fit.half_life_days[0, 0]
    assert fit.decays.ravel() == pytest.approx([0.1, 3.0])
    assert fit.weights.ravel() == pytest.approx([0.1, 0.3])
    assert 0.75 * math.exp(-3.0 * half) + 0.25 * math.exp(-0.1 * half) == pytest.approx(0.5)


def test_bootstrap_spreads_as_the_information_says() -> None:
    rng = np.random.default_rng(31)
    model = _plain(3000.0)
    fit = fit_retaliation_times(_times(model.simulate(rng)), window=(0.0, 3000.0))
    found = bootstrap_times(fit, n_draws=80, rng=rng)
    assert found.n_failed == 0
    lower, upper = found.branching_interval()
    assert ((lower < fit.branching) & (fit.branching < upper)).all()
    ratio = found.theta.std(axis=0)[[0, 1, 3, 5, 6]] / fit.standard_errors()[[0, 1, 3, 5, 6]]
    assert (ratio > 0.7).all()
    assert (ratio < 1.4).all()
    assert found.fit_p_value > 0.02
    again = bootstrap_times(fit, n_draws=3, rng=np.random.default_rng(1))
    assert again.theta == pytest.approx(bootstrap_times(fit, n_draws=3, rng=np.random.default_rng(1)).theta)


def test_direction_is_seen_one_way_only() -> None:
    theta = np.concatenate([np.log([0.5, 0.5]), np.log([0.1, 0.5, 1e-6, 0.1]), [math.log(1.5)]])
    rng = np.random.default_rng(17)
    drawn = _model(theta, (0.0, 500.0)).simulate(rng)
    fit = fit_retaliation_times(_times(drawn), window=(0.0, 500.0))
    there = direction_test(fit, answers=0, to=1, n_draws=39, rng=rng)
    assert there.p_value == pytest.approx(1 / 40)
    back = direction_test(fit, answers=1, to=0, n_draws=39, rng=rng)
    assert back.p_value > 0.05
    with pytest.raises(ParameterError, match="not in the model"):
        direction_test(fit, answers=0, to=2, rng=rng)


def test_a_pair_left_out_is_not_answered() -> None:
    drawn = _plain(800.0).simulate(np.random.default_rng(3))
    fit = fit_retaliation_times(_times(drawn), window=(0.0, 800.0), pairs=[[True, False], [True, True]])
    assert fit.branching[0, 1] == 0.0
    assert np.isnan(fit.half_life_days[0, 1])


def test_answers_that_do_not_die_out_are_said_with_the_number() -> None:
    growing = _model(np.log([0.5, 1.4, 1.0]), (0.0, 15.0), n_series=1).simulate(np.random.default_rng(1))
    with pytest.warns(StatisticalWarning, match=r"spectral radius 1\.\d\d,"):
        fit = fit_retaliation_times(_times(growing), window=(0.0, 15.0))
    with pytest.raises(ParameterError, match="spectral radius"):
        bootstrap_times(fit, n_draws=2, rng=np.random.default_rng(1))
    # So slow that weight and decay cannot be told apart: the weight stands at its bound, and the message says so.
    rising = 10.0 * np.log1p(np.arange(1, 300) / 4.0)
    with pytest.warns(StatisticalWarning, match=r"spectral radius 20\.\d\d or more,"):
        fit_retaliation_times([rising], window=(0.0, float(rising[-1]) + 0.01))


GOOD = [[1.0, 2.0, 5.0], [1.5, 3.0]]


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([[2.0, 1.0], [1.5, 3.0]], r"series 0 must rise; 1 at position 1 follows 2"),
        ([[1.0, 1.0, 2.0], [1.5, 3.0]], r"series 0 must not repeat; 1 stands at positions 0 and 1"),
        ([[1.0, 11.0], [1.5, 3.0]], r"inside the window from 0 to 10; found 11"),
        ([[-1.0, 1.0], [1.5, 3.0]], r"inside the window from 0 to 10; found -1"),
        ([[1.0, 2.0], [1.5]], r"series 1: 1 event"),
        ([[1.0, np.nan], [1.5, 3.0]], r"series 0 must be finite; found nan at position 1"),
        ([[1.0, 3.0], [1.5, 3.0]], r"both have an event at 3: which came first"),
        ([[[1.0, 3.0]], [1.5, 3.0]], r"one-dimensional"),
        ([], r"1 to 100 series"),
    ],
)
def test_bad_times_are_named(times, message) -> None:
    with pytest.raises(DataError, match=message):
        fit_retaliation_times(times, window=(0.0, 10.0))


@pytest.mark.parametrize(
    ("marks", "function", "message"),
    [
        ([[1.0, np.nan, 2.0], [1.0, 2.0]], "exp", r"series 0 must be finite; found nan at position 1"),
        ([[1.0, 0.0, 2.0], [1.0, 2.0]], "power", r"above 0 for a power of the mark; found 0"),
        ([[1.0, 1.0, 1.0], [1.0, 2.0]], "exp", r"all the same"),
        ([[1.0, 2.0], [1.0, 2.0]], "exp", r"2 marks for 3 events"),
        ([[1.0, 2.0, 3.0]], "exp", r"one array per series"),
        ([[1.0, 2.0, 3.0], [1.0, 2.0]], "none", r"give both, or neither"),
        (None, "exp", r"give both, or neither"),
    ],
)
def test_bad_marks_are_named(marks, function, message) -> None:
    with pytest.raises((DataError, ParameterError), match=message):
        fit_retaliation_times(GOOD, window=(0.0, 10.0), marks=marks, settings=TimesSettings(mark_function=function))


def test_bad_choices_are_named() -> None:
    for choice, message in (
        ({"baseline_edges": [0.0, 5.0, 9.0]}, "edges must rise from the start to the end"),
        ({"baseline_edges": [0.0, 5.0, 10.0], "baseline_basis": np.ones((3, 1))}, "one row for each of the 2 cells"),
        ({"baseline_edges": [0.0, 5.0, 10.0], "baseline_basis": np.ones((2, 2))}, "do not differ enough"),
        ({"talk_times": [np.nan]}, "talk_times must be finite"),
        ({"pairs": [[True]]}, "pairs must have shape"),
        ({"window": (3.0, 3.0)}, "the first before the second"),
    ):
        with pytest.raises((DataError, ParameterError), match=message):
            fit_retaliation_times(GOOD, **{"window": (0.0, 10.0), **choice})
    with pytest.raises(ParameterError, match="decays must be one of shared, pair"):
        TimesSettings(decays="own")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="n_exponentials"):
        TimesSettings(n_exponentials=0)


def test_likelihood_and_fit_are_those_of_hawkes_rs() -> None:
    multivariate = pytest.importorskip("hawkes.multivariate", reason="hawkes-rs is not installed")
    drawn = _plain(4000.0).simulate(np.random.default_rng(9))
    times = _times(drawn)
    fit = fit_retaliation_times(times, window=(0.0, 4000.0))
    theirs = multivariate.Parameters(baseline=BASELINE, excitation=BRANCHING, decay=DECAY)
    value, gradient = multivariate.negative_log_likelihood_and_gradient(theirs, times, 4000.0)
    ours, slopes = fit.log_likelihood_and_gradient(_plain(10.0).theta)
    assert ours == pytest.approx(-value, rel=1e-11)
    # Theirs are derivatives to the parameters, ours to their logarithms.
    expected = np.concatenate([gradient.baseline * BASELINE, (gradient.excitation * BRANCHING).ravel()])
    assert slopes[:-1] == pytest.approx(-expected, rel=1e-7, abs=1e-6)
    assert slopes[-1] == pytest.approx(-gradient.decay * DECAY, rel=1e-7, abs=1e-6)
    found = multivariate.fit(times, 4000.0)
    assert fit.branching == pytest.approx(found.parameters.excitation, abs=2e-3)
    assert fit.decays[0, 0, 0] == pytest.approx(found.parameters.decay, rel=5e-3)
    best = -multivariate.negative_log_likelihood(found.parameters, times, 4000.0)
    assert fit.log_likelihood >= best - 1e-5


def test_likelihood_and_gradient_are_those_of_tick() -> None:
    """tick gives minus the log-likelihood beside Poisson processes of rate 1, divided by the number of events.

    Its gradient is to the parameters, not their logarithms, and its decay is given, not fitted.
    """
    model = pytest.importorskip("tick.hawkes.model.build.hawkes_model", reason="tick is not installed")
    drawn = _plain(4000.0).simulate(np.random.default_rng(9))
    times, n = _times(drawn), len(drawn.times)
    theirs = model.ModelHawkesExpKernLogLik(DECAY, 1)
    theirs.set_data([times], np.array([4000.0]))
    parameters, slopes = np.concatenate([BASELINE, BRANCHING.ravel()]), np.zeros(6)
    loss = theirs.loss_and_grad(parameters, slopes)
    fit = TimesFit(drawn, _plain(4000.0).background, _plain(4000.0).layout, _plain(4000.0).theta, np.eye(7), 0.0)
    ours, gradient = fit.log_likelihood_and_gradient(fit.theta)
    assert ours == pytest.approx(-loss * n - 2 * 4000.0, rel=1e-11)
    assert gradient[:6] == pytest.approx(-slopes * n * parameters, rel=1e-7, abs=1e-5)
