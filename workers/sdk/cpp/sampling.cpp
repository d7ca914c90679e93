#include "sdk/cpp/sampling.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>

#include <algorithm>
#include <new>
#include <optional>

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

protocol::SampleReply Sampler::sample(Engine& engine, std::size_t part, const protocol::Sample& request,
                                      std::int64_t received_ns) {
  protocol::SampleReply reply;
  reply.received_ns = received_ns;
  measure(
      {engine, part, request}, [&](std::size_t) { engine.run(); }, reply);
  return reply;
}

protocol::GenerateReply Sampler::generate(Engine& engine, std::size_t part, const protocol::Generate& request,
                                          std::int64_t received_ns) {
  if (request.runs_per_sample != 1) throw EngineError("a sample of generating is one text");
  const auto rows = rows_of({engine, part, request});
  const auto steps = static_cast<std::size_t>(request.new_tokens);
  const auto samples = static_cast<std::size_t>(request.samples);
  if (samples * steps * rows > static_cast<std::size_t>(protocol::kMaxTokens)) {
    throw EngineError(
        fmt::format("{} samples of {} rows of {} tokens are more than the {} that a reply holds", samples,
                    rows, steps, protocol::kMaxTokens));
  }
  protocol::GenerateReply reply;
  reply.received_ns = received_ns;
  reply.rows = static_cast<std::int64_t>(rows);
  // Written here first, so that no page is touched for the first time in the timed region.
  reply.token_times_ns.assign(samples * steps, 0);
  reply.tokens.assign(samples * steps * rows, 0);
  std::vector<std::int64_t> next(rows);
  const auto generate_one = [&](std::size_t sample) {
    for (std::size_t step = 0; step < steps; ++step) {
      step == 0 ? engine.prefill(next) : engine.decode(next);
      const std::size_t place = sample * steps + step;
      reply.token_times_ns[place] = now_();
      std::copy(next.begin(), next.end(), reply.tokens.begin() + static_cast<std::ptrdiff_t>(place * rows));
    }
  };
  measure({engine, part, request}, generate_one, reply);
  reply.token_times_ns.resize(reply.durations_ns.size() * steps);
  reply.tokens.resize(reply.token_times_ns.size() * rows);
  for (std::size_t place = 0; place < reply.token_times_ns.size(); ++place) {
    reply.token_times_ns[place] -= reply.begin_ns + reply.offsets_ns[place / steps];
  }
  return reply;
}

std::size_t Sampler::rows_of(const Job& job) {
  std::optional<std::size_t> rows;
  for (const int set : job.request.sets) {
    job.engine.select(job.part, set);
    if (rows && *rows != job.engine.rows()) throw EngineError("the input sets have different batch sizes");
    rows = job.engine.rows();
  }
  return *rows;
}

template <typename RunOne>
void Sampler::measure(const Job& job, const RunOne& run_one, protocol::SampleReply& reply) {
  reply.runs_per_sample = job.request.runs_per_sample;
  const auto readings = buffer_.at_least(static_cast<std::size_t>(job.request.samples));
  run_delay_.refresh();
  discard(job, run_one, reply);

  const std::int64_t recompilations = job.engine.recompilations();
  run_delay_.begin();
  const Usage usage;
  const std::int64_t loop_begin_ns = now_();
  const std::size_t count = time(job, run_one, readings);
  reply.wall_ns = now_() - loop_begin_ns;
  usage.finish(reply);
  reply.run_delay_ns = run_delay_.end();
  reply.recompilations = job.engine.recompilations() - recompilations;
  reply.cpu = ::sched_getcpu();
  reply.peak_rss_bytes = peak_rss_bytes();

  reply.begin_ns = readings.front().begin_ns;
  for (const auto& reading : readings.first(count)) {
    reply.offsets_ns.push_back(reading.begin_ns - reply.begin_ns);
    reply.durations_ns.push_back(reading.end_ns - reading.begin_ns);
  }
  if (reply.discarded_runs == 0) reply.first_run_ns = reply.durations_ns.front() / reply.runs_per_sample;
}

template <typename RunOne>
void Sampler::discard(const Job& job, const RunOne& run_one, protocol::SampleReply& reply) {
  Rotation sets(job.request.sets);
  const std::int64_t begin_ns = now_();
  while (!discarded_enough(job.request, reply.discarded_runs, reply.discarded_ns)) {
    job.engine.select(job.part, sets.next());
    const std::int64_t run_begin_ns = now_();
    run_one(0);
    const std::int64_t run_end_ns = now_();
    if (reply.discarded_runs == 0) reply.first_run_ns = run_end_ns - run_begin_ns;
    ++reply.discarded_runs;
    reply.discarded_ns = run_end_ns - begin_ns;
  }
}

template <typename RunOne>
std::size_t Sampler::time(const Job& job, const RunOne& run_one,
                          std::span<ReadingBuffer::Reading> readings) const {
  Rotation sets(job.request.sets);
  const std::int64_t runs = job.request.runs_per_sample;
  const std::int64_t duration_ns = job.request.duration_ns;
  std::size_t count = 0;
  while (count < readings.size()) {
    job.engine.select(job.part, sets.next());
    auto& reading = readings[count];
    const std::int64_t begin_ns = now_();
    for (std::int64_t run = 0; run < runs; ++run) run_one(count);
    const std::int64_t end_ns = now_();
    reading = {begin_ns, end_ns};
    ++count;
    if (duration_ns > 0 && end_ns - readings.front().begin_ns >= duration_ns) break;
  }
  return count;
}

}  // namespace inferometer::worker
