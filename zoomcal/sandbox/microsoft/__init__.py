"""A Microsoft cloud that lives on loopback: Entra's sign-in, and Graph as far as ZoomCal speaks to it."""
