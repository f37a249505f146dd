"""How far away is a settlement of a war, and what would bring it nearer?

>>> import armistice as arm
>>> record = arm.load_war("ukraine").as_of("2025-06-03")   # doctest: +SKIP
>>> assessment = arm.assess(record, seed=1)                 # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from armistice.assessment import Assessment, assess
    from armistice.record.load import WarFolder, load_war

__version__ = "0.1.0.dev0"
__all__ = ["Assessment", "WarFolder", "__version__", "assess", "load_war"]

# Importing the package does no work: each public name is fetched when it is first used.
_HOMES = {
    "Assessment": "armistice.assessment",
    "assess": "armistice.assessment",
    "WarFolder": "armistice.record.load",
    "load_war": "armistice.record.load",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'armistice' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
