"""What a reader sees of the back-test of endings: sentences, tables and charts, for the command, its page and the docs."""

from __future__ import annotations

from typing import Any, Final

from armistice.history.rolling import HORIZONS
from armistice.history.scores import Skill
from armistice.record.reference import CITATION, OUTCOMES
from armistice.record.reference_covariates import AGREEMENTS_CITATION
from armistice.studies._endings_backtest import BASE, LEAKS, TURN, Backtest
from armistice.studies._endings_pages import OUTCOME_NAMES
from armistice.studies.study import Chart, StudyResult, Table
from armistice.text import EN, NL, Text, Words

__all__ = ["backtest_result"]

METHOD_NAMES: Final[dict[str, Text]] = {
    "aalen_johansen": Text(en="Aalen-Johansen: all wars, by time lasted",
                           nl="Aalen-Johansen: alle oorlogen, naar duur"),
    "constant": Text(en="constant hazards", nl="constante kansen per maand"),
    "aalen_johansen_steady": Text(en="Aalen-Johansen, never from fewer than 40 wars",
                                  nl="Aalen-Johansen, nooit uit minder dan 40 oorlogen"),
    "elapsed": Text(en="hazards smooth in time lasted", nl="kansen per maand, glad in de duur"),
    "groups": Text(en="that, with ratios for era, conflict, type and intensity, strength chosen at each origin",
                   nl="idem, met verhoudingen naar tijdperk, conflict, soort en intensiteit, sterkte per jaar gekozen"),
    "regression_free": Text(en="regression on all covariates, not shrunk", nl="regressie op alle kenmerken, niet gekrompen"),
    "regression": Text(en="regression, shrinkage learnt at each origin", nl="regressie, krimp per jaar geleerd"),
    "regression_mean": Text(en="mean of that and Aalen-Johansen", nl="gemiddelde daarvan en Aalen-Johansen"),
    "model_chosen": Text(en="regression with ratios, averaged with Aalen-Johansen, strengths chosen at each origin",
                         nl="regressie met verhoudingen, gemiddeld met Aalen-Johansen, sterktes per jaar gekozen"),
    "model_no_agreements": Text(en="the model without peace agreements", nl="het model zonder vredesakkoorden"),
    "model": Text(en="the model: regression with ratios, mean over strengths",
                  nl="het model: regressie met verhoudingen, gemiddeld over sterktes"),
}  # fmt: skip
_LEAK_NAMES: Final[dict[str, Text]] = {
    LEAKS[0]: Text(en="model that knows every coding of the edition", nl="model dat elke codering van de uitgave kent"),
    LEAKS[1]: Text(en="model that knows each ending in its year", nl="model dat elk einde in zijn jaar kent"),
    LEAKS[2]: Text(en="Aalen-Johansen that knows every coding of the edition",
                   nl="Aalen-Johansen dat elke codering van de uitgave kent"),
}  # fmt: skip
_MONTHS: Final = tuple(Text(en=f"{m} months", nl=f"{m} maanden") for m in HORIZONS)
_EVENTS: Final = {
    "ended": Text(en="ended in any way", nl="hoe dan ook geëindigd"),
    "settled": Text(en="settled", nl="beslecht"),
}  # fmt: skip


def _percent(value: float, words: Words) -> str:
    """A difference of shares as a percentage with one decimal."""
    plain = f"{round(100 * value, 1) + 0.0:.1f}%".replace("-", "−")
    return plain.replace(".", ",") if words.language == "nl" else plain


def _told(found: Skill) -> Text:
    def say(words: Words, to: str) -> str:
        return f"{_percent(found.value, words)} ({_percent(found.lower, words)} {to} {_percent(found.upper, words)})"

    return Text(en=say(EN, "to"), nl=say(NL, "tot"))


def _skills(
    name: str, title: Text, rows: list[tuple[Text, list[Skill | None]]], note: Text, last: Text | None = None
) -> Table:
    first = Text(en="method", nl="methode")
    columns = (first, *_MONTHS) if last is None else (first, *_MONTHS, last)
    return Table(
        name, title, columns,
        tuple((label, *(None if found is None else _told(found) for found in skills)) for label, skills in rows), note,
    )  # fmt: skip


def backtest_result(found: Backtest) -> StudyResult:
    """The back-test as a result that pages, the command and the docs can show.

    Parameters
    ----------
    found : Backtest

    Returns
    -------
    StudyResult
    """
    return StudyResult(
        headline=_headline(found),
        sentences=_sentences(found),
        tables=_tables(found),
        charts=_charts(found),
        caveats=_caveats(),
        sources=(CITATION, AGREEMENTS_CITATION),
    )


