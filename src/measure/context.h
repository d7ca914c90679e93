// What a running experiment needs from outside, injected by reference so that replays and tests need no time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "measure/live_load.h"
#include "measure/surroundings.h"
#include "results/experiment.h"
#include "results/journal.h"
#include "tensors/tensor.h"

namespace inferometer::measure {

/// Called between rounds, never inside a timed region.
class Observer {
 public:
  virtual ~Observer() = default;
  /// One sentence about something the user should know now ("waiting for quiet: neighbours use 1.2 CPUs").
  virtual void say(const std::string& sentence) = 0;
  struct Step {
    std::string group;
    std::string doing;              ///< "truth", "load 3", "round 12"
    std::int64_t measuring_ns = 0;  ///< of this group so far
    std::int64_t budget_ns = 0;
    double seconds_left = 0;  ///< estimate for this group; NaN when unknown
  };
  virtual void step(const Step& step) = 0;
};

/// The outputs of every input set that is checked.
using SetOutputs = std::vector<std::vector<tensors::Tensor>>;
/// Holds outputs of a candidate against those of its reference (null: there is none). evaluate has the real
/// one.
using Judge = std::function<results::TruthCheck(const results::CandidateSpec& spec,
                                                const SetOutputs* reference, const SetOutputs& candidate)>;

struct Context {
  Launcher& launcher;
  Surroundings& surroundings;
  base::Clock& clock;
  results::Journal& journal;
  Observer& observer;
  Judge judge;
};

}  // namespace inferometer::measure
