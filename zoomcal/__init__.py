"""ZoomCal's core: everything that thinks. It knows no Qt; the faces are `zoomcal.cli` and the package `ui`."""

__version__ = "0.1.0"
