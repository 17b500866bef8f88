"""Zone files, keys and signatures, by ldns: one key per algorithm, one signing run per zone."""

import concurrent.futures
import pathlib
import re
import subprocess
import time

ALGORITHMS = {"8": ["-a", "RSASHA256", "-b", "2048"], "13": ["-a", "ECDSAP256SHA256"], "15": ["-a", "ED25519"]}


def tool(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def stamp(text):
    """"+20h", "-1h", "+28d" from now, as ldns-signzone wants its dates."""
    unit = {"h": 3600, "d": 86400}[text[-1]]
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + int(text[:-1]) * unit))


class Signer:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.keys = self.directory / "keys"
        self.keys.mkdir(parents=True)

    def sign_all(self, world):
        """Writes DIR/<zone>.signed for every zone, and other versions as <zone>.<version>.signed."""
        zones = list(world.zones.values())
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            algorithms = sorted({z.algorithm for z in zones if z.algorithm})
            templates = dict(zip(algorithms, pool.map(self._new_key, algorithms)))
            signed = [z for z in zones if z.algorithm]
            keys = dict(zip((z.name for z in signed),
                            pool.map(lambda z: self._key_for(z, templates[z.algorithm]), signed)))
            for zone in signed:
                if zone.name != ".":
                    parent = world.zone_of(zone.name.partition(".")[2])
                    ds = tool("ldns-key2ds", "-n", "-2", keys[zone.name] + ".key", cwd=self.keys)
                    parent.records.append(zone.ds_damage(ds) if zone.ds_damage else ds.strip())
            jobs = [(zone, None, zone.records) for zone in zones]
            jobs += [(world.zones[name], version, altered(world.zones[name].records, owners))
                     for (version, name), owners in world.versions.items()]
            list(pool.map(lambda job: self._sign(keys, *job), jobs))
        return self.keys / (keys["."] + ".key")

    def _new_key(self, algorithm):
        return tool("ldns-keygen", "-k", *ALGORITHMS[algorithm], "lab.", cwd=self.keys).strip()

    def _key_for(self, zone, template):
        """The template key under the zone's own name; the key tag does not depend on the owner."""
        origin = zone.name if zone.name == "." else zone.name + "."
        base = template.replace("Klab.", "K" + origin, 1)
        public = (self.keys / f"{template}.key").read_text()
        (self.keys / f"{base}.key").write_text(re.sub(r"^lab\.", origin, public))
        (self.keys / f"{base}.private").write_text((self.keys / f"{template}.private").read_text())
        return base

    def _sign(self, keys, zone, version, records):
        stem = zone.file if version is None else f"{zone.file}.{version}"
        path = self.directory / f"{stem}.zone"
        path.write_text("\n".join(records) + "\n")
        result = self.directory / f"{stem}.signed"
        if not zone.algorithm:
            result.write_text(path.read_text())
            return
        start, end = map(stamp, zone.validity)
        tool("ldns-signzone", *zone.denial, "-i", start, "-e", end, "-o", zone.name, "-f", str(result),
             str(path), keys[zone.name], cwd=self.keys)
        if zone.damage:
            text = result.read_text()
            damaged = zone.damage(text)
            if damaged == text:
                raise RuntimeError(f"{zone.name}: the planned damage changed nothing")
            result.write_text(damaged)


def altered(records, owners):
    """The zone with other TLSA records at the owners named."""
    kept = [line for line in records
            if not (" IN TLSA " in line and line.partition(". ")[0] in owners)]
    return kept + [f"{owner}. 3600 IN TLSA {data}" for owner, datas in owners.items() for data in datas]
