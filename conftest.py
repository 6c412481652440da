"""What holds for every run of pytest, of tests/ and of the notebooks in chapters/."""

import os

# Notebooks show what the stored outputs show, also when a person runs pytest by hand.
os.environ["LOSSBOOK_STORED"] = "1"
