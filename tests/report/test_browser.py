"""The page in a browser: nothing leaves, nothing complains, charts are drawn, axe-core finds nothing serious."""

import html
import json
import re
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.browser

CASES = [("ukraine", "en"), ("ukraine", "nl"), ("awkward", "en"), ("korea", "nl")]


@pytest.fixture(scope="session")
def chromium():
    found = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
    if found is None:
        pytest.skip("there is no Chromium on this machine")
    return found


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The source of axe-core, installed for this run only."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm on this machine to install axe-core with")
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "axe-core@4"], cwd=folder, capture_output=True
    )
    source = folder / "node_modules" / "axe-core" / "axe.min.js"
    if done.returncode or not source.is_file():
        pytest.skip("axe-core cannot be installed from the registry here")
    return source.read_text(encoding="utf-8")


def _open(chromium, file, profile, *options):
    """Open a file headless; the document afterwards and what the browser logged."""
    done = subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-sync", "--disable-dev-shm-usage",
            f"--user-data-dir={profile}", "--enable-logging=stderr", "--virtual-time-budget=20000", *options, "--dump-dom",
            file.as_uri(),
        ],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return done.stdout, done.stderr


def _hosts_asked(chromium, html_text, folder, name):
    """Hosts that were asked for while a page was open, the browser's own among them; and the console's messages."""
    file, log = folder / f"{name}.html", folder / f"{name}.json"
    file.write_text(html_text, encoding="utf-8")
    document, logged = _open(chromium, file, folder / f"{name}-profile", f"--log-net-log={log}")
    assert "</html>" in document
    urls = re.findall(r'"url":"((?:https?|wss?)://[^"/]+)', log.read_text(encoding="utf-8"))
    return set(urls), re.findall(r"CONSOLE.*", logged)


@pytest.fixture(scope="session")
def browsers_own(chromium, tmp_path_factory):
    """Hosts that this browser asks for by itself, whatever page is open."""
    folder = tmp_path_factory.mktemp("blank")
    return set().union(
        *(_hosts_asked(chromium, "<!DOCTYPE html><html></html>", folder, f"b{i}")[0] for i in range(2))
    )


def test_a_request_and_an_error_would_be_seen(chromium, browsers_own, tmp_path):
    page = '<!DOCTYPE html><html><img src="http://127.0.0.1:9/x.png"><script>console.error("ouch")</script></html>'
    asked, said = _hosts_asked(chromium, page, tmp_path, "asking")
    assert "http://127.0.0.1:9" in asked - browsers_own
    assert any("ouch" in line for line in said)


@pytest.mark.parametrize(("war", "language"), CASES)
def test_no_request_leaves_and_the_console_is_silent(chromium, browsers_own, pages, tmp_path, war, language):
    asked, said = _hosts_asked(chromium, pages[war, language], tmp_path, "page")
    assert asked - browsers_own == set()
    assert said == []


@pytest.mark.parametrize(("war", "language"), CASES)
def test_axe_finds_nothing_serious(chromium, axe, pages, tmp_path, war, language):
    """Run on a copy whose policy lets the checker's own script in; nothing else differs."""
    run = (
        "axe.run(document, {resultTypes: ['violations']}).then(r => {"
        "const out = document.createElement('pre'); out.id = 'axe-says';"
        "out.textContent = JSON.stringify(r.violations.map(v => ({id: v.id, impact: v.impact,"
        " nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))})));"
        "document.body.appendChild(out); });"
    )
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", pages[war, language])
    page = page.replace("</body>", f"<script>{axe}</script><script>{run}</script></body>")
    file = tmp_path / "page.html"
    file.write_text(page, encoding="utf-8")
    document, _ = _open(chromium, file, tmp_path / "profile", "--window-size=390,844")
    said = re.search(r'<pre id="axe-says">(.*?)</pre>', document, re.DOTALL)
    assert said is not None, "axe-core did not finish"
    violations = json.loads(html.unescape(said.group(1)))
    assert [v for v in violations if v["impact"] in ("serious", "critical")] == []


def _in_frame(chromium, page, folder, width, expression):
    """The value of a JavaScript expression on a page shown in a frame of this width and 844 high.

    Headless windows have a least width of their own; frames do not.
    """
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    script = (
        f"<script>const out = document.createElement('pre'); out.id = 'says';"
        f"out.textContent = JSON.stringify({expression}); document.body.appendChild(out);</script></body>"
    )
    inner = html.escape(page.replace("</body>", script), quote=True)
    file = folder / "framed.html"
    file.write_text(
        f'<!DOCTYPE html><html><body style="margin:0"><iframe id="f" style="width:{width}px;height:844px;border:0"'
        f' srcdoc="{inner}"></iframe><script>document.getElementById("f").onload = e => {{'
        'const p = document.createElement("pre"); p.id = "out";'
        'p.textContent = e.target.contentDocument.getElementById("says").textContent; document.body.appendChild(p);'
        "};</script></body></html>",
        encoding="utf-8",
    )
    document, _ = _open(chromium, file, folder / "profile", "--window-size=1400,900")
    said = re.search(r'<pre id="out">(.*?)</pre>', document, re.DOTALL)
    assert said is not None
    return json.loads(html.unescape(said.group(1)))


@pytest.mark.parametrize("width", [390, 1280])
def test_charts_are_drawn_at_both_widths(chromium, pages, tmp_path, width):
    """Exactly one of the two versions of every chart is shown, with a height and no text outside it."""
    expression = """(() => {
        document.querySelectorAll('details').forEach(d => { d.open = true; });
        const box = e => e.getBoundingClientRect();
        const figures = [...document.querySelectorAll('figure')];
        const outside = [...document.querySelectorAll('svg[role=img] text')].filter(t => box(t).width && (
            box(t).left < box(t.ownerSVGElement).left - 3 || box(t).right > box(t.ownerSVGElement).right + 3));
        return {
            versions: figures.map(f => ['wide', 'narrow'].map(c => [...f.querySelectorAll('.' + c + ' svg[role=img]')]
                .filter(s => box(s).height > 40).length)),
            outside: outside.map(t => t.textContent), wide: document.documentElement.scrollWidth};
    })()"""
    found = _in_frame(chromium, pages["ukraine", "en"], tmp_path, width, expression)
    assert len(found["versions"]) > 5
    shown, hidden = (0, 1) if width > 640 else (1, 0)
    assert all(version[shown] >= 1 and version[hidden] == 0 for version in found["versions"])
    assert found["outside"] == []
    assert found["wide"] <= width, "the page scrolls sideways"


@pytest.mark.parametrize(("war", "language"), [(w, k) for w in ("ukraine", "korea") for k in ("en", "nl")])
def test_the_answer_fits_the_first_screen_of_a_phone(chromium, pages, tmp_path, war, language):
    found = _in_frame(
        chromium, pages[war, language], tmp_path, 390,
        "document.querySelector('.first-screen').getBoundingClientRect().bottom",
    )  # fmt: skip
    assert 300 < found <= 844
