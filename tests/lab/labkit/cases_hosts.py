"""Several hosts, several addresses, two key types, server names; hosts that cannot be reached."""

from .world import record, simple

UNROUTABLE_V4 = "127.255.255.255"  # broadcast of the loopback network: connect() says "unreachable"
UNROUTABLE_V6 = "ff0e::25"         # multicast: the same, and no packet leaves


def plant(w):
    several_hosts(w)
    several_addresses(w)
    key_types(w)
    server_names(w)
    unreachable(w)


def good_host(w, name, **options):
    certificate = w.pki.leaf(name)
    w.host(name, [certificate], record(3, 1, 1, certificate), **options)
    return certificate


def several_hosts(w):
    one, two = w.domain("two-mx.test", "mx1", "mx2")
    good_host(w, one)
    good_host(w, two)

    one, two = w.domain("two-mx-one-broken.test", "mx1", "mx2")
    good_host(w, one)
    w.host(two, [w.pki.leaf(two)], record(3, 1, 1, w.pki.leaf("previous.test")))

    one, two = w.domain("two-mx-partial.test", "mx1", "mx2")
    good_host(w, one)
    w.host(two, [w.pki.leaf(two)])

    one, two = w.domain("nolisting.test", "mx1", "mx2")
    w.rr(one, "A", w.new_address())
    w.tlsa(one, record(3, 1, 1, w.pki.leaf(one)))
    good_host(w, two)

    one, two = w.domain("one-host-without-address.test", "mx1", "mx2")
    w.rr(one, "TXT", "\"no address here\"")
    good_host(w, two)

    # More MX hosts than anyone should have, all on one server.
    hosts = w.domain("many-mx.test", *(f"mx{n:02}" for n in range(1, 53)))
    certificate = w.pki.leaf("many-mx.test")
    address = w.server([certificate])
    for host in hosts:
        w.rr(host, "A", address)
        w.tlsa(host, record(3, 1, 1, certificate))


def several_addresses(w):
    def also(name, chains, **options):
        address = w.server(chains, **options)
        w.rr(name, "A", address)

    host, = w.domain("two-addresses.test", "mx1")
    also(host, [good_host(w, host)])

    host, = w.domain("ten-addresses.test", "mx1")
    certificate = good_host(w, host)
    for _ in range(9):
        also(host, [certificate])

    host, = w.domain("ten-distant.test", "mx1")
    certificate = good_host(w, host, behaviour="distant")
    for _ in range(9):
        also(host, [certificate], behaviour="distant")

    host, = w.domain("hundred-addresses.test", "mx1")
    certificate = good_host(w, host)
    for _ in range(99):
        also(host, [certificate])

    host, = w.domain("one-address-broken.test", "mx1")
    good_host(w, host)
    also(host, [w.pki.leaf(host)])

    host, = w.domain("one-address-down.test", "mx1")
    good_host(w, host)
    w.rr(host, "A", w.new_address())

    host, = w.domain("one-address-no-starttls.test", "mx1")
    also(host, [good_host(w, host)], behaviour="no-starttls")

    if not w.ipv6:
        return
    host, = w.domain("ipv6-only.test", "mx1")
    certificate = w.pki.leaf(host)
    w.rr(host, "AAAA", "::1")
    w.server_v6(host, [certificate])
    w.tlsa(host, record(3, 1, 1, certificate))

    host, = w.domain("ipv6-broken.test", "mx1")
    good_host(w, host)
    w.rr(host, "AAAA", "::1")
    w.server_v6(host, [w.pki.leaf(host)])

    host, = w.domain("ipv6-unroutable.test", "mx1")
    good_host(w, host)
    w.rr(host, "AAAA", UNROUTABLE_V6)


def key_types(w):
    for name, covered in (("ecdsa-uncovered", 1), ("rsa-uncovered", 0)):
        host = f"mx1.{name}.test"
        both = [w.pki.leaf(host), w.pki.leaf(host, kind="rsa")]
        simple(w, name, both, record(3, 1, 1, both[covered]))
    host = "mx1.both-uncovered.test"
    both = [w.pki.leaf(host), w.pki.leaf(host, kind="rsa")]
    simple(w, "both-uncovered", both, record(3, 1, 1, w.pki.leaf("previous.test")))
    host = "mx1.both-by-ta.test"
    both = [w.pki.leaf(host), w.pki.leaf(host, kind="rsa")]
    simple(w, "both-by-ta", both, record(2, 1, 1, w.pki.intermediate))


def server_names(w):
    for name, sni_right in (("sni-dependent", True), ("sni-chain-wrong", False)):
        host = f"mx1.{name}.test"
        right, wrong = w.pki.leaf(host), w.pki.leaf("default.test")
        simple(w, name, [wrong if sni_right else right], record(3, 1, 1, right),
               sni={host: [right if sni_right else wrong]})
    host = "mx1.sni-strict.test"
    right = w.pki.leaf(host)
    simple(w, "sni-strict", [right], record(3, 1, 1, right), sni={host: [right]}, strict_sni=True)


def unreachable(w):
    def with_record(name, address):
        host, = w.domain(f"{name}.test", "mx1")
        w.rr(host, "A", address)
        w.tlsa(host, record(3, 1, 1, w.pki.leaf(host)))

    with_record("refused", w.new_address())
    with_record("unroutable", UNROUTABLE_V4)
    host, = w.domain("connect-timeout.test", "mx1")
    good_host(w, host, behaviour="never-accepts")

    w.domain("host-no-address.test", "mx1")
    w.rr("mx1.host-no-address.test", "TXT", "\"no address here\"")
    w.domain("host-nxdomain.test", "nowhere")
