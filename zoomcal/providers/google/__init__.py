"""Google Calendar and People, as plain REST."""
