#!/usr/bin/python3
"""vectors/postfix/main-cf.json, table.json, defaults.json and version.json: what postconf, postmap and smtp(8) of the
installed Postfix say to the same text."""
import os
import subprocess
import sys

import postfix_run
from common import File

VERSION = postfix_run.VERSION
MANUAL = "Postfix postconf(5) main.cf"


def values_of(text):
    """-> ({name: value}, {name: expanded value}), or None where Postfix ends."""
    out, err = postfix_run.run("postconf", "-n", main_cf=text)
    if b"fatal:" in err:
        return None, None, err
    found = {}
    for form in ([], ["-x"]):
        listed, err = postfix_run.run("postconf", *form, "-n", main_cf=text)
        found[bool(form)] = None if b"fatal:" in err else {
            line.split(" =", 1)[0]: line.split(" =", 1)[1].strip() for line in listed.decode("latin-1").split("\n") if " =" in line and not line.startswith("config_directory")}
    return found[False], found[True], err


def main_cf():
    f = File("postfix", "main-cf", "main.cf: what Postfix reads, and what it expands to", __file__)

    def row(name, text, problems=(), rules="P25"):
        raw = text if isinstance(text, bytes) else text.encode()
        plain, expanded, _ = values_of(raw)
        expected = {"problems": list(problems), "values": plain, "expanded": expanded}
        f.add(name, f"text {text!r}"[:60], rules, MANUAL, f"postconf of Postfix {VERSION}", {"text_hex": raw.hex(), "version": VERSION}, expected,
              flags=["hostile"] if problems else [])

    ciphers, ca = "smtp_tls_ciphers", "smtp_tls_CAfile"
    row("plain", f"{ciphers} = high\n{ca}=/x\n")
    row("no-final-line-end", f"{ciphers} = high")
    row("empty", "")
    row("empty-value", f"{ciphers} =\n{ca} =   \n")
    row("crlf", f"{ciphers} = high\r\n{ca}=/x\r\n")
    row("comments", f"# a\n{ciphers} = high\n  # b\n#\n\n{ca} = /x # no comment\n")
    row("continuation", f"{ciphers} = high\n low\n\tmedium\n{ca} = /x\n")
    row("continuation-over-comment", f"{ciphers} = high\n# c\n low\n{ca} = a\n\n  b\n")
    row("continuation-crlf", f"{ciphers} = high,\r\n low\r\n")
    row("name-continued", f"{ciphers}\n = high\n")
    row("tabs", f"{ciphers}\t=\thigh\t\n")
    row("equals-in-value", f"{ca} = a = b\n")
    row("many-equals", f"{ca} == b\n")
    row("starts-with-space", f"  {ciphers} = high\n{ca}=/x\n", ["config-line-starts-with-space"])
    row("starts-with-space-and-continues", f"  {ciphers} = high\n  low\n{ca}=/x\n", ["config-line-starts-with-space"])
    row("no-equals", f"{ciphers} high\n{ca}=/x\n", ["config-syntax"])
    row("no-name", f"= high\n{ca}=/x\n", ["config-syntax"])
    row("two-words", "smtp tls = high\n", ["config-syntax"])
    row("binary", b"\x7fELF\x01\x02\n\x03\x00\xff\n", ["config-syntax", "config-nul-octet", "config-syntax"])
    row("duplicate", f"{ciphers} = high\n{ciphers} = low\n", ["config-duplicate"])
    row("duplicate-equal", f"{ciphers} = high\n{ciphers} = high\n")
    row("nul", b"smtp_tls_CAfile = a\x00b\n", ["config-nul-octet"])
    row("byte-order-mark", b"\xef\xbb\xbfsmtp_tls_ciphers = a\n", ["config-byte-order-mark"])
    row("upper-case-name", "SMTP_tls_ciphers = high\n")
    row("vertical-tab", f"{ciphers} = high\v\f\n")
    row("long-value", f"{ca} = /{'x' * 20000}\n")

    row("name", f"{ca} = /x\n{ciphers} = a$smtp_tls_CAfile/b\n")
    row("name-in-braces", f"{ca} = /x\n{ciphers} = a${{smtp_tls_CAfile}}b$(smtp_tls_CAfile)c\n")
    row("default-of-another", f"{ca} = $smtp_tls_mandatory_ciphers\n")
    row("double-dollar", f"{ca} = a$$b$$$smtp_tls_ciphers\n")
    row("nested-names", f"{ca} = $a\na = ${{b}}\nb = $smtp_tls_mandatory_ciphers\n")
    row("if-set", f"{ca} = x\n{ciphers} = ${{smtp_tls_CAfile?yes}}${{smtp_tls_CApath?no}}\n")
    row("if-empty", f"{ca} = x\n{ciphers} = ${{smtp_tls_CAfile:no}}${{smtp_tls_CApath:yes}}\n")
    row("if-else", f"{ca} = x\n{ciphers} = ${{smtp_tls_CAfile?{{yes}}:{{no}}}} ${{smtp_tls_CApath? {{yes}} : {{no}} }}\n")
    row("if-else-plain", f"{ca} = x\n{ciphers} = ${{smtp_tls_CApath?{{yes}}:no}}\n")
    row("if-text-has-names", f"{ca} = x\n{ciphers} = ${{smtp_tls_CAfile?{{a $smtp_tls_mandatory_ciphers}}}}\n")
    row("if-plain-keeps-colons", f"{ca} = x\n{ciphers} = ${{smtp_tls_CAfile?a:b?c}}\n")
    for name, left, op, right in (("equal", "$smtp_tls_CAfile", "==", "x"), ("equal-not", "y", "==", "x"), ("unequal", "y", "!=", "x"), ("less-number", "9", "<", "10"), ("less-text", "9a", "<", "10"),
                                  ("less-or-equal", "10", "<=", "10"), ("greater", "10", ">", "9"), ("greater-or-equal", "8", ">=", "9"), ("level-less", "3.9", "<level", "3.10"),
                                  ("level-equal", "3.6.0", "==level", "3.6"), ("level-unequal", "3.6.1", "!=level", "3.6"), ("level-greater", "3.10", ">level", "3.9"), ("level-greater-or-equal", "2", ">=level", "3.6"),
                                  ("empty-operand", "", "==", "$smtp_tls_CApath")):
        row(f"relation-{name}", f"{ca} = x\n{ciphers} = ${{{{{left}}} {op} {{{right}}} ? {{true}} : {{false}}}}\n", rules="P29")
    row("relation-value", f"{ciphers} = a${{{{x}} == {{x}}}}b${{{{x}} == {{y}}}}c\n")
    row("relation-nested", f"{ciphers} = ${{{{${{{{a}} == {{a}} ? {{b}} : {{c}}}}}} == {{b}} ? {{${{smtp_tls_CAfile:{{d}}}}}} : {{e}}}}\n")
    row("undefined", f"{ciphers} = a${{undefined_thing}}x\n", ["config-undefined-parameter"])
    row("undefined-if", f"{ciphers} = a${{undefined_thing?b}}${{undefined_thing:c}}\n")
    for name, value, problem in (("loop", "$smtp_tls_ciphers", "nesting"), ("truncated", "${x", "syntax"), ("truncated-parenthesis", "$(x", "syntax"), ("empty-name", "$ a", "syntax"), ("empty-braces", "${}", "syntax"), ("final-dollar", "a$", "syntax"),
                                 ("bad-name", "${bad-name}", "syntax"), ("bad-operator", "${{a} = {b}?{c}:{d}}", "syntax"), ("no-right-operand", "${{a} == b?{c}:{d}}", "syntax"), ("text-behind", "${smtp_tls_ciphers?{a}:{b}c}", "syntax"),
                                 ("text-behind-if", "${smtp_tls_ciphers?{a}c}", "syntax"), ("text-behind-relation", "${{a} == {a} x}", "syntax"), ("bad-level", "${{a} <level {3.6} ? {b} : {c}}", "syntax")):
        row(f"macro-{name}", f"{ciphers} = {value}\n", [f"config-macro-{problem}"])
    row("macro-loop-of-two", f"{ciphers} = $smtp_tls_CAfile\n{ca} = x$smtp_tls_ciphers\n", ["config-macro-nesting", "config-macro-nesting"])
    f.write()


