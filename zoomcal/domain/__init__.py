"""Frozen values and pure functions; nothing here reads a clock, a file or a socket."""
