"""Pictures drawn ahead of the report, by a process beside this one, while the next studies run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

from armistice.assessment import StudyOutcome
from armistice.report.charts import NARROW, WIDE, draw
from armistice.report.figures import figure_id
from armistice.report.svg import draw_svg, drawing_options, trim_svg
from armistice.text import Language

__all__ = ["Ahead"]

_PROCESS = Path(__file__).with_name("drawing_process.py")


class Ahead:
    """Draws charts ahead in another process, which lives as long as the ``with`` block.

    Where there is a single processor, or no process can be started or it ends early, pictures are drawn here when they
    are asked for: the same pictures, later.

    Parameters
    ----------
    language : {"en", "nl"}
    """

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._drawn: dict[str, Future[str | None]] = {}
        self._process: subprocess.Popen[str] | None = None
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="armistice-pictures")

    def __enter__(self) -> Ahead:
        if _processors() > 1 and _PROCESS.is_file():
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", str(_PROCESS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, encoding="utf-8",
                )  # fmt: skip
            except OSError:
                self._process = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sender.shutdown(wait=kind is None, cancel_futures=True)
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def begin(self, outcome: StudyOutcome) -> None:
        """Begin to draw a study's charts."""
        if self._process is None:
            return
        for chart in outcome.result.charts:
            id = figure_id(outcome.study, chart)
            for canvas in (WIDE, NARROW):
                for i, panel in enumerate(draw(chart, canvas, self.language).panels):
                    request = json.dumps({"spec": panel.spec, **drawing_options(self.language)})
                    self._drawn[f"{id}-{canvas.name}-{i}"] = self._sender.submit(self._ask, request)

    def picture(self, spec: dict[str, Any], language: Language, *, name: str) -> str:
        """As :func:`armistice.report.svg.draw_svg`, drawn ahead if it was begun."""
        begun = self._drawn.get(name) if language == self.language else None
        svg = begun.result() if begun is not None else None
        return draw_svg(spec, language, name=name) if svg is None else trim_svg(svg, name)

    def _ask(self, request: str) -> str | None:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return None
        try:
            process.stdin.write(request + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            return json.loads(answer).get("svg") if answer else None
        except (OSError, ValueError):
            return None


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
