"""Explorers: interactive figures that need no kernel.

An explorer is a description (numbers, labels, ranges) beside losses printed as JavaScript from
their sympy line. A notebook shows it as two outputs: a picture by matplotlib, and HTML in
which the runtime of `explorers/` draws the interactive figure that replaces the picture.

>>> figure = curves({"Huber": huber}, x=(-4, 4), given={"y": 0}, sliders={"delta": (0.05, 5)},
...                 value=(0, 6), gradient=(-3, 3), title="Huber's loss and its gradient")
>>> figure.picture("png")[1:4]
b'PNG'

Each kind is a file here, which describes it and draws the picture, and one of the same name in
`explorers/src/kinds`, which draws the explorer.
"""

from lossbook.explorers.curves import curves
from lossbook.explorers.explorer import Explorer
from lossbook.explorers.fit import fit
from lossbook.explorers.guess import guess
from lossbook.explorers.guide import guide
from lossbook.explorers.javascript import javascript
from lossbook.explorers.lattice import lattice
from lossbook.explorers.margin import margin
from lossbook.explorers.simplex import simplex
from lossbook.explorers.springs import springs
from lossbook.explorers.triplet import triplet

__all__ = [
    "Explorer",
    "curves",
    "fit",
    "guess",
    "guide",
    "javascript",
    "lattice",
    "margin",
    "simplex",
    "springs",
    "triplet",
]
