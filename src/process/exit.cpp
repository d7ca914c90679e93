#include "process/exit.h"

#include <cstring>

namespace inferometer::process {

std::string Exit::to_text() const {
  if (unkillable) return "unkillable: still there after SIGKILL";
  if (!signalled) return "exit code " + std::to_string(code);
  const char* name = ::sigabbrev_np(code);
  if (name == nullptr) return "signal " + std::to_string(code);
  return "SIG" + std::string(name) + " (" + ::sigdescr_np(code) + ")";
}

}  // namespace inferometer::process
