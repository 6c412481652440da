// The runtime of the book's explorers: interactive figures that need no kernel.
import { curves } from "./kinds/curves.js";
import { fit } from "./kinds/fit.js";
import { guess } from "./kinds/guess.js";
import { guide } from "./kinds/guide.js";
import { lattice } from "./kinds/lattice.js";
import { margin } from "./kinds/margin.js";
import { simplex } from "./kinds/simplex.js";
import { springs } from "./kinds/springs.js";
import { triplet } from "./kinds/triplet.js";
import { install } from "./mount.js";

install({ curves, fit, guess, guide, lattice, margin, simplex, springs, triplet });
