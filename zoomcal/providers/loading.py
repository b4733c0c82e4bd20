"""Importing vendors' libraries without what they load for work that is not asked of them here.

Their memory is the program's: `python -m benchmarks start` shows it. What is left out still works, once it is called.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import Any


@contextmanager
def loaded_when_called(*names: str) -> Iterator[None]:
    """Let imports inside take from these modules without loading them; what is taken loads its module when called.

    It stands for functions, and for classes that are only called: it is none to inherit from, to catch or to compare.
    Modules that are loaded already are left alone.
    """
    late = {name: _Late(name) for name in names if name not in sys.modules}
    sys.modules.update(late)
    try:
        yield
    finally:
        for name, module in late.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def load_requests() -> None:
    """Import requests without what guesses encodings, since JSON and XML say theirs; before anything else imports it.

    It is 19 modules and 3 MB.
    """
    with loaded_when_called("charset_normalizer"):
        import requests  # noqa: F401 - loaded for what follows


class _Late(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return version(self.__name__)
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*given: Any, **named: Any) -> Any:
            return getattr(import_module(self.__name__), name)(*given, **named)

        return call