def _headline(found: Backtest) -> Text:
    year, five = found.brier["model", 12], found.brier["model", 60]
    return Text(
        en=f"Over {EN.number(len(found.forecasts.rows))} forecasts of {EN.number(found.n_wars)} wars in {EN.number(found.n_conflicts)} conflicts, "
        f"{found.first} to {found.last}, the model's error was {_told(year).en} lower than Aalen-Johansen's 12 months ahead "
        f"and {_told(five).en} lower 60 months ahead.",
        nl=f"Over {NL.number(len(found.forecasts.rows))} voorspellingen van {NL.number(found.n_wars)} oorlogen in {NL.number(found.n_conflicts)} "
        f"conflicten, {found.first} tot en met {found.last}, was de fout van het model 12 maanden vooruit {_told(year).nl} "
        f"kleiner dan die van Aalen-Johansen, en 60 maanden vooruit {_told(five).nl}.",
    )  # fmt: skip


def _sentences(found: Backtest) -> tuple[Text, ...]:
    model = [r for r in found.reliabilities if r.method == "model" and not r.turn_left_out]
    missed = sorted({r.months for r in model if not r.found.covers})
    wide = sorted({r.months for r in model if not r.over_periods.covers})

    def months(values: list[int], no: str) -> str:
        return ", ".join(map(str, values)) or no

    told = [
        Text(
            en="An error is the Brier score summed over the six ways in which a war may end; lower is better. Every forecast "
            "uses endings that could be coded by its year and nothing later.",
            nl="Een fout is de Brierscore, opgeteld over de zes manieren waarop een oorlog kan eindigen; lager is beter. Elke "
            "voorspelling gebruikt eindes die in haar jaar te coderen waren en niets van later.",
        ),
        Text(
            en=f"Reliability over conflicts: the band misses the diagonal at these months ahead: {months(missed, 'none')}. With "
            f"five-year periods resampled too: {months(wide, 'none')}. Wars that went on in the late 1980s ended far more "
            "often than any earlier record could say.",
            nl=f"Betrouwbaarheid over conflicten: de band mist de diagonaal bij deze maanden vooruit: {months(missed, 'geen')}. Met "
            f"ook perioden van vijf jaar getrokken: {months(wide, 'geen')}. Oorlogen die eind jaren tachtig gaande waren "
            "eindigden veel vaker dan enig eerder verloop kon zeggen.",
        ),
    ]
    if found.interstate is not None:
        said, was = found.interstate.settled[12]
        told.append(
            Text(
                en=f"Wars between states, each forecast from all other conflicts: {_told(found.interstate.brier[12]).en} at 12 months, "
                f"{_told(found.interstate.brier[60]).en} at 60. The model said {EN.percent(said)} would be settled within 12 "
                f"months; {EN.percent(was)} were.",
                nl=f"Oorlogen tussen staten, elk voorspeld uit alle andere conflicten: {_told(found.interstate.brier[12]).nl} op 12 "
                f"maanden, {_told(found.interstate.brier[60]).nl} op 60. Het model zei dat {NL.percent(said)} binnen 12 maanden "
                f"beslecht zou zijn; het was {NL.percent(was)}.",
            )
        )
    return tuple(told)


