"""A Google that lives on loopback: OAuth, Calendar v3 and People v1 as far as ZoomCal speaks to them."""
