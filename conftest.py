"""Settings for all runs of pytest, on tests/ and on the notebooks in chapters/."""

import os

from nbval.plugin import IPyNbCell
from xdist.scheduler import LoadScopeScheduling

from tests import pictures

# Explorers in notebooks leave out their runtime, as in the stored outputs.
os.environ["LOSSBOOK_STORED"] = "1"


# Tests of pages share only the site: each may run in any process, which keeps all of them busy.
APART = ("tests/test_site.py", "tests/browser/")


class Scheduling(LoadScopeScheduling):
    """Tests of one file, or cells of one notebook, in one process, but for those of pages."""

    def _split_scope(self, nodeid):
        return nodeid if nodeid.startswith(APART) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_itemcollected(item):
    if isinstance(item, IPyNbCell):
        compare_pictures(item)


def compare_pictures(item):
    """Let nbval compare the figures of a cell as pictures, and all else letter by letter."""
    compare_text = item.compare_outputs

    def compare(new, stored, skip_compare=None):
        skip = [*(skip_compare or item.parent.skip_compare), *pictures.RENDERERS]
        if not compare_text(new, stored, skip):
            item.comparison_traceback.append("Where the new output is right, `make notebooks`.")
            return False
        name = f"{item.path.stem} cell {item.cell_num}"
        folder = item.config.rootpath / "_build" / "pictures"
        found = pictures.difference(*map(pictures.pictures, (stored, new)), folder, name)
        if found:
            item.comparison_traceback.append(f"{name}: {found}")
        return not found

    item.compare_outputs = compare
