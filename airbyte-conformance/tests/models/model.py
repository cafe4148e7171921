"""A connector that follows the protocol, except for the faults in its first argument, separated by commas.

Its faults are those that a shell script cannot have: data that is lost after a state, bytes and encodings. It has a stream of
each kind: `orders` sends intermediate states, `customers` one at its end, `visits` one with a cursor value for each partition,
`colours` supports only full refreshes, and `pages` can resume them.
"""

import json
import os
import sys
import time

FAULTS = set(sys.argv[1].split(","))
TOKEN = "token"


def has(fault):
    return fault in FAULTS


def write(line):
    end = b"\r\n" if has("carriage_returns") and line.startswith('{"type": "RECORD"') else b"\n"
    text = line.encode()
    if has("invalid_utf8"):
        text = text.replace("é".encode(), b"\xe9")
    sys.stdout.buffer.write(text + end)


def say(kind, name, payload):
    write(json.dumps({"type": kind, name: payload}, ensure_ascii=False))


def now():
    return int(time.time() * 1000)


def log(text):
    say("LOG", "log", {"level": "INFO", "message": text})


def trace(kind, **payload):
    say("TRACE", "trace", {"type": kind, "emitted_at": float(now()), **payload})


def error(text, failure_type, descriptor=None):
    body = {"message": text, "failure_type": failure_type}
    if descriptor:
        body["stream_descriptor"] = descriptor
    trace("ERROR", error=body)


class Failure(Exception):
    def __init__(self, text, failure_type="config_error"):
        super().__init__(text)
        self.failure_type = failure_type


def finish(code):
    sys.stdout.buffer.flush()
    os._exit(code)


# The data.

ORDERS = [{"id": i, "updated": 100 + i, "note": "café" if i == 2 else "correct"} for i in range(1, 10)]
CUSTOMERS = [{"id": i, "seen": f"2024-03-{10 + i}T08:00:00Z", "note": None} for i in range(1, 8)]
VISITS = [{"shop": shop, "day": f"2024-05-0{day}", "note": None} for shop in ("north", "south") for day in (1, 2, 3, 4)]
COLOURS = [{"name": name, "note": None} for name in ("red", "green", "green", "blue")]
PAGES = [{"page": page, "note": None} for page in (1, 2, 2, 3)]
TEXT, WHOLE = ["null", "string"], ["null", "integer"]
# A key that is never null need not be nullable.
ID = "integer"


def stream(name, fields, **more):
    fields["note"] = {"type": "string" if has("null_is_not_declared") else TEXT}
    return {"name": name, "json_schema": {"type": "object", "properties": fields}, "supported_sync_modes": ["full_refresh"], **more}


def incremental(name, cursor, key, fields):
    return stream(name, fields, supported_sync_modes=["full_refresh", "incremental"], source_defined_cursor=True,
                  default_cursor_field=[cursor], source_defined_primary_key=[[part] for part in key], is_resumable=True)


STREAMS = [
    incremental("orders", "updated", ["id"], {"id": {"type": ID}, "updated": {"type": WHOLE}}),
    incremental("customers", "seen", ["id"], {"id": {"type": WHOLE}, "seen": {"type": TEXT, "format": "date-time"}}),
    incremental("visits", "day", ["shop", "day"], {"shop": {"type": TEXT}, "day": {"type": TEXT, "format": "date"}}),
    stream("colours", {"name": {"type": TEXT}}, namespace="paint"),
    stream("pages", {"page": {"type": WHOLE}}, is_resumable=True),
]

SPEC = {
    "connectionSpecification": {
        "$schema": "http://json-schema.org/draft-07/schema#", "title": "Model", "type": "object", "required": [TOKEN],
        "properties": {
            TOKEN: {"type": "string", "title": "Token", "airbyte_secret": True, "order": 0},
            "place": {"type": "string", "title": "Place", "default": "here", "order": 1},
        },
    },
}


# What is read.