def _tables(found: Backtest) -> tuple[Table, ...]:
    named = [name for name in found.forecasts.forecasts if name != BASE]
    lower = Text(en=f"How much lower than the error of Aalen-Johansen, with the {EN.percent(found.brier[BASE, 12].level)} interval over conflicts; "
                 "below 0 is worse.",
                 nl=f"Hoeveel lager dan de fout van Aalen-Johansen, met het {NL.percent(found.brier[BASE, 12].level)}-interval over "
                 "conflicten; onder 0 is slechter.")  # fmt: skip
    tables = [
        _skills(
            "brier-skill", Text(en="Brier score, all ways of ending", nl="Brierscore, alle manieren van eindigen"),
            [(METHOD_NAMES[n], [*(found.brier[n, m] for m in HORIZONS), found.integrated[n]]) for n in named], lower,
            Text(en="0 to 60 months, integrated", nl="0 tot 60 maanden, geïntegreerd"),
        ),
        _skills(
            "log-skill", Text(en="Log score", nl="Logscore"),
            [(METHOD_NAMES[n], [found.log[n, m] for m in HORIZONS]) for n in named],
            Text(en=lower.en + " Probabilities count as at least 0.1%.", nl=lower.nl + " Kansen tellen als minstens 0,1%."),
        ),
        _skills(
            "ended-skill", Text(en="Brier score of ending in any way", nl="Brierscore van hoe dan ook eindigen"),
            [(METHOD_NAMES[n], [found.ended[n, m] for m in HORIZONS]) for n in named], lower,
        ),
        _by_cause(found),
        _skills(
            "decades", Text(en="The model by ten years of origins", nl="Het model per tien jaar"),
            [(Text(en=f"{y} to {min(y + 9, found.last)}", nl=f"{y} tot en met {min(y + 9, found.last)}"),
              [found.decades[y, m] for m in HORIZONS]) for y in sorted({first for first, _ in found.decades})], lower,
        ),
    ]  # fmt: skip
    if found.leaks:
        tables.append(
            _skills(
                "leaks", Text(en="What knowing the future would add", nl="Wat kennis van de toekomst zou toevoegen"),
                [(_LEAK_NAMES[n], [found.leaks[n, m] for m in HORIZONS]) for n in LEAKS],
                Text(en="Against the honest Aalen-Johansen. Not used anywhere: shown to see that the cut matters.",
                     nl="Tegen de eerlijke Aalen-Johansen. Nergens gebruikt: alleen om te zien dat de grens ertoe doet."),
            )
        )  # fmt: skip
    if found.interstate is not None:
        between = found.interstate
        tables.append(
            Table(
                "between-states", Text(en="Wars between states, each left out of the fit", nl="Oorlogen tussen staten, elk buiten het leren gelaten"),
                (Text(en="", nl=""), *_MONTHS),
                ((Text(en="error lower than Aalen-Johansen", nl="fout lager dan Aalen-Johansen"), *(_told(between.brier[m]) for m in HORIZONS)),
                 (Text(en="settled, the model said", nl="beslecht, zei het model"), *(_share(between.settled[m][0]) for m in HORIZONS)),
                 (Text(en="settled, it was", nl="beslecht, het was"), *(_share(between.settled[m][1]) for m in HORIZONS))),
                Text(en=f"{between.n_wars} wars in {between.brier[12].n_clusters} conflicts; the others' endings up to the end of the edition count.",
                     nl=f"{between.n_wars} oorlogen in {between.brier[12].n_clusters} conflicten; eindes van andere tellen tot het einde van de uitgave."),
            )
        )  # fmt: skip
    return (*tables, _reliability_table(found))


def _share(value: float) -> Text:
    return Text(en=EN.percent(value), nl=NL.percent(value))


def _by_cause(found: Backtest) -> Table:
    rows: list[tuple[Any, ...]] = []
    for k, outcome in enumerate(OUTCOMES):
        cells = []
        for months in HORIZONS:
            base, model = found.causes[months][:, k]
            lower = 1 - model / base if base > 0 else 0.0
            cells.append(
                Text(
                    en=f"{base:.4f} ({_percent(lower, EN)})",
                    nl=f"{base:.4f}".replace(".", ",") + f" ({_percent(lower, NL)})",
                )
            )
        rows.append((OUTCOME_NAMES[outcome], *cells))
    return Table(
        "by-cause", Text(en="Error by way of ending", nl="Fout naar manier van eindigen"),
        (Text(en="ending", nl="einde"), *_MONTHS), tuple(rows),
        Text(en="Mean Brier score of Aalen-Johansen, and how much lower the model's is.",
             nl="Gemiddelde Brierscore van Aalen-Johansen, en hoeveel lager die van het model is."),
    )  # fmt: skip