def settings():
    f = File("postfix", "settings", "Values that smtp(8) refuses", __file__)
    rows = []
    for parameter in ("smtp_use_tls", "smtp_enforce_tls", "smtp_tls_enforce_peername", "smtp_tls_wrappermode", "ignore_mx_lookup_error", "smtp_cname_overrides_servername",
                      "smtp_tls_connection_reuse", "smtp_tls_force_insecure_host_tlsa_lookup"):
        rows += [(parameter, value) for value in ("maybe", "", "1", "YeS", "no")]
    for parameter in ("smtp_tls_ciphers", "smtp_tls_mandatory_ciphers", "smtp_tls_verify_cert_match", "smtp_tls_secure_cert_match", "smtp_tls_fingerprint_digest", "smtp_host_lookup",
                      "smtp_tls_protocols", "smtp_tls_mandatory_protocols", "smtp_tls_exclude_ciphers", "smtp_tls_policy_maps", "smtp_tls_CAfile", "smtp_tls_loglevel", "smtp_tls_servername"):
        rows += [(parameter, "")]
    rows += [("smtp_tls_scert_verifydepth", value) for value in ("x", "", "-1", "7", "7 ", "7x", "99999999999")]
    rows += [("compatibility_level", value) for value in ("x", "", "2", "3.6", "3.6.1", "3.6.1.2", "3.", "-1")]
    with postfix_run.folder() as tools:
        library = tools / "log.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-w", "-x", "c", "-o", library, "-"], input=LOGGER.encode(), check=True)
        ask_all(f, rows, library)
    f.write()


