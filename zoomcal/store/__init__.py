"""What ZoomCal keeps on disk: one SQLite file."""
