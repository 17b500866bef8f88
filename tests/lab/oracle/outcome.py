"""The tool's prediction of a delivery, held against the log.

A destination of the report lists its servers in the order of Postfix's attempts.  Those up to the one that takes
or refuses the message are tried; the destination's own lines, then theirs, one after another, are the log.
"""

import difflib
import re

from . import maillog

SENTENCE = re.compile(r"Mail is (delivered|deferred|bounced)\b")
STATUS = {"delivered": "sent", "deferred": "deferred", "skipped": "deferred", "bounced": "bounced"}


def tried(destination):
    servers = []
    for server in destination["servers"]:
        if not server["tried"]:
            break
        servers.append(server)
        if server["delivery"] in ("delivered", "bounced"):
            break
    return servers


def lines_of(destination):
    lines = destination["log_lines"] + [line for server in tried(destination) for line in server["log_lines"]]
    return [maillog.normal(line) for line in lines]


def compare(logged, destination):
    """Differences as text; [] when the prediction holds."""
    if destination is None:
        return ["not in the report"]
    lines = lines_of(destination)
    if destination["delivery"] is None:
        return before_fallback(logged, lines)
    words = [server["log_word"] for server in tried(destination) if server["log_word"]]
    pairs = [("log word", logged.word(), words[-1] if words else None),
             ("delivery", logged.status, STATUS[destination["delivery"]]),
             ("DSN", logged.dsn, destination["dsn"])]
    if told := SENTENCE.match(destination.get("verdict", "")):
        pairs.append(("verdict", logged.status, STATUS[told.group(1)]))
    if logged.status != "sent":
        pairs.append(("text", logged.text, destination["text"]))
    differences = [f"{what}: Postfix {seen!r}, tls-policy-check {said!r}" for what, seen, said in pairs if seen != said]
    return differences + line_differences(logged.lines, lines)


def before_fallback(logged, lines):
    """smtp_fallback_relay has the last word, and its servers are not foretold."""
    begun = logged.lines[:len(lines)]
    return line_differences(begun, lines) + ([] if len(logged.lines) > len(lines) else ["nothing was tried after it"])


def line_differences(logged, predicted):
    """- what was logged only, + what was predicted only"""
    return [line for line in difflib.ndiff(logged, predicted) if line[0] in "-+"]
