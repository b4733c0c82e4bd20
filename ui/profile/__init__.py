"""The Profile page and the connect wizard."""
