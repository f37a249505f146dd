"""The fixed words of the page, in every language: whatever does not come from a study or a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from armistice.text import Language, Text

__all__ = ["KEYS", "SIGNS", "WORDS", "fixed_words"]

#: By name, as the templates use them.
WORDS: Final[Mapping[str, Text]] = {
    "how_far": Text(en="How far away is a settlement?", nl="Hoe ver weg is een regeling?"),
    "as_known_on": Text(en="As known on", nl="Zoals bekend op"),
    "day_of_war": Text(en="day {n} of the war", nl="dag {n} van de oorlog"),
    "war_over": Text(en="the war ended on {date}, after {n} days", nl="de oorlog eindigde op {date}, na {n} dagen"),
    "what_numbers_are": Text(
        en="Numbers are estimates from public records; intervals show how sure they are.",
        nl="Getallen zijn schattingen uit openbare bronnen; intervallen tonen hoe zeker ze zijn.",
    ),
    "hindsight": Text(
        en="With hindsight: endings of other wars after this day are counted too.",
        nl="Met kennis achteraf: ook eindes van andere oorlogen na deze dag tellen mee.",
    ),
    "contents": Text(en="Contents", nl="Inhoud"),
    "claims": Text(en="Claims held against the evidence", nl="Uitspraken naast het bewijs gelegd"),
    "claims_lead": Text(
        en="Statements made about this war. Facts are checked against rows of the record, mechanisms by the studies "
        "above.",
        nl="Uitspraken die over deze oorlog gedaan zijn. Feiten zijn vergeleken met regels van het dossier, "
        "mechanismen met de studies hierboven.",
    ),
    "statement": Text(en="Statement", nl="Uitspraak"),
    "verdict": Text(en="Verdict", nl="Oordeel"),
    "numbers": Text(en="Numbers", nl="Getallen"),
    "fact": Text(en="fact", nl="feit"),
    "mechanism": Text(en="mechanism", nl="mechanisme"),
    "supported": Text(en="supported", nl="ondersteund"),
    "contradicted": Text(en="contradicted", nl="weersproken"),
    "undetermined": Text(en="undetermined", nl="onbeslist"),
    "not_testable": Text(en="not testable here", nl="hier niet te toetsen"),
    "not_yet_assessed": Text(en="not yet assessed", nl="nog niet beoordeeld"),
    "coverage": Text(en="What the record holds", nl="Wat het dossier bevat"),
    "tables": Text(en="Tables", nl="Tabellen"),
    "series": Text(en="Series of measurements", nl="Meetreeksen"),
    "what": Text(en="what", nl="wat"),
    "rows": Text(en="rows", nl="rijen"),
    "first": Text(en="first", nl="eerste"),
    "last": Text(en="last", nl="laatste"),
    "reported": Text(en="reported", nl="gemeld"),
    "missing": Text(en="missing", nl="ontbreekt"),
    "usable_from": Text(en="used from", nl="gebruikt vanaf"),
    "claimed_by": Text(en="according to", nl="volgens"),
    "claimants": Text(en="{n} different", nl="{n} verschillende"),
    "more_sentences": Text(en="Read on ({n} more)", nl="Lees verder (nog {n})"),
    "all_rows": Text(en="Show the table ({n} rows)", nl="Toon de tabel ({n} rijen)"),
    "more_charts": Text(en="More charts ({n})", nl="Meer grafieken ({n})"),
    "more_tables": Text(en="More tables ({n})", nl="Meer tabellen ({n})"),
    "day": Text(en="days", nl="dagen"),
    "month": Text(en="months", nl="maanden"),
    "sources": Text(en="Sources", nl="Bronnen"),
    "source": Text(en="source", nl="bron"),
    "licence": Text(en="Licence", nl="Licentie"),
    "retrieved": Text(en="retrieved", nl="geraadpleegd"),
    "no_sources": Text(en="The record names no sources.", nl="Het dossier noemt geen bronnen."),
    "data": Text(en="The figures behind this chart", nl="De cijfers achter deze grafiek"),
    "computed": Text(en="How the numbers were computed", nl="Hoe de getallen berekend zijn"),
    "quantity": Text(en="quantity", nl="grootheid"),
    "value": Text(en="value", nl="waarde"),
    "interval": Text(en="interval", nl="interval"),
    "basis": Text(en="based on", nl="op basis van"),
    "method": Text(en="method", nl="methode"),
    "of_reported": Text(en="reported, not estimated", nl="gemeld, niet geschat"),
    "cannot_tell": Text(en="cannot tell", nl="niet te zeggen"),
    "not_observed": Text(en="not observed", nl="niet waargenomen"),
    "no_answer": Text(en="No answer", nl="Geen antwoord"),
    "needs": Text(en="This study needs", nl="Deze studie heeft nodig"),
    "caveats": Text(en="Bear in mind", nl="Houd in gedachten"),
    "marks": Text(en="Marked in the chart", nl="Aangegeven in de grafiek"),
    "to": Text(en="to", nl="tot"),
    "no_upper": Text(en="no upper bound", nl="geen bovengrens"),
    "no_lower": Text(en="no lower bound", nl="geen ondergrens"),
    "not_known": Text(en="not known", nl="niet bekend"),
    "observed": Text(en="observed", nl="waargenomen"),
    "reported_value": Text(en="as reported", nl="zoals gemeld"),
    "smooth": Text(en="smoothed", nl="vloeiend gemaakt"),
    "band": Text(en="shaded: interval", nl="gekleurde band: interval"),
    "reference": Text(en="dotted line: {value}", nl="stippellijn: {value}"),
    "date": Text(en="date", nl="datum"),
    "months": Text(en="months", nl="maanden"),
    "month_heading": Text(en="month", nl="maand"),
    "label": Text(en="what", nl="wat"),
    "group": Text(en="group", nl="groep"),
    "lower": Text(en="lower", nl="onder"),
    "upper": Text(en="upper", nl="boven"),
    "number": Text(en="number", nl="aantal"),
    "average": Text(en="mean", nl="gemiddelde"),
    "lowest": Text(en="lowest", nl="laagste"),
    "highest": Text(en="highest", nl="hoogste"),
    "from": Text(en="from", nl="van"),
    "by_month": Text(
        en="Summed up by month; every single figure is in the JSON file.",
        nl="Samengevat per maand; elk afzonderlijk cijfer staat in het JSON-bestand.",
    ),
    "in_classes": Text(
        en="Counted in classes; every single draw is in the JSON file.",
        nl="Geteld in klassen; elke afzonderlijke trekking staat in het JSON-bestand.",
    ),
    "reading": Text(en="How to read the numbers", nl="Hoe de getallen te lezen"),
    "reading_interval": Text(
        en="An interval of 95% is made by a method that encloses the true value in 95 of 100 cases like this one, if "
        "its assumptions hold. A wide interval means that little is known.",
        nl="Een interval van 95% is gemaakt met een methode die de werkelijke waarde in 95 van de 100 vergelijkbare "
        "gevallen omsluit, als haar aannames kloppen. Een breed interval betekent dat er weinig bekend is.",
    ),
    "reading_cannot": Text(
        en="“Cannot tell” is a result: there are data, but they do not settle the number. “Not observed” "
        "means that the record lacks what the number needs. Neither is written as 0.",
        nl="“Niet te zeggen” is een uitkomst: er zijn gegevens, maar die beslissen het getal niet. “Niet "
        "waargenomen” betekent dat het dossier mist wat het getal nodig heeft. Geen van beide wordt 0.",
    ),
    "reading_reported": Text(
        en="Figures of a party to the war are its own claims; “according to” says whose.",
        nl="Cijfers van een oorlogvoerende partij zijn haar eigen beweringen; “volgens” zegt van wie.",
    ),
    "reading_as_of": Text(
        en="Nothing that became known after the day of this assessment is used.",
        nl="Niets wat na de dag van deze beoordeling bekend werd, is gebruikt.",
    ),
    "reading_people": Text(
        en="Behind each number stand people’s lives; no number here says what ought to be done.",
        nl="Achter elk getal staan mensenlevens; geen getal hier zegt wat er zou moeten gebeuren.",
    ),
    "reproduce": Text(en="To make this page again", nl="Om deze pagina opnieuw te maken"),
    "made_with": Text(
        en="Made with armistice {version}, random seed {seed}. The same version, record and seed give the same numbers.",
        nl="Gemaakt met armistice {version}, toevalsgetal (seed) {seed}. Dezelfde versie, hetzelfde dossier en dezelfde "
        "seed geven dezelfde getallen.",
    ),
    "chart_of": Text(en="Chart", nl="Grafiek"),
    "as_in_json": Text(
        en="The numbers of this page, with all their digits, are in {file}.",
        nl="De getallen van deze pagina, met alle cijfers, staan in {file}.",
    ),
    "in_english": Text(en="(method notes are in English)", nl="(de aantekeningen over methoden zijn in het Engels)"),
}

#: A sign beside each verdict, so that colour is never needed.
SIGNS: Final[Mapping[str, str]] = {
    "supported": "✓",
    "contradicted": "✗",
    "undetermined": "?",
    "not_testable": "–",
    "not_yet_assessed": "…",
}

#: Names of keys that studies use in ``name[key]`` and that no record names.
KEYS: Final[Mapping[str, Text]] = {
    "peace_agreement": Text(en="peace agreement", nl="vredesakkoord"),
    "ceasefire": Text(en="ceasefire", nl="staakt-het-vuren"),
    "victory_a": Text(en="victory of side A", nl="overwinning van partij A"),
    "victory_b": Text(en="victory of side B", nl="overwinning van partij B"),
    "low_activity": Text(en="faded below 25 deaths a year", nl="gedoofd tot onder 25 doden per jaar"),
    "actor_ceases": Text(en="a party ceased to exist", nl="een partij hield op te bestaan"),
    "victory": Text(en="victory of either side", nl="overwinning van een van beide"),
    "ceasefire_between_states": Text(en="ceasefire between states", nl="staakt-het-vuren tussen staten"),
    "agreement_between_states": Text(en="peace agreement between states", nl="vredesakkoord tussen staten"),
    "with_ceasefire": Text(en="agreement with a ceasefire", nl="akkoord met staakt-het-vuren"),
    "any": Text(en="any agreement", nl="enig akkoord"),
    "settled": Text(en="whether it ends by settlement", nl="of zij met een regeling eindigt"),
    "ends_within_12_months": Text(en="whether it ends within 12 months", nl="of zij binnen 12 maanden eindigt"),
    "before": Text(en="before", nl="ervoor"),
    "after": Text(en="after", nl="erna"),
}


def fixed_words(language: Language) -> dict[str, str]:
    """The fixed words in one language, by name."""
    return {name: text.in_language(language) for name, text in WORDS.items()}