def _reliability_table(found: Backtest) -> Table:
    yes, no = Text(en="yes", nl="ja"), Text(en="no", nl="nee")
    rows: list[tuple[Any, ...]] = []
    for r in found.reliabilities:
        which = METHOD_NAMES[r.method]
        if r.turn_left_out:
            which = Text(
                en=f"the model, origins {TURN[0]}-{TURN[1]} left out", nl=f"het model, zonder {TURN[0]}-{TURN[1]}"
            )
        pairs = list(zip(r.found.forecast.tolist(), r.found.happened.tolist(), strict=True))
        rows.append(
            (which, _EVENTS[r.event], r.months,
             Text(en="; ".join(f"{EN.percent(p)}: {EN.percent(y)}" for p, y in pairs),
                  nl="; ".join(f"{NL.percent(p)}: {NL.percent(y)}" for p, y in pairs)),
             yes if r.found.covers else no, yes if r.over_periods.covers else no)
        )  # fmt: skip
    return Table(
        "reliability", Text(en="Of what was said, what came true", nl="Wat gezegd werd, en wat uitkwam"),
        (Text(en="method", nl="methode"), Text(en="event", nl="gebeurtenis"), Text(en="months", nl="maanden"),
         Text(en="said: came true, by fifths of the forecasts", nl="gezegd: uitgekomen, per vijfde van de voorspellingen"),
         Text(en="band over conflicts covers the diagonal", nl="band over conflicten dekt de diagonaal"),
         Text(en="band over conflicts and periods does", nl="band over conflicten en perioden dekt hem")),
        tuple(rows),
        Text(en="Bands hold all five points at once at 95%. The second resamples five-year periods too: forecasts of one period err "
             "together. It is wide, and says little against any method.",
             nl="De banden houden alle vijf punten tegelijk bij 95%. De tweede trekt ook perioden van vijf jaar: voorspellingen van "
             "één periode zitten er samen naast. Zij is breed en zegt weinig tegen welke methode ook."),
    )  # fmt: skip


def _charts(found: Backtest) -> tuple[Chart, ...]:
    columns: dict[str, list[Any]] = {"label": [], "value": [], "lower": [], "upper": [], "group": []}
    for name in found.forecasts.forecasts:
        if name == BASE:
            continue
        for months, group in zip(HORIZONS, _MONTHS, strict=True):
            one = found.brier[name, months]
            columns["label"].append(METHOD_NAMES[name])
            columns["group"].append(group)
            for key, value in (("value", one.value), ("lower", one.lower), ("upper", one.upper)):
                columns[key].append(100 * value)
    pictures = [
        Chart(
            "skill", "intervals",
            Text(en="How much better than counting by time lasted alone", nl="Hoeveel beter dan alleen naar duur tellen"),
            Text(en="Share by which each method's error is lower than Aalen-Johansen's, with intervals; left of the line is worse.",
                 nl="Aandeel waarmee de fout van elke methode lager is dan die van Aalen-Johansen, met intervallen; links van de lijn is slechter."),
            columns, Text(en="% lower error", nl="% lagere fout"), Text(en="", nl=""), reference=0.0,
        )
    ]  # fmt: skip
    bins: dict[str, list[Any]] = {"label": [], "value": [], "lower": [], "upper": [], "group": []}
    for r in found.reliabilities:
        if r.method != "model" or r.event != "settled" or r.turn_left_out:
            continue
        for i, said in enumerate(r.found.forecast.tolist()):
            bins["label"].append(
                Text(
                    en=f"{r.months} months: said {EN.percent(said)}",
                    nl=f"{r.months} maanden: gezegd {NL.percent(said)}",
                )
            )
            bins["value"].append(100 * float(r.found.happened[i]))
            bins["lower"].append(100 * float(r.found.lower[i]))
            bins["upper"].append(100 * float(r.found.upper[i]))
            bins["group"].append(Text(en=f"{r.months} months", nl=f"{r.months} maanden"))
    pictures.append(
        Chart(
            "reliability-settled", "intervals",
            Text(en="Settled: what the model said, and what came true", nl="Beslecht: wat het model zei, en wat uitkwam"),
            Text(en="For each fifth of the forecasts, what the model said and the share that was settled, with its interval over conflicts.",
                 nl="Per vijfde van de voorspellingen wat het model zei en het aandeel dat beslecht werd, met zijn interval over conflicten."),
            bins, Text(en="% settled", nl="% beslecht"), Text(en="", nl=""),
        )
    )  # fmt: skip
    return tuple(pictures)


def _caveats() -> tuple[Text, ...]:
    return (
        Text(
            en="The covariates and the form of the model were settled while looking at these same years; only its strengths are learnt "
            "at each origin. Expect a little less on years to come.",
            nl="De kenmerken en de vorm van het model zijn gekozen met deze zelfde jaren in beeld; alleen de sterktes worden per jaar "
            "geleerd. Reken voor komende jaren op iets minder.",
        ),
        Text(
            en="A war counts as going on when UCDP later counts 25 deaths in the calendar year; on the day itself a lull "
            "may look the same. This holds for every method.",
            nl="Een oorlog geldt als gaande wanneer UCDP later 25 doden in het kalenderjaar telt; op de dag zelf kan een "
            "luwte er hetzelfde uitzien. Dat geldt voor elke methode.",
        ),
    )
