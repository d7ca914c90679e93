// Who hears what an experiment does.
#pragma once

#include "measure/context.h"
#include "results/configuration.h"

namespace inferometer::experiment {

class Observer : public measure::Observer {
 public:
  /// Everything is built; from now on `step` says how far the measuring of this plan is.
  virtual void begin_measuring(const results::Plan& plan) = 0;
};

}  // namespace inferometer::experiment
