"""Checks specs and catalogs with the lints of Airbyte's own test kit (the package airbyte-cdk).

Usage: official_lint.py FILE…, where each file contains a specification, a catalog, or one stream of a catalog as JSON.
"""

import json
import sys

import jsonschema
from airbyte_cdk.models import AirbyteMessageSerializer
from airbyte_cdk.test.standard_tests._catalog_checks import CATALOG_CHECKS, find_catalog_problems
from airbyte_cdk.test.standard_tests._spec_lint import find_secret_marking_errors


def spec_problems(spec):
    schema = spec["connectionSpecification"]
    try:
        jsonschema.Draft7Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        return [f"not a JSON Schema: {error.message}"]
    return find_secret_marking_errors(schema)


def catalog_problems(catalog):
    # All checks, including those that only warn in the kit.
    message = AirbyteMessageSerializer.load({"type": "CATALOG", "catalog": catalog})
    found = find_catalog_problems(message.catalog, CATALOG_CHECKS)
    return [f"{check.name}: {problem}" for check, problems in found.items() for problem in problems]


def main():
    specs, catalogs, failed = 0, 0, False
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
        if "connectionSpecification" in value:
            specs += 1
            problems = spec_problems(value)
        else:
            catalogs += 1
            problems = catalog_problems(value if "streams" in value else {"streams": [value]})
        for problem in problems:
            failed = True
            print(f"{path}: {problem}")
    print(f"{specs} specs and {catalogs} catalogs")
    if failed or not specs or not catalogs:
        sys.exit(1)


main()
