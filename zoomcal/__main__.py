"""`python -m zoomcal COMMAND`: the terminal's commands."""

import sys

from zoomcal.cli import main

sys.exit(main())
