"""Games that several tests play."""

from functools import cache

import numpy as np

from armistice.bargaining.equilibrium import solve
from armistice.bargaining.game import MECHANISMS, Game, Issue
from armistice.simulation.rules import Forces, Strikes, Violence


@cache
def solved(game, precision=30.0):
    return solve(game, precision=precision, certify=False)


def every_mechanism(**values):
    """3,456 states, every mechanism on; sides differ everywhere, so that exchanging them shows."""
    settings = {
        "a_security_levels": 3, "b_security_levels": 2, "a_stock_levels": 2, "b_stock_levels": 3,
        "a_signing_risk": (0.9, 0.5, 0.2), "b_signing_risk": (0.7, 0.2), "b_aid_income": 0.02, "a_cost": 0.25,
        "b_office_rent": 0.4, "a_expected_share": 0.55, "b_expected_share": 0.45, "a_erosion": 0.15,
        "b_aid_lost": 0.15, "a_aid_gained": 0.2, "b_wear": 0.1, "advance_chance": 0.45, "treaty_shares": (0.3, 0.5, 0.6),
        "issues": (Issue("grain", 0.03, 0.01, 0.1),), "armistice_reopening": 0.08, "treaty_reopening": 0.03,
        "breakthrough": 0.2,
    }  # fmt: skip
    return Game(front_cells=4).with_values(**settings | values)


def only_the_front(**values):
    """No choices, no talks: the front moves or does not."""
    kept = (
        "armistice",
        "treaty",
        "reopening",
        "rebuilding",
        "guarantor",
        "suspension",
        "defeat_risk",
        "conditional_aid",
    )
    off = [name for name in MECHANISMS if name not in kept]
    return Game(**values).without(*off)


def all_violence(losses="aimed", **values):
    rate = {"aimed": (0.03, 0.02), "area": (5e-8, 8e-8), "mean": (5_000.0, 7_000.0)}[losses]
    forces = {
        "persons": (5e5, 4e5), "noise": 0.6, "push_losses": (0.5, 0.4), "pushed_losses": (0.2, 0.1),
        "replenished": (3000.0, 1000.0), "replenished_with_aid": (500.0, 900.0), "killed_share": (0.3, 0.25),
        "break_point": (0.9, 0.85),
    }  # fmt: skip
    return Violence(
        forces=Forces(losses, rate, **forces | values),
        strikes=Strikes(
            (0.2, 0.3), (0.3, 0.4), retaliation=(1.0, 0.5), around_talks=(0.8, 0.3),
            deaths=((0.0, 100.0, 500.5), (10.0, 50.0, 200.0)), suspends_talks=0.5, start=(0, 1),
        ),
        lull=0.01, hazards=(("victory_a", 0.002), ("collapse_b", 0.003)),
    )  # fmt: skip


def z(count, n, chance):
    """How many standard errors a count lies from what a chance predicts."""
    return (count - n * chance) / np.sqrt(n * chance * (1 - chance))
