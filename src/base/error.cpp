#include "base/error.h"

#include <cstring>

namespace inferometer::base {

void fail_check(const char* expression, const char* file, int line, const std::string& context) {
  const char* slash = std::strrchr(file, '/');
  throw InternalError(std::string(slash ? slash + 1 : file) + ":" + std::to_string(line) + ": " + expression +
                      (context.empty() ? "" : ": " + context));
}

std::string errno_text(int error_number) { return std::strerror(error_number); }

}  // namespace inferometer::base
