#include "measure/surroundings.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "base/clock.h"
#include "process/process.h"

namespace inferometer::measure {
namespace {

OthersUse use_between(const machine::CpuCounters& before, const machine::CpuCounters& after,
                      double own_cpus) {
  const auto use = machine::cpu_use(before, after, machine::allowed_cpus());
  return {use.cpus, std::max(0.0, use.busy_cpus() - own_cpus), use.steal()};
}

}  // namespace

std::vector<int> MachineSurroundings::cpus() { return machine::allowed_cpus(); }

OthersUse MachineSurroundings::watch(std::chrono::nanoseconds duration) {
  const auto before = machine::read_cpu_counters();
  // An interruption of long ago is still readable: waiting for quiet ends at once.
  pollfd interruption{process::interruption_descriptor(), POLLIN, 0};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  const timespec left{seconds.count(), (duration - seconds).count()};
  ::ppoll(&interruption, 1, &left, nullptr);
  if (process::interruptions() > 0) throw process::Interrupted();
  return use_between(before, machine::read_cpu_counters(), 0);
}

void MachineSurroundings::begin_span() {
  begin_ = machine::read_cpu_counters();
  own_begin_ns_ = base::process_cpu_ns(::getpid());
}

OthersUse MachineSurroundings::end_span(std::int64_t own_cpu_ns) {
  const auto end = machine::read_cpu_counters();
  const auto coordinator_ns = base::process_cpu_ns(::getpid()) - own_begin_ns_;
  const double span_ns = std::max<double>(1.0, static_cast<double>(end.taken_ns - begin_.taken_ns));
  return use_between(begin_, end, static_cast<double>(own_cpu_ns + coordinator_ns) / span_ns);
}

}  // namespace inferometer::measure
