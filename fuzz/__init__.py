"""Fuzz targets; not part of the program."""
