"""Hunt for wrong answers with random arguments: `python tools/fuzz.py 10` for ten minutes.

The hunts are those of the files that are named, or else of all tests whose names begin with
test_fuzz. They run round after round, each with a seed of its own, and at the end the findings
are printed.
"""

import os
import random
import sys
import time
from pathlib import Path

import pytest

HUNTS = sorted(map(str, (Path(__file__).parent.parent / "tests").glob("test_fuzz_*.py")))


class Findings:
    """A plugin of pytest that keeps what failed, once for each hunt."""

    def __init__(self):
        self.texts = {}

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.texts.setdefault(report.nodeid, report.longreprtext)


def fuzz(minutes: float, hunts: list[str]) -> dict[str, str]:
    """What the hunts find until the time is over, by hunt; a round that has begun ends."""
    os.environ["FUZZ"] = "random"
    findings, end = Findings(), time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        seed = random.SystemRandom().randrange(2**32)
        print(f"seed {seed}", flush=True)
        options = ["-q", "-n", "0", "--tb=short", "--no-header", "--no-summary"]
        pytest.main([*hunts, *options, f"--hypothesis-seed={seed}"], [findings])
    return findings.texts


def main(arguments):
    minutes, *hunts = arguments or ["10"]
    texts = fuzz(float(minutes), hunts or HUNTS)
    for name, text in texts.items():
        print(f"\n{name}\n{text}")
    count = f"{len(texts)} hunt{'s' * (len(texts) > 1)}"
    print(f"\n{count} found something" if texts else "\nnothing was found")
    return bool(texts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