class Read:
    def __init__(self, config, catalog, states):
        self.config, self.catalog, self.failed = config, catalog, False
        self.counts, self.total, self.current, self.sent = {}, 0, {}, 0
        self.given, self.is_global = {}, False
        if has("states_by_order"):
            states = [
                {**state, "stream": {**state["stream"], "stream_descriptor": configured["stream"]}}
                for state, configured in zip([state for state in states or [] if "stream" in state], catalog["streams"])
            ]
        for state in states or []:
            if state.get("type") == "GLOBAL":
                self.is_global = True
                for entry in state["global"].get("stream_states") or []:
                    self.take(entry)
            elif state.get("type") == "STREAM":
                self.take(state["stream"])
        if self.is_global and has("global_is_ignored"):
            self.given = {}
        self.names = [configured["stream"]["name"] for configured in catalog["streams"]]

    def take(self, entry):
        name, namespace = entry["stream_descriptor"]["name"], entry["stream_descriptor"].get("namespace") or ""
        if namespace not in ("", "paint") and not has("namespaces_are_ignored"):
            return
        state = entry.get("stream_state")
        if isinstance(state, dict) and state and not any(key.startswith("__ab_") for key in state):
            self.given[name] = state

    def run(self):
        if has("mixed_estimates"):
            trace("ESTIMATE", estimate={"name": "orders", "type": "STREAM", "row_estimate": 9})
            trace("ESTIMATE", estimate={"name": "orders", "type": "SYNC", "row_estimate": 9})
        if has("unknown_trace"):
            trace("WEATHER", weather={"sky": "grey"})
        if has("bad_estimate"):
            trace("ESTIMATE", estimate={"name": 5, "type": "NOPE"})
        self.say_secrets()
        if has("endless"):
            line = json.dumps({"type": "LOG", "log": {"level": "INFO", "message": "x" * 1000}}).encode() + b"\n"
            while True:
                sys.stdout.buffer.write(line * 1000)
        for configured in self.catalog["streams"]:
            self.read(configured)
        return 1 if self.failed else 0

    def say_secrets(self):
        token = self.config[TOKEN]
        if has("leaks_basic"):
            import base64

            log("Authorization: Basic " + base64.b64encode(f"me:{token}".encode()).decode())
        if has("leaks_hex"):
            log("token " + token.encode().hex())
        if has("leaks_in_a_trace"):
            trace("ANALYTICS", analytics={"type": "login", "value": token})
        if has("leaks_on_stderr"):
            print("GET /orders?token=" + token, file=sys.stderr)
        if has("leaks_a_new_token"):
            config = {**self.config, TOKEN: "n3w-token-of-2026"}
            say("CONTROL", "control", {"type": "CONNECTOR_CONFIG", "emitted_at": float(now()), "connectorConfig": {"config": config}})
            log("from now on: n3w-token-of-2026")

    def status(self, descriptor, status):
        trace("STREAM_STATUS", stream_status={"stream_descriptor": descriptor, "status": status})

    def record(self, configured, data):
        described = configured["stream"]
        name, selected = described["name"], described["json_schema"]["properties"]
        record = {"stream": name, "data": {key: value for key, value in data.items() if key in selected}, "emitted_at": now()}
        if described.get("namespace"):
            record["namespace"] = described["namespace"]
        say("RECORD", "record", record)
        self.counts[name] = self.counts.get(name, 0) + 1

    def state(self, descriptor, state):
        name = descriptor["name"]
        if has("swapped_descriptors") and {"orders", "customers"} <= set(self.names):
            other = {"orders": "customers", "customers": "orders"}.get(name, name)
            descriptor = {**descriptor, "name": other}
        entry = {"stream_descriptor": descriptor, "stream_state": state}
        self.current[(descriptor["name"], descriptor.get("namespace"))] = entry
        if has("global"):
            count, self.counts = sum(self.counts.values()), {}
            body = {"type": "GLOBAL", "global": {"shared_state": {}, "stream_states": list(self.current.values())}}
        else:
            count = self.counts.pop(name, 0)
            body = {"type": "STREAM", "stream": entry}
        if not has("swapped_descriptors"):
            body["sourceStats"] = {"recordCount": float(count)}
        say("STATE", "state", body)

    def read(self, configured):
        described = configured["stream"]
        name = described["name"]
        descriptor = {"name": name}
        if described.get("namespace"):
            descriptor["namespace"] = described["namespace"]
        if name not in ("orders", "customers", "visits", "colours", "pages"):
            error(f"there is no stream {name}", "config_error", descriptor)
            self.status(descriptor, "INCOMPLETE")
            self.failed = True
            return
        self.status(descriptor, "STARTED")
        if self.config.get("place") == "nowhere":
            if has("failed_read_moves_state") and name == "customers":
                self.state(descriptor, {"seen": CUSTOMERS[3]["seen"]})
            error("the API does not respond", "transient_error", descriptor)
            self.status(descriptor, "INCOMPLETE")
            self.failed = True
            return
        self.status(descriptor, "RUNNING")
        given = self.given.get(name)
        if given and (has("any_state_is_the_end") or (has("any_state_of_customers_is_the_end") and name == "customers")):
            self.state(descriptor, given)
        elif given and has("global_is_the_end") and self.is_global:
            self.state(descriptor, given)
        else:
            getattr(self, "read_" + name)(configured, descriptor, given or {})
        self.status(descriptor, "COMPLETE")

    def read_orders(self, configured, descriptor, given):
        reached = given.get("updated", 0)
        rest = [order for order in ORDERS if order["updated"] > reached]
        if has("drops_the_last_incrementally") and configured["sync_mode"] == "incremental" and not given:
            rest = rest[:-1]
        if has("drops_when_selected") and "note" not in configured["stream"]["json_schema"]["properties"]:
            rest = rest[1:]
        if has("drops_when_alone") and len(self.names) == 1:
            rest = rest[1:]
        if has("drops_when_debugging") and "--debug" in sys.argv:
            rest = rest[1:]
        for at, order in enumerate(rest, 1):
            if has("state_before_records") and at % 3 == 1 and rest[at:at + 1]:
                self.state(descriptor, {"updated": rest[at]["updated"]})
            self.record(configured, order)
            if has("a_key_twice") and order["id"] == 3:
                self.record(configured, order)
            if has("a_key_of_two_records") and order["id"] == 3:
                self.record(configured, {**order, "note": "other"})
            reached = order["updated"]
            if at % 3 == 0 and at < len(rest):
                says = reached + 1 if has("resumed_states_are_ahead") and given else reached
                says = 101 if has("repeated_states") else says
                self.state(descriptor, {"updated": says})
        self.state(descriptor, {"updated": reached})

    def read_customers(self, configured, descriptor, given):
        reached = given.get("seen", "")
        rest = [customer for customer in CUSTOMERS if customer["seen"] > reached]
        if given and has("drops_four_after_a_state"):
            rest = rest[4:]
        for customer in rest:
            self.record(configured, customer)
            reached = customer["seen"]
        self.state(descriptor, {"seen": reached})

    def read_visits(self, configured, descriptor, given):
        reached = dict(given.get("shops") or {})
        for shop in ("north", "south"):
            before = reached.get(shop, {}).get("day", "")
            if has("partitions_ahead_are_read_again") and before > "2900":
                before = ""
            if has("partitions_ahead_are_put_back") and before > "2900":
                before = reached[shop]["day"] = "2024-05-04"
            if has("one_partition_is_the_end") and shop == "south" and before:
                before = "9"
            for visit in VISITS:
                if visit["shop"] == shop and visit["day"] > before:
                    self.record(configured, visit)
                    reached[shop] = {"day": max(visit["day"], reached.get(shop, {}).get("day", ""))}
            if shop == "north" and before != reached[shop]["day"]:
                self.state(descriptor, {"shops": {shop: dict(at) for shop, at in reached.items()}})
        self.state(descriptor, {"shops": reached})

    def read_colours(self, configured, descriptor, given):
        for colour in COLOURS:
            self.record(configured, colour)
        self.state(descriptor, {"done": True})

    def read_pages(self, configured, descriptor, given):
        reached = given.get("rows", 0)
        rest = PAGES[reached:]
        if has("resumes_after_equal_records") and reached and rest and rest[0] == PAGES[reached - 1]:
            rest = rest[1:]
        for at, page in enumerate(rest, reached + 1):
            self.record(configured, page)
            if at < len(PAGES):
                self.state(descriptor, {"rows": at})
        self.state(descriptor, {"rows": len(PAGES)})


