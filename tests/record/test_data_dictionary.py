"""docs/war-folder.md is made from the schema and says all of it."""

import subprocess
import sys

from armistice.record.schema import TABLES, SeriesDescription, War
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "war-folder.md"


def test_the_page_is_fresh():
    done = subprocess.run(
        [sys.executable, "scripts/make_data_dictionary.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_names_every_file_and_column():
    page = PAGE.read_text(encoding="utf-8")
    sections = {part.split("\n", 1)[0]: part for part in page.split("\n## ")}
    for file, model in TABLES.items():
        for column in model.model_fields:
            assert f"\n| `{column}` | " in sections[file]
    for key in (
        *SeriesDescription.model_fields,
        *(name for name, info in War.model_fields.items() if info.annotation in (str, int)),
    ):
        assert f"\n| `{key}` | " in sections["war.toml"]
