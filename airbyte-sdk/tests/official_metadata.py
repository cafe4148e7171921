"""Checks the metadata.yaml of connectors against the schema that Airbyte publishes (the package airbyte-connector-models)
and the requirements of its test kit (airbyte-cdk).

Usage: official_metadata.py FILE…
"""

import json
import sys
from importlib.metadata import files
from pathlib import Path

import jsonschema
import yaml
from airbyte_cdk.test.standard_tests.util import create_connector_test_suite

# Read as a file, because importing the package requires further packages.
NAME = "ConnectorMetadataDefinitionV0.json"
schema = next(file for file in files("airbyte-connector-models") if file.name == NAME)
validator = jsonschema.Draft7Validator(
    json.loads(schema.read_text(encoding="utf-8")), format_checker=jsonschema.FormatChecker()
)


def problems(path):
    metadata = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(metadata)]
    # The schema accepts any string here.
    if not found and metadata["data"]["dockerRepository"] != f"airbyte/{path.parent.name}":
        found.append(f"dockerRepository must be airbyte/{path.parent.name}, like the folder")
    if not found:
        try:
            create_connector_test_suite(connector_directory=path.parent)
        except ValueError as error:
            found.append(str(error))
    return found


def main():
    failed = not sys.argv[1:]
    for path in map(Path, sys.argv[1:]):
        found = problems(path)
        failed = failed or bool(found)
        print(f"{path}: {'ok' if not found else ''}", *found, sep="\n    " if found else "")
    sys.exit(1 if failed else 0)


main()
