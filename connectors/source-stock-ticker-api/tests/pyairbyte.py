"""Checks the connector with PyAirbyte, against the emulator.

    pip install airbyte==0.71.3
    python pyairbyte.py PATH_TO_EMULATOR PATH_TO_CONNECTOR
    python pyairbyte.py PATH_TO_EMULATOR --image IMAGE

Runs check and discover, then reads into a DuckDB cache: all days, then only the new days, then none. The expected rows are
read from the emulator with the standard library alone. Prints one line per check, and exits with status 1 if any fails.
"""

import contextlib
import datetime
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
import zoneinfo

NAME = "source-stock-ticker-api"
KEY, WRONG_KEY = "pyairbyte-key-4711", "wrong-key-0815"
START = "2026-02-02"
# The emulator's date and the last day to read: at first, and a week later. Neither depends on the machine's date.
FIRST, LATER = "2026-03-13", "2026-03-20"
GONE = "2026-03-23"

failures = 0


def check(name, found, expected):
    global failures
    passed = found == expected
    failures += not passed
    print(f"{'ok  ' if passed else 'FAIL'} {name}" + ("" if passed else f": {found!r}, not {expected!r}"))


@contextlib.contextmanager
def emulator(program, now):
    """Runs the emulator until the block ends."""
    command = [program, "--now", f"{now}T22:00:00Z", "--key", KEY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def served(url, last):
    """Returns the rows that the emulator has up to this day."""
    target = f"{url}/v2/aggs/ticker/TSLA/range/1/day/{START}/{last}"
    request = urllib.request.Request(target, headers={"Authorization": f"Bearer {KEY}"})
    with urllib.request.urlopen(request, timeout=10) as response:
        bars = json.load(response)["results"]
    new_york = zoneinfo.ZoneInfo("America/New_York")
    day = lambda bar: str(datetime.datetime.fromtimestamp(bar["t"] / 1000, new_york).date())
    return [(day(bar), "TSLA", bar["c"]) for bar in bars]


def rows(cache):
    """Returns the rows in the cache, ordered by day."""
    table = cache["stock_prices"].to_pandas().sort_values("date")
    return [(str(row.date)[:10], row.stock_ticker, row.price) for row in table.itertuples()]


def run(program, how):
    # Imported only now, since it reads the environment on import.
    import airbyte

    cache = airbyte.new_local_cache("prices")
    config = {"stock_ticker": "TSLA", "api_key": KEY, "start_date": START, "end_date": FIRST, "requests_per_minute": 0}
    with emulator(program, FIRST) as url:
        config["api_url"] = url
        source = airbyte.get_source(NAME, config=config, streams="*", **how)
        # Both raise an exception if they fail.
        source.check()
        source.validate_config()

        (stream,) = source.discovered_catalog.streams
        found = (stream.name, stream.source_defined_primary_key, stream.default_cursor_field)
        check("discover", found, ("stock_prices", [["stock_ticker"], ["date"]], ["date"]))

        expected = served(url, FIRST)
        check("there is something to read", len(expected) > 15, True)
        check("first read: records", source.read(cache=cache).processed_records, len(expected))
        check("first read: rows", rows(cache), expected)
        state = cache.get_state_provider(NAME, refresh=True).get_stream_state("stock_prices")
        check("first read: state", state.stream.stream_state.model_dump(), {"partitions": {"TSLA": {"date": expected[-1][0]}}})

        (sample,) = source.get_samples(limit=2).values()
        check("samples", [str(row["date"])[:10] for row in sample], [row[0] for row in expected[:2]])
        if "local_executable" in how:
            # With so many records, PyAirbyte ends the connector by a signal and checks its exit status in a
            # finalizer, whose exceptions only this hook can see. (With an image it ends `docker run`, which takes ten seconds
            # and a KILL.)
            exceptions = []
            sys.unraisablehook = lambda unraisable: exceptions.append(str(unraisable.exc_value))
            long = airbyte.get_source(NAME, config={**config, "start_date": "1980-01-02"}, streams="*", **how)
            (sample,) = long.get_samples(limit=2).values()
            check("samples of a long read", [str(row["date"])[:10] for row in sample], ["1980-01-02", "1980-01-03"])
            check("samples of a long read: PyAirbyte accepts the exit status", exceptions, [])

        wrong = airbyte.get_source(NAME, config={**config, "api_key": WRONG_KEY}, **how)
        try:
            wrong.check()
            message = "no exception"
        except airbyte.exceptions.AirbyteConnectorCheckFailedError as error:
            message = str(error)
        check("wrong key: the message quotes the API", "Unknown API Key" in message, True)
        check("wrong key: the key is not shown", WRONG_KEY in message, False)

    with emulator(program, LATER) as url:
        source.set_config({**config, "api_url": url, "end_date": LATER})
        everything = served(url, LATER)
        new = len(everything) - len(expected)
        check("there are new days", new > 0, True)
        check("second read: only the new days", source.read(cache=cache).processed_records, new)
        check("second read: rows", rows(cache), everything)
        check("third read: nothing new", source.read(cache=cache).processed_records, 0)
        check("third read: rows", rows(cache), everything)
        refreshed = source.read(cache=cache, force_full_refresh=True)
        check("full refresh: records", refreshed.processed_records, len(everything))
        check("full refresh: rows", rows(cache), everything)

    # The emulator has ended, and there is another day to request.
    source.set_config({**config, "api_url": url, "end_date": GONE})
    try:
        source.read(cache=cache)
        message = "no exception"
    except airbyte.exceptions.AirbyteConnectorFailedError as error:
        message = str(error)
    check("no server: the read fails", "Exit Code: 1" in message, True)
    check("no server: the rows remain", rows(cache), everything)


def main():
    match sys.argv[1:]:
        case [emulator_program, "--image", image]:
            # The emulator listens only on loopback.
            how = {"docker_image": image, "use_host_network": True}
        case [emulator_program, program]:
            how = {"local_executable": os.path.abspath(program)}
        case _:
            sys.exit(__doc__)
    emulator_program = os.path.abspath(emulator_program)
    with tempfile.TemporaryDirectory(prefix="pyairbyte ") as folder:
        # No telemetry, no request to the connector registry, and no files outside this folder.
        os.environ.update(
            DO_NOT_TRACK="1",
            AIRBYTE_OFFLINE_MODE="1",
            AIRBYTE_PROJECT_DIR=folder,
            AIRBYTE_LOGGING_ROOT=folder,
        )
        os.chdir(folder)
        run(emulator_program, how)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
