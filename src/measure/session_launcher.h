// The real launcher: every load is a new worker process.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engines/launch.h"
#include "measure/live_load.h"
#include "results/device.h"
#include "session/session.h"

namespace inferometer::measure {

/// How to start one candidate (or reference, or the null engine).
struct LaunchFacts {
  engines::Launch launch;
  std::vector<results::ArtefactPart> parts;  ///< the first takes the inputs; of texts, the prompt
  std::string format;
  results::Configuration configuration;
  results::Workload workload;
  std::map<std::string, std::vector<std::int64_t>> shapes;  ///< of the inputs of the first part
  std::vector<std::string> input_sets;                      ///< safetensors files
  std::string repeat;                                       ///< command that repeats it
};

class SessionLauncher final : public Launcher {
 public:
  SessionLauncher(std::map<std::string, LaunchFacts> facts, session::Deadlines deadlines);
  std::unique_ptr<LiveLoad> launch(const std::string& candidate, const std::vector<int>& cpus,
                                   results::Load& load) override;

 private:
  std::map<std::string, LaunchFacts> facts_;
  session::Deadlines deadlines_;
  std::map<std::string, std::string>
      digests_;  ///< library -> sha256, asked of the first worker that opens it
};

/// "" if the device that is asked for is one of those that the engine sees, else why it cannot be used.
std::string missing_device(const std::string& asked, const std::vector<results::Device>& devices);

/// "" if the engine did what was asked, else "asked for float16, the engine computes in bfloat16": a silent
/// other device, precision, thread count or option is an outcome, not a result.
std::string difference_to_request(const results::Configuration& asked, const results::Effective& effective);

}  // namespace inferometer::measure
