"""Lanes of background work, and one signal back to the GUI thread."""
