"""Checks the emulator with the vendor's own client.

    pip install massive==2.9.1
    python official_client.py PATH_TO_EMULATOR_BINARY

Starts the emulator, reads it with the client and with the standard library alone, and compares the results. Prints one
line per check; exits with status 1 if a check fails.
"""

import json
import subprocess
import sys
import urllib.parse
import urllib.request

from massive import RESTClient
from massive.exceptions import BadResponse

KEY = "official-client-key"
NOW = "2026-11-13T17:00:00Z"
# The attributes of the client's rows, and their JSON keys.
FIELDS = {
    "open": "o",
    "high": "h",
    "low": "l",
    "close": "c",
    "volume": "v",
    "vwap": "vw",
    "timestamp": "t",
    "transactions": "n",
    "otc": "otc",
}
# Midnight in New York on the trading days before and after the clocks changed on 8 March 2026.
BEFORE_THE_CHANGE, AFTER_THE_CHANGE = 1772773200000, 1773028800000

failures = 0


def check(name, found, expected):
    global failures
    passed = found == expected
    failures += not passed
    print(f"{'ok  ' if passed else 'FAIL'} {name}" + ("" if passed else f": {found!r}, not {expected!r}"))


def raw_pages(base, path, query):
    """Yields the pages of a range without the client, as decoded JSON."""
    url = f"{base}{path}?{urllib.parse.urlencode(query)}"
    while url:
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(request, timeout=10) as response:
            page = json.load(response)
        yield page
        url = page.get("next_url")


def compare(base, client, ticker, start, end, limit, pages_expected, **parameters):
    what = f"{ticker} {start}..{end} {parameters or ''}".strip()
    path = f"/v2/aggs/ticker/{ticker}/range/1/day/{start}/{end}"
    pages = list(raw_pages(base, path, {"limit": limit, **parameters}))
    check(f"{what}: pages", len(pages), pages_expected)
    options = {key: value == "true" if key == "adjusted" else value for key, value in parameters.items()}
    rows = list(client.list_aggs(ticker, 1, "day", start, end, limit=limit, **options))
    bars = [bar for page in pages for bar in page["results"]]
    check(f"{what}: number of bars", len(rows), len(bars))
    for attribute, key in FIELDS.items():
        found = [getattr(row, attribute) for row in rows]
        check(f"{what}: {attribute}", found, [bar.get(key) for bar in bars])
    return rows


def run(base):
    client = RESTClient(api_key=KEY, base=base, retries=0)

    rows = compare(base, client, "AAPL", "2026-03-02", "2026-03-13", 6, 2, sort="asc")
    times = [row.timestamp for row in rows]
    check("AAPL: ten days, oldest first", (len(times), times), (10, sorted(set(times))))
    check("AAPL: midnights across the clock change", {BEFORE_THE_CHANGE, AFTER_THE_CHANGE} <= set(times), True)
    compare(base, client, "AAPL", "2026-03-02", "2026-03-13", 6, 2, sort="desc")
    compare(base, client, "AAPL", "2020-08-26", "2020-09-02", 3, 2, adjusted="false")
    # Long enough to include bars without `n` and bars without `vw`. All have `otc`.
    rows = compare(base, client, "NSRGY", "2025-01-02", "2025-12-31", 100, 3)
    missing = (any(row.vwap is None for row in rows), any(row.transactions is None for row in rows))
    check("NSRGY: some bars without vwap, some without transactions", missing, (True, True))
    check("NSRGY: over the counter", {row.otc for row in rows}, {True})

    rows = client.list_aggs("TSLA", 1, "day", "2020-12-15", "2020-12-21")
    check("TSLA: closing prices", [row.close for row in rows], [633.25, 622.77, 655.9, 695, 649.86])
    check("unknown ticker: no rows", list(client.list_aggs("aapl", 1, "day", "2026-03-02", "2026-03-13")), [])

    unauthorized = RESTClient(api_key="wrong", base=base, retries=0)
    try:
        result = list(unauthorized.list_aggs("AAPL", 1, "day", "2026-03-02", "2026-03-13"))
    except BadResponse as error:
        result = json.loads(str(error))["error"]
    check("wrong key: BadResponse", result, "Unknown API Key")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    command = [sys.argv[1], "--now", NOW, "--key", KEY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            run(emulator.stdout.readline().strip())
        finally:
            # The emulator serves until its stdin is closed.
            emulator.stdin.close()
            check("emulator exits when stdin is closed", emulator.wait(timeout=10), 0)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
