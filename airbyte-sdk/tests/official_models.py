"""An independent check of the protocol's types with Airbyte's own models.

    pip install airbyte-protocol-models-pdv2==0.18.0
    CORPUS=/tmp/corpus cargo test --package airbyte-sdk --test protocol
    python official_models.py /tmp/corpus [OUTPUT_OF_A_RUN...]

The corpus has what the SDK's types can hold, as they write it. Every line of it, and every message a
connector has sent, must be what the models expect; and every field and every word of the models must be in
the corpus.
Prints a line per mistake and ends with status 1 if there is one.
"""

import json
import sys
from enum import Enum
from typing import Any, Dict, List, Union, get_args, get_origin

from airbyte_protocol import models
from pydantic import AnyUrl, BaseModel, TypeAdapter, ValidationError

ROOTS = [models.AirbyteMessage, models.ConfiguredAirbyteCatalog]
# Enums of the SDK that the models name differently.
NAMES = {
    "ConnectionStatus": "Status",
    "LogLevel": "Level",
    "RecordChange": "Change",
    "RecordChangeReason": "Reason",
}

failures = []
# Pairs of a model and the key of a field, or an enum and a word.
seen = set()


def plain(annotation):
    """The type in `Optional[…]`."""
    inner = [kind for kind in get_args(annotation) if kind is not type(None)]
    return inner[0] if get_origin(annotation) is Union and len(inner) == 1 else annotation


def fields(model):
    """The types of a model's fields by their keys on the wire."""
    return {field.alias or name: plain(field.annotation) for name, field in model.model_fields.items()}


def is_a(kind, base):
    return isinstance(kind, type) and issubclass(kind, base)


def is_free(kind):
    """Whether it takes any object."""
    return kind == Dict[str, Any] or kind is models.AirbyteStateBlob


def reachable(kind, found):
    """Adds the models and enums in `kind` to `found`."""
    if is_a(kind, BaseModel) and not is_free(kind) and kind not in found:
        found.append(kind)
        for inner in fields(kind).values():
            reachable(inner, found)
    elif is_a(kind, Enum) and kind not in found:
        found.append(kind)
    for inner in get_args(kind):
        reachable(inner, found)
    return found


def compare(place, kind, value, dumped):
    """Holds `value` against `kind`, and against what the model made of it. Validation has passed already."""
    if is_a(kind, BaseModel) and not is_free(kind):
        declared = fields(kind)
        for key in sorted(dumped.keys() - value.keys()):
            failures.append(f"{place}.{key}: not sent, but the model has it")
        for key, member in value.items():
            if key not in declared:
                # The models let unknown fields pass.
                failures.append(f"{place}.{key}: {kind.__name__} has no such field")
            elif member is None:
                failures.append(f"{place}.{key}: null, where it should be absent")
            elif key not in dumped:
                failures.append(f"{place}.{key}: lost by the model")
            else:
                seen.add((kind, key))
                compare(f"{place}.{key}", declared[key], member, dumped[key])
    elif get_origin(kind) is list and len(value) == len(dumped):
        for index, (item, other) in enumerate(zip(value, dumped)):
            compare(f"{place}[{index}]", get_args(kind)[0], item, other)
    elif is_a(kind, Enum):
        seen.add((kind, kind(value)))
    # The type of a URL writes the slash of an empty path.
    elif value != dumped and not (kind is AnyUrl and f"{value}/" == dumped):
        failures.append(f"{place}: {value!r} became {dumped!r}")


def no_key_twice(pairs):
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError(f"a key twice among {[key for key, _ in pairs]}")
    return value


def check(place, kind, value):
    adapter = TypeAdapter(kind)
    try:
        # Strict: no number is made from a string, no whole number from one with a decimal point.
        parsed = adapter.validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        for mistake in error.errors():
            at = ".".join(map(str, [place, *mistake["loc"]]))
            failures.append(f"{at}: {mistake['msg']}, not {mistake['input']!r}")
        return
    compare(place, kind, value, adapter.dump_python(parsed, mode="json", by_alias=True, exclude_unset=True))


def read(path):
    """The lines of a file, each with its place."""
    with open(path, encoding="utf-8") as file:
        lines = [(f"{path}:{number}", line) for number, line in enumerate(file, 1)]
    if not lines:
        failures.append(f"{path}: empty")
    for place, line in lines:
        try:
            yield place, json.loads(line, object_pairs_hook=no_key_twice)
        except ValueError as error:
            failures.append(f"{place}: {error}")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    corpus, *outputs = sys.argv[1:]
    found = [kind for root in ROOTS for kind in reachable(root, [])]
    found = {kind.__name__: kind for kind in found}
    messages = 0

    for place, line in read(corpus):
        kind = found.get(NAMES.get(line["kind"], line["kind"]))
        if kind is None:
            failures.append(f"{place}: the models have no {line['kind']}")
            continue
        messages += kind in ROOTS
        check(place, kind, line["value"])

    # What a wrong line has is not seen, so that all of it would be missing.
    for kind in [] if failures else found.values():
        expected = fields(kind) if is_a(kind, BaseModel) else kind
        for missing in [part for part in expected if (kind, part) not in seen]:
            part = missing if isinstance(missing, str) else missing.value
            failures.append(f"{kind.__name__}: {part!r} is not in the corpus")

    for output in outputs:
        for place, message in read(output):
            messages += 1
            check(place, models.AirbyteMessage, message)

    for failure in failures:
        print(f"FAIL {failure}")
    if failures:
        sys.exit(1)
    number = sum(is_a(kind, BaseModel) for kind in found.values())
    print(f"{messages} messages, {number} models, all fields covered")


if __name__ == "__main__":
    main()
