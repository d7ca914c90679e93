// A file that one process holds at a time.
#pragma once

#include <filesystem>

#include "process/descriptor.h"

namespace inferometer::process {

/// Held (flock) from `try_take` or `wait` until it goes out of scope or the process ends, however it ends.
class FileLock {
 public:
  /// Makes the file where it is not there. Throws base::UserError when that cannot be.
  explicit FileLock(std::filesystem::path file);
  /// False when another process holds it. Throws base::UserError.
  bool try_take();
  /// Throws base::UserError.
  void wait();

 private:
  std::filesystem::path file_;
  Descriptor descriptor_;
};

}  // namespace inferometer::process
