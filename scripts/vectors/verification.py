#!/usr/bin/python3
"""Vectors of verify: chain + records + names + time -> verdict.  Each that a TLS client can judge is compared here with
`openssl s_client -dane_tlsa_rrdata` against `openssl s_server`."""
import calendar
import pathlib
import re
import subprocess
import tempfile

from cryptography.hazmat.primitives import hashes

from common import File
from pki import NOW, TIME, issue, new_key, tlsa, wrong

MX = "mx1.example.test"
RSA = new_key("rsa")
ROOT = issue("Vector Root", ca=True, start=-1000, end=3000)
OTHER_ROOT = issue("Other Root", ca=True, start=-1000, end=3000)
INT = issue("Vector Intermediate", ROOT, ca=True, start=-500, end=1000)
INT_CROSS = issue("Vector Intermediate", OTHER_ROOT, INT.key, ca=True, start=-500, end=1000)
INT_OLD = issue("Vector Intermediate", ROOT, INT.key, ca=True, start=-500, end=-3)
INT_NO_CA = issue("No CA", ROOT, ca=False, start=-500, end=1000)
INT_SHORT = issue("Path Length", ROOT, ca=True, pathlen=0, start=-500, end=1000)
INT_BELOW = issue("Below Path Length", INT_SHORT, ca=True, start=-500, end=1000)
LEAF = issue(MX, INT, dns=[MX])
LEAF_RSA = issue(MX, INT, RSA, dns=[MX])
LEAF_OLD = issue(MX, INT, dns=[MX], start=-90, end=-1)
LEAF_YOUNG = issue(MX, INT, dns=[MX], start=2, end=90)
LEAF_OTHER = issue("www.other.test", INT, dns=["www.other.test"])
LEAF_WILD = issue("wild", INT, dns=["*.example.test"])
LEAF_CN = issue(MX, INT)
LEAF_RENEWED = issue(MX, INT, LEAF.key, dns=[MX])
LEAF_DOMAIN = issue("example.test", INT, dns=["example.test"])
LEAF_NO_CA = issue(MX, INT_NO_CA, dns=[MX])
LEAF_DEEP = issue(MX, INT_BELOW, dns=[MX])
LEAF_FORGED = issue(MX, INT, dns=[MX], signer=new_key())
SHA1 = hashes.SHA1()
LEAF_1024 = issue(MX, INT, new_key("rsa", 1024), dns=[MX])
LEAF_768 = issue(MX, INT, new_key("rsa", 768), dns=[MX])
LEAF_SHA1 = issue(MX, INT, dns=[MX], signed_with=SHA1)
INT_768 = issue("Short Key", ROOT, new_key("rsa", 768), ca=True, start=-500, end=1000)
INT_SHA1 = issue("Old Digest", ROOT, ca=True, start=-500, end=1000, signed_with=SHA1)
LEAF_BY_768 = issue(MX, INT_768, dns=[MX])
LEAF_BY_SHA1 = issue(MX, INT_SHA1, dns=[MX])
SELF = issue(MX, dns=[MX])
SELF_BARE = issue("nobody")
GOOD = [LEAF, INT]
WHOLE = [LEAF, INT, ROOT]


def openssl_says(chain, records, name, profile, trusted, ee_names):
    """(authenticated, X509_V name) by a real handshake."""
    usable = [r for r in records if profile == "any" or r[0] in "23"]
    with tempfile.TemporaryDirectory() as folder:
        d = pathlib.Path(folder)
        (d / "cert.pem").write_text(chain[0].pem)
        (d / "key.pem").write_text(chain[0].key_pem())
        server = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", d / "cert.pem", "-key", d / "key.pem", "-naccept", "1", "-no_tls1_3",
                  "-cipher", "DEFAULT:@SECLEVEL=0"]
        if chain[1:]:
            (d / "chain.pem").write_text("".join(c.pem for c in chain[1:]))
            server += ["-cert_chain", d / "chain.pem"]
        running = subprocess.Popen(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            port = next(m.group(1) for line in running.stdout if (m := re.match(r"ACCEPT .*:(\d+)", line)))
            client = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-dane_tlsa_domain", name, "-attime", str(calendar.timegm(NOW.timetuple())),
                      "-no-CAfile", "-no-CApath", "-no-CAstore", "-verify_return_error", "-cipher", "DEFAULT:@SECLEVEL=1"]
            if not ee_names:
                client.append("-dane_ee_no_namechecks")
            if trusted:
                (d / "ca.pem").write_text("".join(c.pem for c in trusted))
                client += ["-CAfile", d / "ca.pem"]
            for record in usable:
                client += ["-dane_tlsa_rrdata", record]
            out = subprocess.run(client, input="Q\n", capture_output=True, text=True, timeout=20)
            text = out.stdout + out.stderr
            code = re.search(r"verify error:num=(\d+)", text) or re.search(r"Verify return code: (\d+)", text)
            return "Verified peername" in text or "DANE TLSA" in text and "Verification: OK" in text, int(code.group(1))
        finally:
            running.kill()
            running.wait()


