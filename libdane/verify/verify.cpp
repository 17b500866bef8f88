#include "dane/verify/verify.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <openssl/x509_vfy.h>

#include "libdane/verify/explain.hpp"
#include "libdane/verify/openssl_judge.hpp"

namespace dane::verify {
namespace {

std::vector<bool> usable_flags(const std::vector<RecordFate>& fates) {
  std::vector<bool> usable(fates.size());
  for (std::size_t i = 0; i < fates.size(); ++i) usable[i] = !fates[i].unusable;
  return usable;
}

void set_error(Verification& verification, int code) {
  verification.error_code = code;
  verification.error_name = verify_error_name(code);
}

/// Both have spoken: equal answers are the verdict, anything else is "could not find out".
void weigh(Verification& verification, const Judgement& judgement) {
  const Prediction& prediction = verification.prediction;
  set_error(verification, judgement.error_code);
  if (!judgement.trouble.empty()) {
    verification.verdict = Verdict::undetermined;
    if (judgement.error_code == X509_V_OK) set_error(verification, X509_V_ERR_UNSPECIFIED);
    verification.reasoning.push_back(judgement.trouble);
  } else if (judgement.authenticated != prediction.authenticated) {
    verification.verdict = Verdict::undetermined;
    verification.reasoning.push_back(fmt::format(
        "OpenSSL says {}, the explanation says: {}",
        judgement.authenticated ? "authenticated" : verification.error_name, prediction.because));
  } else {
    verification.verdict = judgement.authenticated ? Verdict::authenticated : Verdict::refuted;
    verification.matched = judgement.matched;
    verification.reasoning.push_back(fmt::format("{}; OpenSSL agrees ({}) [{}]", prediction.because,
                                                 verification.error_name,
                                                 judgement.authenticated ? "D23 S46" : "D22 S46"));
  }
}

}  // namespace

std::string to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::authenticated:
      return "authenticated";
    case Verdict::refuted:
      return "refuted";
    case Verdict::unusable:
      return "unusable";
    case Verdict::undetermined:
      return "undetermined";
  }
  return "undetermined";
}

Verification judge_chain(const Request& request) {
  Verification verification;
  if (auto fault = request_fault(request); !fault.empty()) {
    set_error(verification, X509_V_ERR_INVALID_CALL);
    verification.fates.resize(request.records.size());
    verification.prediction.because = fault;
    verification.reasoning.push_back(std::move(fault));
    return verification;
  }
  verification.fates = explain_records(request);
  verification.name = x509::match_names(request.chain.front(), request.names, true);
  verification.reasoning = describe_fates(request, verification.fates);
  verification.prediction = predict_stepwise(request, verification.fates, &verification.reasoning);

  const std::vector<bool> usable = usable_flags(verification.fates);
  if (std::find(usable.begin(), usable.end(), true) == usable.end()) {
    verification.verdict = Verdict::unusable;
    verification.reasoning.push_back(
        "no record is usable: TLS is required and authenticates nobody [S12 X12]");
    return verification;
  }
  weigh(verification, judge_with_openssl(request, usable));
  return verification;
}

}  // namespace dane::verify
