#include "models/onnx_reader.h"

#include <fcntl.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "base/error.h"
#include "models/descriptor.h"
#include "models/foreign_format.h"
#include "models/onnx_checks.h"
#include "models/wire_scan.h"

namespace inferometer::models {
namespace {

namespace fs = std::filesystem;

struct OpenFile {
  Descriptor descriptor;
  std::uint64_t size_bytes;
};

OpenFile open_regular(const fs::path& file) {
  // O_NONBLOCK: a FIFO given as a file must not block us.
  Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (descriptor.get() < 0 || ::fstat(descriptor.get(), &status) != 0) {
    throw base::UserError(file.string() + ": cannot be read: " + base::errno_text(errno));
  }
  if (!S_ISREG(status.st_mode)) throw base::UserError(file.string() + ": is not a regular file");
  return {std::move(descriptor), static_cast<std::uint64_t>(status.st_size)};
}

std::string first_bytes(const OpenFile& open, const fs::path& file) {
  std::string bytes(kSniffedBytes, '\0');
  ssize_t got = 0;
  do {
    got = ::pread(open.descriptor.get(), bytes.data(), bytes.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) throw base::UserError(file.string() + ": cannot be read: " + base::errno_text(errno));
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

}  // namespace

std::string first_bytes_of(const fs::path& file) { return first_bytes(open_regular(file), file); }

OnnxModel read_onnx(const fs::path& file) {
  const OpenFile open = open_regular(file);
  if (const auto foreign = foreign_format(first_bytes(open, file)); !foreign.empty()) {
    throw base::UserError(file.string() + ": " + foreign);
  }
  if (open.size_bytes > INT_MAX) {
    throw base::UserError(file.string() + ": has " + std::to_string(open.size_bytes) +
                          " bytes, and one protobuf message holds at most 2147483647: export the model with its "
                          "weights as external data");
  }
  scan_wire(open.descriptor.get(), file);
  OnnxModel model;
  google::protobuf::io::FileInputStream stream(open.descriptor.get());
  if (!model.proto.ParseFromZeroCopyStream(&stream)) {
    throw base::UserError(file.string() + ": the file is damaged or no ONNX model: copy or export it again");
  }
  ExternalFiles external(file);
  check_model(model.proto, file, external);
  model.external_files = external.sizes();
  model.size_bytes = static_cast<std::int64_t>(open.size_bytes);
  for (const auto& [location, bytes] : model.external_files) model.size_bytes += static_cast<std::int64_t>(bytes);
  return model;
}

}  // namespace inferometer::models
