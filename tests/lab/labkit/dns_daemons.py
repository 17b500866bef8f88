"""Configuration and command lines of the name servers: nsd three times, unbound, the fault proxy."""

import json
import sys

NSD_SERVER = """server:
 ip-address: {address}@{port}
 username: ""
 chroot: ""
 database: ""
 zonesdir: "{zones}"
 pidfile: "{home}/nsd.pid"
 xfrdfile: "{home}/xfrd.state"
 zonelistfile: "{home}/zone.list"
 logfile: "{home}/nsd.log"
 xfrdir: "{home}"
 server-count: 1
 minimal-responses: yes
 rrl-ratelimit: 0
 rrl-whitelist-ratelimit: 0
remote-control:
 control-enable: no
"""

UNBOUND = """server:
 directory: "{home}"
 chroot: ""
 username: ""
 pidfile: ""
 logfile: "{home}/unbound.log"
 use-syslog: no
 verbosity: 1
 val-log-level: 2
 interface: {address}@{port}
 outgoing-interface: {address}
 access-control: 127.0.0.0/8 allow
 do-not-query-localhost: no
 do-ip6: no
 trust-anchor-file: "{anchor}"
 module-config: "validator iterator"
 local-zone: "test." nodefault
 qname-minimisation: no
 aggressive-nsec: no
 num-threads: 1
 so-reuseport: no
 ip-ratelimit: 0
 infra-host-ttl: 5
 discard-timeout: 0
 outgoing-range: 1024
 num-queries-per-thread: 1024
 jostle-timeout: 30000
remote-control:
 control-enable: no
forward-zone:
 name: "."
 forward-addr: {upstream}
"""


def nsd(world, name, address, zones):
    """`zones`: zone name -> file.  Returns the command."""
    home = world.directory / name
    home.mkdir()
    text = NSD_SERVER.format(address=address, port=world.instance.authority_port,
                             zones=world.directory / "zones", home=home)
    for zone, file in zones.items():
        text += f'zone:\n name: "{zone}"\n zonefile: "{file}"\n'
    (home / "nsd.conf").write_text(text)
    return ["nsd", "-d", "-c", str(home / "nsd.conf")]


def zone_files(world, version):
    return {z.name: f"{z.file}.{version}.signed" if (version, z.name) in world.versions else f"{z.file}.signed"
            for z in world.zones.values()}


def authorities(world):
    files = zone_files(world, "older")
    yield "auth1", nsd(world, "auth1", world.instance.auth1, zone_files(world, None))
    yield "auth2", nsd(world, "auth2", world.instance.auth2, files)
    remembered = {name: f"{world.zones[name].file}.{v}.signed" for v, name in world.versions if v == "cached"}
    if remembered:
        yield "auth3", nsd(world, "auth3", world.instance.cache_authority, remembered)


def unbound(world, anchor):
    home = world.directory / "unbound"
    home.mkdir()
    place = world.instance
    text = UNBOUND.format(home=home, address=place.resolver_address, port=place.resolver_port, anchor=anchor,
                          upstream=f"{place.auth1}@{place.authority_port}")
    forwards = {name: f"{place.resolver_address}@{place.fault_port}" for name, _, _ in world.faults}
    for version, zone in world.versions:
        if version == "cached":
            forwards[zone] = f"{place.cache_authority}@{place.authority_port}"
    for name, upstream in forwards.items():
        text += f'forward-zone:\n name: "{name}"\n forward-addr: {upstream}\n'
    (home / "unbound.conf").write_text(text)
    return ["unbound", "-d", "-c", str(home / "unbound.conf")]


def proxy(world):
    place = world.instance
    config = {
        "address": place.resolver_address,
        "listeners": [
            {"port": place.fault_port, "mode": "fault", "upstream": [place.auth1, place.authority_port]},
            {"port": place.plain_port, "mode": "plain", "upstream": [place.resolver_address, place.resolver_port]},
            {"port": place.lying_port, "mode": "lying", "upstream": [place.resolver_address, place.resolver_port]},
        ],
        "faults": world.faults,
    }
    path = world.directory / "dnsproxy.json"
    path.write_text(json.dumps(config, indent=1))
    return [sys.executable, "-m", "labkit.dnsproxy", str(path)]