def ask_all(f, rows, library):
    for number, (parameter, value) in enumerate(rows):
        with postfix_run.folder() as place:
            (place / "main.cf").write_text(f"{parameter} = {value}\n")
            (place / "master.cf").write_text("")
            fatal = ask_smtp(place, library)
        f.add(f"{parameter.lower().replace('_', '-')}-{number}", f"{parameter} = {value}", "P25", MANUAL, f"smtp(8) of Postfix {VERSION}", {"parameter": parameter, "value": value, "version": VERSION}, {"fatal": fatal})


LOGGER = r"""
#include <stdarg.h>
#include <stdio.h>
void openlog(const char *a, int b, int c) { (void)a; (void)b; (void)c; }
static void say(const char *f, va_list a) { vfprintf(stderr, f, a); fputc('\n', stderr); }
void vsyslog(int p, const char *f, va_list a) { (void)p; say(f, a); }
void syslog(int p, const char *f, ...) { va_list a; va_start(a, f); (void)p; say(f, a); va_end(a); }
void __vsyslog_chk(int p, int x, const char *f, va_list a) { (void)p; (void)x; say(f, a); }
void __syslog_chk(int p, int x, const char *f, ...) { va_list a; va_start(a, f); (void)p; (void)x; say(f, a); va_end(a); }
"""


def ask_smtp(place, library):
    """What smtp(8) says to main.cf before it misses master(8); null: nothing."""
    said = subprocess.run([f"{postfix_run.DAEMONS}/smtp"], env=dict(os.environ, MAIL_CONFIG=str(place), LD_PRELOAD=str(library)), stdin=subprocess.DEVNULL, capture_output=True, timeout=20).stderr.decode()
    fatal = [line[len("fatal: "):] for line in said.splitlines() if line.startswith("fatal: ")]
    return None if fatal == ["no transport type specified"] else fatal[0]


