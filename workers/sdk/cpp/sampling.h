// Runs an engine and times it: the only place where time is taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/messages.h"
#include "sdk/cpp/counters.h"
#include "sdk/cpp/engine.h"

namespace inferometer::worker {

/// Memory for the readings of the clock, touched and (where the limit allows) locked before it is used, so
/// that storing one never faults. Grows only.
class ReadingBuffer {
 public:
  struct Reading {
    std::int64_t begin_ns;
    std::int64_t end_ns;
  };
  ReadingBuffer() = default;
  ~ReadingBuffer();
  ReadingBuffer(const ReadingBuffer&) = delete;
  ReadingBuffer& operator=(const ReadingBuffer&) = delete;
  /// Throws std::bad_alloc.
  std::span<Reading> at_least(std::size_t count);

 private:
  Reading* readings_ = nullptr;
  std::size_t count_ = 0;
};

class Sampler {
 public:
  using Now = std::int64_t (*)();
  /// `now` is CLOCK_MONOTONIC but in tests.
  explicit Sampler(Now now);

  /// Discards, then times, as protocol::Sample says. `part` is the number of the part that is run. The sets
  /// are bound and at least one. What the engine throws passes through.
  protocol::SampleReply sample(Engine& engine, std::size_t part, const protocol::Sample& request,
                               std::int64_t received_ns);

  /// The same for whole texts, as protocol::Generate says. Throws EngineError when a sample shall span
  /// several texts, when there are more tokens than fit into a reply, or sets of different batch sizes.
  protocol::GenerateReply generate(Engine& engine, std::size_t part, const protocol::Generate& request,
                                   std::int64_t received_ns);

 private:
  struct Job {
    Engine& engine;
    std::size_t part;
    const protocol::Sample& request;
  };
  static std::size_t rows_of(const Job& job);
  template <typename RunOne>
  void measure(const Job& job, const RunOne& run_one, protocol::SampleReply& reply);
  template <typename RunOne>
  void discard(const Job& job, const RunOne& run_one, protocol::SampleReply& reply);
  template <typename RunOne>
  std::size_t time(const Job& job, const RunOne& run_one, std::span<ReadingBuffer::Reading> readings) const;

  Now now_;
  ReadingBuffer buffer_;
  RunDelay run_delay_;
};

}  // namespace inferometer::worker
