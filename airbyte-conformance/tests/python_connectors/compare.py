"""Checks two of Airbyte's own connectors, and compares the verdicts with those recorded in this folder.

    compare.py AIRBYTE-CONFORMANCE FOLDER

AIRBYTE-CONFORMANCE is the program of this crate, FOLDER contains the programs of the connectors. `docs/python-connectors.md` explains
each failed clause. With BLESS set, the verdicts are written instead.
"""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Few records, and for source-faker several states per stream.
CONFIGS = {
    "source-hardcoded-records": {"count": 20},
    "source-faker": {"count": 50, "seed": 7, "parallelism": 1, "records_per_slice": 10, "always_updated": False},
}

# The records of source-faker have the time at which they were made as their cursor, in seconds. These clauses apply only if a read
# lasts from one second to the next.
DEPENDING_ON_SECONDS = {"finished_refresh_is_recognised", "last_state_is_used"}


def check(name, program, folder):
    with tempfile.TemporaryDirectory() as inputs:
        config = Path(inputs, "config.json")
        config.write_text(json.dumps(CONFIGS[name]))
        command = [program, "--json", "--time-limit", "120", "--config", config, "--", Path(folder, name)]
        run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(f"{name} was not checked: {run.stderr}")
    return json.loads(run.stdout)


def differences(name, outcomes):
    verdicts = {outcome["clause"]: outcome["verdict"] for outcome in outcomes}
    path = Path(__file__).parent / f"{name}.json"
    if os.environ.get("BLESS"):
        path.write_text(json.dumps(verdicts, indent=1) + "\n")
        return []
    recorded = json.loads(path.read_text())
    why = {outcome["clause"]: outcome.get("why", "") for outcome in outcomes}
    return [
        f"{name}: {clause} was {recorded.get(clause)}, and is {verdicts.get(clause)}: {why.get(clause)}"
        for clause in {**recorded, **verdicts}
        if verdicts.get(clause) not in accepted(name, clause, recorded.get(clause))
    ]


def accepted(name, clause, verdict):
    if name == "source-faker" and clause in DEPENDING_ON_SECONDS:
        return {verdict, "passed", "not_applicable"}
    return {verdict}


def main():
    program, folder = sys.argv[1:]
    with ThreadPoolExecutor() as pool:
        outcomes = pool.map(lambda name: check(name, os.path.abspath(program), os.path.abspath(folder)), CONFIGS)
        found = [line for name, checked in zip(CONFIGS, outcomes) for line in differences(name, checked)]
    if found:
        sys.exit("\n".join(found))
    print(f"The verdicts on {' and '.join(CONFIGS)} are the recorded ones.")


main()