# The commands.

def load(path, what):
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError:
        raise Failure(f"there is no {what}") from None
    try:
        return json.loads(text) if text.strip() else None
    except ValueError:
        raise Failure(f"the {what} is not JSON") from None


def load_config(path):
    config = load(path, "configuration")
    if not isinstance(config.get(TOKEN), str):
        raise Failure("`token` is missing or no text")
    if not isinstance(config.setdefault("place", "here"), str):
        raise Failure("`place` is no text")
    return config


def usage():
    print("usage: model spec|check|discover|read [--config FILE] [--catalog FILE] [--state FILE]", file=sys.stderr)
    finish(2)


def parse(arguments):
    needed = {"spec": [], "check": ["config"], "discover": ["config"], "read": ["config", "catalog"]}
    if not arguments or arguments[0] not in needed:
        usage()
    options, rest = {}, iter(arguments[1:])
    for option in rest:
        if option == "--debug":
            continue
        if option not in ("--config", "--catalog", "--state"):
            usage()
        options[option[2:]] = next(rest, None)
    if any(not options.get(name) for name in needed[arguments[0]]):
        usage()
    return arguments[0], options


def main():
    command, options = parse(sys.argv[2:])
    if has("leaves_a_process_behind") and (command in ("check", "discover") or "--debug" in sys.argv):
        import subprocess

        subprocess.Popen(["sleep", "300"])
    if command == "spec":
        say("SPEC", "spec", SPEC)
        return 0
    try:
        config = load_config(options["config"])
    except Failure as failure:
        if command != "check":
            raise
        say("CONNECTION_STATUS", "connectionStatus", {"status": "FAILED", "message": str(failure)})
        return 0
    if command == "check":
        if has("every_check_fails"):
            raise Failure("the token has expired", "config_error")
        if config["place"] == "nowhere":
            raise Failure("the API does not respond", "transient_error")
        if config[TOKEN].startswith("wrong"):
            about = f" {config[TOKEN]}" if has("leaks_a_wrong_token") else ""
            say("CONNECTION_STATUS", "connectionStatus", {"status": "FAILED", "message": f"the token{about} is wrong"})
        else:
            say("CONNECTION_STATUS", "connectionStatus", {"status": "SUCCEEDED"})
        return 0
    if command == "discover":
        if has("every_discover_fails"):
            raise Failure("the token has expired", "config_error")
        say("CATALOG", "catalog", {"streams": STREAMS})
        return 0
    if has("every_read_fails"):
        raise Failure("the token has expired", "config_error")
    if has("every_read_crashes"):
        raise KeyError("page")
    catalog = load(options["catalog"], "catalog")
    for configured in catalog["streams"]:
        if configured["sync_mode"] not in ("full_refresh", "incremental"):
            raise Failure(f"there is no sync mode {configured['sync_mode']}")
    states = load(options["state"], "state") if "state" in options else None
    return Read(config, catalog, states if isinstance(states, list) else []).run()


try:
    code = main()
except Failure as failure:
    error(str(failure), failure.failure_type)
    code = 1
except BrokenPipeError:
    os._exit(1)
try:
    finish(code)
except BrokenPipeError:
    os._exit(1)
