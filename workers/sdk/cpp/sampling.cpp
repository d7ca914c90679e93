#include "sdk/cpp/sampling.h"

#include <sched.h>
#include <sys/mman.h>

#include <new>

namespace inferometer::worker {
namespace {

/// Goes round the input sets, one step after each sample.
class Rotation {
 public:
  explicit Rotation(std::span<const int> sets) : sets_(sets) {}
  int next() {
    const int set = sets_[place_];
    place_ = place_ + 1 == sets_.size() ? 0 : place_ + 1;
    return set;
  }

 private:
  std::span<const int> sets_;
  std::size_t place_ = 0;
};

bool discarded_enough(const protocol::Sample& request, std::int64_t runs, std::int64_t elapsed_ns) {
  return runs >= request.discard_runs && elapsed_ns >= request.discard_ns &&
         (runs >= request.discard_enough_runs || elapsed_ns >= request.discard_enough_ns);
}

}  // namespace

ReadingBuffer::~ReadingBuffer() {
  if (readings_ != nullptr) ::munmap(readings_, count_ * sizeof(Reading));
}

std::span<ReadingBuffer::Reading> ReadingBuffer::at_least(std::size_t count) {
  if (count > count_) {
    const std::size_t size_bytes = count * sizeof(Reading);
    void* const memory = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    // Best effort: beyond RLIMIT_MEMLOCK the pages are still populated.
    static_cast<void>(::mlock(memory, size_bytes));
    if (readings_ != nullptr) ::munmap(readings_, count_ * sizeof(Reading));
    readings_ = static_cast<Reading*>(memory);
    count_ = count;
  }
  return {readings_, count};
}

Sampler::Sampler(Now now) : now_(now) {}

protocol::SampleReply Sampler::sample(Engine& engine, const protocol::Sample& request,
                                      std::int64_t received_ns) {
  protocol::SampleReply reply;
  reply.received_ns = received_ns;
  reply.runs_per_sample = request.runs_per_sample;
  const auto readings = buffer_.at_least(static_cast<std::size_t>(request.samples));
  run_delay_.refresh();
  discard(engine, request, reply);

  const std::int64_t recompilations = engine.recompilations();
  run_delay_.begin();
  const Usage usage;
  const std::int64_t loop_begin_ns = now_();
  const std::size_t count = time(engine, request, readings);
  reply.wall_ns = now_() - loop_begin_ns;
  usage.finish(reply);
  reply.run_delay_ns = run_delay_.end();
  reply.recompilations = engine.recompilations() - recompilations;
  reply.cpu = ::sched_getcpu();
  reply.peak_rss_bytes = peak_rss_bytes();

  reply.begin_ns = readings.front().begin_ns;
  for (const auto& reading : readings.first(count)) {
    reply.offsets_ns.push_back(reading.begin_ns - reply.begin_ns);
    reply.durations_ns.push_back(reading.end_ns - reading.begin_ns);
  }
  if (reply.discarded_runs == 0) reply.first_run_ns = reply.durations_ns.front() / request.runs_per_sample;
  return reply;
}

void Sampler::discard(Engine& engine, const protocol::Sample& request, protocol::SampleReply& reply) {
  Rotation sets(request.sets);
  const std::int64_t begin_ns = now_();
  while (!discarded_enough(request, reply.discarded_runs, reply.discarded_ns)) {
    engine.select(sets.next());
    const std::int64_t run_begin_ns = now_();
    engine.run();
    const std::int64_t run_end_ns = now_();
    if (reply.discarded_runs == 0) reply.first_run_ns = run_end_ns - run_begin_ns;
    ++reply.discarded_runs;
    reply.discarded_ns = run_end_ns - begin_ns;
  }
}

std::size_t Sampler::time(Engine& engine, const protocol::Sample& request,
                          std::span<ReadingBuffer::Reading> readings) const {
  Rotation sets(request.sets);
  const std::int64_t runs = request.runs_per_sample;
  const std::int64_t duration_ns = request.duration_ns;
  std::size_t count = 0;
  while (count < readings.size()) {
    engine.select(sets.next());
    auto& reading = readings[count++];
    const std::int64_t begin_ns = now_();
    for (std::int64_t run = 0; run < runs; ++run) engine.run();
    const std::int64_t end_ns = now_();
    reading = {begin_ns, end_ns};
    if (duration_ns > 0 && end_ns - readings.front().begin_ns >= duration_ns) break;
  }
  return count;
}

}  // namespace inferometer::worker
