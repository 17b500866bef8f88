"""The renewal rehearsal: what is published, what each server and the cache have, what is to go live."""

from .world import record


def plant(w):
    folder = w.directory / "renewal"
    folder.mkdir()
    pki = w.pki

    def save(name, certificate, sent=None):
        sent = certificate.issuers[:-1] if sent is None else sent
        (folder / f"{name}.pem").write_text(certificate.chain_pem(sent))
        (folder / f"{name}.key").write_text(certificate.key_pem)

    def live(domain, *records, current=None):
        host, = w.domain(domain, "mx1")
        current = current or pki.leaf(host)
        w.host(host, [current], *(r(current) if callable(r) else r for r in records))
        return host, current

    def ee(certificate):
        return record(3, 1, 1, certificate)

    following = pki.leaf("mx1.renewal.test")
    save("new-key", following)
    save("other-issuer", pki.leaf("mx1.renewal-ta.test", issuer=pki.authority("dane-tools lab new intermediate",
                                                                             pki.root)))
    save("wrong-name", pki.leaf("mx1.elsewhere.test"))

    live("renewal-ready.test", ee, ee(following))
    live("renewal-unready.test", ee)
    host, current = live("renewal-same-key.test", ee)
    save("same-key", pki.leaf(host, key=current.key))
    live("renewal-ta.test", record(2, 1, 1, pki.intermediate))
    save("same-issuer", pki.leaf("mx1.renewal-ta.test"))
    live("renewal-no-records.test")
    live("renewal-unusable.test", record(0, 1, 1, pki.root))

    for version, domain in (("older", "renewal-lag.test"), ("cached", "renewal-cached.test")):
        w.zone(domain)
        host, current = live(domain, ee, ee(following))
        w.tlsa_version(version, domain, host, ee(current))

    # A third authoritative server that does not answer.
    w.zone("renewal-server-down.test")
    live("renewal-server-down.test", ee, ee(following))
    w.rr("ns3.nic.test", "A", w.instance.address(0, 13))
    w.rr("renewal-server-down.test", "NS", "ns3.nic.test.")
    w.zone_of("test").records.append("renewal-server-down.test. 3600 IN NS ns3.nic.test.")
