// The runtime of the book's explorers: figures that answer without a kernel.
import { curves } from "./kinds/curves.js";
import { fit } from "./kinds/fit.js";
import { guess } from "./kinds/guess.js";
import { guide } from "./kinds/guide.js";
import { lattice } from "./kinds/lattice.js";
import { margin } from "./kinds/margin.js";
import { simplex } from "./kinds/simplex.js";
import { springs } from "./kinds/springs.js";
import { triplet } from "./kinds/triplet.js";
import { install, register } from "./mount.js";

register("curves", curves);
register("fit", fit);
register("guess", guess);
register("guide", guide);
register("lattice", lattice);
register("margin", margin);
register("simplex", simplex);
register("springs", springs);
register("triplet", triplet);
install();
