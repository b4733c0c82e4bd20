MS_TIMEZONE_TO_IANA_MAP: dict[str, str]
