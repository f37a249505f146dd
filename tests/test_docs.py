"""Generated pages are fresh, every command is documented, and the layers hold."""

import subprocess
import sys
from pathlib import Path

import pytest

from armistice.cli import main
from armistice.cli.main import _COMMANDS
from armistice.studies import all_studies, study_modules
from tests.conftest import ROOT


def test_generated_pages_are_fresh():
    done = subprocess.run(
        [sys.executable, "scripts/make_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", sorted([*_COMMANDS, *(name.replace("_", "-") for name in study_modules())]))
def test_every_command_is_documented(command):
    assert f"## armistice {command}\n" in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def test_every_study_is_named_after_its_module():
    assert sorted(study.name for study in all_studies()) == sorted(n.replace("_", "-") for n in study_modules())


def test_importing_the_package_does_no_work():
    code = "import sys, armistice, armistice.cli; assert 'numpy' not in sys.modules and 'pydantic' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_help_lists_every_command_without_importing_studies():
    code = (
        "import sys; from click.testing import CliRunner; from armistice.cli import main; "
        "out = CliRunner().invoke(main, ['--help']).output; print(out); assert 'numpy' not in sys.modules"
    )
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    for command in main.list_commands(None):  # type: ignore[arg-type]
        assert f"  {command} " in shown


def test_imports_point_one_way():
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.is_file():
        pytest.skip("import-linter is not installed")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
