"""The API of the replaced connector: records by path, filtered by `since` and `until`, some of which appear later."""

import http.server
import json
import pathlib
import threading
import urllib.parse

FOLDER = pathlib.Path(__file__).parent


class Api:
    """Serves `api.json` on a free port. While `fails` is set, requests for the windows in `failing` fail."""

    def __init__(self):
        self.data = json.loads((FOLDER / "api.json").read_text())
        self.fails = True
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                status, body = api.respond(url.path, dict(urllib.parse.parse_qsl(url.query)))
                body = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def respond(self, path, query):
        records = self.data["records"].get(path)
        if records is None:
            return 404, {}
        if not self.fails:
            records = records + self.data["later"].get(path, [])
        elif path in self.data["failing"] and query.get("since", "") in self.data["failing"][path]:
            return 500, {}
        cursor = self.data["cursors"].get(path.rsplit("/")[-1])
        if cursor:
            # All formats of this API sort as text.
            first, last = query.get("since", ""), query.get("until", "~")
            records = [record for record in records if first <= str(record[cursor]) <= last]
        return 200, records

    def ids(self, stream):
        """Returns the records that a stream has in the end."""
        records = [*self.data["records"].items(), *self.data["later"].items()]
        return {record["id"] for path, found in records if path.endswith(f"/{stream}") for record in found}
