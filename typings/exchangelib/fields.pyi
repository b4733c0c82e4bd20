from exchangelib.version import Version

class Field:
    name: str
    def supports_version(self, version: Version) -> bool: ...

class FieldPath:
    def __init__(self, field: Field) -> None: ...
