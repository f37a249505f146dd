"""Where a record meets a method: one module per question, readable from top to bottom.

Studies are found by looking into this package, so a new module is a new study. A module whose name begins with an
underscore is part of the study it is named after (its tables and sentences, say), not one of its own.
"""

from __future__ import annotations

import importlib
import pkgutil

from armistice.errors import ParameterError
from armistice.studies.study import Study

__all__ = ["all_studies", "study_modules", "study_named"]

_NOT_STUDIES = {"study"}


def study_modules() -> list[str]:
    """Names of the modules that hold a study, without importing them."""
    return sorted(
        m.name for m in pkgutil.iter_modules(__path__) if m.name not in _NOT_STUDIES and not m.name.startswith("_")
    )


def all_studies() -> list[Study]:
    """Every study, in the order of the report."""
    studies: list[Study] = []
    for name in study_modules():
        module = importlib.import_module(f"{__name__}.{name}")
        studies.append(module.STUDY)
    return sorted(studies, key=lambda study: (study.order, study.name))


def study_named(name: str) -> Study:
    """The study with this name; an error lists those that exist."""
    studies = {study.name: study for study in all_studies()}
    if name not in studies:
        raise ParameterError(f"No study is called {name!r}; there are: {', '.join(studies)}.")
    return studies[name]
