"""Stops a low-code connector in Python in the middle of a read, and continues with one of this SDK.

    takeover.py SOURCE-DECLARATIVE-MANIFEST REPLACEMENT

The first is a program of the package airbyte-cdk, the second one of `source-fixture`. The Python connector reads `manifest.yaml` from
the API in `api.json`, where some requests fail. Then the API fails no longer and has more records, and the replacement reads on from
each state that the Python connector wrote. Both together must have read all records, and the replacement must not have read all again.

The last states are also in `recorded.json`, for the tests of the SDK. With BLESS set, they are written instead of compared.
"""

import datetime
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import NoopMessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor, CursorField
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.state_converters.datetime_stream_state_converter import (
    CustomFormatConcurrentStreamStateConverter,
)
from airbyte_cdk.sources.types import Record, StreamSlice

sys.dont_write_bytecode = True
from api import FOLDER, Api  # noqa: E402

STREAMS = ["events", "tasks", "comments", "notes"]
FORMAT = "%Y-%m-%dT%H:%M:%S%z"


def read(command, config, states=()):
    """Returns the messages of a read of all streams."""
    streams = [
        {
            "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
            "sync_mode": "incremental",
            "destination_sync_mode": "append",
        }
        for name in STREAMS
    ]
    with tempfile.TemporaryDirectory() as folder:
        command = [command, "read"]
        files = {"config": config, "catalog": {"streams": streams}, **({"state": list(states)} if states else {})}
        for name, content in files.items():
            path = Path(folder, f"{name}.json")
            path.write_text(json.dumps(content))
            command += [f"--{name}", path]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return run, [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]


def ids(messages, stream):
    records = [message["record"] for message in messages if message["type"] == "RECORD"]
    return {record["data"]["id"] for record in records if record["stream"] == stream}


def checkpoints(messages, stream):
    """Returns each state of a stream, with the records before it."""
    found = []
    for index, message in enumerate(messages):
        if message["type"] == "STATE" and message["state"]["stream"]["stream_descriptor"]["name"] == stream:
            found.append((message["state"]["stream"]["stream_state"], ids(messages[:index], stream)))
    return found


class Window(Partition):
    """A window of a stream without partitions."""

    def __init__(self, start, end):
        self.slice = StreamSlice(partition={}, cursor_slice={"since": start, "until": end})

    def read(self):
        return []

    def to_slice(self):
        return self.slice

    def stream_name(self):
        return "events"

    def __hash__(self):
        return hash(str(self.slice))


def intervals(api):
    """Returns the state of a connector whose state lists intervals, after the third of four windows failed."""
    def at(text):
        return datetime.datetime.strptime(text, FORMAT)

    converter = CustomFormatConcurrentStreamStateConverter(
        FORMAT, is_sequential_state=False, cursor_granularity=datetime.timedelta(seconds=1)
    )
    cursor = ConcurrentCursor(
        "events", None, {}, NoopMessageRepository(), ConnectorStateManager(), converter, CursorField("updated_at"),
        ("since", "until"), at("2024-01-01T00:00:00+0000"), lambda: at("2024-05-31T00:00:00+0000"),
        slice_range=datetime.timedelta(days=30), cursor_granularity=datetime.timedelta(seconds=1),
    )
    read = set()
    for index, window in enumerate(cursor.stream_slices()):
        if index == 2:
            continue
        _, records = api.respond("/events", window.cursor_slice)
        for record in records:
            cursor.observe(Record(data=record, stream_name="events", associated_slice=window))
            read.add(record["id"])
        cursor.close_partition(Window(window["since"], window["until"]))
    return cursor.state, read


def compared(recorded):
    """Returns recordings without what depends on the duration of the read."""
    recorded = json.loads(json.dumps(recorded))
    for entry in recorded.values():
        if entry["state"].get("lookback_window"):
            entry["state"]["lookback_window"] = 1
    return recorded


def main():
    python, replacement = sys.argv[1:]
    api = Api()
    manifest = yaml.safe_load((FOLDER / "manifest.yaml").read_text())
    run, messages = read(python, {"url": api.url, "__injected_declarative_manifest": manifest})
    if run.returncode != 1 or not messages:
        sys.exit(f"the Python connector did not fail in the middle: {run.stdout}{run.stderr}")
    by_stream = {stream: checkpoints(messages, stream) for stream in STREAMS}
    by_stream["events"].append(intervals(api))
    recorded = {f"{stream}, at its end": by_stream[stream][-1] for stream in ["tasks", "comments", "notes"]}
    recorded["events, at its end"], recorded["events, as intervals"] = by_stream["events"][-2:]
    recorded = {
        name: {"stream": name.split(",")[0], "state": state, "read": sorted(read)}
        for name, (state, read) in recorded.items()
    }
    recorded = compared(recorded)

    api.fails = False
    problems = []
    rounds = max(map(len, by_stream.values()))
    for number in range(rounds):
        # A stream with fewer states is read from its last one.
        current = {stream: found[min(number, len(found) - 1)] for stream, found in by_stream.items()}
        states = [
            {"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}}
            for stream, (state, _) in current.items()
        ]
        run, messages = read(replacement, {"url": api.url}, states)
        if run.returncode != 0:
            sys.exit(f"the replacement failed: {run.stdout}{run.stderr}")
        for stream, (state, before) in current.items():
            after, every = ids(messages, stream), api.ids(stream)
            lost = every - before - after - set(api.data["unreadable"].get(stream, []))
            if lost:
                problems.append(f"{stream}: {sorted(lost)} were not read after {json.dumps(state)}")
            if number == rounds - 1 and after >= every:
                problems.append(f"{stream}: everything was read again after {json.dumps(state)}")

    path = FOLDER / "recorded.json"
    if os.environ.get("BLESS"):
        lines = [f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in recorded.items()]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    elif json.loads(path.read_text()) != recorded:
        problems.append(f"the states are not those in {path.name}: {json.dumps(recorded)}")
    if problems:
        sys.exit("\n".join(problems))
    count = sum(map(len, by_stream.values()))
    print(f"The replacement continued from {count} states of the Python connector and lost no record.")


main()
