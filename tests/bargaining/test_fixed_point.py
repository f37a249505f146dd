"""Fixed points of maps whose fixed points are known, and the memory behind the acceleration."""

import numpy as np
import pytest

from armistice.bargaining.anderson import Memory
from armistice.bargaining.fixed_point import fixed_point
from armistice.errors import NotConvergedError

pytestmark = pytest.mark.slow  # compiling the kernels takes minutes


def linear(size, seed=3):
    """A linear map with moduli from 0 to .97 along orthogonal directions, its constant part, and its fixed point."""
    rng = np.random.default_rng(seed)
    directions, _ = np.linalg.qr(rng.standard_normal((size, size)))
    matrix = directions * np.linspace(0, 0.97, size) @ directions.T
    constant = rng.standard_normal(size)
    return matrix, constant, np.linalg.solve(np.eye(size) - matrix, constant)


def steps(matrix, constant):
    def step(x, out):
        out[:] = matrix @ x + constant

    return step


@pytest.mark.parametrize("threaded", [False, True])
def test_a_linear_map(threaded):
    matrix, constant, point = linear(1500)
    found, residual, used = fixed_point(steps(matrix, constant), np.zeros(1500), 1e-9, 300, "test", threaded=threaded)
    assert np.abs(found - point).max() < 1e-9 / (1 - 0.97)
    assert residual == pytest.approx(np.abs(matrix @ found + constant - found).max(), abs=1e-15)
    assert used < 200  # plain steps need log(1e-9) / log(.97), about 680


def test_threads_change_nothing():
    matrix, constant, _ = linear(1500)
    one, two = (
        fixed_point(steps(matrix, constant), np.zeros(1500), 1e-9, 300, "test", threaded=threaded)
        for threaded in (False, True)
    )
    assert np.array_equal(one[0], two[0])
    assert one[1:] == two[1:]


def test_a_step_out_of_few_dimensions_ends_at_once():
    """Seven directions are learnt in eight steps: the next point is the fixed point, up to single precision."""
    rng = np.random.default_rng(5)
    matrix = rng.standard_normal((3000, 7)) @ rng.standard_normal((7, 3000))
    matrix *= 0.8 / np.linalg.norm(matrix, 2)
    constant = rng.standard_normal(3000)
    point = np.linalg.solve(np.eye(3000) - matrix, constant)
    memory, x, image = Memory(3000, threaded=False), np.zeros(3000), np.empty(3000)
    for _ in range(9):
        steps(matrix, constant)(x, image)
        memory.residual(x, image)
        memory.next_point(image, x)
    assert np.abs(x - point).max() < 1e-4


def test_the_residual_is_the_largest_change_and_never_hides_what_is_no_number():
    x = np.linspace(0, 1, 3001)
    for place in (0, 1500, 3000):
        image = x.copy()
        image[place] -= 3.5
        assert Memory(3001, threaded=False).residual(x, image) == pytest.approx(3.5)
        image[place] = np.nan
        assert Memory(3001, threaded=False).residual(x, image) == np.inf


def test_a_map_that_goes_round_is_damped():
    """x -> 1 - 1.2 (x - .5) swings ever wider around .5 + .5/2.2 without damping."""

    def step(x, out):
        out[:] = np.clip(1 - 1.2 * (x - 0.5), -1, 2)

    found, _, _ = fixed_point(step, np.full(5, 0.1), 1e-10, 5000, "test")
    assert np.allclose(found, 1.6 / 2.2)


def test_no_fixed_point_is_an_error_that_says_by_how_much():
    def step(x, out):
        out[:] = np.where(x > 0, -1.0, 1.0)

    with pytest.raises(NotConvergedError, match=r"test: no fixed point after 400 sweeps; residual at best"):
        fixed_point(step, np.zeros(4), 1e-8, 400, "test")
