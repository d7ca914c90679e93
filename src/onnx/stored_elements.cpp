#include "onnx/stored_elements.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/text.h"
#include "onnx/checks.h"
#include "onnx/external_data.h"
#include "onnx/open_within.h"
#include "onnx/types.h"

namespace inferometer::onnx {
namespace {

namespace fs = std::filesystem;

std::string bytes_beside(const TensorProto& tensor, const fs::path& model_file) {
  const std::string where = model_file.string() + ": tensor " + base::in_quotes(tensor.name());
  const auto place = external_place(tensor, where);
  const auto elements = checked_element_count(tensor, where);
  const auto type = element_type(tensor.data_type());
  const auto size = type ? packed_bytes(*type, elements) : std::nullopt;
  INFEROMETER_CHECK(size.has_value(), where);
  const auto parent = model_file.has_parent_path() ? model_file.parent_path() : fs::path(".");
  const process::Descriptor folder(::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const process::Descriptor file(folder.open() ? open_within(folder.get(), place.location)
                                               : process::Descriptor(-1));
  if (!file.open()) {
    throw base::UserError(where + ": " + base::in_quotes(place.location) +
                          " cannot be read: " + base::errno_text(errno));
  }
  std::string bytes(*size, '\0');
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t got = ::pread(file.get(), bytes.data() + done, bytes.size() - done,
                                static_cast<off_t>(place.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      throw base::UserError(where + ": " + base::in_quotes(place.location) + " ends before byte " +
                            std::to_string(place.offset + bytes.size()) + ": the file changed; try again");
    }
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace

bool has_stored_bytes(const TensorProto& tensor) {
  return tensor.data_location() == TensorProto::EXTERNAL || tensor.has_raw_data();
}

std::string stored_bytes(const TensorProto& tensor, const fs::path& model_file) {
  INFEROMETER_CHECK(has_stored_bytes(tensor), tensor.name());
  return tensor.data_location() == TensorProto::EXTERNAL ? bytes_beside(tensor, model_file)
                                                         : tensor.raw_data();
}

std::vector<float> float32_values(const TensorProto& tensor, const fs::path& model_file) {
  INFEROMETER_CHECK(tensor.data_type() == kFloat32, tensor.name());
  if (!has_stored_bytes(tensor)) return {tensor.float_data().begin(), tensor.float_data().end()};
  const auto bytes = stored_bytes(tensor, model_file);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace inferometer::onnx
