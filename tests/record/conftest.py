"""What the record's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.record.small_war import write_small_war


@pytest.fixture
def small_war(tmp_path: Path) -> Path:
    """A fresh copy of the small war's folder."""
    return write_small_war(tmp_path / "small")
