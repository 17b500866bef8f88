/// \file  Certificates for the evidence tests, made by openssl(1):
///   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=Example CA"
///   ... openssl req -new ... | openssl x509 -req -CA ca.pem ...
/// The digests are those of `openssl x509 -outform DER | sha256sum`.
#pragma once

#include <string_view>

namespace dane::test {

struct Sample {
  std::string_view sha256;
  std::string_view base64;
};

inline constexpr Sample mx1{
    "b2115f1ebaac23993fdd341335fafd547f36995b34783962d87cb502472e53cc",
    "MIIBKDCB0AIUXfQULAXOboXEX9YHbadm1vsWoBgwCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKRXhhbXBsZSBDQTAe"
    "Fw0yNjExMjEyMzMzMzdaFw0yNzExMjEyMzMzMzdaMBoxGDAWBgNVBAMMD214MS5leGFtcGxlLmNvbTBZMBMGByqG"
    "SM49AgEGCCqGSM49AwEHA0IABH28p5TgvHcxoTOS8xbXxuljbiOidz4RYzV3MvljRZdbDixqfIPkbEg/qRRLIhPe"
    "ilhDsSGnODBZLCJkRtEVYiAwCgYIKoZIzj0EAwIDRwAwRAIgFVbgeMo7cMwaAa//Zfhvq/gx4RuaI4T4WSODHHZa"
    "yRgCIF41YjEs88mW0HwXtCcWzWPlUL/r3d28KBkcPCpFyGVY"};

inline constexpr Sample mx2{
    "50360125231c5a6cdc3db64f49fb0fa686b09499a3a85f4ff52f2c2420d69a3b",
    "MIIBKTCB0AIUXfQULAXOboXEX9YHbadm1vsWoBkwCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKRXhhbXBsZSBDQTAe"
    "Fw0yNjExMjEyMzMzMzdaFw0yNzExMjEyMzMzMzdaMBoxGDAWBgNVBAMMD214Mi5leGFtcGxlLmNvbTBZMBMGByqG"
    "SM49AgEGCCqGSM49AwEHA0IABMn9NMfXP3Rn2netft8T+3B0Slach++WAlEcs3NUP318j7Yx9NZF/60zXWoy5ZDn"
    "+SRtymyMwyBSBKNpKtcim44wCgYIKoZIzj0EAwIDSAAwRQIhAPzvv5/oKJv+r+BKoubFnYXc+yMjwWk0XRxJjbks"
    "+qMyAiAXXGJ8wnyEOe2C9S9AkG6k8IR5Uvq0nuaojFt8869NRg=="};

inline constexpr Sample ca{
    "b64f937f54fb90fc198d0af58353d8c2d4b96e3532117d1e881b0cfdd8c3261b",
    "MIIBfjCCASWgAwIBAgIUOIOyJBMRj9jbQGD+VSKx/RO0QT8wCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKRXhhbXBs"
    "ZSBDQTAeFw0yNjExMjEyMzMzMzdaFw0zNjExMTgyMzMzMzdaMBUxEzARBgNVBAMMCkV4YW1wbGUgQ0EwWTATBgcq"
    "hkjOPQIBBggqhkjOPQMBBwNCAAS4LerXc0R3SWb2ew/ENZPWE/WL1FdnyXYI7Gmvv3NApCS2Noy1vN+RabPisIlN"
    "0NnbdM8FQ0sY8/jVr9igHFfBo1MwUTAdBgNVHQ4EFgQUpWdYYaPtxTSnCWE6ikeJbHfoW6YwHwYDVR0jBBgwFoAU"
    "pWdYYaPtxTSnCWE6ikeJbHfoW6YwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBwdvyLPG8T0Udc"
    "VPPOFTmzsQ7RgdRXu8EB96w2V7vS4wIgTjRpUImAXnRL3TqtOWXYhFawrK7O1K4rSa6E4wQA+J8="};

}  // namespace dane::test
