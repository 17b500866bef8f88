#!/usr/bin/python3
"""Vectors of DNS replies.  dnspython builds the messages; damage is done to its octets."""
import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from common import File

TLSA = "3 1 1 " + "5a" * 32
OWNER = "_25._tcp.mx.example.test."
SIG = "TLSA 13 6 300 20270101000000 20261101000000 4711 example.test. " + "q" * 86 + "=="


def reply(name, kind, answer=(), authority=(), rcode="NOERROR", flags="QR RD RA", ede=None):
    query = dns.message.make_query(name, kind, want_dnssec=True)
    query.id = 4711
    message = dns.message.make_response(query)
    message.flags = dns.flags.from_text(flags)
    message.set_rcode(dns.rcode.from_text(rcode))
    message.answer = [dns.rrset.from_text(*row) for row in answer]
    message.authority = [dns.rrset.from_text(*row) for row in authority]
    if ede:
        message.use_edns(0, options=[dns.edns.GenericOption(15, ede[0].to_bytes(2, "big") + ede[1].encode())])
    return message.to_wire()


def soa(ttl, minimum):
    return ("example.test.", ttl, "IN", "SOA", f"ns.example.test. h.example.test. 1 2 3 4 {minimum}")


def main():
    f = File("dns", "message", "What a DNS reply says about one question (RFC 1035, 2308, 4035, 6672, 8914)", __file__)

    def row(name, description, rules, reference, wire, expected, question=(OWNER, "TLSA"), flags=()):
        f.add(name, description, rules, reference, "dnspython", {"name": question[0].rstrip("."), "type": question[1], "wire": wire.hex()}, expected, flags=flags)

    def error(name, description, rules, reference, wire, question=(OWNER, "TLSA")):
        row(name, description, rules, reference, wire, {"error": "message-malformed"}, question, ["hostile"])

    tlsa = (OWNER, 300, "IN", "TLSA", TLSA)
    wire_tlsa = "030101" + "5a" * 32
    found = {"rcode": 0, "rdata": [wire_tlsa], "aliases": 0, "ttl": 300}
    good = reply(OWNER, "TLSA", [tlsa])
    row("found", "one record", "D9", "RFC 1035 section 4.1", good, found)
    row("two", "two records, each once", "D23", "RFC 1035 section 4.1", reply(OWNER, "TLSA", [(OWNER, 300, "IN", "TLSA", TLSA, "2 0 1 " + "c3" * 32)]),
        {**found, "rdata": ["020001" + "c3" * 32, wire_tlsa]})
    row("signed", "an RRSIG is kept with its dates", "O55 O57", "RFC 4034 section 3.1", reply(OWNER, "TLSA", [tlsa, (OWNER, 300, "IN", "RRSIG", SIG)]),
        {**found, "signatures": [{"signer": "example.test", "key_tag": 4711, "expiration": "2027-01-01T00:00:00Z"}]})
    row("ad", "the AD bit", "X1 X2", "RFC 4035 section 3.2.3", reply(OWNER, "TLSA", [tlsa], flags="QR RD RA AD"), {**found, "authenticated": True})
    row("no-ad", "no AD bit", "X1", "RFC 4035 section 3.2.3", good, {**found, "authenticated": False})
    row("tc", "a truncated reply", "X3", "RFC 1035 section 4.1.1", reply(OWNER, "TLSA", [], flags="QR RD RA TC"),
        {"rcode": 0, "rdata": [], "aliases": 0, "truncated": True})
    row("other-case", "the owner in another case is the same name", "I1", "RFC 4343 section 3", reply(OWNER.upper(), "TLSA", [(OWNER.upper(), 300, "IN", "TLSA", TLSA)]), found)
    cname = (OWNER, 120, "IN", "CNAME", "_dane.example.test.")
    target = ("_dane.example.test.", 300, "IN", "TLSA", TLSA)
    row("cname", "an alias is followed; the smallest TTL counts", "D30 S33", "RFC 1034 section 3.6.2", reply(OWNER, "TLSA", [cname, target]),
        {**found, "aliases": 1, "ttl": 120, "final_name": "_dane.example.test"})
    row("cname-behind", "the alias stands behind its target's records", "D30 S33", "RFC 1034 section 3.6.2", reply(OWNER, "TLSA", [target, cname]),
        {**found, "aliases": 1, "ttl": 120})
    row("cname-partial", "an alias without its target: not complete, nothing found yet", "S8", "RFC 7672 section 2.1.3", reply(OWNER, "TLSA", [cname]),
        {"rcode": 0, "rdata": [], "aliases": 1, "final_name": "_dane.example.test"})
    row("cname-asked", "a question for the CNAME itself is not followed", "S28", "RFC 1034 section 3.6.2",
        reply(OWNER, "CNAME", [cname]), {"rcode": 0, "aliases": 0, "rdata_count": 1}, (OWNER, "CNAME"))
    row("three-hops", "three aliases", "D30 S33", "RFC 1034 section 3.6.2",
        reply(OWNER, "TLSA", [cname, ("_dane.example.test.", 300, "IN", "CNAME", "b.test."), ("b.test.", 300, "IN", "CNAME", "c.test."), ("c.test.", 300, "IN", "TLSA", TLSA)]),
        {**found, "aliases": 3, "ttl": 120, "final_name": "c.test"})
    row("dname", "a DNAME with the CNAME made from it", "D30", "RFC 6672 section 3.1",
        reply(OWNER, "TLSA", [("example.test.", 300, "IN", "DNAME", "other.test."), (OWNER, 300, "IN", "CNAME", "_25._tcp.mx.other.test."), ("_25._tcp.mx.other.test.", 300, "IN", "TLSA", TLSA)]),
        {**found, "aliases": 1, "final_name": "_25._tcp.mx.other.test"})
    row("nodata", "no record of the type", "S13 X8", "RFC 2308 section 2.2", reply(OWNER, "TLSA", [], [soa(3600, 60)]), {"rcode": 0, "rdata": [], "aliases": 0, "negative_ttl": 60})
    row("nxdomain", "no such name", "S13 X8", "RFC 2308 section 2.1", reply(OWNER, "TLSA", [], [soa(30, 86400)], "NXDOMAIN"), {"rcode": 3, "rdata": [], "aliases": 0, "negative_ttl": 30})
    row("nodata-no-soa", "a denial without an SOA has no negative TTL", "X8", "RFC 2308 section 5", reply(OWNER, "TLSA"), {"rcode": 0, "rdata": [], "aliases": 0, "negative_ttl": None})
    row("servfail", "SERVFAIL is an answer about the server, not the name", "S7 S14", "RFC 7672 section 2.1.2", reply(OWNER, "TLSA", rcode="SERVFAIL"), {"rcode": 2, "rdata": [], "aliases": 0})
    row("refused", "REFUSED", "S7 S14", "RFC 7672 section 2.1.2", reply(OWNER, "TLSA", rcode="REFUSED"), {"rcode": 5, "rdata": [], "aliases": 0})
    row("ede", "an extended error is kept", "X4", "RFC 8914 section 2", reply(OWNER, "TLSA", rcode="SERVFAIL", ede=(7, "signature expired")),
        {"rcode": 2, "rdata": [], "aliases": 0, "extended_error": 7})
    row("unrelated-answer", "records of another owner do not count", "D13", "RFC 1035 section 4.1", reply(OWNER, "TLSA", [("_443._tcp.mx.example.test.", 300, "IN", "TLSA", TLSA)]),
        {"rcode": 0, "rdata": [], "aliases": 0})
    row("unrelated-type", "records of another type do not count", "D13", "RFC 1035 section 4.1", reply(OWNER, "TLSA", [(OWNER, 300, "IN", "TXT", '"x"')]), {"rcode": 0, "rdata": [], "aliases": 0})
    loop = reply(OWNER, "TLSA", [(OWNER, 300, "IN", "CNAME", "b.test."), ("b.test.", 300, "IN", "CNAME", OWNER)])
    error("cname-loop", "aliases in a circle", "S8 S9", "RFC 7672 section 2.1.3", loop)
    error("two-cnames", "two aliases at one name", "S9", "RFC 2181 section 10.1", reply(OWNER, "TLSA", [(OWNER, 300, "IN", "CNAME", "a.test."), (OWNER, 300, "IN", "CNAME", "b.test.")]))
    long_chain = [(OWNER, 300, "IN", "CNAME", "n0.test.")] + [(f"n{i}.test.", 300, "IN", "CNAME", f"n{i + 1}.test.") for i in range(60)]
    error("long-chain", "sixty aliases", "S8", "RFC 7672 section 2.1.3", reply(OWNER, "TLSA", long_chain))
    error("empty", "no octet at all", "S9", "RFC 1035 section 4.1.1", b"")
    error("header-cut", "eleven octets of a header", "S9", "RFC 1035 section 4.1.1", good[:11])
    error("answer-cut", "the answer ends inside a record", "S9", "RFC 1035 section 4.1.3", good[:-40])
    error("query", "a query is no reply", "S9", "RFC 1035 section 4.1.1", dns.message.make_query(OWNER, "TLSA").to_wire())
    error("other-question", "the reply to another question", "S9", "RFC 5452 section 9.1", reply("_25._tcp.mx2.example.test.", "TLSA"))
    pointer = bytearray(good)
    pointer[12:14] = b"\xc0\x0c"
    error("pointer-loop", "a compression pointer to itself", "S9", "RFC 1035 section 4.1.4", bytes(pointer))
    f.write()


main()
