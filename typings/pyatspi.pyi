from collections.abc import Iterator

class Extents:
    x: int
    y: int
    width: int
    height: int

class Component:
    def getExtents(self, coordinates: int) -> Extents: ...

class StateSet:
    def contains(self, state: int) -> bool: ...

class Accessible:
    name: str
    def getRoleName(self) -> str: ...
    def getState(self) -> StateSet: ...
    def queryComponent(self) -> Component: ...
    def __iter__(self) -> Iterator[Accessible | None]: ...

class Registry:
    @staticmethod
    def getDesktop(number: int) -> Accessible: ...

def listInterfaces(obj: Accessible) -> list[str]: ...

DESKTOP_COORDS: int
STATE_CHECKED: int
STATE_ENABLED: int
STATE_FOCUSED: int
STATE_SHOWING: int
