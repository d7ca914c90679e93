// Answers requests with one engine, until `close` or the end of the stream.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/messages.h"
#include "sdk/cpp/channel.h"
#include "sdk/cpp/engine.h"
#include "sdk/cpp/sampling.h"

namespace inferometer::worker {

class Loop {
 public:
  /// What the loop serves; all but `engine` outlives it.
  struct Served {
    const protocol::Description& description;
    std::unique_ptr<Engine> engine;
    std::string library;
    Sampler::Now now;  ///< times loading, compiling and runs; CLOCK_MONOTONIC but in tests
  };
  Loop(Served served, Channel& channel);

  enum class End { Closed, StreamEnded };
  /// Throws protocol::ProtocolError for a line that is no request. What an engine throws becomes a reply.
  End run();

 private:
  using Body = decltype(protocol::Reply::body);
  /// Never throws for what an engine did: see `Failed`.
  Body answer(const protocol::Request& request);
  Body carry_out(const protocol::Hello& request);
  Body carry_out(const protocol::Prepare& request);
  Body carry_out(const protocol::Bind& request);
  Body carry_out(const protocol::Sample& request);
  Body carry_out(const protocol::Outputs& request);
  Body carry_out(const protocol::Release& request);
  Body carry_out(const protocol::Close& request);

  void announce(const std::string& phase);
  void require_prepared() const;
  void require_bound(int set) const;
  void release();

  const protocol::Description& description_;
  std::unique_ptr<Engine> engine_;
  std::string library_;
  Sampler::Now now_;
  Channel& channel_;
  Sampler sampler_;

  const protocol::Request* request_ = nullptr;  ///< the one that is being answered
  std::int64_t received_ns_ = 0;
  std::string phase_;
  bool opened_ = false;
  bool closed_ = false;
  std::optional<std::vector<protocol::TensorDescription>> inputs_;  ///< of the prepared model
  std::set<int> bound_;
};

}  // namespace inferometer::worker
