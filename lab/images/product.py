"""Entry of the lab's images: product.py control-plane|dashboard [migrate-database]. LAB_FAIL=start|migrate|health fails on demand."""
import datetime
import json
import os
import signal
import sys
import traceback
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

with open("/opt/lab/VERSION", encoding="utf-8") as file:
    VERSION = file.read().strip()
TITLES = {"control-plane": "ZenML Pro API - Swagger UI", "dashboard": "ZenML Pro"}
PORTS = {"control-plane": 8000, "dashboard": 8080}


def page(role):
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{TITLES[role]}</title><meta name="version" '
            f'content="{VERSION}"></head><body><div id="root"></div><script type="module" src="/assets/index.js"></script></body></html>\n')


def plain(value):
    return value.isoformat() if isinstance(value, datetime.datetime) else str(value) if isinstance(value, uuid.UUID) else repr(value)


def answer(role, method, path, query, headers, body):
    if os.environ.get("LAB_FAIL") == "health" and path.endswith(("/health", "/ready")):
        return 500, {"detail": "Failing on demand."}
    if role == "dashboard":
        return 200, {} if path == "/assets/index.js" else None  # What its page loads is no page.
    path = path.rstrip("/")
    if path == "/api/v1":
        return 200, None
    if not path.startswith("/api/v1/"):
        return 404, {"detail": "Not Found"}
    import control_plane
    return control_plane.answer(method, path[len("/api/v1"):], query, headers, body)


def handler(role):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self):
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                status, value = answer(role, self.command, url.path, parse_qs(url.query), headers, body)
            except Exception:  # The server goes on and the log tells, as under uvicorn.
                traceback.print_exc()
                status, value = 500, {"detail": "Internal Server Error"}
            kind, text = ("text/html; charset=utf-8", page(role)) if value is None and status == 200 and self.wants_page(url.path) \
                else ("application/json", json.dumps(value, default=plain))
            content = text.encode()
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def wants_page(self, path):
            return role != "control-plane" or path.rstrip("/") == "/api/v1"

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = handle_any

        def log_message(self, format, *args):
            if not self.path.endswith(("/health", "/ready")):
                print("INFO:     " + format % args, flush=True)

    return Handler


def prepare(role):
    """What a server does before it listens; an exception ends the pod, as it does in the product."""
    if role == "dashboard":
        return
    import control_plane
    import store
    if not store.migrated():
        sys.exit("RuntimeError: The database schema is not up to date; run the database migration first.")
    control_plane.ensure_admin()


def main(role, words):
    # As the first process of its container a signal without a handler would be ignored.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    fail = os.environ.get("LAB_FAIL")
    if words[:1] == ["migrate-database"]:
        import store
        if fail == "migrate":
            sys.exit("RuntimeError: The migration fails on demand.")
        store.migrate(store.CONTROL_PLANE)
        return
    print("INFO:     Started server process [1]", flush=True)
    if fail == "start":
        sys.exit("RuntimeError: The server fails on demand.")
    prepare(role)
    server = ThreadingHTTPServer(("0.0.0.0", PORTS[role]), handler(role))
    print(f"INFO:     Uvicorn running on http://0.0.0.0:{PORTS[role]} (Press CTRL+C to quit)", flush=True)
    server.serve_forever()


main(sys.argv[1], sys.argv[2:])
