import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

GREETING = os.environ.get("GREETING", "Hello")
REVISION = os.environ.get("K_REVISION", "nowhere")


class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlparse(self.path)
        text = f"{GREETING} from {REVISION}\n"
        if url.path == "/sleep":
            # /sleep?ms=200 holds the request for a while: watch Kip scale out.
            ms = min(int(parse_qs(url.query).get("ms", ["0"])[0]), 60_000)
            time.sleep(ms / 1000)
            text = f"Slept {ms} ms in {REVISION}\n"
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        print(format % args, flush=True)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Hello).serve_forever()
