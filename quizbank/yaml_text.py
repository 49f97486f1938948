"""YAML as banks use it: plain data with the line of every field, and nothing that surprises.

Narrower than YAML: no tags, no anchors and aliases (they can blow a small file up), no duplicate keys, and
only `true` and `false` are booleans, so that `yes`, `on`, dates and `1:30` stay the texts that people
meant.
"""

import re
from typing import Any

import yaml

PREFIX = "tag:yaml.org,2002:"
SCALARS: dict[str, tuple[str, str]] = {
    "bool": (r"true|false|True|False", "tTfF"),
    "int": (r"[-+]?(?:0|[1-9][0-9]{0,30})", "-+0123456789"),
    "float": (r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]{1,3})?", "-+.0123456789"),
    "null": (r"~|null|", "~n"),
}
MAX_NESTING = 20


class YamlError(ValueError):
    """Text that is no YAML or more than the narrow YAML of banks; `line` counts from 1."""

    def __init__(self, line: int, expected: str, field: str = "") -> None:
        self.line = line
        self.field = field
        self.expected = expected
        super().__init__(expected)


def _narrow(base: type) -> type:
    """A loader or dumper class with the scalars above instead of YAML 1.1's."""
    narrow = type(f"Narrow{base.__name__}", (base,), {"yaml_implicit_resolvers": {}})
    for name, (pattern, first) in SCALARS.items():
        starts: list[str] = [*first, ""] if name == "null" else list(first)
        narrow.add_implicit_resolver(PREFIX + name, re.compile(rf"^(?:{pattern})$"), starts)  # type: ignore[attr-defined]
    return narrow


_Loader = _narrow(yaml.SafeLoader)
_Dumper = _narrow(yaml.SafeDumper)
_Dumper.ignore_aliases = lambda self, data: True  # type: ignore[attr-defined]


def _text(dumper: Any, text: str) -> yaml.Node:
    return dumper.represent_scalar(PREFIX + "str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)  # type: ignore[attr-defined]


def dump(data: dict[str, Any]) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def load(text: str, first_line: int = 1) -> tuple[dict[str, Any], dict[str, int]]:
    """The mapping in a text, and the line of each field, e.g. {"options[1].text": 7}; raises YamlError."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise YamlError(first_line + line, f"is not valid YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise YamlError(first_line, f"is not valid YAML: {str(error).splitlines()[0][:200]}") from None
    except RecursionError:
        raise YamlError(first_line, f"is nested more than {MAX_NESTING} deep") from None
    if not isinstance(node, yaml.MappingNode):
        raise YamlError(first_line, "fields such as “title: ...” are expected")
    reader = _Reader(first_line)
    return reader.value(node, "", 0), reader.lines


class _Reader:
    """Turns composed nodes into plain data and remembers lines."""

    def __init__(self, first_line: int) -> None:
        self.first_line = first_line
        self.lines: dict[str, int] = {}
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, path: str, depth: int) -> Any:
        line = self.lines.setdefault(path, self.first_line + node.start_mark.line)
        if id(node) in self.seen:
            raise YamlError(line, "anchors and aliases are not allowed: write the value again", path)
        self.seen.add(id(node))
        if depth > MAX_NESTING:
            raise YamlError(line, f"is nested more than {MAX_NESTING} deep", path)
        kind = node.tag.removeprefix(PREFIX)
        if isinstance(node, yaml.MappingNode) and kind == "map":
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode) and kind == "seq":
            return [self.value(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(node.value, 1)]
        if isinstance(node, yaml.ScalarNode) and kind in ("str", *SCALARS):
            return self._scalar(kind, node.value, line, path)
        raise YamlError(line, f"the tag {node.tag[:60]} is not allowed", path)

    def _mapping(self, node: yaml.MappingNode, path: str, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in node.value:
            line = self.first_line + key.start_mark.line
            if not isinstance(key, yaml.ScalarNode):
                raise YamlError(line, "the name of a field must be a text", path)
            inner = f"{path}.{key.value}" if path else key.value
            if key.value in result:
                raise YamlError(line, "stands twice", inner)
            self.lines[inner] = line
            result[key.value] = self.value(value, inner, depth + 1)
        return result

    @staticmethod
    def _scalar(kind: str, text: str, line: int, path: str) -> Any:
        try:
            if kind == "int":
                return int(text)
            if kind == "float":
                return float(text)
        except ValueError:
            raise YamlError(line, f"“{text[:40]}” is not a number", path) from None
        if kind == "bool":
            return text.lower() == "true"
        return None if kind == "null" else text
