// Recorded or synthetic noise through the code that measures, without time passing.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "measure/live_load.h"

namespace inferometer::measure {

/// A machine whose speed changes: work takes longer while it is disturbed. All loads are slowed alike.
class Noise {
 public:
  virtual ~Noise() = default;
  /// When work that takes `quiet_ns` on the quiet machine ends if it starts at `start_ns`.
  virtual std::int64_t end_of_work(std::int64_t start_ns, double quiet_ns) = 0;
};

/// A recording: packed little-endian records {u64 start_ns, u32 wall_ns, u32 run_delay_ns, u32 steal_ticks,
/// u32 zero} of one fixed piece of work run back to back. The first percentile of the wall times is the quiet
/// piece; within record i the machine does quiet/wall(i) of quiet work a nanosecond. Wraps at its end. Throws
/// base::UserError for another format.
class RecordedNoise final : public Noise {
 public:
  explicit RecordedNoise(const std::filesystem::path& file);
  /// Time 0 is now `offset_ns` after the start of the recording.
  void start_at(std::int64_t offset_ns) { offset_ns_ = offset_ns; }
  std::int64_t end_of_work(std::int64_t start_ns, double quiet_ns) override;

 private:
  std::vector<double> time_ns_;  ///< start of each record; one more at the end
  std::vector<double> work_ns_;  ///< quiet work done until then
  std::int64_t offset_ns_ = 0;
  double work_at(double time_ns) const;
  double time_at(double work_ns) const;
};

/// Synthetic noise by name, for known shapes: quiet, lognormal, ar1, markov, drift, periodic.
/// Throws base::UserError with the known names.
std::unique_ptr<Noise> synthetic_noise(const std::string& name, std::uint64_t seed);
std::vector<std::string> synthetic_noises();

/// What a replayed candidate is.
struct ReplayedCandidate {
  double quiet_ns = 2e6;         ///< one run on the quiet machine
  double load_deviation = 0;     ///< sd of log latency between fresh loads
  double load_ns = 50e6;         ///< process start, load and compile together
  double run_deviation = 0.005;  ///< sd of log latency between runs of its own
};

/// Launches loads that let a FakeClock pass as the noise says.
class ReplayLauncher final : public Launcher {
 public:
  ReplayLauncher(std::map<std::string, ReplayedCandidate> candidates, Noise& noise, base::FakeClock& clock,
                 std::uint64_t seed);
  std::unique_ptr<LiveLoad> launch(const std::string& candidate, const std::vector<int>& cpus,
                                   results::Load& load) override;

 private:
  std::map<std::string, ReplayedCandidate> candidates_;
  Noise& noise_;
  base::FakeClock& clock_;
  base::Random random_;
};

}  // namespace inferometer::measure
