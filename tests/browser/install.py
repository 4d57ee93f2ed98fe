"""What tests in a real browser need, and the command that installs it: `dev.py test --browser`.

python -m tests.browser.install
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("playwright", "axe_playwright_python")
APT = ("apt-get", "-qq", "-y", "--no-install-recommends", "install", "chromium")
BY_HAND = "install Chromium (Debian: apt-get install chromium), then run this again"


def browser() -> str | None:
    """Return where the browser is; none is fetched by the test tool itself."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def missing() -> str | None:
    """Return why tests in a real browser cannot run here, or None. Nothing heavy is imported."""
    lacks = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    lacks += [] if browser() else ["Chromium"]
    return f"{' and '.join(lacks)} not installed: python3 dev.py test --browser" if lacks else None


def main() -> int:
    """Install what is missing: packages as they are pinned, and the browser where that is ours."""
    if any(importlib.util.find_spec(name) is None for name in PACKAGES):
        extra = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        named = extra["project"]["optional-dependencies"]["browser"]
        command = [sys.executable, *"-m pip install --no-input -q -c constraints.txt".split()]
        if subprocess.run([*command, *named], cwd=ROOT, check=False).returncode:
            return 1
    if browser():
        return 0
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.stderr.write(f"There is no browser here, and this is not root: {BY_HAND}.\n")
        return 1
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], [*APT]):
        failed = subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
        if failed.returncode:
            sys.stderr.write(f"apt-get did not do it: {BY_HAND}.\n")
            return failed.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
