"""Pulling sources into the store, and how each source is doing."""