def table():
    f = File("postfix", "table", "Source text of lookup tables: the rows that postmap makes of it", __file__)

    def row(name, text, problems=()):
        raw = text if isinstance(text, bytes) else text.encode()
        with postfix_run.folder() as place:
            (place / "t").write_bytes(raw)
            (place / "main.cf").write_text("compatibility_level = 3.6\n")
            (place / "master.cf").write_text("")
            env = dict(os.environ, MAIL_CONFIG=str(place))
            made = subprocess.run(["postmap", f"hash:{place}/t"], capture_output=True, env=env)
            listed = subprocess.run(["postmap", "-s", f"hash:{place}/t"], capture_output=True, env=env, check=True).stdout.decode()
        found = sorted(line.split("\t", 1) for line in listed.split("\n") if line)
        warned = made.stderr.decode(errors="replace").count("warning:")
        f.add(name, f"text {text!r}"[:60], "P21", "Postfix postmap(1)", f"postmap of Postfix {VERSION}", {"text_hex": raw.hex(), "type": "hash"}, {"rows": found, "problems": list(problems), "warnings": warned})

    row("plain", "a.example may\n.b.example\tencrypt ciphers=high\n")
    row("empty", "")
    row("comments", "# x\n\na may # y\n   # z\nb none\n")
    row("continuation", "a may\n  ciphers=high\n# x\n\n   exclude=MD5\nb none\n")
    row("continued-key", "a\n  may\n")
    row("crlf", "a may\r\nb none\r\n")
    row("no-final-line-end", "a may\nb none")
    row("upper-case", "A.Example May\n")
    row("u-label", "M\u00dcNCHEN.example may\n\u0141\u00d3D\u0179.example may\n\u0416\u0423\u0420\u041d\u0410\u041b may\n\u03a3\u03a9\u03a6\u0399\u0391 may\nSTRA\u00dfE may\n\u0178 may\n\u0410\u0401 may\n")
    row("brackets", "[MX.a.example]:587 secure match=a\n")
    row("no-value", "a\nb none\n", ["table-no-value"])
    row("no-key", "a may\nb \n", ["table-no-value"])
    row("duplicate", "a may\na none\nb none\n", ["table-duplicate"])
    row("duplicate-by-case", "a may\nA none\n", ["table-duplicate"])
    row("duplicate-thrice", "a may\na none\na encrypt\n", ["table-duplicate", "table-duplicate"])
    row("colon", "a: may\n", ["table-key-ends-with-colon"])
    row("starts-with-space", " a may\nb none\n", ["config-line-starts-with-space"])
    row("quoted-key", '"a b" may\nc none\n')
    row("unbalanced-quotes", '"a b may\nb none\n', ["table-unbalanced-quotes"])
    row("quotes-in-value", 'a "may none\n')
    row("backslash", "a\\ b may\n\\tq none\n")
    row("equals", "a=b may\n.c  x \n")
    row("not-utf8", b"a \xff\xfe\nb none\n", ["table-not-utf8"])
    row("not-utf8-key", b"a\xff may\nb none\n", ["table-not-utf8"])
    row("vertical-tab", "a\vmay\fnone\n")
    f.write()


MACHINES_OWN = {"myhostname", "mydomain"}


