# pyarrow's classes come from compiled modules without types; we take them as they come.
from typing import Any

def __getattr__(name: str) -> Any: ...
