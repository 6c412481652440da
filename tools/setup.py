"""Make .venv and install what the book needs: `python3 tools/setup.py`.

Any Python from 3.6 can run this file, so that an old one ends with a clear message.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
UNREACHABLE = (
    r"Retrying|[Cc]onnection|[Nn]ame resolution|[Nn]etwork is unreachable|from versions: none"
)


def interpreter(system=os.name):
    """The path of Python in a virtual environment of this system ("nt" is Windows)."""
    return VENV / ("Scripts/python.exe" if system == "nt" else "bin/python")


PYTHON = interpreter()


def check_python():
    if sys.version_info < (3, 11):
        have = ".".join(map(str, sys.version_info[:3]))
        sys.exit(
            f"The book needs Python 3.11 or newer and this is {have}: install a newer one "
            "and name it, as in `make book PYTHON=python3.12`."
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sys.exit(
            "This Python cannot make virtual environments: install its venv module "
            "(on Debian and Ubuntu, `sudo apt install python3-venv`)."
        )


def make_venv():
    works = PYTHON.exists() and not subprocess.call(
        [str(PYTHON), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"],
        stderr=subprocess.DEVNULL,
    )
    if not works:
        print("Making .venv ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def pip_install(*args):
    """Run pip install and report progress; on failure exit with a clear message."""
    command = [str(PYTHON), "-u", "-m", "pip", "install", "--retries", "2", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", *args]
    pip = subprocess.Popen(
        command,
        cwd=str(ROOT),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    lines, collected = [], 0
    for line in pip.stdout:
        lines.append(line.strip())
        if line.startswith(("Collecting ", "Processing ")):
            collected += 1
            if collected % 20 == 0:
                print(f"  {collected} packages fetched", flush=True)
        elif line.startswith("Installing collected packages") and collected:
            print(f"  installing {collected} packages", flush=True)
    if pip.wait():
        if re.search(UNREACHABLE, "\n".join(lines)):
            sys.exit(
                "The package index cannot be reached: connect to the network "
                "(or set PIP_INDEX_URL to an index you can reach) and run this again."
            )
        sys.exit("\n".join([*lines[-15:], "pip could not install what the book needs."]))


def main():
    check_python()
    make_venv()
    print("Installing what the book needs into .venv: a minute or two, the first time.", flush=True)
    pip_install("--require-hashes", "-r", "requirements.lock")
    pip_install("--no-deps", "--no-build-isolation", "-e", ".")
    (VENV / "installed").touch()


if __name__ == "__main__":
    main()
