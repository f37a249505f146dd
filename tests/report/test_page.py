"""The page as text: self-contained, well-formed, named, complete in both languages."""

import html
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from armistice.estimate import Estimate
from armistice.report.page import MOST_BYTES, report_html, write_report
from armistice.report.telling import tell_quantity
from armistice.report.words import fixed_words
from armistice.text import LANGUAGES

CASES = [(war, language) for war in ("ukraine", "korea", "awkward") for language in LANGUAGES]
VOID = {"meta", "link", "br", "img", "hr", "input"}


class _Page(HTMLParser):
    """Collects what the tests ask about, and checks that tags close in order."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.ids, self.links, self.headings, self.images, self.words = [], [], [], [], []
        self.attributes, self._open, self._heading = [], [], ""
        self.feed(html)
        assert self._open == [], f"never closed: {self._open}"

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.attributes += attrs
        if "id" in found:
            self.ids.append(found["id"])
        if found.get("href", "").startswith("#"):
            self.links.append(found["href"][1:])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg":
            self.images.append(found)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        if tag == "svg":
            self.images.append(dict(attrs))

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> closes <{self._open[-1]}>"
        self._open.pop()

    def handle_data(self, data):
        if self._open and self._open[-1] not in ("style", "code"):
            self.words.append(data)


@pytest.fixture(params=CASES, ids=lambda case: "-".join(case))
def page(request, pages):
    return pages[request.param]


def test_tags_close_in_order_and_ids_are_unique(page):
    parsed = _Page(page)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert set(parsed.links) <= set(parsed.ids)


def test_headings_step_down_one_at_a_time(page):
    levels = _Page(page).headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_picture_is_named_or_hidden(page):
    for image in _Page(page).images:
        assert image.get("aria-hidden") == "true" or (image["role"] == "img" and len(image["aria-label"]) > 10)


def test_nothing_is_fetched(page):
    assert "default-src 'none'" in page
    assert "<script" not in page
    for name, value in _Page(page).attributes:
        if name in ("src", "srcset", "data", "action", "poster", "xlink:href"):
            assert value.startswith(("data:", "#")), (name, value)
        if name == "style":
            assert "url(" not in value.replace("url(#", "")
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_it_is_small_enough_to_send_round(page):
    assert len(page.encode()) <= MOST_BYTES


def test_texts_are_escaped(pages):
    assert "<b>bold</b>" not in pages["awkward", "en"]
    assert "A &lt;b&gt;bold&lt;/b&gt; &amp;" in pages["awkward", "en"]


def test_the_first_screen_has_the_five_lines(ukraine, pages):
    for language in LANGUAGES:
        page = pages["ukraine", language]
        first = "".join(_Page(page[: page.index("<nav")].split("<body>")[1]).words)
        for line in ukraine.answer:
            assert " ".join(line.in_language(language).split()) in " ".join(first.split())


def test_fixed_words_are_complete_in_both_languages():
    english, dutch = fixed_words("en"), fixed_words("nl")
    assert english.keys() == dutch.keys()
    same = {key for key in english if english[key] == dutch[key]}
    assert same <= {"interval", "series", "week"}, same


def test_a_chapter_begins_with_its_answer_and_says_it_once(ukraine, pages):
    """Headlines of studies that are not on the first screen are told nowhere else."""
    page = html.unescape(pages["ukraine", "en"])
    for name, outcome in ukraine.studies.items():
        headline = outcome.result.headline
        if headline is not None:
            chapter = page.partition(f'id="study-{name}"')[2].partition("</section>")[0]
            assert chapter.count(f"<p>{headline.en}</p>") == 1, name


def test_a_study_without_data_says_so(awkward, pages):
    assert fixed_words("en")["no_answer"] in pages["awkward", "en"]
    assert fixed_words("nl")["no_answer"] in pages["awkward", "nl"]


def test_the_same_assessment_gives_the_same_page(korea, pages):
    assert report_html(korea, "nl") == pages["korea", "nl"]


def test_a_report_that_cannot_be_written_leaves_nothing_behind(korea, tmp_path, monkeypatch):
    target = tmp_path / "korea.html"
    target.write_text("the report of yesterday")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space left"):
        write_report(korea, target, language="en")
    assert [path.name for path in tmp_path.iterdir()] == ["korea.html"]
    assert target.read_text() == "the report of yesterday"


def test_numbers_of_claims_are_named_in_words(pages):
    for language in LANGUAGES:
        claims = pages["ukraine", language].split('<ol class="claims">')[1].split("</ol>")[0]
        assert not re.search(r"[a-z]_[a-z]", " ".join(_Page(claims).words))


def test_long_parts_are_folded_and_nothing_is_lost(awkward, pages):
    page = pages["awkward", "en"]
    section = page[page.index('id="study-everything"') : page.index('id="study-nothing"')]
    charts = awkward.studies["everything"].result.charts
    assert section.count("<figure") == len(charts)


def test_shares_read_as_percentages():
    told = tell_quantity(
        "x", Estimate(0.0381, 0, 0.597, level=0.9, n=6, method="m", source="s", unit="probability"), "nl"
    )
    assert (told.value, told.interval) == ("3,8%", "0% tot 60% (90%)")
