"""Icons, translations and sample data, found beside the program."""
