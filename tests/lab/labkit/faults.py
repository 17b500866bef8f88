"""SMTP servers that do it wrong, one way each."""

import time

from .dialogues import Gone, drain, smtp

SMTP = {}
DRIP_S = 3          # tarpits send one octet this often
PATIENCE_S = 85     # and give up then
FLOOD = 8 * 1024 * 1024


def fault(name):
    def register(function):
        SMTP[name] = function
        return function
    return register


@fault("no-starttls")
def no_starttls(peer):
    smtp(peer, keywords=("PIPELINING", "8BITMIME"))


@fault("starttls-masked")
def starttls_masked(peer):
    """What inspecting firewalls make of the dialogue."""
    smtp(peer, greeting="220 " + "*" * 40, keywords=("PIPELINING", "XXXXXXXA"))


@fault("starttls-454")
def starttls_454(peer):
    def refuse(peer):
        peer.send("454 4.7.0 TLS not available due to local problem")
        peer.line()
    smtp(peer, starttls=refuse)


@fault("starttls-454-goes-on")
def starttls_454_goes_on(peer):
    smtp(peer, refusal="454 4.7.0 TLS not available due to local problem")


@fault("starttls-502-goes-on")
def starttls_502_goes_on(peer):
    smtp(peer, refusal="502-5.5.1 STARTTLS is announced here\r\n502 5.5.1 but not meant")


@fault("starttls-then-eof")
def starttls_then_eof(peer):
    """Like starttls-then-closes, but never with a reset."""
    def end(peer):
        peer.send("220 2.0.0 ready to start TLS")
        drain(peer.connection)
    smtp(peer, starttls=end)


@fault("starttls-then-closes")
def starttls_then_closes(peer):
    smtp(peer, starttls=lambda peer: peer.send("220 2.0.0 ready to start TLS"))


@fault("injected")
def injected(peer):
    def inject(peer):
        peer.send(b"220 2.0.0 ready to start TLS\r\n250 injected\r\n")
        peer.start_tls()
        peer.line()
    smtp(peer, starttls=inject)


@fault("not-tls")
def not_tls(peer):
    """After STARTTLS comes something that is not TLS."""
    def babble(peer):
        peer.send("220 2.0.0 ready to start TLS")
        peer.more()
        peer.send("500 5.5.2 what is this?")
    smtp(peer, starttls=babble)


@fault("greeting-421")
def greeting_421(peer):
    peer.send("421 4.7.0 too many connections from your address, try later")


@fault("greeting-554")
def greeting_554(peer):
    peer.send("554 5.7.1 your address is on a block list")


@fault("greeting-hostile")
def greeting_hostile(peer):
    smtp(peer, greeting="220 \x1b]0;owned\x07\x1b[31mlab\x1b[0m \x00\x9b31m <script>alert(1)</script> \"quote\\")


@fault("greeting-late")
def greeting_late(peer):
    time.sleep(15)
    smtp(peer)


@fault("greeting-multiline")
def greeting_multiline(peer):
    smtp(peer, greeting="220-lab.test ESMTP\r\n220-We do not authorise unsolicited mail.\r\n220 go ahead")


@fault("distant")
def distant(peer):
    """As if 50 ms away: every answer of the dialogue takes that long."""
    whole = peer.send

    def late(text):
        time.sleep(0.05)
        whole(text)
    peer.send = late
    smtp(peer)


@fault("byte-by-byte")
def byte_by_byte(peer):
    whole = peer.send

    def slowly(text):
        for octet in text if isinstance(text, bytes) else text.encode() + b"\r\n":
            peer.connection.sendall(bytes([octet]))
            time.sleep(0.002)
    peer.send = slowly

    def start(peer):
        peer.send("220 2.0.0 ready to start TLS")
        peer.start_tls()
        peer.send = whole
        peer.line()
    smtp(peer, starttls=start)


def drip(peer, text):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        for octet in text:
            peer.connection.sendall(bytes([octet]))
            time.sleep(DRIP_S)


@fault("tarpit-greeting")
def tarpit_greeting(peer):
    drip(peer, b"220-please hold the line\r\n")


@fault("tarpit-ehlo")
def tarpit_ehlo(peer):
    peer.send("220 lab.test ESMTP")
    peer.line()
    drip(peer, b"250-please hold the line\r\n")


@fault("says-nothing")
def says_nothing(peer):
    peer.more()
    time.sleep(PATIENCE_S)


@fault("stalls-in-handshake")
def stalls_in_handshake(peer):
    def stall(peer):
        peer.send("220 2.0.0 ready to start TLS")
        peer.more()
        time.sleep(PATIENCE_S)
    smtp(peer, starttls=stall)


@fault("closes-at-once")
def closes_at_once(peer):
    del peer


@fault("closes-after-ehlo")
def closes_after_ehlo(peer):
    peer.send("220 lab.test ESMTP")
    peer.line()


@fault("garbage")
def garbage(peer):
    peer.send(bytes(range(256)) * 4 + b"\r\n")
    peer.more()


@fault("http")
def http(peer):
    peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n")


def flood(peer, octets):
    sent = 0
    while sent < FLOOD:
        peer.connection.sendall(octets)
        sent += len(octets)
    raise Gone


@fault("endless-line")
def endless_line(peer):
    flood(peer, b"220 " + b"x" * 65532)


@fault("endless-greeting")
def endless_greeting(peer):
    flood(peer, b"220-and another line\r\n" * 1000)


@fault("endless-ehlo")
def endless_ehlo(peer):
    peer.send("220 lab.test ESMTP")
    peer.line()
    flood(peer, b"250-AND-ANOTHER-KEYWORD\r\n" * 1000)
