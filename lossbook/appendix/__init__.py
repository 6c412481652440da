"""What the pages of chapters/appendix show."""
