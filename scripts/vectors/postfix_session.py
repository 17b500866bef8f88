#!/usr/bin/python3
"""Vectors of one SMTP session of Postfix's client: what it logs, and what becomes of the mail.

Expectations of `genuine log` were read in the logs of that Postfix in a lab: one message to each of the destinations,
servers with the certificates that `peer` stands for.  Times, process and queue ids have placeholders."""
from common import File

NAMES = "Postfix TLS_README, Server access by destination"
PORT = 25
TLS13 = {"kind": "tls", "certificate": True, "protocol": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384", "bits": [256, 256],
         "key_exchange": "X25519", "signature": "RSA-PSS (2048 bits)", "digest": "SHA256"}
TLS12 = {"kind": "tls", "certificate": True, "protocol": "TLSv1.2", "cipher": "ECDHE-RSA-AES256-GCM-SHA384",
         "bits": [256, 256]}
TLS11 = {"kind": "tls", "certificate": True, "protocol": "TLSv1.1", "cipher": "ECDHE-RSA-AES256-SHA", "bits": [256, 256]}
ANONYMOUS = {"kind": "tls", "certificate": False, "protocol": "TLSv1.2", "cipher": "AECDH-AES256-SHA", "bits": [256, 256]}
NOT_OFFERED = {"kind": "not-offered"}
REJECTED = {"kind": "rejected", "reply": "454 4.7.0 TLS not available due to local problem"}
HUNG_UP = {"kind": "handshake-failed", "error": "lost connection", "library": []}
RESET = {"kind": "handshake-failed", "error": "Connection reset by peer", "library": []}
ALERT_40 = ("error:0A000410:SSL routines::sslv3 alert handshake failure:../ssl/record/rec_layer_s3.c:1602:"
            "SSL alert number 40:")
WRONG_VERSION = "error:0A00010B:SSL routines::wrong version number:../ssl/record/ssl3_record.c:350:"

IN_TLS13 = {"3.7.11": "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS"
                      " (2048 bits) server-digest SHA256"}
IN_TLS13["3.5.27"] = IN_TLS13["3.7.11"]
IN_TLS13["3.12"] = IN_TLS13["3.7.11"].replace("X25519", "x25519")
IN_TLS12 = "TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)"
IN_TLS11 = "TLSv1.1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)"
IN_ANONYMOUS = "TLSv1.2 with cipher AECDH-AES256-SHA (256/256 bits)"

UNVERIFIED = "Server certificate not verified"
UNTRUSTED_3_5 = "Server certificate not trusted"
CONFIGURATION = "client TLS configuration problem"
HANDSHAKE = "Cannot start TLS: handshake failure"

MD5_DEFAULT = ("using backwards-compatible default setting smtp_tls_fingerprint_digest=md5 to compute certificate "
               "fingerprints")
SHORT_FINGERPRINTS = [f"unusable TLSA RR: 3 {selector} 255 {data}"
                      for data in ("0011", "EDF74D527F4E7154BFBE6A6C1360F19D7A2DD39DA7844F62B27C25D0257AA67B")
                      for selector in (1, 0)] + ["all fingerprints unusable"]

OWN, OPENSSL, OPENSSL_TRUSTED = "3.5.27", "3.7.11", "3.12"
ISSUER = "/O=Lab/CN=Other Root CA"


def peer(version, state):
    """What the verification came to.  Up to 3.5 a name is compared apart from the chain."""
    own = version.startswith(("2.", "3.5"))
    trusted_by_ca = {"trusted": True, "matched": False, "error": 0}
    if state == "matched":
        return {"trusted": True, "matched": True, "error": 0}
    if state == "trusted":
        return trusted_by_ca
    if state == "wrong-name":
        return trusted_by_ca if own else {"trusted": version == OPENSSL_TRUSTED, "matched": False, "error": 62}
    if state == "no-match":  # TLSA; the chain itself ends at a CA that is trusted
        return trusted_by_ca if own else {"trusted": False, "matched": False, "error": 65}
    errors = {"unknown-ca": 20, "expired": 10, "self-signed": 18, "not-yet": 9, "purpose": 26, "weak-key": 66,
              "unspecified": 1, "wrong-name-too": 62}
    return {"trusted": False, "matched": False, "error": errors[state], "issuer": ISSUER}


