"""Readers of files that users bring: one module per origin, none of whose rows may be redistributed.

=================== ============================================================== =====================
reader              what                                                           gives
=================== ============================================================== =====================
``read_cow_wars``   Correlates of War: wars and their participants, 1816-2014      :class:`CowWars`
``read_nmc``        Correlates of War: National Material Capabilities              :class:`Capabilities`
``read_mid``        Militarised interstate disputes (COW 5, GML 2.2.1)             :class:`Disputes`
``read_atop``       Alliance Treaty Obligations and Provisions 5                   :class:`Alliances`
``read_archigos``   Archigos 4.1: leaders and their fates                          :class:`Leaders`
=================== ============================================================== =====================

Each tells the version by the columns, refuses a file that it does not know (saying what it found and what it
knows), turns codes such as -9 into missing, and stops at dates that cannot be, with the row. Plain CSV, gzip and
tab-separated text are read; Stata and R files are not.
"""

from __future__ import annotations

from armistice.sources.archigos import Leaders, read_archigos
from armistice.sources.atop import Alliances, read_atop
from armistice.sources.cow_wars import CowWars, InterstateWars, interstate_wars, read_cow_wars
from armistice.sources.mid import Disputes, read_mid
from armistice.sources.nmc import Capabilities, read_nmc

__all__ = [
    "Alliances",
    "Capabilities",
    "CowWars",
    "Disputes",
    "InterstateWars",
    "Leaders",
    "interstate_wars",
    "read_archigos",
    "read_atop",
    "read_cow_wars",
    "read_mid",
    "read_nmc",
]
