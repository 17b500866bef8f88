"""All servers of the lab in one process: one thread a connection, blocking code, planted faults."""

import json
import selectors
import socket
import ssl
import sys
import threading

from . import dialogues, faults, odd_replies

CONNECTION_LIMIT_S = 90


def tls_context(chains, options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    only = options.get("tls")
    if only:
        version = {"1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[only]
        context.minimum_version, context.maximum_version = version, version
    if options.get("ciphers"):
        context.set_ciphers(options["ciphers"])
    if options.get("client_ca"):
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(options["client_ca"])
    for chain in chains:  # OpenSSL keeps one chain per key type
        context.load_cert_chain(chain)
    return context


class Server:
    def __init__(self, entry):
        self.entry, self.options = entry, entry["options"]
        self.protocol, self.behaviour = entry["protocol"], entry["behaviour"]
        self.context = tls_context(entry["chains"], self.options)
        self.by_name = {name: tls_context(chains, self.options) for name, chains in entry["sni"].items()}
        self.context.sni_callback = self.choose

    def choose(self, connection, name, _):
        chosen = self.by_name.get(name)
        if chosen:
            connection.context = chosen
        elif self.options.get("strict_sni"):
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        return None

    def listen(self):
        family = socket.AF_INET6 if ":" in self.entry["address"] else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.entry["address"], self.entry["port"]))
        if self.behaviour == "never-accepts":
            listener.listen(0)
            self.fillers = fill(listener)
        else:
            listener.listen(128)
        return listener

    def serve(self, connection):
        connection.settimeout(CONNECTION_LIMIT_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = dialogues.Peer(connection, self)
        try:
            if self.protocol == "smtp" and self.behaviour != "good":
                {**faults.SMTP, **odd_replies.SMTP}[self.behaviour](peer)
            else:
                dialogues.PROTOCOLS[self.protocol](peer)
        except (OSError, dialogues.Gone):
            pass
        finally:
            peer.close()


def fill(listener):
    """Fills the queue of a listener that nobody accepts from, so that connecting ends in a timeout."""
    fillers = []
    for _ in range(3):
        filler = socket.socket(listener.family, socket.SOCK_STREAM)
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    return fillers


def main(path):
    with open(path) as file:
        entries = json.load(file)
    threading.stack_size(512 * 1024)
    selector, kept_open = selectors.DefaultSelector(), []
    for entry in entries:
        server = Server(entry)
        listener = server.listen()
        if server.behaviour == "never-accepts":
            kept_open.append((server, listener))
        else:
            selector.register(listener, selectors.EVENT_READ, server)
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            try:
                connection, _ = key.fileobj.accept()
            except OSError:
                continue
            threading.Thread(target=key.data.serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1])
