#include "measure/surroundings_fixture.h"

#include "process/process.h"

namespace inferometer::measure {

std::vector<int> FakeSurroundings::cpus() {
  std::vector<int> cpus;
  for (int cpu = 0; cpu < count_; ++cpu) cpus.push_back(cpu);
  return cpus;
}

OthersUse FakeSurroundings::watch(std::chrono::nanoseconds duration) {
  watched_ns += duration.count();
  if (interrupted_after_ns >= 0 && watched_ns >= interrupted_after_ns) throw process::Interrupted();
  return use();
}

OthersUse FakeSurroundings::end_span(std::int64_t own) {
  own_cpu_ns = own;
  auto others = use();
  others.busy_cpus += busy_in_spans;
  return others;
}

OthersUse FakeSurroundings::use() const {
  OthersUse use;
  for (int cpu = 0; cpu < count_; ++cpu) {
    const bool quiet = quiet_after_ns >= 0 && watched_ns >= quiet_after_ns;
    const auto index = static_cast<std::size_t>(cpu);
    const double share = quiet || index >= busy.size() ? 0 : busy[index];
    use.cpus.push_back({cpu, share, 0});
    use.busy_cpus += share;
  }
  return use;
}

}  // namespace inferometer::measure
