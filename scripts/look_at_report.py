"""Look at reports in headless Chromium: pictures at phone and desktop width, a PDF, and what does not fit.

    python scripts/look_at_report.py ukraine.html --out looks

For each page: ``NAME-390.png``, ``NAME-1280.png`` (whole page, in pieces of at most 4,000 pixels), ``NAME.pdf``, and on
standard output whether the first screen fits a phone of 390 by 844, whether anything is wider than the screen,
and how long the page is. Nothing is needed but Chromium; it is spoken to over its debugging pipe.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

PIECE = 4000
PHONE = (390, 844)

MEASURE = """(() => {
  const narrow = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > narrow + 1
    && !e.closest('.scroll') && !e.closest('svg')).map(e => e.tagName + ' ' + (e.id || e.className));
  const cut = [...document.querySelectorAll('svg[role=img] text')].filter(t => {
    const a = t.getBoundingClientRect(), b = t.ownerSVGElement.getBoundingClientRect();
    return a.width && (a.left < b.left - 2 || a.right > b.right + 2 || a.top < b.top - 2 || a.bottom > b.bottom + 2);
  }).map(t => t.textContent);
  return JSON.stringify({
    first_screen_ends_at: Math.round(document.querySelector('.first-screen').getBoundingClientRect().bottom),
    page_height: document.documentElement.scrollHeight, wider_than_the_screen: wide.slice(0, 5),
    texts_outside_their_picture: cut.slice(0, 20)});
})()"""


class Browser:
    """Chromium, spoken to over its debugging pipe: one JSON message after another, each ended by a zero byte."""

    def __init__(self) -> None:
        found = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
        if found is None:
            sys.exit("There is no Chromium here; install it (Debian: apt install chromium).")
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        # The browser reads from descriptor 3 and writes to 4; the shell puts ours there.
        shell = f'exec "$0" "$@" 3<&{to_read} 4>&{to_write}'
        options = (
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
            f"--user-data-dir={self._profile.name}", "about:blank",
        )  # fmt: skip
        self._process = subprocess.Popen(
            ["bash", "-c", shell, found, *options],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._waiting = b""
        self._sent = 0
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()
        self._profile.cleanup()

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self._sent += 1
        message: dict[str, Any] = {"id": self._sent, "method": method, "params": parameters}
        if hasattr(self, "_session"):
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._sent:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._waiting:
            read = os.read(self._from, 1 << 20)
            if not read:
                raise RuntimeError("Chromium has gone away.")
            self._waiting += read
        one, self._waiting = self._waiting.split(b"\0", 1)
        message: dict[str, Any] = json.loads(one)
        return message

    def open(self, file: Path, width: int, height: int) -> None:
        """Open a file on a screen of this size."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 640,
        )  # fmt: skip
        self.ask("Page.navigate", url=file.resolve().as_uri())
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression on the page."""
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"]["value"]


def look(browser: Browser, file: Path, out: Path) -> None:
    """Picture one page at both widths and on paper, and print what does not fit."""
    for width, height in (PHONE, (1280, 900)):
        browser.open(file, width, height)
        found = json.loads(browser.evaluate(MEASURE))
        fits = "fits" if found["first_screen_ends_at"] <= height else "does NOT fit"
        print(f"{file.name} at {width}: first screen {fits}; {json.dumps(found, ensure_ascii=False)}")
        for piece, top in enumerate(range(0, found["page_height"], PIECE)):
            rest = min(PIECE, found["page_height"] - top)
            clip = {"x": 0, "y": top, "width": width, "height": rest, "scale": 1}
            picture = browser.ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"]
            (out / f"{file.stem}-{width}-{piece:02d}.png").write_bytes(base64.b64decode(picture))
    pdf = browser.ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)["data"]
    (out / f"{file.stem}.pdf").write_bytes(base64.b64decode(pdf))


def main() -> None:
    """Look at the pages named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("looks"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with Browser() as browser:
        for page in arguments.pages:
            look(browser, page, arguments.out)


if __name__ == "__main__":
    main()
