"""Loopback services that speak the real protocols, for the demo and for the tests."""

from zoomcal.sandbox.server import Sandbox

__all__ = ["Sandbox"]
