#include "onnx/reader.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <climits>
#include <span>

#include "base/error.h"
#include "onnx/checks.h"
#include "onnx/wire_scan.h"
#include "tensors/input_file.h"

namespace inferometer::onnx {
namespace {

/// Lets protobuf read the file that was scanned, so that weights are in memory once.
class Stream final : public google::protobuf::io::CopyingInputStream {
 public:
  explicit Stream(const tensors::InputFile& input) : input_(input) {}

  int Read(void* buffer, int size) override {
    const auto bytes =
        std::min<std::uint64_t>(static_cast<std::uint64_t>(size), input_.size_bytes() - position_);
    input_.read(position_, std::span(static_cast<std::byte*>(buffer), bytes));
    position_ += bytes;
    return static_cast<int>(bytes);
  }

 private:
  const tensors::InputFile& input_;
  std::uint64_t position_ = 0;
};

}  // namespace

OnnxModel read_onnx(const std::filesystem::path& file) {
  const tensors::InputFile input(file);
  if (input.size_bytes() > INT_MAX) {
    throw base::UserError(
        file.string() + ": has " + std::to_string(input.size_bytes()) +
        " bytes, and one protobuf message holds at most 2147483647: export the model with its "
        "weights as external data");
  }
  scan_wire(input, file);
  OnnxModel model;
  Stream stream(input);
  google::protobuf::io::CopyingInputStreamAdaptor adaptor(&stream, 1 << 20);
  if (!model.proto.ParseFromZeroCopyStream(&adaptor)) {
    throw base::UserError(file.string() + ": the file is damaged or no ONNX model: copy or export it again");
  }
  ExternalFiles external(file);
  check_model(model.proto, file, external);
  model.external_files = external.sizes();
  model.size_bytes = static_cast<std::int64_t>(input.size_bytes());
  for (const auto& [location, bytes] : model.external_files)
    model.size_bytes += static_cast<std::int64_t>(bytes);
  return model;
}

}  // namespace inferometer::onnx
