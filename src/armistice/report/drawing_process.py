"""Draws pictures in a process of its own: requests and answers are lines of JSON. Run as a file, by :mod:`.ahead`.

It imports nothing of this package, so that it is ready soon.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Answer every request, in order; an answer without ``svg`` is one that cannot be drawn here."""
    import vl_convert

    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"svg": vl_convert.vegalite_to_svg(request.pop("spec"), **request)}
        except ValueError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