def defaults(parameters):
    f = File("postfix", "defaults", "Defaults of parameters that bear on TLS in the client", __file__)
    listed = {line.split(" =", 1)[0]: line.split(" =", 1)[1].strip() for line in subprocess.run(["postconf", "-d"], capture_output=True, text=True, check=True).stdout.splitlines()}

    def row(version, parameter, value, source):
        f.add(f"{parameter.lower().replace('_', '-')}-{version.replace('.', '-')}", f"{parameter} in {version}", "P29" if "insecure_mx" in parameter else "P25", MANUAL, source, {"parameter": parameter, "version": version}, {"value": value})

    for parameter in parameters:
        if parameter not in MACHINES_OWN:
            row(VERSION, parameter, listed[parameter], "postconf -d")
    rule = "by the rule: mail_params.h of that version"
    for version, protocols, mandatory, ciphers in (("2.6.6", "!SSLv2", "SSLv3, TLSv1", "export"), ("2.8.20", "!SSLv2", "!SSLv2", "export"), ("2.11.11", "!SSLv2, !SSLv3", "!SSLv2, !SSLv3", "medium"),
                                                   ("3.5.27", "!SSLv2, !SSLv3", "!SSLv2, !SSLv3", "medium"), ("3.6.0", ">=TLSv1", ">=TLSv1", "medium"), ("3.12.0", ">=TLSv1", ">=TLSv1", "medium")):
        row(version, "smtp_tls_protocols", protocols, rule)
        row(version, "smtp_tls_mandatory_protocols", mandatory, rule)
        row(version, "smtp_tls_ciphers", ciphers, rule)
        row(version, "smtp_tls_mandatory_ciphers", "medium", rule)
    by_level = "${{$smtp_tls_security_level} == {dane} ? {dane} : {may}}"
    for versions, value in (("3.1.15 3.2.20 3.3.15 3.4.18 3.5.8 3.6.17 3.7.13 3.8.8 3.9.2 3.10.0 3.11.0", "dane"), ("3.2.21 3.3.16 3.4.19 3.5.9 3.5.27 3.6.0 3.6.16 3.7.0 3.7.12 3.8.7 3.9.0 3.9.1", by_level), ("2.11.11 3.0.15", None)):
        for version in versions.split():
            row(version, "smtp_tls_dane_insecure_mx_policy", value, rule)
    for version, value in (("2.6.6", "ALL:!EXPORT:!LOW:!MEDIUM:+RC4:@STRENGTH"), ("2.10.0", "aNULL:-aNULL:ALL:!EXPORT:!LOW:!MEDIUM:+RC4:@STRENGTH"), ("3.4.0", "aNULL:-aNULL:HIGH:@STRENGTH"),
                           ("3.11.0", "aNULL:-aNULL:HIGH:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:@STRENGTH")):
        row(version, "tls_high_cipherlist", value, rule)
    row("2.8.20", "inet_protocols", "ipv4", rule)
    row("2.9.0", "inet_protocols", "all", rule)
    row(VERSION, "fallback_relay", "", "postconf -d fallback_relay")
    row("2.8.20", "smtp_address_preference", "any", rule)
    row("3.2.37", "smtp_balance_inet_protocols", None, rule)
    row("3.3.0", "smtp_balance_inet_protocols", "yes", rule)
    row("3.5.27", "smtp_tls_fingerprint_digest", "md5", rule)
    row("3.3.22", "smtp_tls_servername", None, rule)
    row("3.8.0", "smtp_tls_enable_rpk", None, rule)
    row("3.9.0", "smtp_tls_enable_rpk", "no", rule)
    row("3.10.4", "smtp_tls_enforce_sts_mx_patterns", None, rule)
    row("3.10.5", "smtp_tls_enforce_sts_mx_patterns", "yes", rule)
    row("2.10.0", "tls_dane_digests", None, rule)
    row("2.10.0", "bogus_parameter", None, rule)
    f.write()


