// What the tests of many modules do: write a file, catch a message.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "base/error.h"
#include "base/files.h"

namespace inferometer::base {

inline std::filesystem::path write_bytes(const std::filesystem::path& file, const std::string& bytes) {
  // A file that is cut and filled again is flushed to the disk by some file systems; a new one is not.
  std::filesystem::remove(file);
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

/// The message of the base::UserError that `action` throws; "no error" when it throws none.
inline std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace inferometer::base
