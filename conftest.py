"""What holds for every run of pytest, of tests/ and of the notebooks in chapters/."""

import os

from nbval.plugin import IPyNbCell

from tests import pictures

# Notebooks show what the stored outputs show, also when a person runs pytest by hand.
os.environ["LOSSBOOK_STORED"] = "1"


def pytest_itemcollected(item):
    """Let nbval compare the figures of a cell as pictures, and all else letter by letter."""
    if not isinstance(item, IPyNbCell):
        return
    compare_text = item.compare_outputs

    def compare(new, stored, skip_compare=None):
        skip = [*(skip_compare or item.parent.skip_compare), *pictures.RENDERERS]
        if not compare_text(new, stored, skip):
            return False
        name = f"{item.path.stem} cell {item.cell_num}"
        folder = item.config.rootpath / "_build" / "pictures"
        found = pictures.difference(*map(pictures.pictures, (stored, new)), folder, name)
        if found:
            item.comparison_traceback.append(f"{name}: {found}")
        return not found

    item.compare_outputs = compare
