#include "plan/waves.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace inferometer::plan {
namespace {

using results::CandidateSpec;
using results::Group;
using results::Plan;

// TensorFlow without a model holds 350 MB, ONNX Runtime 40 MB; engines that pack weights anew keep the file
// mapped beside their copy; an image of 224 x 224 leads to 10 to 30 MB between the layers.
constexpr std::int64_t kEngineBytes = 400'000'000;
constexpr std::int64_t kWeightCopies = 3;
constexpr std::int64_t kBytesOfOneItem = 32'000'000;

std::int64_t bytes_of(const Plan& plan, const Group& group, const CandidateSpec& candidate) {
  for (const auto& artefact : plan.artefacts) {
    if (artefact.key == candidate.artefact) return expected_bytes(artefact, group.workload.batch_size);
  }
  return kEngineBytes;
}

int copies_of_baseline(const Plan& plan) { return plan.effort.mode == results::Mode::Quick ? 1 : 2; }

const CandidateSpec& baseline_of(const Group& group) {
  const auto found = std::find_if(group.candidates.begin(), group.candidates.end(),
                                  [&](const auto& one) { return one.id == group.baseline; });
  INFEROMETER_CHECK(found != group.candidates.end(), group.id + " has no baseline");
  return *found;
}

/// Ids that no group and no candidate of the plan has yet.
class NewIds {
 public:
  explicit NewIds(const Plan& plan) : groups_(plan.groups.size()) {
    for (const auto& group : plan.groups) candidates_ += group.candidates.size();
  }
  std::string group() { return fmt::format("g{}", groups_++); }
  std::string candidate() { return fmt::format("c{}", candidates_++); }

 private:
  std::size_t groups_;
  std::size_t candidates_ = 0;
};

/// Each wave takes what follows in the user's list until it is full.
std::vector<std::vector<CandidateSpec>> distribute(Plan& plan, const Group& group, std::int64_t free_bytes) {
  const auto& baseline = baseline_of(group);
  const auto of_baseline = copies_of_baseline(plan) * bytes_of(plan, group, baseline);
  std::vector<std::vector<CandidateSpec>> waves;
  std::int64_t used = 0;
  for (const auto& candidate : group.candidates) {
    if (candidate.id == group.baseline) continue;
    const auto needed = bytes_of(plan, group, candidate);
    if (of_baseline + needed > free_bytes) {
      plan.skipped.push_back(
          {candidate.label,
           fmt::format("it is expected to need {} at batch {}, its baseline {} {}, and {} are free",
                       base::format_bytes(static_cast<double>(needed)), group.workload.batch_size,
                       baseline.label, base::format_bytes(static_cast<double>(of_baseline)),
                       base::format_bytes(static_cast<double>(free_bytes))),
           "free memory, or a smaller batch size"});
      continue;
    }
    if (waves.empty() || used + needed > free_bytes) {
      waves.emplace_back();
      used = of_baseline;
    }
    waves.back().push_back(candidate);
    used += needed;
  }
  return waves;
}

std::vector<Group> waves_of(Plan& plan, const Group& group, std::int64_t free_bytes, NewIds& ids) {
  const auto waves = distribute(plan, group, free_bytes);
  std::vector<Group> groups;
  for (std::size_t i = 0; i < waves.size(); ++i) {
    auto& wave = groups.emplace_back(group);
    auto baseline = baseline_of(group);
    if (i > 0) {
      wave.id = ids.group();
      baseline.id = wave.baseline = ids.candidate();
    }
    if (waves.size() > 1) wave.wave = fmt::format("{} of {}", i + 1, waves.size());
    wave.candidates = waves[i];
    wave.candidates.insert(wave.candidates.begin(), baseline);
  }
  return groups;
}

}  // namespace

/// Before it is made only the count of its weights is known, and of what type they are.
std::int64_t file_bytes(const results::Artefact& artefact) {
  if (artefact.size_bytes > 0) return artefact.size_bytes;
  const auto type = artefact.variant.substr(artefact.variant.find('/') + 1);
  return artefact.parameters * (type.starts_with("int8") ? 1 : type == "float16" ? 2 : 4);
}

std::int64_t expected_bytes(const results::Artefact& artefact, std::int64_t batch_size) {
  return kEngineBytes + kWeightCopies * file_bytes(artefact) + kBytesOfOneItem * batch_size;
}

std::int64_t expected_bytes(const Plan& plan, const Group& group) {
  std::int64_t bytes = (copies_of_baseline(plan) - 1) * bytes_of(plan, group, baseline_of(group));
  for (const auto& candidate : group.candidates) bytes += bytes_of(plan, group, candidate);
  return bytes;
}

void split_into_waves(Plan& plan, std::int64_t free_bytes) {
  NewIds ids(plan);
  std::vector<Group> groups;
  for (const auto& group : plan.groups) {
    // The baseline alone is measured as it is: there is nothing to take away.
    if (group.candidates.size() < 2 || expected_bytes(plan, group) <= free_bytes) {
      groups.push_back(group);
      continue;
    }
    for (auto& wave : waves_of(plan, group, free_bytes, ids)) groups.push_back(std::move(wave));
  }
  plan.groups = std::move(groups);
  if (!plan.groups.empty()) return;
  std::string message = "nothing fits into memory:";
  for (const auto& cell : plan.skipped) message += "\n  " + cell.label + ": " + cell.reason;
  throw base::UserError(message);
}

}  // namespace inferometer::plan
