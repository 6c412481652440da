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

/** The classes of a look. */
export const classes = ({ colour, dash }) => `lb-c${colour} lb-d${dash}`;
