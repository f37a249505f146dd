"""Is a war folder sound? Every finding is one line that names the place and the remedy."""

from __future__ import annotations

from pathlib import Path

from armistice.record.folder import Contents, read_folder

__all__ = ["check_war", "problems_in"]


def check_war(path: str | Path) -> list[str]:
    """Everything that is wrong with the war folder at ``path``, one line each; empty when nothing is."""
    return problems_in(read_folder(Path(path)))


def problems_in(contents: Contents) -> list[str]:
    """Everything that is wrong with a folder that was read."""
    return list(contents.problems)
