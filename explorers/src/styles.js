// The colours of points and parts by name, as numbers of the classes lb-c0 to lb-c6 of style.css.
// lossbook/figures.py gives the same names to the same colours. The look of a loss comes with the
// spec: { colour, dash }, numbers of these classes and of lb-d1 to lb-d6.
export const INK = 0; // that of the text
export const BLUE = 1;
export const ORANGE = 2;
export const GREEN = 3;
export const PURPLE = 4;
export const GREY = 5;
export const OLIVE = 6;

// In full, since the built site keeps of style.css only classes that are words of its scripts.
const COLOURS = ["lb-c0", "lb-c1", "lb-c2", "lb-c3", "lb-c4", "lb-c5", "lb-c6"];
const DASHES = ["", "lb-d1", "lb-d2", "lb-d3", "lb-d4", "lb-d5", "lb-d6"];

/** The class of a colour, and those of a look. */
export const inColour = (colour) => COLOURS[colour];
export const classes = ({ colour, dash }) => `${COLOURS[colour]} ${DASHES[dash]}`;