def version():
    f = File("postfix", "version", "Versions, and when features came", __file__)
    history = {"dane": ("2.10.10", "2.11.0"), "halfdane": ("3.0.15", "3.1.0"), "servername": ("3.3.22", "3.4.0"), "connection_reuse": ("3.3.22", "3.4.0"), "raw_public_keys": ("3.8.9", "3.9.0"),
               "external_policy": ("3.9.9", "3.10.0"), "braces": ("3.9.9", "3.10.0"), "enforce_sts_mx_patterns": ("3.10.4", "3.10.5"), "tls_required_header": ("3.9.9", "3.10.0"),
               "log_tls_field": ("3.10.13", "3.11.0"), "protocol_bounds": ("3.5.27", "3.6.0"), "policy_checked_before_connect": ("2.10.10", "2.11.0"), "public_key_fingerprints": ("2.8.20", "2.9.0"),
               "security_level_may_by_default": ("3.10.13", "3.11.0"), "conditional_expressions": ("2.11.11", "3.0.0"), "level_operators": ("3.5.27", "3.6.0"), "weak_grades_are_medium": ("3.7.11", "3.8.0"), "null_mx": ("2.11.11", "3.0.0"), "nexthop_lists": ("3.4.29", "3.5.0")}
    several = {"names_tls11_and_tls12": ("2.6.14 2.7.8 2.8.9 2.9.1", "2.6.15 2.7.9 2.8.10 2.9.2 2.10.0 3.7.11"), "names_tls13": ("3.0.13 3.1.9 3.2.6 3.3.1 2.11.11", "3.0.14 3.1.10 3.2.7 3.3.2 3.4.0"),
               "key_exchange_in_summary": ("3.1.9 3.2.6 3.3.1 3.0.15", "3.1.10 3.2.7 3.3.2 3.4.0"), "anonymous_word": ("2.8.17 2.9.9 2.7.16", "2.8.18 2.9.10 2.10.0"),
               "untrusted_text": ("3.6.0 3.12.0", "2.6.6 3.5.27"), "match_at_any_high_level": ("2.11.0", "2.6.6 2.10.10"), "multi_label_wildcards": ("2.10.10 3.6.0", "2.11.0 3.5.27"), "md5_fingerprints_by_default": ("3.6.0", "3.5.27")}
    for feature, (without, has) in {**history, **several}.items():
        for text, value in [(v, False) for v in without.split()] + [(v, True) for v in has.split()]:
            f.add(f"{feature.replace('_', '-')}-{text.replace('.', '-')}", f"{feature} in {text}", "P22", "Postfix RELEASE_NOTES", "by the rule: release notes and source of that version", {"version": text, "feature": feature}, {"has": value})
    f.write()


if __name__ == "__main__":
    postfix_run.check_version()
    if sys.argv[1:] != ["defaults"]:  # the quick part alone
        main_cf()
        settings()
        table()
    # Those that default_of() of libdane knows; a test compares the two lists.
    defaults("""best_mx_transport compatibility_level default_database_type disable_dns_lookups dnssec_probe ignore_mx_lookup_error inet_interfaces inet_protocols mail_version mydomain myhostname proxy_interfaces relayhost smtp_address_preference smtp_always_send_ehlo smtp_balance_inet_protocols smtp_cname_overrides_servername smtp_defer_if_no_mx_address_found smtp_discard_ehlo_keywords smtp_dns_resolver_options smtp_dns_support_level
        smtp_enforce_tls smtp_fallback_relay smtp_host_lookup smtp_mx_address_limit smtp_never_send_ehlo smtp_pix_workaround_maps smtp_pix_workarounds smtp_skip_5xx_greeting smtp_tcp_port smtp_tls_CAfile smtp_tls_CApath smtp_tls_cert_file smtp_tls_chain_files smtp_tls_ciphers smtp_tls_connection_reuse smtp_tls_dcert_file smtp_tls_dkey_file smtp_tls_eccert_file smtp_tls_eckey_file smtp_tls_key_file smtp_tls_dane_insecure_mx_policy smtp_tls_enforce_peername
        smtp_tls_exclude_ciphers smtp_tls_fingerprint_cert_match smtp_tls_fingerprint_digest smtp_tls_force_insecure_host_tlsa_lookup smtp_tls_loglevel smtp_tls_mandatory_ciphers
        smtp_tls_mandatory_exclude_ciphers smtp_tls_mandatory_protocols smtp_tls_note_starttls_offer smtp_tls_per_site smtp_tls_policy_maps smtp_tls_protocols smtp_tls_scert_verifydepth smtp_tls_secure_cert_match
        smtp_tls_security_level smtp_tls_servername smtp_tls_trust_anchor_file smtp_tls_verify_cert_match smtp_tls_wrappermode smtp_use_tls smtputf8_enable tls_append_default_CA tls_dane_digests
        tls_export_cipherlist tls_high_cipherlist tls_low_cipherlist tls_medium_cipherlist tls_null_cipherlist tls_wildcard_matches_multiple_labels""".split())
    version()
