"""The report: one HTML file, readable on a phone and on paper, in English and Dutch."""

from __future__ import annotations

from armistice.report.page import report_html, write_report

__all__ = ["report_html", "write_report"]