def main():
    f = File("verify", "judge", "Verdicts on chains (RFC 6698 section 2.1, RFC 7671 sections 5 and 9, RFC 7672 section 3)", __file__)

    def row(name, description, rules, reference, chain, records, verdict, matched=None, error=None, names=(MX,), profile="smtp", trusted=(),
            ee_names=False, compare=True):
        source = "by the rule"
        if compare and verdict in ("authenticated", "refuted") and len(names) == 1:
            good, code = openssl_says(chain, records, names[0], profile, trusted, ee_names)
            if good != (verdict == "authenticated") or (error is not None and error != code):
                raise SystemExit(f"{name}: openssl says {good} {code}")
            error = code
            source = "openssl s_client"
        expected = {"verdict": verdict, "matched": matched and {"record": matched[0], "depth": matched[1]}}
        if error is not None:
            expected["error"] = error
        f.add(name, description, rules, reference, source,
              {"chain": [c.der.hex() for c in chain], "records": records, "names": list(names), "profile": profile,
               "trusted": [c.der.hex() for c in trusted], "check_ee_names": ee_names}, expected, TIME)

    ee, ta, s7, ag = "RFC 7672 section 3.1.1", "RFC 7672 section 3.1.2", "RFC 7671 section 5.2", "RFC 7671 section 9"
    for sel in (0, 1):
        for mt in (0, 1, 2):
            row(f"ee-3-{sel}-{mt}", f"3 {sel} {mt} of the leaf", "D4 D6 D7 S46 S47", ee, GOOD, [tlsa(3, sel, mt, LEAF)], "authenticated", (0, 0))
            row(f"ta-2-{sel}-{mt}", f"2 {sel} {mt} of the intermediate that is sent", "D3 D6 D7 S48", ta, GOOD, [tlsa(2, sel, mt, INT)], "authenticated", (0, 1))
    row("ee-rsa", "3 1 1 of an RSA key", "D4 O12 S38", ee, [LEAF_RSA, INT], [tlsa(3, 1, 1, LEAF_RSA)], "authenticated", (0, 0))
    row("ee-other-key-type", "the record of the ECDSA key under the RSA chain", "S46 O51", ee, [LEAF_RSA, INT], [tlsa(3, 1, 1, LEAF)], "refuted")
    row("ee-wrong", "3 1 1 of nothing", "D22 S46", ee, GOOD, [wrong(3, 1, 1)], "refuted", error=65)
    row("ee-second-matches", "the second of two records matches", "D23", ee, GOOD, [wrong(3, 1, 1), tlsa(3, 1, 1, LEAF)], "authenticated", (1, 0))
    row("ee-name-ignored", "no name fits and 3 1 1 matches", "S39 S47 O9", ee, [LEAF_OTHER, INT], [tlsa(3, 1, 1, LEAF_OTHER)], "authenticated", (0, 0))
    row("ee-name-wanted", "names checked for usage 3 by option", "X12", ee, [LEAF_OTHER, INT], [tlsa(3, 1, 1, LEAF_OTHER)], "refuted", error=62, ee_names=True)
    row("ee-expired", "an expired leaf and 3 1 1", "S40 O10", ee, [LEAF_OLD, INT], [tlsa(3, 1, 1, LEAF_OLD)], "authenticated", (0, 0))
    row("ee-not-yet-valid", "a leaf that is not yet valid and 3 1 1", "S40 O10", ee, [LEAF_YOUNG, INT], [tlsa(3, 1, 1, LEAF_YOUNG)], "authenticated", (0, 0))
    row("ee-leaf-alone", "only the leaf is sent", "D4", ee, [LEAF], [tlsa(3, 1, 1, LEAF)], "authenticated", (0, 0))
    row("ee-self-signed", "a self-signed leaf", "D4", ee, [SELF], [tlsa(3, 1, 1, SELF)], "authenticated", (0, 0))
    row("ee-bare", "a self-signed leaf without any name", "S39", ee, [SELF_BARE], [tlsa(3, 0, 1, SELF_BARE)], "authenticated", (0, 0))
    row("ee-forged", "the signature on the leaf does not count for usage 3", "D4", ee, [LEAF_FORGED, INT], [tlsa(3, 1, 1, LEAF_FORGED)], "authenticated", (0, 0))
    row("ee-digest-of-intermediate", "3 1 1 of the intermediate", "D4 S46", ee, GOOD, [tlsa(3, 1, 1, INT)], "refuted", error=65)
    row("ee-selector-confused", "the certificate's digest under selector 1", "D6 S46", ee, GOOD, ["3 1 1" + tlsa(3, 0, 1, LEAF)[5:]], "refuted", error=65)
    row("ee-renewed-key-kept", "3 1 1 outlives a renewal with the same key", "D29", "RFC 6698 section A.1.2", [LEAF_RENEWED, INT], [tlsa(3, 1, 1, LEAF)], "authenticated", (0, 0))
    row("ee-renewed-certificate", "3 0 1 does not", "D29", "RFC 6698 section A.1.2", [LEAF_RENEWED, INT], [tlsa(3, 0, 1, LEAF)], "refuted", error=65)
    row("ta-root-sent", "2 1 1 of the root, which is sent", "D3 O18", ta, WHOLE, [tlsa(2, 1, 1, ROOT)], "authenticated", (0, 2))
    row("ta-root-not-sent", "2 1 1 of the root, which is not sent", "O18 O14 S41", ta, GOOD, [tlsa(2, 1, 1, ROOT)], "refuted")
    row("ta-2-0-0-not-sent", "2 0 0 of the root works though it is not sent", "O19", s7, GOOD, [tlsa(2, 0, 0, ROOT)], "authenticated", compare=True, matched=(0, 2))
    row("ta-2-1-0-not-sent", "2 1 0 of the root's key works though it is not sent", "O21", s7, GOOD, [tlsa(2, 1, 0, ROOT)], "authenticated", (0, 1))
    row("ta-name-mismatch", "2 1 1 matches, the name does not", "S48 O22 O50", ta, [LEAF_OTHER, INT], [tlsa(2, 1, 1, INT)], "refuted", error=62)
    row("ta-wildcard", "a wildcard name", "S54 O22", "RFC 7672 section 3.2.3", [LEAF_WILD, INT], [tlsa(2, 1, 1, INT)], "authenticated", (0, 1))
    row("ta-cn-only", "the common name counts when there is no dNSName", "S53 I2", "RFC 7672 section 3.2.3", [LEAF_CN, INT], [tlsa(2, 1, 1, INT)], "authenticated", (0, 1))
    row("ta-next-hop-name", "the next-hop domain is a reference identifier too", "S49", "RFC 7672 section 3.2.2", [LEAF_DOMAIN, INT], [tlsa(2, 1, 1, INT)], "authenticated",
        (0, 1), names=(MX, "example.test"))
    row("ta-no-next-hop-name", "without it the same chain fails", "S51", "RFC 7672 section 3.2.2", [LEAF_DOMAIN, INT], [tlsa(2, 1, 1, INT)], "refuted", error=62)
    row("ta-expired-leaf", "an expired leaf and 2 1 1", "O13", ta, [LEAF_OLD, INT], [tlsa(2, 1, 1, INT)], "refuted", error=10)
    row("ta-young-leaf", "a leaf that is not yet valid and 2 1 1", "O13", ta, [LEAF_YOUNG, INT], [tlsa(2, 1, 1, INT)], "refuted", error=9)
    row("ta-expired-intermediate", "an expired intermediate below the pinned root", "O13", ta, [LEAF, INT_OLD, ROOT], [tlsa(2, 1, 1, ROOT)], "refuted", error=10)
    row("ta-no-ca", "an intermediate that is no CA", "D3 O17", ta, [LEAF_NO_CA, INT_NO_CA, ROOT], [tlsa(2, 1, 1, ROOT)], "refuted")
    row("ta-pathlen", "a path longer than its CA allows", "O17 S43", ta, [LEAF_DEEP, INT_BELOW, INT_SHORT, ROOT], [tlsa(2, 1, 1, ROOT)], "refuted")
    row("ta-forged", "the pinned CA did not sign the leaf", "D3", ta, [LEAF_FORGED, INT], [tlsa(2, 1, 1, INT)], "refuted")
    row("ta-unordered", "root before intermediate", "D3", ta, [LEAF, ROOT, INT], [tlsa(2, 1, 1, INT)], "authenticated", (0, 1))
    row("ta-extra", "certificates that do not belong to the path", "D3", ta, [LEAF, OTHER_ROOT, INT, SELF], [tlsa(2, 1, 1, INT)], "authenticated", (0, 1))
    row("ta-cross-key", "2 1 1 of a cross-signed CA holds for both of its certificates", "D6 O16", s7, [LEAF, INT_CROSS], [tlsa(2, 1, 1, INT)], "authenticated", (0, 1))
    row("ta-cross-certificate", "2 0 1 holds for one of them only", "D6 O16", s7, [LEAF, INT_CROSS], [tlsa(2, 0, 1, INT)], "refuted")
    row("ta-is-the-leaf", "2 1 1 of a self-signed leaf: a trust anchor stands above the leaf", "D3", ta, [SELF], [tlsa(2, 1, 1, SELF)], "refuted")
    row("ta-and-stale-ee", "2 1 1 good beside a stale 3 1 1", "D23 O32", ta, GOOD, [wrong(3, 1, 1), tlsa(2, 1, 1, INT)], "authenticated", (1, 1))
    row("ee-and-stale-ta", "3 1 1 good beside a stale 2 1 1", "D23", ee, GOOD, [wrong(2, 1, 1), tlsa(3, 1, 1, LEAF)], "authenticated", (1, 0))
    row("agility-trap", "3 0 1 right, 3 0 2 wrong", "O44 O46 O43", ag, GOOD, [tlsa(3, 0, 1, LEAF), wrong(3, 0, 2)], "refuted", error=65)
    row("agility-512-right", "3 1 1 wrong, 3 1 2 right", "O44 O40", ag, GOOD, [wrong(3, 1, 1), tlsa(3, 1, 2, LEAF)], "authenticated", (1, 0))
    row("agility-other-selector", "a wrong 3 0 2 does not set 3 1 1 aside", "O44", ag, GOOD, [tlsa(3, 1, 1, LEAF), wrong(3, 0, 2)], "authenticated", (0, 0))
    row("agility-unusable-512", "a malformed 3 1 2 does not set 3 1 1 aside", "O43 D20", ag, GOOD, [tlsa(3, 1, 1, LEAF), "3 1 2 " + "a5" * 63], "authenticated", (0, 0), compare=False)
    row("agility-full", "3 1 0 beside 3 1 2 stays", "O44", ag, GOOD, [tlsa(3, 1, 0, LEAF), wrong(3, 1, 2)], "authenticated", (0, 0))
    row("pkix-ta-smtp", "0 1 1 alone on SMTP", "S12 S44 S45 O7", "RFC 7672 section 3.1.3", WHOLE, [tlsa(0, 1, 1, ROOT)], "unusable")
    row("pkix-ee-smtp", "1 1 1 alone on SMTP", "S12 S45", "RFC 7672 section 3.1.3", GOOD, [tlsa(1, 1, 1, LEAF)], "unusable")
    row("pkix-beside-ee", "0 1 1 beside a good 3 1 1", "D19 S45", "RFC 7672 section 3.1.3", GOOD, [tlsa(0, 1, 1, ROOT), tlsa(3, 1, 1, LEAF)], "authenticated", (1, 0))
    row("pkix-beside-wrong", "0 1 1 beside a wrong 3 1 1", "S45 S46", "RFC 7672 section 3.1.3", GOOD, [tlsa(0, 1, 1, ROOT), wrong(3, 1, 1)], "refuted", error=65)
    row("all-malformed", "only malformed records", "S12 D20 X12", "RFC 6698 section 4.1", GOOD, ["3 1 1 " + "5a" * 31], "unusable")
    row("all-unknown", "only unknown parameters", "S12 D19 X12", "RFC 6698 section 4.1", GOOD, ["9 1 1 " + "5a" * 32, "3 9 1 " + "5a" * 32], "unusable")
    weak = "RFC 6698 section 4.1"
    row("strength-ee-1024", "3 1 1 of an RSA key of 1024 bits, the least that security level 1 takes", "D21", weak, [LEAF_1024, INT], [tlsa(3, 1, 1, LEAF_1024)], "authenticated", (0, 0))
    row("strength-ee-768", "3 1 1 of an RSA key of 768 bits", "D21", weak, [LEAF_768, INT], [tlsa(3, 1, 1, LEAF_768)], "refuted", error=66)
    row("strength-ta-768", "2 1 1 of a CA with an RSA key of 768 bits", "D21", weak, [LEAF_BY_768, INT_768], [tlsa(2, 1, 1, INT_768)], "refuted", error=67)
    row("strength-ta-sha1-leaf", "2 1 1 and a leaf signed with SHA-1", "D21", weak, [LEAF_SHA1, INT], [tlsa(2, 1, 1, INT)], "refuted", error=68)
    row("strength-ta-sha1-between", "SHA-1 on the way to the pinned root", "D21", weak, [LEAF_BY_SHA1, INT_SHA1, ROOT], [tlsa(2, 1, 1, ROOT)], "refuted", error=68)
    row("strength-ta-sha1-anchor", "the anchor's own signature does not count", "D21 D3", weak, [LEAF_BY_SHA1, INT_SHA1], [tlsa(2, 1, 1, INT_SHA1)], "authenticated", (0, 1))
    row("strength-ee-sha1", "nor does any signature under 3 1 1", "D21 S39", weak, [LEAF_SHA1, INT], [tlsa(3, 1, 1, LEAF_SHA1)], "authenticated", (0, 0))
    r21 = "RFC 6698 section 2.1.1"
    row("any-pkix-ta", "0 1 1 of the intermediate with a trusted root", "D1 D5", r21, GOOD, [tlsa(0, 1, 1, INT)], "authenticated", (0, 1), profile="any", trusted=(ROOT,))
    row("any-pkix-ta-root", "0 1 1 of the trusted root, not sent", "D1 O24", r21, GOOD, [tlsa(0, 1, 1, ROOT)], "authenticated", (0, 2), profile="any", trusted=(ROOT,))
    row("any-pkix-ta-untrusted", "0 1 1 matches, the root is not trusted", "D1", r21, WHOLE, [tlsa(0, 1, 1, INT)], "refuted", profile="any", trusted=(OTHER_ROOT,))
    row("any-pkix-ee", "1 1 1 with a trusted root", "D2 O23", r21, GOOD, [tlsa(1, 1, 1, LEAF)], "authenticated", (0, 0), profile="any", trusted=(ROOT,))
    row("any-pkix-ee-untrusted", "1 1 1 matches, nothing is trusted", "D2", r21, GOOD, [tlsa(1, 1, 1, LEAF)], "refuted", profile="any")
    row("any-pkix-ee-expired", "1 1 1 and an expired leaf", "D2 O23", r21, [LEAF_OLD, INT], [tlsa(1, 1, 1, LEAF_OLD)], "refuted", error=10, profile="any", trusted=(ROOT,))
    row("any-pkix-ee-name", "1 1 1 and another name", "D2 O23 O50", r21, [LEAF_OTHER, INT], [tlsa(1, 1, 1, LEAF_OTHER)], "refuted", error=62, profile="any", trusted=(ROOT,))
    row("any-pkix-ee-wrong", "a chain that PKIX accepts, and no match", "D2 D22", r21, GOOD, [wrong(1, 1, 1)], "refuted", profile="any", trusted=(ROOT,))
    f.write()


main()
