"""SMTP servers whose replies are odd in form, and which go on whatever the client makes of them."""

import functools

from .dialogues import smtp

STARS = b"220 " + b"*" * 40 + b"\r\n"
OFFER = b"250-lab.test\r\n250 STARTTLS\r\n"


def reply(*lines):
    return b"".join(line + b"\r\n" for line in lines)


GREETINGS = {
    "stars": STARS, "stars-and-digits": reply(b"220 **0***2**"), "bare": reply(b"220"),
    "stars-twice": reply(b"220-****", b"220 **"), "plain": reply(b"220 lab.test"),
    "first-word": reply(b"220-ESMTP", b"220 lab.test"), "421-in-lines": reply(b"421-4.7.1 a", b"421 b"),
    "220-then-421": reply(b"220-a", b"421 x"), "554-then-220": reply(b"554-a", b"220 x"),
    "554-bare-code": reply(b"554 5.7.1"), "554-with-4": reply(b"554 4.7.1 x"), "250": reply(b"250 hello"),
}
KEYWORDS = {
    "equals": reply(b"250-lab.test", b"250 STARTTLS=yes"), "tab": reply(b"250-lab.test", b"250-STARTTLS\tfoo", b"250 x"),
    "nul": reply(b"250-lab.test", b"250-\0STARTTLS", b"250 STARTTLS\0"),
    "nul-before": reply(b"250-lab.test", b"250-\0STARTTLS", b"250 x"),
    "dash": reply(b"250-lab.test", b"250--STARTTLS", b"250 x"),
    "blanks": reply(b"250-lab.test", b"250-  STARTTLS  ", b"250 x"), "alone": reply(b"250 STARTTLS"),
    "other-code": reply(b"250-lab.test", b"STARTTLS", b"xyz STARTTLS", b"250 x"),
    "lower": reply(b"250-lab.test", b"250 starttls"), "nameless": reply(b"250-", b"250-lab.test", b"250 STARTTLS"),
    "nameless-alone": reply(b"250-", b"250 STARTTLS"),
}
REFUSALS = {
    "554-in-lines": reply(b"554-a", b"554-5.1.2 b", b"554 5.7.1 c"), "454-in-lines": reply(b"454-4.1.1 a", b"454 4.2.2"),
    "421": reply(b"421 bye"), "454-with-5": reply(b"454 5.7.1 x"), "bare": reply(b"454"),
    "octets": reply(b"454 \xc3\xa9 \xff\x01\tq"),
}
SMTP = {
    **{f"greets-{k}": functools.partial(smtp, greeting=v, ehlo=OFFER) for k, v in GREETINGS.items()},
    **{f"offers-{k}": functools.partial(smtp, ehlo=v) for k, v in KEYWORDS.items()},
    **{f"answers-{k}": functools.partial(smtp, ehlo=OFFER, refusal=v) for k, v in REFUSALS.items()},
}
