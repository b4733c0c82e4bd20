from exchangelib.fields import Field

class Folder:
    @classmethod
    def get_field_by_fieldname(cls, fieldname: str) -> Field: ...
