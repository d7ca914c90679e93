// One load set: every candidate of a group started anew in random order, warmed up, and measured in
// randomised interleaved rounds.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "measure/context.h"

namespace inferometer::measure {

/// A group cannot be measured now: the neighbours leave too few CPUs, or the kernel does not tell.
class NotMeasurable : public std::runtime_error {
 public:
  explicit NotMeasurable(results::Reason reason)
      : std::runtime_error(results::to_text(reason.code)), reason_(std::move(reason)) {}
  const results::Reason& reason() const { return reason_; }

 private:
  results::Reason reason_;
};

struct LoadSetRequest {
  const results::Group& group;
  const results::Effort& effort;
  int index = 0;
  std::uint64_t seed = 0;
  std::set<std::string> left_out;                  ///< candidates that failed before
  bool second_process = false;                     ///< the A/A by a second process of the baseline
  std::int64_t least_timed_runs = 0;               ///< of every candidate
  std::map<std::string, double> own_delay_shares;  ///< of candidates, as earlier load sets have shown
};

class LoadSetRun {
 public:
  /// `set` receives loads and blocks as they come, so that analysis can be asked while it runs.
  LoadSetRun(const Context& context, const LoadSetRequest& request, results::LoadSet& set);
  ~LoadSetRun();

  /// Starts and warms up every candidate. A candidate that fails has the outcome in its load; the rest goes
  /// on.
  void start();
  /// One round. False when fewer than one candidate is alive.
  bool round();
  int rounds() const { return round_; }
  /// Timed samples of all loads: what its line of the record grows with.
  std::int64_t samples() const { return samples_; }
  /// Every living candidate has its least rounds and timed runs.
  bool has_least_counts() const;
  /// Ends all loads in peace and fills in what is known only at the end.
  void finish();
  /// Wall time since start, minus waits for quiet.
  std::int64_t measuring_ns() const;

 private:
  struct Entry {
    std::size_t load;  ///< index into set_.loads: its blocks go there
    std::size_t live;  ///< index into live_: the process it runs in
  };
  struct Live {
    std::unique_ptr<LiveLoad> process;
    std::int64_t cpu_begin_ns = 0;    ///< its CPU time when the rounds began
    std::int64_t sampled_cpu_ns = 0;  ///< of its timed blocks: what is known of it once it has died
    double run_ns = 0;
    std::int64_t timed_runs = 0;
  };
  void start_one(std::size_t load_index);
  void require_that_it_may_share(const LiveLoad& live, const results::Load& load) const;
  void warm_up(Live& live, results::Load& load);
  void measure_block(const Entry& entry, int position, base::Random& jitter);
  bool for_others(std::size_t index, void (LiveLoad::*call)());
  void fail(std::size_t load_index, const results::Outcome& outcome);
  void add_second_label();
  void gate_round(int round);
  bool neighbours_were_quiet() const;
  void learn_own_delays();
  void wait_for_quiet();
  std::int64_t own_cpu_ns() const;  ///< of all our workers since the rounds began

  const Context& context_;
  LoadSetRequest request_;
  results::LoadSet& set_;
  std::vector<Live> live_;  ///< parallel to set_.loads (a second label shares its candidate's process)
  std::vector<Entry> entries_;
  base::Random orders_;
  base::Random jitter_;
  int threads_ = 1;
  int round_ = 0;
  std::int64_t samples_ = 0;
  int disturbed_in_a_row_ = 0;
  int quiet_waits_ = 0;
  std::int64_t begin_ns_ = 0;
  std::int64_t waited_ns_ = 0;
};

/// Blocks until others leave `threads` of our CPUs free, at most 30 s; throws NotMeasurable.
void wait_for_free_cpus(const Context& context, int threads);

}  // namespace inferometer::measure
