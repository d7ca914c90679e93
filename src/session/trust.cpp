#include "session/trust.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace inferometer::session {
namespace {

// Real durations of so many clock steps are never all the same.
constexpr std::size_t kFewestConstant = 10;
constexpr std::int64_t kStepsWhereConstantIsAbsurd = 1000;

std::string in_text(std::int64_t duration_ns) {
  return duration_ns < 1000 ? fmt::format("{} ns", duration_ns)
                            : base::format_ns(static_cast<double>(duration_ns));
}

/// The rules, in an order in which each may rely on those before it: no sum of numbers that were not yet
/// bounded by our own clock, so that no claim can overflow.
class Rules {
 public:
  explicit Rules(const SampleExchange& exchange)
      : request_(exchange.request),
        reply_(exchange.reply),
        sent_ns_(exchange.sent_ns),
        arrived_ns_(exchange.arrived_ns),
        window_ns_(exchange.arrived_ns - exchange.sent_ns),
        step_ns_(exchange.clock_step_ns),
        // One clock read twice agrees with itself; another's steps show as error at both ends.
        tolerance_ns_(exchange.shared_clock ? 0 : 2 * exchange.clock_step_ns),
        shared_clock_(exchange.shared_clock) {}

  std::string count() const {
    const auto& [durations, offsets] = std::tie(reply_.durations_ns, reply_.offsets_ns);
    if (offsets.size() != durations.size()) {
      return fmt::format("count: {} durations, but {} starts", durations.size(), offsets.size());
    }
    const auto got = static_cast<std::int64_t>(durations.size());
    const bool ended_by_time = request_.duration_ns > 0 && got < request_.samples;
    if (got == 0 || (got != request_.samples && !ended_by_time)) {
      return fmt::format("count: asked for {} samples, got {}", request_.samples, got);
    }
    if (ended_by_time && reply_.wall_ns + tolerance_ns_ < request_.duration_ns) {
      return fmt::format("count: got {} of {} samples although only {} of {} had passed", got,
                         request_.samples, in_text(reply_.wall_ns), in_text(request_.duration_ns));
    }
    return "";
  }

  std::string runs() const {
    if (reply_.runs_per_sample == request_.runs_per_sample) return "";
    return fmt::format("runs: asked for {} runs in a sample, got {}", request_.runs_per_sample,
                       reply_.runs_per_sample);
  }

  std::string duration() const {
    const auto& durations = reply_.durations_ns;
    for (std::size_t i = 0; i < durations.size(); ++i) {
      if (durations[i] <= 0) return fmt::format("duration: sample {} took {}", i, in_text(durations[i]));
      if (!within_window(durations[i])) return longer_than_window(fmt::format("sample {}", i), durations[i]);
    }
    for (const auto& [name, claimed_ns] : {std::pair{"first run", reply_.first_run_ns},
                                           {"timed loop", reply_.wall_ns},
                                           {"discarding", reply_.discarded_ns}}) {
      if (claimed_ns < 0) return fmt::format("duration: the {} took {}", name, in_text(claimed_ns));
      if (!within_window(claimed_ns)) return longer_than_window(fmt::format("the {}", name), claimed_ns);
    }
    return "";
  }

  std::string counters() const {
    for (const auto& [name, value] : {std::pair{"CPU time", reply_.cpu_ns},
                                      {"minor faults", reply_.minor_faults},
                                      {"major faults", reply_.major_faults},
                                      {"voluntary switches", reply_.voluntary_switches},
                                      {"involuntary switches", reply_.involuntary_switches},
                                      {"recompilations", reply_.recompilations},
                                      {"peak memory", reply_.peak_rss_bytes}}) {
      if (value < 0) return fmt::format("counter: {} of {}", name, value);
    }
    // -1: the kernel does not count it.
    if (reply_.run_delay_ns < -1) return fmt::format("counter: run-queue delay of {}", reply_.run_delay_ns);
    return "";
  }

  std::string order() const {
    const auto& [durations, offsets] = std::tie(reply_.durations_ns, reply_.offsets_ns);
    if (offsets.front() != 0)
      return fmt::format("order: the first sample starts at {}, not 0", offsets.front());
    for (std::size_t i = 1; i < offsets.size(); ++i) {
      if (offsets[i] < 0 || !within_window(offsets[i]) ||
          offsets[i] + tolerance_ns_ < offsets[i - 1] + durations[i - 1]) {
        return fmt::format("order: sample {} starts at {}, where sample {} ends at {}", i, offsets[i], i - 1,
                           offsets[i - 1] + durations[i - 1]);
      }
    }
    return "";
  }

