"""The summary on the terminal: the five lines, the studies' numbers and the verdicts."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from armistice.assessment import Assessment, StudyOutcome
from armistice.claims import VERDICTS
from armistice.estimate import Estimate, Quantity, Reported
from armistice.text import Language, Text, words
from armistice.units import span_in, with_unit

__all__ = ["print_study", "print_summary"]

_AS_OF = Text(en="as known on", nl="zoals bekend op")
_CLAIMS = Text(en="Claims", nl="Uitspraken")
_REASON = Text(en="no number", nl="geen getal")


def print_summary(assessment: Assessment, language: Language) -> None:
    """The answer in five lines, the verdict on every claim."""
    console = Console(highlight=False, soft_wrap=False)
    say = words(language)
    name = assessment.war.names.in_language(language)
    console.print(f"\n[bold]{name}[/bold], {_AS_OF.in_language(language)} {say.date(assessment.record.as_of)}\n")
    for line in assessment.answer:
        console.print(Padding("• " + escape(line.in_language(language)), (0, 0, 0, 2)))
    if assessment.claims:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(style="bold", no_wrap=True)
        table.add_column()
        for claim in assessment.claims:
            table.add_row(
                VERDICTS[claim.verdict].in_language(language), escape(claim.statement.in_language(language))
            )
        console.print(f"\n[bold]{_CLAIMS.in_language(language)}[/bold]")
        console.print(Padding(table, (0, 0, 0, 2)))


def print_study(outcome: StudyOutcome, language: Language) -> None:
    """One study: its question, what is told and its numbers."""
    console = Console(highlight=False, soft_wrap=False)
    result = outcome.result
    console.print(f"\n[bold]{outcome.study.question.in_language(language)}[/bold]\n")
    for sentence in result.told:
        console.print(Padding(escape(sentence.in_language(language)), (0, 0, 0, 2)))
    if result.quantities:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for _ in range(3):
            table.add_column()
        for key, quantity in result.quantities.items():
            table.add_row(escape(key), *_cells(quantity, language))
        console.print()
        console.print(Padding(table, (0, 0, 0, 2)))
    for caveat in result.caveats:
        console.print(Padding(f"[dim]{escape(caveat.in_language(language))}[/dim]", (1, 0, 0, 2)))


def _cells(quantity: Quantity, language: Language) -> tuple[str, str]:
    say = words(language)
    if isinstance(quantity, Estimate):
        interval = f"{100 * quantity.level:.0f}%: {span_in(quantity.lower, quantity.upper, quantity.unit, say)}"
        return escape(with_unit(quantity.value, quantity.unit, say)), f"{interval}; n = {quantity.n}"
    if isinstance(quantity, Reported):
        return escape(with_unit(quantity.value, quantity.unit, say)), escape(quantity.claimed_by)
    return _REASON.in_language(language), escape(quantity.reason.in_language(language))
