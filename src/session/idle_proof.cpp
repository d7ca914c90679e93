#include "session/idle_proof.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"

namespace inferometer::session {
namespace {

constexpr std::int64_t kMostIn = 100;  // one part in so many of the time that has passed

std::int64_t cpu_ns_of_tree(process::Child& child) {
  child.expect_descendants();
  return child.cpu_ns();
}

}  // namespace

void IdleProof::begin(process::Child& child) {
  cpu_at_begin_ns_ = cpu_ns_of_tree(child);
  begin_ns_ = base::monotonic_ns();
}

std::string IdleProof::end(process::Child& child) const {
  const std::int64_t block_ns = base::monotonic_ns() - begin_ns_;
  const std::int64_t used_ns = cpu_ns_of_tree(child) - cpu_at_begin_ns_;
  if (kMostIn * used_ns < block_ns) return "";
  return fmt::format("idle: used {} of CPU time while another was measured for {} (limit 1 %)",
                     base::format_ns(static_cast<double>(used_ns)),
                     base::format_ns(static_cast<double>(block_ns)));
}

}  // namespace inferometer::session
