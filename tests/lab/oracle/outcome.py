"""The tool's prediction of a delivery, held against the log.

A destination of the report lists its servers in the order of Postfix's attempts.  Those up to the one that takes
or refuses the message are tried, each tells its log lines; all of them, one after another, are the log.
"""

from . import maillog

STATUS = {"delivered": "sent", "deferred": "deferred", "skipped": "deferred", "bounced": "bounced"}


def tried(destination):
    """The servers that are part of the story.  `tried: false` marks one beyond Postfix's limits."""
    servers = []
    for server in destination["servers"]:
        if server.get("tried", True):
            servers.append(server)
            if server["delivery"] in ("delivered", "bounced"):
                break
    return servers


def final(destination):
    """What ends in the queue: the destination's own words where it has them, else the last server's."""
    return destination if "delivery" in destination else tried(destination)[-1]


def lines_of(destination):
    if "log_lines" in destination:
        return [maillog.normal(line) for line in destination["log_lines"]]
    return [maillog.normal(line) for server in tried(destination) for line in server["log_lines"]]


def compare(logged, destination):
    """Differences as text; [] when the prediction holds."""
    if destination is None:
        return ["not in the report"]
    end, lines = final(destination), lines_of(destination)
    words = [server["log_word"] for server in tried(destination) if server["log_word"]]
    pairs = [("log word", logged.word(), words[-1] if words else None),
             ("delivery", logged.status, STATUS[end["delivery"]]),
             ("DSN", logged.dsn, end["dsn"])]
    if logged.status != "sent":
        pairs.append(("text", logged.text, end["text"]))
    differences = [f"{what}: Postfix {seen!r}, tls-policy-check {said!r}" for what, seen, said in pairs if seen != said]
    return differences + line_differences(logged.lines, lines)


def line_differences(logged, predicted):
    if logged == predicted:
        return []
    return [f"- {line}" for line in logged if line not in predicted] + \
        [f"+ {line}" for line in predicted if line not in logged] or ["the lines are the same, but not their order"]
