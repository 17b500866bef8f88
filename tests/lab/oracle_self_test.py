#!/usr/bin/python3
"""Would the oracles notice?  Their own parts, without Postfix, servers or root."""

import copy
import pathlib
import random
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from oracle import covering, finger, maillog, outcome, rows  # noqa: E402

LOG = """\
Nov 25 22:14:00 client postfix/qmgr[7]: 4F1A2B3C4D: from=<>, size=300, nrcpt=1 (queue active)
Nov 25 22:14:00 client postfix/smtp[9]: server certificate verification failed for a.mx.test[127.1.2.3]:25: num=62:hostname mismatch
Nov 25 22:14:00 client postfix/smtp[8]: warning: TLS policy lookup for b.test/b.mx.test: no TLSA records found
Nov 25 22:14:00 client postfix/smtp[9]: Untrusted TLS connection established to a.mx.test[127.1.2.3]:25: TLSv1.3 with cipher X
Nov 25 22:14:00 client postfix/smtp[9]: 4F1A2B3C4D: Server certificate not verified
Nov 25 22:14:01 client postfix/smtp[9]: Verified TLS connection established to c.mx.test[127.1.2.4]:25: TLSv1.3 with cipher X
Nov 25 22:14:01 client postfix/smtp[9]: 4F1A2B3C4D: to=<user@a.test>, relay=c.mx.test[127.1.2.4]:25, delay=0.2, delays=0.1/0/0.05/0.1, dsn=2.0.0, status=sent (250 2.0.0 ok: taken)
Nov 25 22:14:01 client postfix/smtp[8]: 5F1A2B3C4D: to=<user@b.test>, relay=none, delay=0.2, delays=0.1/0/0.05/0.1, dsn=4.7.5, status=deferred (no TLSA records found)
"""

PREDICTED = {"delivery": "delivered", "dsn": "2.0.0", "text": None, "log_lines": [], "servers": [
    {"tried": True, "log_word": "Untrusted", "delivery": "deferred", "dsn": "4.7.5", "text": "Server certificate not verified",
     "log_lines": ["server certificate verification failed for a.mx.test[127.1.2.3]:25: num=62:hostname mismatch",
                   "Untrusted TLS connection established to a.mx.test[127.1.2.3]:25: TLSv1.3 with cipher X",
                   "QUEUEID: Server certificate not verified"]},
    {"tried": True, "log_word": "Verified", "delivery": "delivered", "dsn": "2.0.0", "text": "",
     "log_lines": ["Verified TLS connection established to c.mx.test[127.1.2.4]:25: TLSv1.3 with cipher X",
                   "QUEUEID: to=<user@a.test>, relay=c.mx.test[127.1.2.4]:25, delay=DELAY, delays=DELAYS, dsn=2.0.0, "
                   "status=sent (REPLY)"]},
    {"tried": True, "log_word": "Trusted", "delivery": "delivered", "dsn": "2.0.0", "text": "",
     "log_lines": ["never tried"]}]}


class Covering(unittest.TestCase):
    FACTORS = {"a": list("abcdefg"), "b": list("123"), "c": list("xyzw"), "d": [True, False]}

    def pairs(self, table):
        return {(one, row[one], two, row[two]) for row in table for one in row for two in row if one < two}

    def wanted(self):
        names = sorted(self.FACTORS)
        return {(m, x, n, y) for m in names for n in names if m < n for x in self.FACTORS[m] for y in self.FACTORS[n]}

    def test_every_pair_occurs_in_few_rows(self):
        table = covering.cover(self.FACTORS, random.Random(1), more=3)
        self.assertEqual(self.pairs(table), self.wanted())
        self.assertLess(len(table), 2 * 7 * 4)

    def test_what_is_not_allowed_does_not_occur(self):
        def allowed(row):
            return not (row.get("a") == "a" and row.get("b") == "1")
        table = covering.cover(self.FACTORS, random.Random(2), more=30, allowed=allowed)
        self.assertTrue(all(map(allowed, table)))
        self.assertEqual(self.pairs(table), self.wanted() - {("a", "a", "b", "1")})

    def test_the_same_rows_each_time(self):
        self.assertEqual(rows.generate(), rows.generate())
        self.assertGreater(len(rows.generate()), 250)


class Finger(unittest.TestCase):
    def test_reads_words_names_and_numbers(self):
        seen = finger.read("posttls-finger: CA certificate verification failed for h[1]:25: num=65:no matching\n"
                           "posttls-finger: Untrusted TLS connection established to h[1]:25: TLSv1.3\n")
        self.assertEqual((seen.word, seen.name, seen.numbers), ("Untrusted", None, frozenset({65})))
        seen = finger.read("posttls-finger: h[1]:25: matched peername: *.h\n"
                           "posttls-finger: Verified TLS connection established to h[1]:25: TLSv1.3\n")
        self.assertEqual((seen.word, seen.name, seen.numbers), ("Verified", "*.h", frozenset({0})))
        self.assertEqual(finger.number_of("untrusted issuer /CN=x"), {19, 20})
        with self.assertRaises(ValueError):
            finger.number_of("something that no version has said before")


class Outcome(unittest.TestCase):
    def setUp(self):
        self.seen = maillog.read(LOG)

    def test_lines_belong_to_their_delivery(self):
        self.assertEqual(sorted(self.seen), ["a.test", "b.test"])
        self.assertEqual([len(self.seen[d].lines) for d in ("a.test", "b.test")], [5, 2])
        self.assertEqual((self.seen["a.test"].word(), self.seen["b.test"].word()), ("Verified", None))

    def test_a_true_prediction_holds(self):
        self.assertEqual(outcome.compare(self.seen["a.test"], PREDICTED), [])

    def changed(self, part, **values):
        """`part`: number of a server, or None for the destination itself."""
        prediction = copy.deepcopy(PREDICTED)
        (prediction if part is None else prediction["servers"][part]).update(values)
        return outcome.compare(self.seen["a.test"], prediction)

    def test_every_change_is_noticed(self):
        lines = PREDICTED["servers"][0]["log_lines"]
        for part, values in ((1, {"log_word": "Trusted"}), (None, {"dsn": "2.0.1"}), (None, {"delivery": "deferred"}),
                             (None, {"verdict": "Mail is deferred: of no reason."}),
                             (None, {"servers": [], "log_lines": lines}), (0, {"log_lines": lines[:2]}),
                             (0, {"log_lines": lines[::-1]}), (0, {"log_lines": [*lines, lines[0]]}),
                             (0, {"delivery": "delivered"}), (1, {"delivery": "deferred"}),
                             (0, {"log_lines": [lines[0].replace("62", "64"), *lines[1:]]})):
            with self.subTest(part=part, **values):
                self.assertNotEqual(self.changed(part, **values), [])
        self.assertNotEqual(outcome.compare(self.seen["a.test"], None), [])

    def test_the_text_of_a_failure_counts(self):
        said = {"delivery": "skipped", "dsn": "4.7.5", "text": "no TLSA records found", "servers": [],
                "log_lines": self.seen["b.test"].lines}
        self.assertEqual(outcome.compare(self.seen["b.test"], said), [])
        self.assertEqual(len(outcome.compare(self.seen["b.test"], {**said, "text": "other"})), 1)


if __name__ == "__main__":
    unittest.main()
