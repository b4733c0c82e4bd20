from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

class Response(ABC):
    @property
    @abstractmethod
    def status(self) -> int: ...
    @property
    @abstractmethod
    def headers(self) -> Mapping[str, str]: ...
    @property
    @abstractmethod
    def data(self) -> bytes: ...

class Request(ABC):
    @abstractmethod
    def __call__(
        self,
        url: str,
        method: str = ...,
        body: bytes | None = ...,
        headers: Mapping[str, str] | None = ...,
        timeout: float | None = ...,
        **kwargs: Any,
    ) -> Response: ...
