"""A socketmap server: answers each key with what a table of the test has for it."""

import contextlib
import socketserver
import threading

LONGEST = 100_000


def read_netstring(stream):
    digits = b""
    while (octet := stream.read(1)) not in (b":", b""):
        digits += octet
    return stream.read(int(digits) + 1)[:-1].decode() if digits else None


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while (request := read_netstring(self.rfile)) is not None:
            reply = self.server.answers.get(request.partition(" ")[2], "NOTFOUND ").encode()
            self.wfile.write(b"%d:%s," % (len(reply), reply))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True


@contextlib.contextmanager
def serving(port, answers):
    """`answers`: key, in the letters in which it is asked for -> "OK secure", "TEMP reason", "PERM reason"."""
    with Server(("127.0.0.1", port), Handler) as server:
        server.answers = answers
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
