"""A strict reader of APL: lays a document out for one device, as far as it can be told without drawing it.

It knows the components, properties and expressions that our document uses and nothing else; what it does not know is
an error. The properties are those of Amazon's component reference for APL 1.4.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_BASE = {
    *("type", "when", "description", "id", "style", "inheritParentState", "accessibilityLabel", "role"),
    *("width", "height", "minWidth", "minHeight", "maxWidth", "maxHeight", "opacity", "display"),
    *("paddingLeft", "paddingRight", "paddingTop", "paddingBottom"),
    *("grow", "shrink", "spacing", "alignSelf"),  # as the child of a Container
}
_MANY, _ONE = {"items"}, {"item"}
COMPONENTS = {
    "Container": _BASE | _MANY | {"direction", "justifyContent", "alignItems", "data", "wrap"},
    "Frame": _BASE | _ONE | _MANY | {"backgroundColor", "borderColor", "borderWidth", "borderRadius"},
    "ScrollView": _BASE | _ONE,
    "Text": _BASE | {"text", "color", "fontSize", "fontWeight", "textAlign", "maxLines", "lineHeight"},
    "TouchWrapper": _BASE | _ONE | {"onPress"},
}
COMMANDS = {"SendEvent": {"type", "arguments", "when"}}
DOCUMENT = {
    *("type", "version", "description", "theme", "settings", "import", "resources", "styles", "layouts"),
    "mainTemplate",
}
RESOURCES = {"description", "when", "colors", "dimensions", "strings", "booleans"}
ROLES = {"button", "header", "image", "link", "text", "none"}
CHOICES = {
    "direction": {"row", "column"},
    "justifyContent": {"start", "center", "end", "spaceBetween"},
    "alignItems": {"start", "center", "end", "stretch"},
    "textAlign": {"left", "center", "right", "auto"},
    "fontWeight": {"400", "500", "700", "normal", "bold"},
    "role": ROLES,
}
_SIZES = (
    *("width", "height", "minWidth", "minHeight", "maxWidth", "maxHeight", "fontSize", "spacing", "padding"),
    *("borderWidth", "borderRadius"),
)
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_SIZE = re.compile(r"\d+(\.\d+)?(dp|%|vw|vh)")


class AplError(ValueError):
    """The document is not valid: what, and where."""


@dataclass(frozen=True)
class Viewport:
    """A device, as a document sees it."""

    width: int
    height: int
    shape: str = "rectangle"
    mode: str = "hub"


@dataclass(frozen=True)
class Node:
    """A component as it stands on the device: its properties without any expression left, and what is in it."""

    type: str
    properties: dict[str, Any]
    children: list[Node] = field(default_factory=list)

    def all(self) -> Iterator[Node]:
        """This one and all within it."""
        yield self
        for child in self.children:
            yield from child.all()

    def of(self, type: str) -> list[Node]:
        """All of a type within it."""
        return [node for node in self.all() if node.type == type]

    def __getitem__(self, name: str) -> Any:
        return self.properties[name]


def laid_out(document: dict[str, Any], datasources: dict[str, Any], viewport: Viewport) -> Node:
    """The document on a device; raises AplError where it is not valid."""
    return _Reader(document, viewport).main(datasources)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 computes it, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def dp(size: Any) -> float:
    """A size in dp; raises AplError where it is a share of something else."""
    if not isinstance(size, str) or not size.endswith("dp"):
        raise AplError(f"{size} is not in dp")
    return float(size[:-2])


def _luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class _Reader:
    def __init__(self, document: dict[str, Any], viewport: Viewport) -> None:
        _known("the document", document, DOCUMENT)
        if document.get("type") != "APL" or not re.fullmatch(r"\d+\.\d", document.get("version", "")):
            raise AplError("not a document of APL")
        if document.get("import"):
            raise AplError("packages are not read here")
        self.document = document
        self.context: dict[str, Any] = {"viewport": vars(viewport)}
        self.resources: dict[str, Any] = {}
        self.used: set[str] = set()
        for block in document["resources"]:
            _known("a resource", block, RESOURCES)
            if self.value(block.get("when", True), self.context):
                for kind in ("colors", "dimensions", "strings", "booleans"):
                    for name, value in block.get(kind, {}).items():
                        self.resources[name] = self.value(value, self.context)
                        _fits_kind(kind, name, self.resources[name])

    def main(self, datasources: dict[str, Any]) -> Node:
        template = self.document["mainTemplate"]
        _known("mainTemplate", template, {"parameters", "item", "items"})
        if template["parameters"] != ["payload"]:
            raise AplError("the data comes as payload")
        node = self.first(template, {**self.context, "payload": datasources})
        if node is None:
            raise AplError("nothing is shown")
        return node

    def first(self, parent: dict[str, Any], context: dict[str, Any]) -> Node | None:
        """The first item whose condition holds."""
        for item in _items(parent):
            if self.value(item.get("when", True), context):
                return self.node(item, context)
        return None

    def node(self, item: dict[str, Any], context: dict[str, Any]) -> Node:
        kind = item.get("type", "")
        if kind in self.document.get("layouts", {}):
            return self.layout(kind, item, context)
        if kind not in COMPONENTS:
            raise AplError(f"{kind} is not a component that we use")
        _known(kind, item, COMPONENTS[kind])
        own = {key: value for key, value in item.items() if key not in ("items", "item", "data", "when", "description")}
        properties = {**self.style(item.get("style"), context), **{k: self.value(v, context) for k, v in own.items()}}
        for name, value in properties.items():
            _fits(kind, name, value)
        if kind == "TouchWrapper":
            for command in properties.get("onPress") or [{}]:
                if command.get("type") not in COMMANDS:
                    raise AplError(f"{command.get('type')} is not a command that we use")
                _known("a command", command, COMMANDS[command["type"]])
        return Node(kind, properties, self.children(kind, item, context))

    def children(self, kind: str, item: dict[str, Any], context: dict[str, Any]) -> list[Node]:
        if kind != "Container":
            child = self.first(item, context)
            if child is None and kind != "Text":
                raise AplError(f"a {kind} with nothing in it")
            return [child] if child else []
        if "data" in item:
            data = self.value(item["data"], context)
            if not isinstance(data, list) or not data:  # a device draws one empty item for an empty list
                raise AplError("data is a list with something in it")
            inflated = (self.first(item, {**context, "data": each}) for each in data)
            return [node for node in inflated if node is not None]
        return [self.node(each, context) for each in _items(item) if self.value(each.get("when", True), context)]

    def layout(self, name: str, item: dict[str, Any], context: dict[str, Any]) -> Node:
        layout = self.document["layouts"][name]
        _known(f"the layout {name}", layout, {"description", "parameters", "item", "items"})
        _known(name, item, {"type", "when", *layout["parameters"]})
        given = {parameter: self.value(item[parameter], context) for parameter in layout["parameters"]}
        node = self.first(layout, {**context, **given})
        if node is None:
            raise AplError(f"the layout {name} shows nothing")
        return node

    def style(self, name: str | None, context: dict[str, Any], **state: bool) -> dict[str, Any]:
        if name is None:
            return {}
        if name not in self.document.get("styles", {}):
            raise AplError(f"there is no style {name}")
        pressed_or_not = {**context, "state": {"focused": False, "pressed": False, **state}}
        found: dict[str, Any] = {}
        for block in self.document["styles"][name]["values"]:
            if self.value(block.get("when", True), pressed_or_not):
                found |= {key: self.value(value, context) for key, value in block.items() if key != "when"}
        return found

    def value(self, value: Any, context: dict[str, Any]) -> Any:
        """A value with its expressions and resources replaced by what they stand for."""
        if isinstance(value, dict):
            return {key: self.value(each, context) for key, each in value.items()}
        if isinstance(value, list):
            return [self.value(each, context) for each in value]
        if not isinstance(value, str):
            return value
        if value.startswith("@"):
            return self.resource(value[1:])
        if whole := re.fullmatch(r"\$\{([^{}]*)\}", value):
            return self.expression(whole[1], context)
        return re.sub(r"\$\{([^{}]*)\}", lambda part: str(self.expression(part[1], context)), value)

    def resource(self, name: str) -> Any:
        if name not in self.resources:
            raise AplError(f"there is no resource {name}")
        self.used.add(name)
        return self.resources[name]

    def expression(self, source: str, context: dict[str, Any]) -> Any:
        python = re.sub(r"@(\w+)", r"resource_\1", source).replace("&&", " and ").replace("||", " or ")
        if choice := re.fullmatch(r"(.+?)\?(.+):(.+)", python):
            python = f"({choice[2]}) if ({choice[1]}) else ({choice[3]})"
        try:
            return self.evaluated(ast.parse(python.strip(), mode="eval").body, context)
        except SyntaxError as error:
            raise AplError(f"'{source}' cannot be read") from error

    def evaluated(self, tree: ast.expr, context: dict[str, Any]) -> Any:
        match tree:
            case ast.Constant(value):
                return value
            case ast.Name(name) if name.startswith("resource_"):
                return self.resource(name.removeprefix("resource_"))
            case ast.Name(name) if name in context:
                return context[name]
            case ast.Attribute(of, "length"):
                return len(self.evaluated(of, context))
            case ast.Attribute(of, name):
                found = self.evaluated(of, context)
                if not isinstance(found, dict) or name not in found:
                    raise AplError(f"there is no {name} in the data")
                return found[name]
            case ast.BoolOp(ast.And(), values):
                return all(self.evaluated(value, context) for value in values)
            case ast.BoolOp(ast.Or(), values):
                return any(self.evaluated(value, context) for value in values)
            case ast.IfExp(test, yes, no):
                return self.evaluated(yes if self.evaluated(test, context) else no, context)
            case ast.Compare(left, [operator], [right]):
                one, other = self.evaluated(left, context), self.evaluated(right, context)
                return _COMPARED[type(operator)](one, other)
        raise AplError(f"{ast.dump(tree)} is not an expression that we use")


_COMPARED: dict[type[ast.cmpop], Any] = {
    ast.Eq: lambda one, other: one == other,
    ast.NotEq: lambda one, other: one != other,
    ast.Gt: lambda one, other: one > other,
    ast.GtE: lambda one, other: one >= other,
    ast.Lt: lambda one, other: one < other,
}


def _items(parent: dict[str, Any]) -> list[dict[str, Any]]:
    if "item" in parent and "items" in parent:
        raise AplError("both item and items")
    items = parent.get("items", parent.get("item", []))
    return items if isinstance(items, list) else [items]


def _known(what: str, given: dict[str, Any], allowed: set[str]) -> None:
    if unknown := set(given) - allowed:
        raise AplError(f"{what} has no {', '.join(sorted(unknown))}")


def _fits_kind(kind: str, name: str, value: Any) -> None:
    fits = {
        "colors": lambda: _COLOR.fullmatch(value),
        "dimensions": lambda: _SIZE.fullmatch(value),
        "strings": lambda: isinstance(value, str),
        "booleans": lambda: isinstance(value, bool),
    }
    if not fits[kind]():
        raise AplError(f"{value} is not what {name} may be")


def _fits(kind: str, name: str, value: Any) -> None:
    """Whether a property has a value of its type."""
    if name in CHOICES and value not in CHOICES[name]:
        raise AplError(f"{kind}.{name} may not be {value}")
    if name.lower().endswith("color") and not _COLOR.fullmatch(str(value)):
        raise AplError(f"{kind}.{name} is no colour: {value}")
    if name.startswith(_SIZES) and not _SIZE.fullmatch(str(value)):
        raise AplError(f"{kind}.{name} is no size: {value}")
    if name in ("grow", "shrink", "maxLines") and not isinstance(value, int):
        raise AplError(f"{kind}.{name} is no number: {value}")
    if name in ("text", "accessibilityLabel") and not (isinstance(value, str) and value.strip()):
        raise AplError(f"{kind}.{name} is empty")
