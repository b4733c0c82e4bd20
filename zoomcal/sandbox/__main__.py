"""`python -m zoomcal.sandbox`."""

import sys

from zoomcal.sandbox.serve import main

sys.exit(main())
