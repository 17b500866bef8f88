"""Services of master.cf that run smtp(8) with options of their own, each for one destination or two.

Options come as in master.cf; {x} is a file of the tables' files, {{ a brace.
"""

import shutil

# name -> (chroot, options)
SERVICES = {
    "strict": ("n", "-o smtp_tls_security_level=secure -o {{ smtp_tls_secure_cert_match = hostname }}"),
    "nested": ("n", "-o {{ smtp_tls_security_level = ${{smtp_tls_loglevel?{{verify}}:{{may}}}} }}"),
    "named": ("n", "-o smtp_tls_policy_maps=inline:{{{{$service_name.svc.test=verify}},no.test=none}}"),
    "own-table": ("n", "-o {{ smtp_tls_policy_maps = inline:{{ {{own-table.svc.test = secure match=hostname}} }} }}"),
    "refers": ("n", "-o own_grade=bogus"),
    "no-ca": ("n", "-o smtp_tls_CAfile="),
    "ca-missing": ("n", "-o smtp_tls_CAfile=/nonexistent/ca.pem"),
    "ca-folder": ("n", "-o smtp_tls_CAfile=/etc"),
    "ca-empty": ("n", "-o smtp_tls_CAfile={empty}"),
    "ca-both": ("n", "-o smtp_tls_CAfile={empty} -o smtp_tls_CApath=/etc"),
    "ca-path": ("n", "-o smtp_tls_CAfile= -o smtp_tls_CApath=/nonexistent"),
    "certificate": ("n", "-o smtp_tls_cert_file=/nonexistent/cert.pem"),
    "certificate-none": ("n", "-o smtp_tls_cert_file=none"),
    "certificate-keyless": ("n", "-o smtp_tls_cert_file={leaf}"),
    "certificate-empty": ("n", "-o smtp_tls_cert_file={empty}"),
    "certificate-folder": ("n", "-o smtp_tls_eccert_file=/etc"),
    "certificate-torn": ("n", "-o smtp_tls_cert_file={torn}"),
    "certificate-good": ("n", "-o smtp_tls_cert_file={client}"),
    "certificate-two-keys": ("n", "-o smtp_tls_cert_file={two_keys}"),
    "certificate-key": ("n", "-o smtp_tls_cert_file={leaf} -o smtp_tls_key_file={client_key}"),
    "certificate-other-key": ("n", "-o smtp_tls_cert_file={root} -o smtp_tls_key_file={client_key}"),
    "certificate-no-key": ("n", "-o smtp_tls_dcert_file={leaf} -o smtp_tls_dkey_file=/nonexistent/key.pem"),
    "certificate-no-file": ("n", "-o smtp_tls_cert_file=/nonexistent/cert.pem -o smtp_tls_key_file={client_key}"),
    "certificate-other-inside": ("n", "-o smtp_tls_cert_file={unlike}"),
    "chain-keyless": ("n", "-o smtp_tls_chain_files={leaf}"),
    "chain-good": ("n", "-o smtp_tls_chain_files={client_key},{leaf}"),
    "chain-half": ("n", "-o smtp_tls_chain_files={client_key},/nonexistent/chain.pem"),
    "chain-key-alone": ("n", "-o smtp_tls_chain_files={client_key}"),
    "chain-two-keys": ("n", "-o smtp_tls_chain_files={two_keys}"),
    "chain-unlike": ("n", "-o smtp_tls_chain_files={unlike}"),
    "chain-unlike-more": ("n", "-o smtp_tls_chain_files={unlike},{client}"),
    "chain-twice": ("n", "-o smtp_tls_chain_files={client},{client}"),
    "chain-public-key": ("n", "-o smtp_tls_chain_files={key}"),
    "chain-comma": ("n", "-o smtp_tls_chain_files=,"),
    "chain-files": ("n", "-o smtp_tls_chain_files=/nonexistent/chain.pem"),
    "digest": ("n", "-o smtp_tls_fingerprint_digest=bogus"),
    "digest-unavailable": ("n", "-o smtp_tls_fingerprint_digest=md4"),
    "curves": ("n", "-o tls_eecdh_auto_curves=bogus"),
    "no-curves": ("n", "-o tls_eecdh_auto_curves="),
    "bad-level": ("n", "-o smtp_tls_security_level=mya"),
    "bad-boolean": ("n", "-o smtp_tls_wrappermode=maybe"),
    "bad-number": ("n", "-o smtp_tls_scert_verifydepth=many"),
    "bad-word": ("n", "-o smtp_host_lookup=dsn"),
    "bad-empty": ("n", "-o smtp_tls_ciphers="),
    "sni-dots": ("n", "-o smtp_tls_servername=.."),
    "sni-address": ("n", "-o smtp_tls_servername=1.2.3.4"),
    "sni-final-dot": ("n", "-o smtp_tls_servername=good.mx.test."),
    "sni-unicode": ("n", "-o smtp_tls_servername=m\u00fcnchen.test"),
    "map-empty": ("n", "-o smtp_tls_policy_maps=inline:{{}}"),
    "map-half": ("n", "-o smtp_tls_policy_maps=inline:{{x}}"),
    "map-type": ("n", "-o smtp_tls_policy_maps=bogus:/x"),
    "map-missing": ("n", "-o smtp_tls_policy_maps=hash:/no/such/table"),
    "map-missing-text": ("n", "-o smtp_tls_policy_maps=texthash:/no/such/table"),
    "number-plus": ("n", "-o smtp_mx_address_limit=+2"),
    "number-minus": ("n", "-o smtp_mx_address_limit=-1"),
    "no-interfaces": ("n", "-o inet_interfaces="),
    "preference-letters": ("n", "-o smtp_address_preference=IPV4"),
    "support-letters": ("n", "-o smtp_dns_support_level=DNSSEC"),
    "time-units": ("n", "-o smtp_quit_timeout=1h -o smtp_rset_timeout=1m30s -o smtp_connect_timeout=0"),
    "bad-lookup-letters": ("n", "-o smtp_host_lookup=DNS"),
    "bad-options-letters": ("n", "-o smtp_dns_resolver_options=RES_DNSRCH"),
    "bad-support": ("n", "-o {{ smtp_dns_support_level = dnssec enabled }}"),
    "bad-insecure-mx": ("n", "-o {{ smtp_tls_dane_insecure_mx_policy = dane may }}"),
    "bad-insecure-empty": ("n", "-o smtp_tls_dane_insecure_mx_policy="),
    "bad-preference": ("n", "-o smtp_address_preference=bogus"),
    "bad-ehlo": ("n", "-o smtp_always_send_ehlo=x"),
    "bad-random": ("n", "-o smtp_randomize_addresses=x"),
    "bad-time": ("n", "-o smtp_starttls_timeout=x"),
    "bad-time-unit": ("n", "-o smtp_quit_timeout=1H"),
    "bad-time-long": ("n", "-o smtp_quit_timeout=99999w"),
    "bad-time-zero": ("n", "-o smtp_starttls_timeout=0"),
    "bad-rate": ("n", "-o smtp_min_data_rate=0"),
    "bad-length": ("n", "-o smtp_line_length_limit=x"),
    "bad-port": ("n", "-o smtp_tcp_port=2525x"),
    "bad-port-zero": ("n", "-o smtp_tcp_port=0"),
    "bad-port-large": ("n", "-o smtp_tcp_port=65537"),
    "bad-port-empty": ("n", "-o smtp_tcp_port="),
    "service-port": ("n", "-o smtp_tcp_port=imap"),
    "bad-helo": ("n", "-o smtp_helo_name="),
    "loop": ("n", "-o own_grade=$own_other -o own_other=$own_grade"),
    "chroot": ("y", ""),
    "chroot-path": ("y", "-o smtp_tls_CAfile= -o smtp_tls_CApath={path}"),
    "chroot-path-out": ("y", "-o smtp_tls_CAfile= -o smtp_tls_CApath={path_outside}"),
    "chroot-anchors": ("y", "-o smtp_tls_trust_anchor_file={root}"),
    "chroot-anchors-in": ("y", "-o smtp_tls_trust_anchor_file=/inside.pem"),
}
# What ends at its start, again and again: mail for it waits, without a line on any delivery.
NEVER_START = ("no-curves", "loop", *(name for name in SERVICES if name.startswith("bad-")))
FIELDS = "{name} unix - - {chroot} - 20 smtp -o max_use=1 {options}\n"


