"""An independent check of the connector with PyAirbyte, against the emulator.

    pip install airbyte==0.71.3
    python pyairbyte.py PATH_TO_EMULATOR PATH_TO_CONNECTOR
    python pyairbyte.py PATH_TO_EMULATOR --image IMAGE

Checks, discovers, and reads into a DuckDB cache: everything, then what is new after more days, then nothing. What must
come out is read from the emulator with nothing but the standard library. Prints a line per check and ends with status 1
if one fails.
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
# The service's present, and the last day that is read: at first, and a week later. Neither depends on the machine's date.
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
    """The service, until the block ends."""
    command = [program, "--now", f"{now}T22:00:00Z", "--key", KEY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as service:
        try:
            yield service.stdout.readline().strip()
        finally:
            service.stdin.close()


def served(url, last):
    """What the service has up to this day, as rows."""
    target = f"{url}/v2/aggs/ticker/TSLA/range/1/day/{START}/{last}"
    request = urllib.request.Request(target, headers={"Authorization": f"Bearer {KEY}"})
    with urllib.request.urlopen(request, timeout=10) as response:
        bars = json.load(response)["results"]
    new_york = zoneinfo.ZoneInfo("America/New_York")
    day = lambda bar: str(datetime.datetime.fromtimestamp(bar["t"] / 1000, new_york).date())
    return [(day(bar), "TSLA", bar["c"]) for bar in bars]


def rows(cache):
    """What is in the cache, in the order of the days."""
    table = cache["stock_prices"].to_pandas().sort_values("date")
    return [(str(row.date)[:10], row.stock_ticker, row.price) for row in table.itertuples()]


def run(program, how):
    # Only now, since it looks at the environment when it is imported.
    import airbyte

    cache = airbyte.new_local_cache("prices")
    config = {"stock_ticker": "TSLA", "api_key": KEY, "start_date": START, "end_date": FIRST, "requests_per_minute": 0}
    with emulator(program, FIRST) as url:
        config["api_url"] = url
        source = airbyte.get_source(NAME, config=config, streams="*", **how)
        # These two raise what is wrong.
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
            # So many records that the connector is ended by a signal. How it died is judged where nobody can catch it. (In
            # a container it is `docker run` that is ended, which takes ten seconds and a KILL.)
            complaints = []
            sys.unraisablehook = lambda unraisable: complaints.append(str(unraisable.exc_value))
            long = airbyte.get_source(NAME, config={**config, "start_date": "1980-01-02"}, streams="*", **how)
            (sample,) = long.get_samples(limit=2).values()
            check("samples of a long read", [str(row["date"])[:10] for row in sample], ["1980-01-02", "1980-01-03"])
            check("samples of a long read: the connector ends well", complaints, [])

        wrong = airbyte.get_source(NAME, config={**config, "api_key": WRONG_KEY}, **how)
        try:
            wrong.check()
            said = "no exception"
        except airbyte.exceptions.AirbyteConnectorCheckFailedError as error:
            said = str(error)
        check("wrong key: the service's own words", "Unknown API Key" in said, True)
        check("wrong key: it is not shown", WRONG_KEY in said, False)

    with emulator(program, LATER) as url:
        source.set_config({**config, "api_url": url, "end_date": LATER})
        everything = served(url, LATER)
        new = len(everything) - len(expected)
        check("more days have come", new > 0, True)
        check("second read: only those", source.read(cache=cache).processed_records, new)
        check("second read: rows", rows(cache), everything)
        check("third read: nothing new", source.read(cache=cache).processed_records, 0)
        check("third read: rows", rows(cache), everything)
        refreshed = source.read(cache=cache, force_full_refresh=True)
        check("full refresh: records", refreshed.processed_records, len(everything))
        check("full refresh: rows", rows(cache), everything)

    # The service is gone, and there is a day more to ask for.
    source.set_config({**config, "api_url": url, "end_date": GONE})
    try:
        source.read(cache=cache)
        said = "no exception"
    except airbyte.exceptions.AirbyteConnectorFailedError as error:
        said = str(error)
    check("no service: the read fails", "Exit Code: 1" in said, True)
    check("no service: what was read stays", rows(cache), everything)


def main():
    match sys.argv[1:]:
        case [emulator_program, "--image", image]:
            # The emulator listens on this machine alone.
            how = {"docker_image": image, "use_host_network": True}
        case [emulator_program, program]:
            how = {"local_executable": os.path.abspath(program)}
        case _:
            sys.exit(__doc__)
    emulator_program = os.path.abspath(emulator_program)
    with tempfile.TemporaryDirectory(prefix="pyairbyte ") as folder:
        # Nothing is reported to anybody, nobody is asked which connectors exist, and nothing is left behind.
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
