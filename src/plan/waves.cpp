#include "plan/waves.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "results/variant.h"

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

/// The part of `free` that a loaded candidate is expected to take.
Memory need_of(const Plan& plan, const Group& group, const CandidateSpec& candidate, const Memory& free) {
  const auto artefact = std::find_if(plan.artefacts.begin(), plan.artefacts.end(),
                                     [&](const auto& one) { return one.key == candidate.artefact; });
  const auto bytes =
      artefact == plan.artefacts.end() ? kEngineBytes : expected_bytes(*artefact, group.workload.batch_size);
  const auto& device = candidate.configuration.device;
  if (!free.devices.contains(device)) return {bytes, {}};
  return {kEngineBytes, {{device, bytes - kEngineBytes}}};
}

/// The first memory of which there is too little.
struct Shortage {
  std::string device;       ///< empty: of the machine
  std::int64_t needed = 0;  ///< 0: there is enough of all
  std::int64_t free = 0;
};
Shortage shortage(const Memory& need, const Memory& free) {
  if (need.machine > free.machine) return {"", need.machine, free.machine};
  for (const auto& [device, bytes] : need.devices) {
    if (bytes > free.devices.at(device)) return {device, bytes, free.devices.at(device)};
  }
  return {};
}
bool fits(const Memory& need, const Memory& free) { return shortage(need, free).needed == 0; }

Memory sum(Memory a, const Memory& b) { return a += b; }

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

std::string bytes_text(std::int64_t bytes) { return base::format_bytes(static_cast<double>(bytes)); }

/// Where a candidate does not fit beside its baseline.
std::string why_too_large(const Group& group, const Memory& need, const Memory& of_baseline,
                          const Memory& free) {
  const auto lack = shortage(sum(of_baseline, need), free);
  const auto in_place = [&](const Memory& memory) {
    if (lack.device.empty()) return memory.machine;
    const auto found = memory.devices.find(lack.device);
    return found == memory.devices.end() ? 0 : found->second;
  };
  return fmt::format("it is expected to need {} at batch {}, its baseline {} {}, and {} are free{}",
                     bytes_text(in_place(need)), group.workload.batch_size, baseline_of(group).label,
                     bytes_text(in_place(of_baseline)), bytes_text(lack.free),
                     lack.device.empty() ? "" : " on " + lack.device);
}

/// Each wave takes what follows in the user's list until it is full.
std::vector<std::vector<CandidateSpec>> distribute(Plan& plan, const Group& group, const Memory& free) {
  Memory of_baseline;
  for (int copy = 0; copy < copies_of_baseline(plan); ++copy)
    of_baseline += need_of(plan, group, baseline_of(group), free);
  std::vector<std::vector<CandidateSpec>> waves;
  Memory used;
  for (const auto& candidate : group.candidates) {
    if (candidate.id == group.baseline) continue;
    const auto need = need_of(plan, group, candidate, free);
    if (!fits(sum(of_baseline, need), free)) {
      plan.skipped.push_back({candidate.label, why_too_large(group, need, of_baseline, free),
                              "free memory, or a smaller batch size"});
      continue;
    }
    if (waves.empty() || !fits(sum(used, need), free)) {
      waves.emplace_back();
      used = of_baseline;
    }
    waves.back().push_back(candidate);
    used += need;
  }
  return waves;
}

std::vector<Group> waves_of(Plan& plan, const Group& group, const Memory& free, NewIds& ids) {
  const auto waves = distribute(plan, group, free);
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
  const auto variant = results::parse_variant(artefact.variant);
  return artefact.parameters * (results::is_quantized(variant) ? 1 : variant.precision == "float16" ? 2 : 4);
}

std::int64_t expected_bytes(const results::Artefact& artefact, std::int64_t batch_size) {
  return kEngineBytes + kWeightCopies * file_bytes(artefact) + kBytesOfOneItem * batch_size;
}

Memory& Memory::operator+=(const Memory& other) {
  machine += other.machine;
  for (const auto& [device, bytes] : other.devices) devices[device] += bytes;
  return *this;
}

Memory expected_memory(const Plan& plan, const Group& group, const Memory& free) {
  Memory memory;
  for (int copy = 1; copy < copies_of_baseline(plan); ++copy)
    memory += need_of(plan, group, baseline_of(group), free);
  for (const auto& candidate : group.candidates) memory += need_of(plan, group, candidate, free);
  return memory;
}

void split_into_waves(Plan& plan, const Memory& free) {
  NewIds ids(plan);
  std::vector<Group> groups;
  for (const auto& group : plan.groups) {
    // The baseline alone is measured as it is: there is nothing to take away.
    if (group.candidates.size() < 2 || fits(expected_memory(plan, group, free), free)) {
      groups.push_back(group);
      continue;
    }
    for (auto& wave : waves_of(plan, group, free, ids)) groups.push_back(std::move(wave));
  }
  plan.groups = std::move(groups);
  if (!plan.groups.empty()) return;
  std::string message = "nothing fits into memory:";
  for (const auto& cell : plan.skipped) message += "\n  " + cell.label + ": " + cell.reason;
  throw base::UserError(message);
}

}  // namespace inferometer::plan
