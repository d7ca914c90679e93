// Where measure reports what is finished. The store's writer is the real one.
#pragma once

#include <string>

#include "results/configuration.h"
#include "results/environment.h"
#include "results/measurement.h"

namespace inferometer::results {

/// Every call is one finished item: when it returns, the item is on disk. Throws base::RecordError when it
/// cannot be kept (disk full); what was kept before stays.
class Journal {
 public:
  virtual ~Journal() = default;
  virtual void keep(const Preparation&) = 0;
  virtual void keep(const TruthCheck&) = 0;
  virtual void keep(const HarnessCost&) = 0;
  virtual void keep(const LoadSet&) = 0;
  virtual void keep(const GroupStop&) = 0;
  virtual void keep(const CandidateOutcome&) = 0;
};

}  // namespace inferometer::results
