"""Everything that shows; it decides nothing."""
