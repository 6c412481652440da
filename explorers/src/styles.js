// The colours of lines and points by name, as numbers of the classes lb-c0 to lb-c6 of style.css.
// lossbook/figures.py gives the same names to the same colours. Curves take them in this order.
export const INK = 0; // that of the text
export const BLUE = 1;
export const ORANGE = 2;
export const GREEN = 3;
export const PURPLE = 4;
export const GREY = 5;
export const OLIVE = 6;
