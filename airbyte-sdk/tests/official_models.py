"""Checks the SDK's protocol types with Airbyte's own models.

    pip install airbyte-protocol-models-pdv2==0.18.0
    CORPUS=/tmp/corpus cargo test --package airbyte-sdk --test protocol
    python official_models.py /tmp/corpus [OUTPUT_OF_A_RUN...]

The corpus contains an example of everything that the SDK's types can represent. The models must accept every line of it,
and every message of the runs, without loss; and the corpus must contain every field and enum value of the models.
Prints one line per mistake; exits with status 1 if there is one.
"""

import json
import sys
from enum import Enum
from typing import Any, Dict, List, Union, get_args, get_origin

from airbyte_protocol import models
from pydantic import AnyUrl, BaseModel, TypeAdapter, ValidationError

ROOTS = [models.AirbyteMessage, models.ConfiguredAirbyteCatalog]
# Enums that have other names in the models.
NAMES = {
    "ConnectionStatus": "Status",
    "LogLevel": "Level",
    "RecordChange": "Change",
    "RecordChangeReason": "Reason",
}

failures = []
# Pairs of a model and the key of a field, or of an enum and a value.
seen = set()


def plain(annotation):
    """Returns the type in `Optional[…]`."""
    inner = [kind for kind in get_args(annotation) if kind is not type(None)]
    return inner[0] if get_origin(annotation) is Union and len(inner) == 1 else annotation


def fields(model):
    """Returns the types of a model's fields by their JSON keys."""
    return {field.alias or name: plain(field.annotation) for name, field in model.model_fields.items()}


def is_a(kind, base):
    return isinstance(kind, type) and issubclass(kind, base)


def is_arbitrary(kind):
    """Returns whether the type accepts any object."""
    return kind == Dict[str, Any] or kind is models.AirbyteStateBlob


def reachable(kind, found):
    """Adds the models and enums in `kind` to `found`."""
    if is_a(kind, BaseModel) and not is_arbitrary(kind) and kind not in found:
        found.append(kind)
        for inner in fields(kind).values():
            reachable(inner, found)
    elif is_a(kind, Enum) and kind not in found:
        found.append(kind)
    for inner in get_args(kind):
        reachable(inner, found)
    return found


def compare(place, kind, value, dumped):
    """Compares a validated `value` with the fields of `kind`, and with `dumped`, the model's serialization of it."""
    if is_a(kind, BaseModel) and not is_arbitrary(kind):
        declared = fields(kind)
        for key in sorted(dumped.keys() - value.keys()):
            failures.append(f"{place}.{key}: absent, but the model serializes it")
        for key, member in value.items():
            if key not in declared:
                # The models accept unknown fields.
                failures.append(f"{place}.{key}: {kind.__name__} has no such field")
            elif member is None:
                failures.append(f"{place}.{key}: null, but must be absent")
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
    # The URL type adds the slash of an empty path.
    elif value != dumped and not (kind is AnyUrl and f"{value}/" == dumped):
        failures.append(f"{place}: {value!r} became {dumped!r}")


def reject_duplicate_keys(pairs):
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError(f"duplicate key in {[key for key, _ in pairs]}")
    return value


def check(place, kind, value):
    adapter = TypeAdapter(kind)
    try:
        # Strict: a string is not converted to a number, nor a number with a decimal point to an integer.
        parsed = adapter.validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        for mistake in error.errors():
            at = ".".join(map(str, [place, *mistake["loc"]]))
            failures.append(f"{at}: {mistake['msg']}, not {mistake['input']!r}")
        return
    compare(place, kind, value, adapter.dump_python(parsed, mode="json", by_alias=True, exclude_unset=True))


def read(path):
    """Yields the lines of a file, each with its path and line number."""
    with open(path, encoding="utf-8") as file:
        lines = [(f"{path}:{number}", line) for number, line in enumerate(file, 1)]
    if not lines:
        failures.append(f"{path}: empty")
    for place, line in lines:
        try:
            yield place, json.loads(line, object_pairs_hook=reject_duplicate_keys)
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

    # Not after a failure, because everything in an invalid line would be reported as missing.
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
