"""Takes govuk-frontend's stylesheet and script without what is GOV.UK's alone.

    npm pack govuk-frontend@6.3.0 && tar xzf govuk-frontend-6.3.0.tgz
    python -m tests.thin_client.govuk_assets package

Its code is MIT; the typeface GDS Transport, the crest and the crown are for gov.uk alone. Each
cut is counted, so that a release that changed its form fails here and not on a page.
"""

import hashlib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "thin_client" / "static"
VERSION = "6.3.0"
FACES, NAMES, CRESTS = 2, 55, 3
NOTICE = f"""/*! govuk-frontend {VERSION}, MIT License, Copyright (C) 2017 Crown Copyright
(Government Digital Service). Changed: no typeface, no crest. See LICENCE-govuk-frontend.txt */
"""


def cut(text: str, what: str, by: str, count: int) -> str:
    """Replace all of a pattern; ValueError unless there were as many as expected."""
    done, found = re.subn(what, by, text)
    if found != count:
        raise ValueError(f"{what}: {found}, expected {count}")
    return done


def style_of(text: str) -> str:
    """Return the stylesheet without typeface and crest."""
    text = cut(text, r"@font-face\{[^}]*\}", "", FACES)
    text = cut(text, r'"?GDS Transport"?,', "", NAMES)
    text = cut(text, r"(?:background|-webkit-mask|mask)-image:url\([^)]*crest[^)]*\);?", "", CRESTS)
    text = cut(text, r"/\*# sourceMappingURL=[^*]*\*/", "", 1)
    for left in ("GDS Transport", "crest.", "@font-face", "url("):
        if left in text:
            raise ValueError(f"{left} is left")
    return NOTICE + text


def script_of(text: str) -> str:
    """Return the script without the address of a map nobody is given."""
    return NOTICE + cut(text, r"//# sourceMappingURL=.*", "", 1)


def main(package: str) -> int:
    """Write both files and print their digests."""
    place = Path(package) / "dist" / "govuk"
    made = {
        "govuk-frontend.min.css": style_of,
        "govuk-frontend.min.js": script_of,
    }
    for name, change in made.items():
        text = change((place / name).read_text("utf-8"))
        (STATIC / name).write_text(text, "utf-8")
        sys.stdout.write(f"{hashlib.sha256(text.encode()).hexdigest()} {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
