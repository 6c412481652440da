"""Run notebooks and store what they show: `python tools/notebooks.py chapters`.

Two runs give the same bytes: timings, versions and tracebacks are left out.
"""

import os
import sys
import time
from pathlib import Path

os.environ["LOSSBOOK_STORED"] = "1"
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # the kernel of this environment, not the user's

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def normalise(notebook):
    """Remove what differs from machine to machine: timings, versions, paths in tracebacks."""
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)  # the first with ids of cells
    notebook.metadata.kernelspec = dict(KERNEL)
    notebook.metadata.language_info = {"name": "python"}
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number}")
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]


def run(path):
    """Run the notebook at a path and store its outputs there."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
    )
    client.execute()
    normalise(notebook)
    nbformat.write(notebook, path)


def find(names):
    """The notebooks with these names, or below folders with these names."""
    for path in map(Path, names):
        found = path.rglob("*.ipynb") if path.is_dir() else [path]
        yield from sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def main(names):
    failed = 0
    for path in find(names):
        print(path.as_posix(), end=" ... ", flush=True)
        start = time.perf_counter()
        try:
            run(path)
        except CellExecutionError as error:
            failed += 1
            print(f"not stored, since a cell failed:\n{error}")
        else:
            print(f"{time.perf_counter() - start:.1f} s")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main(sys.argv[1:] or ["chapters"])