class Rows:
    def __init__(self, file):
        self.file = file

    def add(self, name, description, rules, version, nexthop, mx, address, policy, facts, state, before, end, word=None,
            source=None, settings=None, **more):
        """before: the lines up to the last; end: (delivery, dsn, text, tls status) for the last, or the line itself."""
        given = {"version": version, "nexthop": nexthop, "mx": mx, "address": address, "port": more.pop("port", PORT),
                 "settings": {"smtp_tls_loglevel": "1", "smtp_tls_note_starttls_offer": "yes"} | (settings or {}),
                 "policy": policy, "facts": facts}
        if facts and version == OPENSSL_TRUSTED and facts.get("key_exchange") == "X25519":
            given["facts"] = facts | {"key_exchange": "x25519"}
        if state:
            given["peer"] = (peer(version, state) if isinstance(state, str) else state)
        given |= {k: more.pop(k) for k in ("final_server", "engine") if k in more}
        delivery, dsn, text, tls = end
        relay = more.pop("relay", f"{mx}[{address}]:{given['port']}")
        status = {"delivered": "sent", "bounced": "bounced"}.get(delivery, "deferred")
        domain = nexthop.strip("[]").split("]")[0].split(":")[0]
        tls_field = f"tls={tls}, " if version == OPENSSL_TRUSTED else ""
        last = (f"QUEUEID: to=<user@{domain}>, relay={relay}, delay=DELAY, delays=DELAYS, {tls_field}dsn={dsn}, "
                f"status={status} ({text or 'REPLY'})")
        if not given.get("final_server", True) and delivery == "deferred":
            last = f"QUEUEID: {text}" if relay != "none" else None
        expected = {"word": word, "delivery": delivery, "plaintext": more.pop("plaintext", False), "dsn": dsn, "text": text,
                    "fallback_possible": more.pop("fallback_possible", False),
                    "lines": before + ([last] if last else [])}
        assert not more, more
        self.file.add(name, description, rules, NAMES, source or f"genuine log of Postfix {version}", given, expected)


def usable(level, match=(), **more):
    return {"outcome": "usable", "level": level, "match": list(match)} | more


def refused(text, warnings, dsn="4.7.5"):
    return {"outcome": "refused", "dsn": dsn, "text": text, "warnings": warnings}


def established(word, mx, address, how):
    return f"{word} TLS connection established to {mx}[{address}]:25: {how}"


def of_certificates(rows, version):
    """Levels secure, encrypt and may against certificates of all kinds."""
    trusted_name = {OWN: "Trusted", OPENSSL: "Untrusted", OPENSSL_TRUSTED: "Trusted"}[version]
    untrusted = UNTRUSTED_3_5 if version == OWN else UNVERIFIED
    how = IN_TLS13[version]
    v = version.replace(".", "-")

    def failed(why, mx, address, who="server "):
        return f"{who}certificate verification failed for {mx}[{address}]:25: {why}"

    mx, ip = "mxa.example.test", "127.0.1.1"
    rows.add(f"verified-{v}", "the name matches", "P1 P4", version, "a.dst.test", mx, ip, usable("secure", ["hostname"]), TLS13,
             "matched", [established("Verified", mx, ip, how)], ("delivered", "2.0.0", "", "secure"), "Verified")
    mismatch = [] if version == OWN else [failed("num=62:hostname mismatch", mx, ip)]
    rows.add(f"default-match-{v}", "secure looks for the next-hop: the certificate has the MX host's name", "P1 P6 P10", version,
             "a.example.test", mx, ip, usable("secure", ["nexthop", "dot-nexthop"]), TLS13, "wrong-name",
             mismatch + [established(trusted_name, mx, ip, how)], ("deferred", "4.7.5", UNVERIFIED, "!secure"), trusted_name)
    mx, ip = "mxb.example.test", "127.0.1.2"
    mismatch = [] if version == OWN else [failed("num=62:hostname mismatch", mx, ip)]
    rows.add(f"wrong-name-{v}", "a trusted chain, and another name", "P1 P6", version, "b.dst.test", mx, ip,
             usable("secure", ["hostname"]), TLS13, "wrong-name", mismatch + [established(trusted_name, mx, ip, how)],
             ("deferred", "4.7.5", UNVERIFIED, "!secure"), trusted_name)
    mx, ip = "mxc.example.test", "127.0.1.3"
    rows.add(f"unknown-ca-{v}", "an issuer that is not trusted", "P1 P7", version, "c.dst.test", mx, ip,
             usable("secure", ["hostname"]), TLS13, "unknown-ca",
             [failed(f"untrusted issuer {ISSUER}", mx, ip, ""), established("Untrusted", mx, ip, how)],
             ("deferred", "4.7.5", untrusted, "!secure"), "Untrusted")
    mx, ip = "mxh.example.test", "127.0.1.8"
    rows.add(f"expired-{v}", "an expired certificate", "P1 P7", version, "h.dst.test", mx, ip, usable("secure", ["hostname"]),
             TLS13, "expired", [failed("certificate has expired", mx, ip), established("Untrusted", mx, ip, how)],
             ("deferred", "4.7.5", untrusted, "!secure"), "Untrusted")
    rows.add(f"may-expired-{v}", "may takes an expired certificate, and says nothing of it", "P1 P2", version, "h.example.test",
             mx, ip, usable("may"), TLS13, "expired", [established("Untrusted", mx, ip, how)],
             ("delivered", "2.0.0", "", "may"), "Untrusted")
    mx, ip = "mxe.example.test", "127.0.1.5"
    rows.add(f"anonymous-{v}", "no certificate at all", "P1", version, "e.dst.test", mx, ip, usable("encrypt"), ANONYMOUS, None,
             [established("Anonymous", mx, ip, IN_ANONYMOUS)], ("delivered", "2.0.0", "", "encrypt"), "Anonymous")


