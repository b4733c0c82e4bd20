"""The sample data: a working week around now, and as much more as asked for."""
