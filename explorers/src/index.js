// The runtime of the book's explorers: figures that answer without a kernel.
import { curves } from "./kinds/curves.js";
import { fit } from "./kinds/fit.js";
import { install, register } from "./mount.js";

register("curves", curves);
register("fit", fit);
install();