def of_dane(rows, version):
    how = IN_TLS13[version]
    v = version.replace(".", "-")
    ip = "127.0.1.11"
    own = version == OWN
    zone = "example.test"

    def dane(host, level="dane", usage="3 1 1"):
        return usable(level, [f"{host}.example.test", f"{host}d.{zone}"], sni=f"{host}.example.test", tlsa=[f"{usage} {'5a' * 32}"])

    def failed(why, host):
        return f"server certificate verification failed for {host}.example.test[{ip}]:25: {why}"

    def row(name, description, rules, host, nexthop, policy, state, before, end, word, **more):
        rows.add(f"dane-{name}-{v}", description, rules, version, nexthop, f"{host}.example.test", more.pop("ip", ip), policy,
                 more.pop("facts", TLS13), state, before, end, word, **more)

    def line(word, host, address=ip):
        return established(word, f"{host}.example.test", address, how)

    row("verified", "a TLSA record matches", "P1 P4", "tok", "tokd.example.test", dane("tok"), "matched", [line("Verified", "tok")],
        ("delivered", "2.0.0", "", "dane"), "Verified")
    row("self-signed", "the key is published: issuer, name and date do not count", "P4", "tself", "tselfd.example.test", dane("tself"),
        "matched", [line("Verified", "tself", "127.0.1.12")], ("delivered", "2.0.0", "", "dane"), "Verified", ip="127.0.1.12")
    word = "Trusted" if own else "Untrusted"
    row("no-match", "no TLSA record matches; a CA that is trusted issued the certificate", "P9", "tbad", "tbadd.example.test",
        dane("tbad"), "no-match",
        ([] if own else [failed("num=65:no matching DANE TLSA records", "tbad")]) + [line(word, "tbad")],
        ("deferred", "4.7.5", UNVERIFIED, "!dane"), word)
    word = {OWN: "Trusted", OPENSSL: "Untrusted", OPENSSL_TRUSTED: "Trusted"}[version]
    mism = "mism.example.test[127.0.1.14]:25"
    row("anchor-wrong-name", "the trust anchor matches, the name does not", "P6", "mism", "mismd.example.test",
        dane("mism", usage="2 0 1"), "wrong-name",
        ([] if own else [f"server certificate verification failed for {mism}: num=62:hostname mismatch"])
        + [line(word, "mism", "127.0.1.14")], ("deferred", "4.7.5", UNVERIFIED, "!dane"), word, ip="127.0.1.14")
    row("not-offered", "TLSA records demand TLS", "P26", "tnost", "tnostd.example.test", dane("tnost"), None, [],
        ("deferred", "4.7.4", "TLS is required, but was not offered by host tnost.example.test[127.0.1.4]", "!dane"), None,
        facts=NOT_OFFERED, ip="127.0.1.4")
    row("halfdane", "TLSA records behind insecure MX records", "P5", "tok", "tokd.insec.test", dane("tok", "halfdane"), "matched",
        [line("Trusted", "tok")], ("delivered", "2.0.0", "", "halfdane"), "Trusted")
    if not own:
        notes = ["unusable TLSA RR: 3 1 1 0011223344", "all TLSA records unusable, fallback to unauthenticated TLS"]
        warnings = [f"warning: tshort.example.test[{ip}]:25: {note}" for note in notes]
        row("unusable", "OpenSSL takes none of the TLSA records", "P26", "tshort", "tshortd.example.test",
            usable("dane", ["tshort.example.test"], sni="tshort.example.test", tlsa=["3 1 1 0011223344"]),
            {"trusted": False, "matched": False, "error": 62, "fell_back_to_encrypt": True, "notes": notes},
            warnings + [failed("num=62:hostname mismatch", "tshort"), line("Untrusted", "tshort")],
            ("delivered", "2.0.0", "", "dane:encrypt"), "Untrusted")
    if version == OPENSSL_TRUSTED:
        row("halfdane-no-match", "TLSA records behind insecure MX records are enforced", "P9 P29", "tbad", "tbadd.insec.test",
            dane("tbad", "halfdane"), "no-match",
            [failed("num=65:no matching DANE TLSA records", "tbad"), line("Untrusted", "tbad")],
            ("deferred", "4.7.5", UNVERIFIED, "!halfdane"), "Untrusted")
    if own:
        malformed = ("warning: malformed sha256 digest, length 5, in RR: _25._tcp.tshort.example.test IN TLSA 3 1 1 ...")
        row("unusable", "the only TLSA record was sorted out before", "P26", "tshort", "tshortd.example.test",
            usable("encrypt", warnings=[malformed]), "trusted", [malformed, line("Trusted", "tshort")],
            ("delivered", "2.0.0", "", "encrypt"), "Trusted")


