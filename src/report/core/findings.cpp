#include "report/core/findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/core/wording.h"

namespace inferometer::report {

std::string speed_up_finding(const GroupView& group) {
  if (group.analysis->trust.grade == analysis::Grade::Invalid)
    return "Invalid: this group has no valid verdict";
  const auto& fastest = group.analysis->fastest;
  for (const auto& candidate : group.candidates) {
    if (fastest.empty() || candidate.spec->id != fastest) continue;
    if (candidate.is_baseline()) return candidate.spec->label + ", the baseline, is the fastest";
    return candidate.spec->label + " is the fastest: " + speed_up(candidate);
  }
  return "No candidate is certainly the fastest";
}

std::string fidelity_finding(const GroupView& group) {
  std::int64_t checked = 0, wrong = 0;
  for (const auto& candidate : group.candidates) {
    if (candidate.truth == nullptr || !candidate.truth->verified) continue;
    ++checked;
    if (!candidate.truth->passed) ++wrong;
  }
  if (wrong == 0)
    return fmt::format("All {} candidates that could be checked compute the right thing", checked);
  return fmt::format("{} of {} candidates that could be checked give{} wrong output", wrong, checked,
                     wrong == 1 ? "s" : "");
}

std::string distribution_finding(const GroupView& group, const std::string& candidate) {
  const auto* found = distribution(group, candidate);
  if (found == nullptr || found->marks.empty()) return "How the runs of each candidate spread";
  const auto& last = found->marks.back();
  std::string text = fmt::format("{}: half of the runs take at most {}", group.label(candidate),
                                 base::format_ns(found->marks.front().value_ns));
  if (found->marks.size() > 1) {
    text += fmt::format(", {:g} % at most {}", 100 * last.p, base::format_ns(last.value_ns));
  }
  return text;
}

std::string batch_finding(const analysis::BatchSweep& sweep) {
  if (sweep.highest_label.empty()) return "Throughput and latency by batch size";
  return fmt::format("Highest throughput: {} at batch {}, {} items/s", sweep.highest_label,
                     sweep.highest.batch_size, rate(sweep.highest.throughput_per_second));
}

const analysis::Distribution* distribution(const GroupView& group, const std::string& candidate) {
  const auto& all = group.analysis->distributions;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.candidate == candidate; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace inferometer::report
