// Answers requests with one engine, until `close` or the end of the stream.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
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
  Body answer_to(const protocol::Hello& request);
  Body answer_to(const protocol::Load& request);
  Body answer_to(const protocol::Bind& request);
  Body answer_to(const protocol::Sample& request);
  Body answer_to(const protocol::Generate& request);
  Body answer_to(const protocol::Outputs& request);
  Body answer_to(const protocol::Release& request);
  Body answer_to(const protocol::Close& request);

  void announce(const std::string& phase);
  /// Number of a loaded part.
  std::size_t part_named(const std::string& name) const;
  void require_bound(std::size_t part, int set) const;
  std::size_t require_ready(const protocol::Sample& request) const;
  void release();

  protocol::Description description_;  ///< its devices are those that the engine sees once it is open
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
  std::vector<protocol::LoadedPart> parts_;  ///< of the loaded model; empty: none is
  std::set<std::pair<std::size_t, int>> bound_;
};

}  // namespace inferometer::worker