def of_refusals(rows, version):
    """The policy says no: no connection is made."""
    v = version.replace(".", "-")

    def row(name, description, rules, nexthop, mx, text, warnings):
        lookup = f"warning: TLS policy lookup for {nexthop}/{mx}: {text}"
        rows.add(f"refused-{name}-{v}", description, rules, version, nexthop, mx, "127.0.1.1",
                 refused(text, warnings + [lookup]), TLS13, None, warnings + [lookup], ("deferred", "4.7.5", text, "unknown?"),
                 relay="none")

    maps = "warning: smtp_tls_policy_maps, next-hop destination"
    row("attribute", "an unknown attribute", "P22", "p12.pol.test", "mxa.example.test", CONFIGURATION,
        [f'{maps} "p12.pol.test": invalid attribute name: "bogus"'])
    row("not-dnssec", "dane-only behind insecure MX records", "P27", "tnoned.insec.test", "tnone.example.test",
        "non DNSSEC destination", [])
    problem = ("warning: DANE TLSA lookup problem: Host or domain name not found. Name service error for "
               "name=_25._tcp.tsf.example.test type=TLSA: Host not found, try again")
    row("tlsa-lookup", "the TLSA lookup fails", "P26", "tsfd.example.test", "tsf.example.test",
        "TLSA lookup error for tsf.example.test:25", [problem, problem])


