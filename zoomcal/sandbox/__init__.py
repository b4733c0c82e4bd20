"""Loopback services that speak the real protocols, for the demo and for the tests."""