  std::string window() const {
    const std::int64_t in_all_ns = reply_.discarded_ns + reply_.wall_ns;
    if (!within_window(in_all_ns)) return longer_than_window("the block", in_all_ns);
    if (!shared_clock_) return "";
    if (reply_.received_ns < sent_ns_ || reply_.received_ns > arrived_ns_) {
      return "window: the request was received at a time when it was not under way";
    }
    if (reply_.begin_ns < reply_.received_ns || reply_.begin_ns > arrived_ns_) {
      return "window: the block began at a time when the request was not under way";
    }
    if (reply_.begin_ns + reply_.offsets_ns.back() + reply_.durations_ns.back() > arrived_ns_) {
      return "window: the block ended after its reply had come";
    }
    return "";
  }

  std::string sum() const {
    std::int64_t sum_ns = 0;
    for (std::size_t i = 0; i < reply_.durations_ns.size(); ++i) {
      sum_ns += reply_.durations_ns[i];
      if (sum_ns > reply_.wall_ns + tolerance_ns_) {
        return fmt::format("sum: the first {} samples take {} ns of a loop of {} ns", i + 1, sum_ns,
                           reply_.wall_ns);
      }
    }
    return "";
  }

  std::string constant() const {
    const auto& durations = reply_.durations_ns;
    const bool absurd = durations.size() >= kFewestConstant &&
                        durations.front() / kStepsWhereConstantIsAbsurd > step_ns_ &&
                        std::ranges::count(durations, durations.front()) == std::ssize(durations);
    return absurd ? fmt::format("constant: all {} samples took {} ns", durations.size(), durations.front())
                  : "";
  }

  std::string discard() const {
    if (reply_.discarded_runs < request_.discard_runs) {
      return fmt::format("discard: asked for {} runs or more, got {}", request_.discard_runs,
                         reply_.discarded_runs);
    }
    if (reply_.discarded_ns + tolerance_ns_ < request_.discard_ns) {
      return fmt::format("discard: asked for {} or more, got {}", in_text(request_.discard_ns),
                         in_text(reply_.discarded_ns));
    }
    if (reply_.discarded_runs < request_.discard_enough_runs &&
        reply_.discarded_ns + tolerance_ns_ < request_.discard_enough_ns) {
      return fmt::format("discard: {} runs in {} are neither {} runs nor {}", reply_.discarded_runs,
                         in_text(reply_.discarded_ns), request_.discard_enough_runs,
                         in_text(request_.discard_enough_ns));
    }
    return "";
  }

 private:
  bool within_window(std::int64_t duration_ns) const { return duration_ns <= window_ns_ + tolerance_ns_; }
  std::string longer_than_window(const std::string& what, std::int64_t duration_ns) const {
    return fmt::format("window: {} took {}, but the reply came {} after the request", what,
                       in_text(duration_ns), in_text(window_ns_));
  }

  const protocol::Sample& request_;
  const protocol::SampleReply& reply_;
  std::int64_t sent_ns_;
  std::int64_t arrived_ns_;
  std::int64_t window_ns_;
  std::int64_t step_ns_;
  std::int64_t tolerance_ns_;
  bool shared_clock_;
};

}  // namespace

std::string broken_rule(const SampleExchange& exchange) {
  const Rules rules(exchange);
  for (const auto rule : {&Rules::duration, &Rules::count, &Rules::runs, &Rules::counters, &Rules::order,
                          &Rules::window, &Rules::sum, &Rules::constant, &Rules::discard}) {
    if (std::string broken = (rules.*rule)(); !broken.empty()) return broken;
  }
  return "";
}

std::string broken_load_rule(const protocol::LoadReply& reply, std::int64_t window_ns) {
  for (const auto& [name, claimed_ns] : {std::pair{"load", reply.load_ns}, {"compile", reply.compile_ns}}) {
    if (claimed_ns >= 0 && claimed_ns <= window_ns) continue;
    return fmt::format("window: {} took {} ns, but the reply came {} ns after the request", name, claimed_ns,
                       window_ns);
  }
  return "";
}

std::string broken_token_rule(const protocol::Generate& request, const protocol::GenerateReply& reply,
                              std::int64_t clock_step_ns) {
  const auto steps = static_cast<std::size_t>(request.new_tokens);
  const std::size_t due = reply.durations_ns.size() * steps;
  const auto& times = reply.token_times_ns;
  if (times.size() != due) return fmt::format("tokens: asked for {} times, got {}", due, times.size());
  if (reply.rows < 1 || reply.tokens.size() % due != 0 ||
      static_cast<std::int64_t>(reply.tokens.size() / due) != reply.rows) {
    return fmt::format("tokens: {} times of {} rows, but {} tokens", due, reply.rows, reply.tokens.size());
  }
  for (std::size_t i = 0; i < due; ++i) {
    const std::int64_t earliest_ns = i % steps == 0 ? 0 : times[i - 1];
    if (times[i] < earliest_ns || times[i] > reply.durations_ns[i / steps] + 2 * clock_step_ns) {
      return fmt::format("tokens: token {} of sample {} came after {} of {}", i % steps, i / steps,
                         in_text(times[i]), in_text(reply.durations_ns[i / steps]));
    }
  }
  return "";
}

}  // namespace inferometer::session