def of_servers(rows):
    """Servers without TLS, and with a broken one: 3.7.11."""
    version = OPENSSL

    def row(name, description, rules, nexthop, mx, ip, policy, facts, state, before, end, word=None, **more):
        rows.add(name, description, rules, version, nexthop, f"{mx}.example.test", ip, policy, facts, state, before, end, word,
                 **more)

    required = "TLS is required, but was not offered by host mxd.example.test[127.0.1.4]"
    row("encrypt-not-offered", "encrypt, and no STARTTLS", "P2", "d.dst.test", "mxd", "127.0.1.4", usable("encrypt"), NOT_OFFERED,
        None, [], ("deferred", "4.7.4", required, "!encrypt"))
    row("may-not-offered", "may, and no STARTTLS", "P2", "d.example.test", "mxd", "127.0.1.4", usable("may"), NOT_OFFERED, None, [],
        ("delivered", "2.0.0", "", "may:none"), plaintext=True)
    row("encrypt-rejected", "encrypt, and STARTTLS is refused", "P2", "f.dst.test", "mxf", "127.0.1.6", usable("encrypt"), REJECTED,
        None, [], ("deferred", "4.7.0", "TLS is required, but host mxf.example.test[127.0.1.6] refused to start TLS: "
                   + REJECTED["reply"], "!encrypt"))
    row("may-rejected", "may, and STARTTLS is refused", "P2", "f.example.test", "mxf", "127.0.1.6", usable("may"), REJECTED, None, [],
        ("delivered", "2.0.0", "", "may:none"), plaintext=True)
    row("encrypt-reset", "the server resets the connection", "P2", "g.dst.test", "mxg", "127.0.1.7", usable("encrypt"), RESET, None,
        ["SSL_connect error to mxg.example.test[127.0.1.7]:25: Connection reset by peer"], ("deferred", "4.7.5", HANDSHAKE, ""))
    row("may-hung-up", "may: mail waits first, and goes in the clear at a later attempt", "P2", "g.example.test", "mxg", "127.0.1.7",
        usable("may"), HUNG_UP, None, ["SSL_connect error to mxg.example.test[127.0.1.7]:25: lost connection"],
        ("deferred", "4.7.5", HANDSHAKE, ""), fallback_possible=True)
    row("garbage", "the server answers in clear text", "P2", "i.dst.test", "mxi", "127.0.1.9", usable("encrypt"),
        {"kind": "handshake-failed", "error": "-1", "library": [WRONG_VERSION]}, None,
        ["SSL_connect error to mxi.example.test[127.0.1.9]:25: -1", f"warning: TLS library problem: {WRONG_VERSION}"],
        ("deferred", "4.7.5", HANDSHAKE, ""))
    row("dane-anonymous", "a server without a certificate, at dane", "P2", "tanond.example.test", "tanon", "127.0.1.5",
        usable("dane", ["tanon.example.test"], tlsa=[f"3 1 1 {'5a' * 32}"]),
        {"kind": "handshake-failed", "error": "-1", "library": [ALERT_40]}, None,
        ["SSL_connect error to tanon.example.test[127.0.1.5]:25: -1", f"warning: TLS library problem: {ALERT_40}"],
        ("deferred", "4.7.5", HANDSHAKE, ""))
    row("lost-after-tls", "a TLS 1.3 server that wants a client certificate", "P3", "o.dst.test", "mxo", "127.0.1.15",
        usable("encrypt"), TLS13 | {"lost": True}, "trusted", [established("Trusted", "mxo.example.test", "127.0.1.15", IN_TLS13[version])],
        ("deferred", "4.4.2", "lost connection with mxo.example.test[127.0.1.15] while performing the EHLO handshake", ""), "Trusted")
    row("greeting", "the greeting is a refusal", "P2", "p.dst.test", "mxp", "127.0.1.16", usable("encrypt"),
        {"kind": "not-reached", "dsn": "4.0.0", "connected": True,
         "text": "host mxp.example.test[127.0.1.16] refused to talk to me: 554 go away"}, None, [],
        ("deferred", "4.0.0", "host mxp.example.test[127.0.1.16] refused to talk to me: 554 go away", ""))
    row("old-protocol", "TLS 1.1 at encrypt", "P3", "j.dst.test", "mxj", "127.0.1.10", usable("encrypt"), TLS11, "trusted",
        [established("Trusted", "mxj.example.test", "127.0.1.10", IN_TLS11)], ("delivered", "2.0.0", "", ""), "Trusted")
    row("tls-1-2", "TLS 1.2 names no key exchange", "P3", "p37.pol.test", "mxa", "127.0.1.1", usable("encrypt", protocols="<=TLSv1.2"),
        TLS12, "trusted", [established("Trusted", "mxa.example.test", "127.0.1.1", IN_TLS12)], ("delivered", "2.0.0", "", ""),
        "Trusted")
    row("none", "level none, and STARTTLS is offered", "P2", "k.example.test", "mxk", "127.0.1.11", usable("none"), TLS13, None,
        ["Host offered STARTTLS: [mxk.example.test]"], ("delivered", "2.0.0", "", ""), plaintext=True)
    row("bad-protocols", "a protocol that does not exist", "P22", "p9.pol.test", "mxa", "127.0.1.1",
        usable("encrypt", protocols="TLSv9"), TLS13, None,
        ['warning: mxa.example.test[127.0.1.1]:25: Invalid TLS protocol list "TLSv9": aborting TLS session'],
        ("deferred", "4.7.5", HANDSHAKE, ""))
    row("bad-grade", "a cipher grade that does not exist", "P22", "p10.pol.test", "mxa", "127.0.1.1", usable("encrypt", grade="bogus"),
        TLS13, None, ['warning: mxa.example.test[127.0.1.1]:25: invalid cipher grade: "bogus"'], ("deferred", "4.7.5", HANDSHAKE, ""))
    peer_ = {"trusted": False, "matched": False, "error": 1, "notes": SHORT_FINGERPRINTS}
    place = "mxa.example.test[127.0.1.1]:25"
    row("fingerprint-length", "fingerprints of another digest", "P31", "p38.pol.test", "mxa", "127.0.1.1",
        usable("fingerprint", warnings=[MD5_DEFAULT]), TLS13, peer_,
        [MD5_DEFAULT] + [f"warning: {place}: {note}" for note in SHORT_FINGERPRINTS] + [
            f"server certificate verification failed for {place}: num=1:unspecified certificate verification error",
            established("Untrusted", "mxa.example.test", "127.0.1.1", IN_TLS13[version])],
        ("deferred", "4.7.5", UNVERIFIED, ""), "Untrusted")
    rows.add("other-port", "another port", "P2", version, "[mxa.example.test]:587", "mxa.example.test", "127.0.1.1",
             usable("encrypt"), TLS12, "trusted",
             ["Trusted TLS connection established to mxa.example.test[127.0.1.1]:587: " + IN_TLS12],
             ("delivered", "2.0.0", "", ""), "Trusted", port=587)


