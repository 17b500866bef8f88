"""Building dane-evidence/1 by hand: what a run would have seen of a domain."""
import base64
import hashlib
import ipaddress

import dns.rdata
import dns.rdataclass
import dns.rdatatype

from pki import TIME

SIGNED = {"inception": "2026-11-10T00:00:00Z", "expiration": "2026-12-10T00:00:00Z"}
NO_ALERT = {"what": "", "reply": "", "alert": ""}


def wire(kind, text):
    rdata = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), text)
    return rdata.to_wire(origin=None).hex()


class World:
    """One recorded run of `tlsa-check DOMAIN` on port 25."""

    def __init__(self, domain="example.test", **options):
        self.domain, self.options = domain, options
        self.lookups, self.probes, self.certificates = {}, {}, {}
        self.found(".", "SOA", ["a.test. b.test. 1 2 3 4 5"])

    def found(self, name, kind, texts, security="secure", aliases=(), canonical=None, signatures=None, size=400):
        owner = canonical or (aliases[-1] if aliases else name)
        hops = [name, *aliases]
        chain = [{"owner": a, "target": b, "ttl": 300} for a, b in zip(hops, hops[1:])]
        if signatures is None:
            signatures = [{"owner": owner, "covered": kind, "signer": "test", "algorithm": 13, "key_tag": 1,
                           "labels": len(owner.rstrip(".").split(".")) if owner != "." else 0, **SIGNED}] if security == "secure" else []
        records = sorted((wire(kind, t) for t in texts))
        self.lookups[name, kind] = {"name": name, "type": kind, "outcome": "found", "security": security, "ttl": 300, "canonical_name": owner,
                                    "aliases": chain, "records": [{"rdata": r} for r in records], "signatures": signatures, "message_size": size}

    def absent(self, name, kind, security="secure", exists=True):
        self.lookups[name, kind] = {"name": name, "type": kind, "outcome": "absent", "security": security, "negative_ttl": 60, "name_exists": exists}

    def failed(self, name, kind, why):
        self.lookups[name, kind] = {"name": name, "type": kind, "outcome": "failed", "kind": why, "what": "planted", "where": f"{name} {kind}", "remedy": ""}

    def mx(self, *hosts, security="secure"):
        self.found(self.domain, "MX", [f"{p} {h}." if h else f"{p} ." for p, h in hosts], security)

    def address(self, host, v4=("192.0.2.1",), v6=(), security="secure", **more):
        for kind, addresses in (("A", v4), ("AAAA", v6)):
            if addresses:
                self.found(host, kind, list(addresses), security, **more)
            else:
                self.absent(host, kind, security)

    def tlsa(self, host, *records, **more):
        owner = f"_25._tcp.{host}"
        if records:
            self.found(owner, "TLSA", list(records), **more)
        else:
            self.absent(owner, "TLSA", exists=False, **more)

    def probe(self, host, address, offer, outcome, sni=None):
        request = {"address": address, "port": 25, "protocol": "smtp", "host": host, "server_name": host if sni is None else (sni or None), "offer": offer}
        self.probes[address, offer, request["server_name"] or ""] = {"request": request, **outcome, "dialogue": []}

    def presents(self, chain, tls="TLSv1.3"):
        ids = []
        for issued in chain:
            fingerprint = hashlib.sha256(issued.der).hexdigest()
            self.certificates[fingerprint] = base64.b64encode(issued.der).decode()
            ids.append(fingerprint)
        return {"outcome": "presented", "tls_version": tls, "cipher": "TLS_AES_256_GCM_SHA384", "chain": ids}

    def fails(self, kind, reply="", alert=""):
        return {"outcome": "failed", "kind": kind, "what": "planted", "reply": reply, "alert": alert}

    def serve(self, host, ecdsa=None, rsa=None, address="192.0.2.1", sni=None, plain=None):
        """What a server with these chains shows to both offers; `plain`: its chain without SNI."""
        none = self.fails("handshake-failed", "220 go ahead", "handshake failure")
        self.probe(host, address, "ECDSA", self.presents(ecdsa) if ecdsa else none, sni)
        self.probe(host, address, "RSA", self.presents(rsa) if rsa else none, sni)
        for offer in ("any", "ECDSA", "RSA"):
            self.probe(host, address, offer, self.presents(plain or ecdsa or rsa), "")

    def breaks(self, host, kind, address="192.0.2.1", **more):
        for offer in ("RSA", "ECDSA", "any"):
            for sni in (None, ""):
                self.probe(host, address, offer, self.fails(kind, **more), sni)

    def evidence(self):
        request = {"domains": [self.domain], "is_host": False, "port": 25, "protocol": "smtp", "ipv4": True, "ipv6": True, "require_dane": False,
                   "days": 14, "profile": "smtp", "check_ee_names": False, "reference_host": ".", "ca_file": "", "no_ca": False, **self.options}
        return {"schema": "dane-evidence/1", "tool": "tlsa-check", "tool_version": "0.1.0", "saved_at": TIME, "evaluated_at": TIME, "request": request,
                "lookups": [self.lookups[k] for k in sorted(self.lookups)], "authorities": [],
                "probes": [self.probes[k] for k in sorted(self.probes, key=str)], "certificates": dict(sorted(self.certificates.items()))}
