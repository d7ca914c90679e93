// What the scripted worker shall do wrong, and where.
#pragma once

#include <cstdint>
#include <string>

namespace inferometer::fakes {

struct Script {
  std::string fault;  ///< a name of faults.h; empty: behave
  /// hello, load (before loading), compile (before compiling, or in the reply to load), bind, first_run
  /// (the first sample request), run (the later ones), outputs, close.
  std::string phase = "run";
  std::int64_t run_ns = 20'000;  ///< of one inference, spent in a busy loop
};

/// From "fault=segv,phase=load,run_ns=20000", the value of --library. Throws base::UserError.
Script script_from_words(const std::string& words);
/// From the artefact, {"fault": "segv", "phase": "run", "run_ns": 20000}: what is there replaces
/// `script`'s.
Script script_from_file(const std::string& file, Script script);

}  // namespace inferometer::fakes