def fill(table):
    for name in SERVICES:
        table.to(f"{name}.svc", None, "good", service=name)
    for name in ("ca-missing", "digest", "curves", "certificate", "chain-files", "no-ca", "refers", "ca-path"):
        table.to(f"{name}-verify.svc", "verify", "good", service=name)
    table.to("ca-missing-none.svc", "none", "good", service="ca-missing")
    table.to("digest-fingerprint.svc", "fingerprint match={key_sha256}", "good", service="digest")
    for name in ("sni-dots", "sni-address", "sni-final-dot", "sni-unicode"):
        table.to(f"{name}-dane.svc", "dane", "dane-ee", service=name)
    table.to("sni-dots-no-records.svc", "dane", "good", service="sni-dots")
    for name in ("chroot", "chroot-path", "chroot-path-out", "chroot-anchors", "chroot-anchors-in"):
        table.to(f"{name}-verify.svc", "verify", "good", service=name)
    table.to("chroot-tafile.svc", "verify tafile={root}", "good", service="chroot")
    table.to("chroot-tafile-in.svc", "verify tafile=/inside.pem", "good", service="chroot")
    table.to("tafile-folder.svc", "verify tafile=/etc", "good", service="strict")
    table.to("tafile-device.svc", "verify tafile=/dev/null", "good", service="strict")


def master_cf(files):
    return "".join(FIELDS.format(name=name, chroot=chroot, options=names_itself(name) + options.format(**files))
                   for name, (chroot, options) in SERVICES.items())


def names_itself(name):
    """A process that never starts says nothing of the mail that it was started for."""
    return f"-o syslog_name={name} " if name in NEVER_START else ""


def furnish_chroot(postfix, files):
    """What smtp(8) needs in there, and the files of the rows."""
    spool = postfix.directory / "spool"
    (spool / "etc").mkdir(parents=True)
    for name in ("resolv.conf", "services", "hosts", "nsswitch.conf"):
        shutil.copy(f"/etc/{name}", spool / "etc")
    shutil.copy(files["root"], spool / "inside.pem")
    shutil.copytree(files["path"], spool / files["path"].lstrip("/"), symlinks=False)
