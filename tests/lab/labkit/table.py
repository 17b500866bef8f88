"""Reads cases.tsv and compares a report with a row."""

import dataclasses
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent.parent
COUNTED = ("critical", "warning", "unknown")


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    options: tuple
    planted: str
    outcomes: str
    status: str
    findings: tuple
    rules: tuple
    advice: tuple = ()

    @property
    def title(self):
        return " ".join((self.name, *self.options))

    def value_of(self, option):
        """The value that follows the option, if the row gives it."""
        return self.options[self.options.index(option) + 1] if option in self.options else None

    @property
    def is_host(self):
        return "--host" in self.options


def lines_of(path):
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            yield number, line.split("\t")


def words(text, separator):
    return () if text == "-" else tuple(w.strip() for w in text.split(separator))


def read_cases(path=HERE / "cases.tsv"):
    rows = []
    for number, fields in lines_of(path):
        if len(fields) not in (7, 8):
            raise ValueError(f"{path}:{number}: {len(fields)} fields")
        name, options, planted, outcomes, status, findings, rules = fields[:7]
        rows.append(Row(name, () if options == "-" else tuple(options.split()), planted, outcomes, status,
                        words(findings, ","), tuple(rules.split()),
                        words(fields[7], ";") if len(fields) == 8 else ()))
    titles = [row.title for row in rows]
    twice = {title for title in titles if titles.count(title) > 1}
    if twice:
        raise ValueError(f"{path}: twice: {sorted(twice)}")
    return rows


def full_name(label, domain):
    if label == "@":
        return domain
    return label if label.endswith(".test") else f"{label}.{domain}"


def compare(row, report, exit_status):
    """What differs, as sentences; empty when the report is as the row says."""
    wrong = []
    if report["status"] not in row.status.split("|"):
        wrong.append(f"status: expected {row.status}, got {report['status']}")
    statuses = ("ok", "warning", "critical", "unknown")
    if statuses.index(report["status"]) != exit_status:
        wrong.append(f"exit status {exit_status} does not go with {report['status']}")
    return wrong + compare_outcomes(row, report) + compare_findings(row, report)


def compare_outcomes(row, report):
    if row.outcomes == "*":
        return []
    got = {subject["name"].lower().rstrip("."): subject["outcome"] for subject in report["subjects"]}
    expected = {}
    for item in words(row.outcomes, ","):
        label, _, outcome = item.partition("=")
        for name in got if label == "*" else [full_name(label, row.name)]:
            expected[name] = outcome
    if "*=" in row.outcomes and not got:
        return ["outcome: no hosts in the report"]
    wrong = [f"outcome of {name}: expected {outcome}, got {got.get(name, 'nothing')}"
             for name, outcome in expected.items() if got.get(name) not in outcome.split("|")]
    return wrong + [f"outcome of {name}: not expected, got {got[name]}" for name in got.keys() - expected.keys()]


def compare_findings(row, report):
    got = {f["id"]: f["severity"] for f in report["findings"]}
    required = [set(f.split("|")) for f in row.findings if not f.endswith("?")]
    allowed = {name.rstrip("?") for f in row.findings for name in f.split("|")}
    wrong = [f"finding missing: {'|'.join(sorted(names))}" for names in required if not names & got.keys()]
    wrong += [f"finding not expected: {severity} {name}" for name, severity in sorted(got.items())
              if severity in COUNTED and name not in allowed]
    return wrong


def recommended(report):
    """All "U S M hex" in the subjects' recommended records."""
    text = " ".join(line for subject in report["subjects"] for line in subject.get("recommended", []))
    return {re.sub(r"\s+", " ", m).lower() for m in re.findall(r"\b\d+ \d+ \d+ [0-9a-fA-F]{8,}", text)}
