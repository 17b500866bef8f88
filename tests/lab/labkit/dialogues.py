"""The server's side of SMTP and of the other protocols, as they should be spoken."""

import re
import socket
import ssl

LINE_LIMIT = 4096
DRAIN_LIMIT_S = 5


class Gone(Exception):
    """The peer closed or sent more than a server would read."""


def drain(connection):
    """Ends our side and reads until the peer ends its own."""
    connection.settimeout(DRAIN_LIMIT_S)
    try:
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass
    except OSError:
        pass


class Peer:
    """One connection: buffered lines in, octets out, TLS when asked."""

    def __init__(self, connection, server):
        self.connection, self.server, self.buffer = connection, server, b""

    def send(self, text):
        self.connection.sendall(text if isinstance(text, bytes) else text.encode() + b"\r\n")

    def more(self):
        octets = self.connection.recv(4096)
        if not octets or len(self.buffer) > LINE_LIMIT:
            raise Gone
        self.buffer += octets

    def line(self):
        while b"\n" not in self.buffer:
            self.more()
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.strip().decode("latin-1")

    def until(self, pattern):
        """Reads until the pattern (of octets) has come; returns the match."""
        while not (match := re.search(pattern, self.buffer, re.S)):
            self.more()
        self.buffer = self.buffer[match.end():]
        return match

    def start_tls(self):
        """What is left unread when a connection is closed makes the kernel reset it, and the peer may then lose
        the alert that tells why: after a failed handshake the octets of the peer are read to their end."""
        self.buffer = b""
        with self.connection.dup() as beneath:
            try:
                self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
            except ssl.SSLError:
                drain(beneath)
                raise

    def close(self):
        try:
            if isinstance(self.connection, ssl.SSLSocket):
                self.connection.settimeout(1)
                self.connection.unwrap()
        except (OSError, ValueError):
            pass
        self.connection.close()


def smtp(peer, greeting="220 lab.test ESMTP", keywords=("PIPELINING", "8BITMIME", "STARTTLS"),
         starttls=None, refusal=None, ehlo=None):
    """`starttls`: a function that takes over when STARTTLS comes; `refusal`: a reply instead of TLS; `ehlo`: the octets
    of the reply before TLS."""
    peer.send(greeting)
    encrypted = False
    while True:
        verb = peer.line().upper().partition(" ")[0]
        if verb == "EHLO" and ehlo and not encrypted:
            peer.send(ehlo)
        elif verb == "EHLO":
            offered = [k for k in keywords if not (encrypted and k == "STARTTLS")]
            lines = ["lab.test", *offered]
            peer.send("\r\n".join(f"250{' ' if i == len(lines) - 1 else '-'}{k}" for i, k in enumerate(lines)))
        elif verb == "STARTTLS" and not encrypted:
            if starttls:
                starttls(peer)
                return
            peer.send(refusal or "220 2.0.0 ready to start TLS")
            if not refusal:
                peer.start_tls()
                encrypted = True
        elif verb == "QUIT":
            peer.send("221 2.0.0 bye")
            return
        elif verb in ("HELO", "NOOP", "RSET", "MAIL", "RCPT"):
            peer.send("250 2.0.0 ok")
        elif verb == "DATA":
            peer.send("354 go ahead")
            peer.until(rb"(?:^|\r\n)\.\r\n")
            peer.send("250 2.0.0 ok: taken")
        else:
            peer.send("502 5.5.2 not implemented")


def imap(peer):
    peer.send("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] lab ready")
    while True:
        tag, _, command = peer.line().partition(" ")
        command = command.upper()
        if command == "STARTTLS":
            peer.send(f"{tag} OK begin TLS now")
            peer.start_tls()
        elif command == "CAPABILITY":
            peer.send("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED")
            peer.send(f"{tag} OK done")
        elif command == "LOGOUT":
            peer.send("* BYE")
            peer.send(f"{tag} OK done")
            return
        else:
            peer.send(f"{tag} BAD unknown")


def serve_commands(peer, answers, upgrade, leave, otherwise):
    """Protocols of one command a line.  `answers`: command -> reply; `upgrade`, `leave`: (command, reply)."""
    while True:
        command = peer.line().upper()
        if command == upgrade[0]:
            peer.send(upgrade[1])
            peer.start_tls()
        elif command == leave[0]:
            peer.send(leave[1])
            return
        else:
            peer.send(answers.get(command, otherwise))


def pop3(peer):
    peer.send("+OK lab ready")
    serve_commands(peer, {"CAPA": "+OK\r\nSTLS\r\nUIDL\r\n."}, ("STLS", "+OK begin TLS"), ("QUIT", "+OK bye"),
                   "-ERR unknown")


def ftp(peer):
    peer.send("220 lab ready")
    serve_commands(peer, {"FEAT": "211-Features:\r\n AUTH TLS\r\n211 End"}, ("AUTH TLS", "234 begin TLS"),
                   ("QUIT", "221 bye"), "502 unknown")


def sieve(peer):
    capabilities = '"IMPLEMENTATION" "lab"\r\n"SIEVE" "fileinto"\r\n{}"VERSION" "1.0"\r\nOK'
    peer.send(capabilities.format('"STARTTLS"\r\n'))
    while True:
        command = peer.line().upper()
        if command == "STARTTLS":
            peer.send('OK "begin TLS"')
            peer.start_tls()
            peer.send(capabilities.format(""))
        elif command == "CAPABILITY":
            peer.send(capabilities.format('"STARTTLS"\r\n'))
        elif command == "LOGOUT":
            peer.send("OK")
            return
        else:
            peer.send("NO")


def ldap(peer):
    """StartTLS, RFC 4511 section 4.14: an extended request with this OID, answered under its message id."""
    request = peer.until(rb"\x30.\x02\x01(.)\x77.\x80\x161\.3\.6\.1\.4\.1\.1466\.20037")
    body = b"\x02\x01" + request.group(1) + b"\x78\x07\x0a\x01\x00\x04\x00\x04\x00"
    peer.send(b"\x30" + bytes([len(body)]) + body)
    peer.start_tls()
    peer.until(rb"\x42\x00")  # unbind


def xmpp(peer):
    head = ("<?xml version='1.0'?><stream:stream xmlns='jabber:client' from='lab.test' id='1' version='1.0' "
            "xmlns:stream='http://etherx.jabber.org/streams'>")
    peer.until(rb"<stream:stream[^>]*>")
    peer.send(head.encode() + b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
              b"<required/></starttls></stream:features>")
    peer.until(rb"<starttls[^>]*>")
    peer.send(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    peer.start_tls()
    peer.until(rb"</stream:stream>|<stream:stream[^>]*>")


def implicit(peer):
    peer.start_tls()
    peer.send("* OK lab ready")
    peer.line()


PROTOCOLS = {f.__name__: f for f in (smtp, imap, pop3, sieve, ldap, xmpp, ftp, implicit)}
