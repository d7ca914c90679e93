// Reasons in words: the one place that has sentences for them.
#pragma once

#include <string>
#include <vector>

#include "results/reason.h"

namespace inferometer::report {

/// "logits: max relative error 0.64 (limit 0.10)"; empty for no reason.
std::string words(const results::Reason& reason);
/// One for each, where a reason that leads and the one after it are one sentence: "crashed in load: SIGSEGV".
std::vector<std::string> sentences(const results::Reasons& reasons);
/// The same as one text: "wrong output: logits: max relative error 0.64 (limit 0.10); cosine 0.204".
std::string words(const results::Reasons& reasons);
}  // namespace inferometer::report
