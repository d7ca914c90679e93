#include "onnx/external_data.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cctype>
#include <cerrno>
#include <charconv>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "onnx/open_within.h"
#include "onnx/types.h"

namespace inferometer::onnx {
namespace {

namespace fs = std::filesystem;
using process::Descriptor;

std::uint64_t non_negative(const std::string& value, const std::string& key, const std::string& where) {
  std::int64_t number = -1;
  const auto* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || stop != end || number < 0) {
    throw base::UserError(where + ": external data " + key + " is " + base::in_quotes(value) +
                          ": a whole number from 0 to 2^63-1 is needed");
  }
  return static_cast<std::uint64_t>(number);
}

}  // namespace

ExternalPlace external_place(const TensorProto& tensor, const std::string& where) {
  std::map<std::string, std::string> entries;
  for (const auto& entry : tensor.external_data()) {
    const auto& key = entry.key();
    if (key != "location" && key != "offset" && key != "length" && key != "checksum") {
      throw base::UserError(where + ": external data has the key " + base::in_quotes(key) +
                            " (known: location, offset, length, checksum)");
    }
    if (!entries.emplace(key, entry.value()).second) {
      throw base::UserError(where + ": external data has the key " + base::in_quotes(key) + " twice");
    }
  }
  if (!entries.contains("location")) throw base::UserError(where + ": external data names no location");
  ExternalPlace place{checked_location(entries["location"], where), 0, std::nullopt};
  if (entries.contains("offset")) place.offset = non_negative(entries["offset"], "offset", where);
  if (entries.contains("length")) place.length = non_negative(entries["length"], "length", where);
  return place;
}

std::string checked_location(const std::string& location, const std::string& where) {
  const auto refuse = [&](const std::string& found) {
    throw base::UserError(where + ": external data location " + base::in_quotes(location) + " " + found +
                          ": a path below the folder of the model is allowed, as plain names joined by '/'");
  };
  if (location.empty()) refuse("is empty");
  if (location.starts_with("*/") || location.find("_ORT_MEM_ADDR_") != std::string::npos) {
    refuse("is a reserved marker for a memory address");
  }
  if (location.find('\0') != std::string::npos) refuse("holds a NUL byte");
  if (location.find('\\') != std::string::npos) refuse("holds a backslash");
  if (location.front() == '/') refuse("is absolute");
  if (location.size() > 1 && location[1] == ':' &&
      std::isalpha(static_cast<unsigned char>(location[0])) != 0) {
    refuse("begins with a drive letter");
  }
  std::vector<std::string> kept;
  for (auto& component : base::split(location, '/')) {
    if (component == "..") refuse("leaves the folder by '..'");
    if (!component.empty() && component != ".") kept.push_back(std::move(component));
  }
  if (kept.empty() || location.back() == '/') refuse("names no file");
  return base::join(kept, "/");
}

ExternalFiles::ExternalFiles(fs::path model_file) : model_file_(std::move(model_file)) {}

std::uint64_t ExternalFiles::size_of(const std::string& location, const std::string& where) {
  if (const auto known = sizes_.find(location); known != sizes_.end()) return known->second;
  const auto refuse = [&](const std::string& found) {
    throw base::UserError(where + ": external data file " + base::in_quotes(location) + " " + found);
  };
  const fs::path parent = model_file_.has_parent_path() ? model_file_.parent_path() : fs::path(".");
  const Descriptor folder(::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open()) refuse("cannot be looked for: " + parent.string() + ": " + base::errno_text(errno));
  const Descriptor file(open_within(folder.get(), location));
  if (!file.open()) {
    if (errno == ELOOP) refuse("is a symbolic link or lies behind one: put the file itself beside the model");
    if (errno == EXDEV) refuse("leaves the folder of the model");
    if (errno == ENOENT || errno == ENOTDIR) refuse("is missing in " + parent.string() + ": put it there");
    refuse("cannot be read: " + base::errno_text(errno));
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) refuse("cannot be read: " + base::errno_text(errno));
  if (!S_ISREG(status.st_mode)) refuse("is not a regular file");
  if (status.st_nlink != 1) {
    refuse("has " + std::to_string(status.st_nlink) +
           " names (hard links), so it may be a file from elsewhere: put a copy beside the model");
  }
  return sizes_[location] = static_cast<std::uint64_t>(status.st_size);
}

void ExternalFiles::check(const TensorProto& tensor, std::uint64_t size_bytes) {
  const std::string where = model_file_.string() + ": tensor " + base::in_quotes(tensor.name());
  const auto claim = external_place(tensor, where);
  const std::uint64_t file_bytes = size_of(claim.location, where);
  const std::uint64_t length = claim.length.value_or(size_bytes);
  // offset and length are below 2^63: their sum cannot wrap.
  if (claim.offset + length > file_bytes) {
    throw base::UserError(where + ": bytes " + std::to_string(claim.offset) + " to " +
                          std::to_string(claim.offset + length) + " of " + base::in_quotes(claim.location) +
                          " are outside the file, which has " + std::to_string(file_bytes) +
                          ": the file is cut or belongs to another model; copy it again");
  }
  if (length != size_bytes) {
    throw base::UserError(where + ": external data length is " + std::to_string(length) +
                          " bytes, its shape and type need " + std::to_string(size_bytes) +
                          ": the file is damaged; export it again");
  }
}

}  // namespace inferometer::onnx