def of_3_12(rows):
    version = OPENSSL_TRUSTED
    skip = "warning: MX name 'mxa.example.test' does not match STS MX pattern for 'pol.test'"
    rows.add("sts-skipped", "every MX host is outside the MTA-STS policy", "P30", version, "p30.pol.test", "mxa.example.test",
             "127.0.1.1", {"outcome": "skipped", "level": "secure", "warning": skip}, TLS13, None, [skip],
             ("skipped", "4.3.0", "server unavailable or unable to receive mail", "secure?"), relay="none")
    place = "mxa.example.test[127.0.1.1]:25"
    rows.add("fingerprint-length-3-12", "fingerprints of another digest", "P31", version, "p38.pol.test", "mxa.example.test",
             "127.0.1.1", usable("fingerprint", warnings=[MD5_DEFAULT] * 2), TLS13,
             {"trusted": False, "matched": False, "error": 1, "notes": SHORT_FINGERPRINTS},
             [MD5_DEFAULT] * 2 + [f"warning: {place}: {note}" for note in SHORT_FINGERPRINTS] + [
                 f"server certificate verification failed for {place}: num=1:unspecified certificate verification error",
                 established("Untrusted", "mxa.example.test", "127.0.1.1", IN_TLS13[version])],
             ("deferred", "4.7.5", UNVERIFIED, "!fingerprint"), "Untrusted")
    rows.add("fingerprint-3-5", "up to 3.5 a wrong fingerprint leaves a trusted chain trusted", "P31", OWN, "p38.pol.test",
             "mxa.example.test", "127.0.1.1", usable("fingerprint", ["00:11"]), TLS13, "trusted",
             [established("Trusted", "mxa.example.test", "127.0.1.1", IN_TLS13[OWN])], ("deferred", "4.7.5", UNVERIFIED, ""),
             "Trusted")


