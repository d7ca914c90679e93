// What a worker claims of its samples, held against what was asked, against itself and against our clock.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/messages.h"

namespace inferometer::session {

/// One sample request with its reply, and when we sent the one and had the other.
struct SampleExchange {
  const protocol::Sample& request;
  const protocol::SampleReply& reply;
  std::int64_t sent_ns = 0;
  std::int64_t arrived_ns = 0;
  std::int64_t clock_step_ns = 1;  ///< of the worker's clock
  bool shared_clock = true;        ///< the worker reads CLOCK_MONOTONIC, as we do
};

/// "" for a reply that can be believed, else the first rule it breaks and how:
/// "count: asked for 20 samples, got 19". An honest reply breaks none, whatever the machine does meanwhile.
std::string broken_rule(const SampleExchange& exchange);

/// The same for the times of a reply to `load` that came `window_ns` after its request.
std::string broken_load_rule(const protocol::LoadReply& reply, std::int64_t window_ns);

/// The same for what a reply to `generate` has beside its samples, which break no rule.
std::string broken_token_rule(const protocol::Generate& request, const protocol::GenerateReply& reply,
                              std::int64_t clock_step_ns);

}  // namespace inferometer::session
