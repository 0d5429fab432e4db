"""How OpenAPI describes what a route checks itself, in words better than the framework's."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from qunxiang.language import Rule


class ShownAs:
    """Describes a JSON document by the shape that its reader will demand of it."""

    def __init__(self, shape: Any) -> None:
        self._shape = shape

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the shape's own description."""
        described = TypeAdapter(self._shape).core_schema
        ref = described.get("ref")
        if ref is not None:  # referred to by its name, as where it is answered
            by_name = core_schema.definition_reference_schema(ref)
            described = core_schema.definitions_schema(by_name, [described])
        return handler(described)


Tree = Annotated[dict[str, Any], ShownAs(Rule)]
RuleSaid = str | Tree  # a rule as text, or as a tree