def by_rule(rows):
    """What no log at hand shows."""
    rule, run = "by the rule: Postfix source", "smtp(8) of Postfix 3.7.11"
    mx, ip = "mx1.example.com", "192.0.2.1"
    place = f"{mx}[{ip}]"
    secure = usable("secure", ["nexthop", "dot-nexthop"])
    mismatch = f"server certificate verification failed for {place}:25: num=62:hostname mismatch"

    def row(name, description, rules, version, policy, facts, state, before, end, word=None, **more):
        rows.add(name, description, rules, version, "example.com", mx, ip, policy, facts, state, before, end, word,
                 source=more.pop("source", rule), **more)

    def line(word, how=IN_TLS13[OPENSSL]):
        return established(word, mx, ip, how)

    # 2.x
    old = {k: v for k, v in TLS12.items()} | {"protocol": "TLSv1", "cipher": "DHE-RSA-AES256-SHA"}
    how = "TLSv1 with cipher DHE-RSA-AES256-SHA (256/256 bits)"
    row("wrong-name-2-11", "Trusted, and yet not verified", "P6", "2.11.0", secure, old, "wrong-name", [line("Trusted", how)],
        ("deferred", "4.7.5", UNVERIFIED, ""), "Trusted")
    setup = [f"setting up TLS connection to {place}:25"]
    row("unknown-ca-2-6", "the words of 2.6", "P7", "2.6.6", secure, old, "unknown-ca",
        setup + [f"certificate verification failed for {place}:25: untrusted issuer {ISSUER}", line("Untrusted", how)],
        ("deferred", "4.7.5", UNTRUSTED_3_5, ""), "Untrusted")
    row("anonymous-2-6", "2.6 calls a server without a certificate untrusted", "P1", "2.6.6", usable("encrypt"),
        ANONYMOUS | {"protocol": "TLSv1"}, None, setup + [line("Untrusted", IN_ANONYMOUS.replace("v1.2", "v1"))],
        ("delivered", "2.0.0", "", ""), "Untrusted")
    warning = 'warning: TLS policy table, next-hop destination "example.com": invalid attribute name: "bogus"'
    row("refused-2-8", "up to 2.10 a wrong entry is noticed after the greeting", "P22", "2.8.20",
        refused(CONFIGURATION, [warning], "4.7.0"), TLS12, None, [warning], ("deferred", "4.7.0", CONFIGURATION, ""))
    row("refused-2-8-down", "and not at all where the server is down", "P22", "2.8.20", refused(CONFIGURATION, [warning], "4.7.0"),
        {"kind": "not-reached", "dsn": "4.4.1", "text": f"connect to {place}:25: Connection refused"}, None,
        [warning, f"connect to {place}:25: Connection refused"],
        ("deferred", "4.4.1", f"connect to {place}:25: Connection refused", ""), relay="none")
    row("fingerprint-unknown-ca-3-5", "up to 3.5 the chain is no matter of level fingerprint", "P31", "3.5.27", usable("fingerprint"),
        TLS13, "unknown-ca", [line("Untrusted")], ("deferred", "4.7.5", UNVERIFIED, ""), "Untrusted")
    anchor, entity = (usable("dane", ["mx1.example.com"], tlsa=[f"{u} 0 1 {'5a' * 32}"]) for u in (2, 3))
    row("dane-entity-unknown-ca-3-5", "nor of a TLSA record for the server's own certificate, in the log", "P9", "3.5.27", entity, TLS13,
        "unknown-ca", [line("Untrusted")], ("deferred", "4.7.5", UNTRUSTED_3_5, ""), "Untrusted")
    row("dane-anchor-unknown-ca-3-5", "but of one for a trust anchor", "P9", "3.5.27", anchor, TLS13, "unknown-ca",
        [f"certificate verification failed for {place}:25: untrusted issuer {ISSUER}", line("Untrusted")],
        ("deferred", "4.7.5", UNTRUSTED_3_5, ""), "Untrusted")
    row("tls-1-2-key-exchange", "a key exchange is told for TLS 1.3 alone", "P3", "3.7.11", usable("may"),
        TLS12 | {"key_exchange": "X25519", "signature": "RSA-PSS (2048 bits)"}, "trusted", [line("Trusted", IN_TLS12)],
        ("delivered", "2.0.0", "", ""), "Trusted")
    row("bad-grade-2-11", "up to 3.3 the line says that this ends the session", "P22", "2.11.0", usable("encrypt", grade="bogus"), TLS12,
        None, [f'warning: {place}:25: invalid cipher grade: "bogus": aborting TLS session'], ("deferred", "4.7.5", HANDSHAKE, ""))
    # replies
    for name, reply, dsn, delivery in (("502", "502 5.5.1 Command not implemented", "5.5.1", "bounced"),
                                       ("554", "554 no", "5.0.0", "bounced"), ("421", "421 later", "4.0.0", "deferred"),
                                       ("454-5", "454 5.7.0 odd", "4.0.0", "deferred"), ("450", "450 4.3.2x odd", "4.0.0", "deferred")):
        row(f"reply-{name}", f"STARTTLS is refused with {reply!r}", "P2", "3.7.11", usable("encrypt"), {"kind": "rejected", "reply": reply},
            None, [], (delivery, dsn, f"TLS is required, but host {place} refused to start TLS: {reply}", ""), source=run)
    row("reply-lines", "a reply of two lines: the last one counts", "P2", "3.7.11", usable("encrypt"),
        {"kind": "rejected", "reply": "454-4.7.1 two\n454 4.7.2 lines"}, None, [],
        ("deferred", "4.7.2", f"TLS is required, but host {place} refused to start TLS: 454-4.7.1 two 454 4.7.2 lines", ""), source=run)
    row("reply-354", "a reply that makes no sense", "P2", "3.7.11", usable("encrypt"), {"kind": "rejected", "reply": "354 go on"}, None, [],
        ("bounced", "5.5.0", f"TLS is required, but host {place} refused to start TLS: 354 go on", ""), source=run)
    # more than one server
    row("another-server", "another server is left: one line, and on", "P6", "3.7.11", secure, TLS13, "wrong-name",
        [mismatch, line("Untrusted")], ("deferred", "4.7.5", UNVERIFIED, ""), "Untrusted", final_server=False, source=run)
    row("another-server-bounce", "a hard error ends it all", "P2", "3.7.11", usable("encrypt"),
        {"kind": "rejected", "reply": "502 5.5.1 no"}, None, [],
        ("bounced", "5.5.1", f"TLS is required, but host {place} refused to start TLS: 502 5.5.1 no", ""), final_server=False, source=run)
    row("another-server-unneeded", "a delivery ends it too", "P3", "3.7.11", usable("may"), TLS13, "trusted", [line("Trusted")],
        ("delivered", "2.0.0", "", ""), "Trusted", final_server=False)
    row("another-server-down", "a server that is down, with another behind it", "P2", "3.7.11", secure,
        {"kind": "not-reached", "dsn": "4.4.1", "text": f"connect to {place}:25: Connection refused"}, None,
        [f"connect to {place}:25: Connection refused"], ("deferred", "4.4.1", f"connect to {place}:25: Connection refused", ""),
        relay="none", final_server=False, source=run)
    # log levels
    row("quiet", "smtp_tls_loglevel = 0: the verification error alone", "P6", "3.7.11", secure, TLS13, "wrong-name", [mismatch],
        ("deferred", "4.7.5", UNVERIFIED, ""), "Untrusted", settings={"smtp_tls_loglevel": "0"})
    row("quiet-may", "smtp_tls_loglevel = 0 at may: nothing", "P2", "3.7.11", usable("may"), TLS13, "unknown-ca", [],
        ("delivered", "2.0.0", "", ""), "Untrusted", settings={"smtp_tls_loglevel": "0"})
    unknown = f"certificate verification failed for {place}:25: untrusted issuer {ISSUER}"
    row("untrusted-may", "the group `untrusted` tells of errors at may too", "P2", "3.7.11", usable("may"), TLS13, "unknown-ca",
        [unknown, line("Untrusted")], ("delivered", "2.0.0", "", ""), "Untrusted",
        settings={"smtp_tls_loglevel": "summary, untrusted"})
    row("no-note", "STARTTLS offers are not noted", "P2", "3.7.11", usable("none"), TLS13, None, [], ("delivered", "2.0.0", "", ""),
        plaintext=True, settings={"smtp_tls_note_starttls_offer": "no"})
    # the engine
    row("engine-encrypt", "no TLS engine, because the CA file cannot be read", "P2", "3.7.11", usable("encrypt"), TLS13, None, [],
        ("deferred", "4.7.5", "TLS is required, but our TLS engine is unavailable", ""), engine=False, source=run)
    row("engine-may", "no TLS engine at may", "P2", "3.7.11", usable("may"), TLS13, None, [], ("delivered", "2.0.0", "", ""),
        plaintext=True, engine=False, source=run)
    # 3.10 and later
    row("policy-failure", "an external policy demands failure", "P30", "3.12", secure | {"policy_failure": "sts-webpki-invalid"}, TLS13,
        {"trusted": False, "matched": False, "error": 1},
        [f"certificate verification failed for {place}:25: external policy failure (sts-webpki-invalid)",
         line("Untrusted", IN_TLS13["3.12"])], ("deferred", "4.7.5", UNVERIFIED, "!secure"), "Untrusted")
    row("may-in-the-clear-3-12", "the tls field of a delivery in the clear", "P2", "3.12", usable("may"), NOT_OFFERED, None, [],
        ("delivered", "2.0.0", "", "may:none"), plaintext=True)
    row("none-3-12", "the tls field of level none", "P2", "3.12", usable("none"), NOT_OFFERED, None, [], ("delivered", "2.0.0", "", "none"),
        plaintext=True)
    row("handshake-3-12", "the tls field of a handshake that failed", "P2", "3.12", usable("encrypt"), HUNG_UP, None,
        [f"SSL_connect error to {place}:25: lost connection"], ("deferred", "4.7.5", HANDSHAKE, "encrypt?"))
    row("lost-may", "may, and the server hangs up after the handshake", "P3", "3.7.11", usable("may"), TLS13 | {"lost": True}, "trusted",
        [line("Trusted")], ("deferred", "4.4.2", f"lost connection with {place} while performing the EHLO handshake", ""), "Trusted",
        fallback_possible=True)
    row("lost-unverified", "the certificate is looked at before the EHLO that fails", "P6", "3.7.11", secure, TLS13 | {"lost": True},
        "wrong-name", [mismatch, line("Untrusted")], ("deferred", "4.7.5", UNVERIFIED, ""), "Untrusted")
    warnings = ['ignoring invalid match name: "."', "could not configure peer name checks"]
    row("no-name-left", "a match list that holds no name", "P16", "3.7.11", usable("secure", ["."]), TLS13,
        {"trusted": False, "matched": False, "error": 1},
        [f"warning: {place}:25: {w}" for w in warnings]
        + [f"server certificate verification failed for {place}:25: num=1:unspecified certificate verification error", line("Untrusted")],
        ("deferred", "4.7.5", UNVERIFIED, ""), "Untrusted")
    for name, state, who, what in (("not-yet", "not-yet", "server ", "certificate not yet valid"),
                                   ("self-signed", "self-signed", "", "self-signed certificate"),
                                   ("purpose", "purpose", "", "not designated for use as a server certificate"),
                                   ("weak-key", "weak-key", "server ", "num=66:EE certificate key too weak")):
        row(name, what, "P7", "3.7.11", secure, TLS13, state,
            [f"{who}certificate verification failed for {place}:25: {what}", line("Untrusted")],
            ("deferred", "4.7.5", UNVERIFIED, ""), "Untrusted")


def session():
    file = File("postfix", "session", "What Postfix's SMTP client makes of one server, and logs", __file__)
    rows = Rows(file)
    for version in (OWN, OPENSSL, OPENSSL_TRUSTED):
        of_certificates(rows, version)
        of_dane(rows, version)
        of_refusals(rows, version)
    of_servers(rows)
    of_3_12(rows)
    by_rule(rows)
    file.write()


if __name__ == "__main__":
    session()
