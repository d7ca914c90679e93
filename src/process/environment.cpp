#include "process/environment.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace inferometer::process {
namespace {

struct Kept {
  std::string_view name;  ///< with a '*' at its end: all that begin so
  bool of_engines = false;
};

// A child gets what it needs to find its files and its devices. What would change how engines compute behind
// the back of the plan (OMP_*, KMP_*, MKL_*, TF_*, MALLOC_*, LD_PRELOAD) is left out: threads and options are
// given by the plan, and are the same for whoever repeats it.
constexpr Kept kKept[] = {
    {"PATH"},
    {"HOME"},
    {"USER"},
    {"LANG"},
    {"LC_*"},
    {"TMPDIR"},
    {"XDG_*"},
    {"INFEROMETER_*"},
    // Which accelerators there are, and where their drivers lie.
    {"CUDA_*", true},
    {"NVIDIA_*", true},
    {"HIP_*", true},
    {"ROCR_*", true},
    {"HSA_*", true},
    {"ZE_*", true},
    {"LD_LIBRARY_PATH", true},
};

bool is(const Kept& kept, std::string_view name) {
  if (kept.name.ends_with('*')) return name.starts_with(kept.name.substr(0, kept.name.size() - 1));
  return name == kept.name;
}

template <typename Chosen>
Variables ours(Chosen chosen) {
  Variables variables;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    const auto equals = variable.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = variable.substr(0, equals);
    const bool kept =
        std::ranges::any_of(kKept, [&](const Kept& one) { return chosen(one) && is(one, name); });
    if (kept) variables[std::string(name)] = variable.substr(equals + 1);
  }
  return variables;
}

}  // namespace

Variables inherited_variables() {
  return ours([](const Kept&) { return true; });
}

Variables inherited_engine_variables() {
  return ours([](const Kept& kept) { return kept.of_engines; });
}

}  // namespace inferometer::process
