"""The tables of the pages in chapters/appendix."""
