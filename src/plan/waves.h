// Groups whose candidates do not fit into memory together are measured in waves around a common baseline.
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "results/configuration.h"

namespace inferometer::plan {

/// Bytes in the memory of the machine and in that of each device that has its own, by device id.
struct Memory {
  std::int64_t machine = 0;
  std::map<std::string, std::int64_t> devices;
  Memory& operator+=(const Memory& other);
};

/// What a loaded candidate is expected to hold: its engine, its weights in the file's and in the engine's own
/// layout, and what lies between the layers. An upper estimate from peaks that were measured; before anything
/// ran nothing better is known.
std::int64_t expected_bytes(const results::Artefact& artefact, std::int64_t batch_size);

/// Of its file, built or not.
std::int64_t file_bytes(const results::Artefact& artefact);

/// Of a group while it is measured: every candidate, and the baseline twice where a second process of it
/// takes part. Candidates on a device that `free` names hold their weights there.
Memory expected_memory(const results::Plan& plan, const results::Group& group, const Memory& free);

/// Replaces every group that needs more than `free` by groups that do not, each with the baseline and some of
/// the others in their order. What does not fit beside the baseline alone is moved to plan.skipped, with both
/// numbers. Throws base::UserError when nothing is left.
void split_into_waves(results::Plan& plan, const Memory& free);

}  // namespace inferometer::plan
