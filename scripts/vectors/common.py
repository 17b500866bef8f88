"""What the vector generators share.  A generator writes whole files; run scripts/make-vectors for all."""
import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


class File:
    """One vector file: vectors/<module>/<kind>.json."""

    def __init__(self, module, kind, about, generator):
        self.path = ROOT / "vectors" / module / f"{kind}.json"
        self.prefix = f"{module}::{kind}::"
        self.content = {"schema": "dane-vectors/1", "module": module, "kind": kind, "about": about,
                        "generator": f"scripts/vectors/{pathlib.Path(generator).name}", "vectors": []}

    def add(self, name, description, rules, reference, source, given, expected, time=None, flags=()):
        vector = {"id": self.prefix + name, "description": description, "rules": rules.split(), "reference": reference,
                  "source": source, "flags": list(flags), "input": given}
        if time:
            vector["validation_time"] = time
        vector["expected"] = expected
        self.content["vectors"].append(vector)

    def write(self):
        ids = [v["id"] for v in self.content["vectors"]]
        twice = {i for i in ids if ids.count(i) > 1}
        if twice:
            raise SystemExit(f"{self.path}: ids used twice: {twice}")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.content, indent=1, ensure_ascii=True) + "\n")
        print(f"{self.path.relative_to(ROOT)}: {len(ids)} vectors")
