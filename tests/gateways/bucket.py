"""A server that speaks as much of S3 as keeping files needs, and remembers what it was asked."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ETAG = '"tag"'


class Shelf(ThreadingHTTPServer):
    """What lies in the buckets, by path; parts that are not put together yet; who signed each request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Clerk)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.signed: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Clerk(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Shelf

    def log_message(self, *said: object) -> None:
        """Nobody listens."""

    def do_PUT(self) -> None:
        path, query, body = self._asked()
        if "partNumber" in query:
            self.server.parts[path][int(query["partNumber"][0])] = body
        else:
            self.server.objects[path] = body
        self._say(200, ETag=ETAG)

    def do_POST(self) -> None:
        path, query, body = self._asked()
        if "delete" in query:
            keys = re.findall(rb"<Key>(.+?)</Key>", body)
            for key in keys:
                self.server.objects.pop(f"{path.rstrip('/')}/{key.decode()}", None)
            gone = b"".join(b"<Deleted><Key>%s</Key></Deleted>" % key for key in keys)
            self._say(200, b"<DeleteResult>%s</DeleteResult>" % gone)
        elif "uploads" in query:
            self.server.parts[path] = {}
            self._say(
                200, b"<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
            )
        else:
            parts = self.server.parts.pop(path)
            self.server.objects[path] = b"".join(parts[number] for number in sorted(parts))
            self._say(200, b"<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>")

    def do_GET(self) -> None:
        path, _, _ = self._asked()
        if path in self.server.objects:
            when = "Wed, 25 Nov 2026 10:00:00 GMT"
            self._say(200, self.server.objects[path], ETag=ETAG, Last_Modified=when)
        else:
            self._say(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_DELETE(self) -> None:
        path, _, _ = self._asked()
        self.server.parts.pop(path, None)
        self._say(204)

    def _asked(self) -> tuple[str, dict[str, list[str]], bytes]:
        parts = urlsplit(self.path)
        self.server.signed.append(self.headers.get("authorization", ""))
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        return parts.path, parse_qs(parts.query, keep_blank_values=True), body

    def _say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def shelf() -> Iterator[Shelf]:
    """The server, while it is needed."""
    with Shelf() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
