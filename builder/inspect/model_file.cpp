#include "builder/inspect/model_file.h"

#include "base/error.h"
#include "base/hash.h"
#include "builder/inspect/checkpoint_folder.h"
#include "builder/inspect/foreign_format.h"
#include "builder/inspect/onnx_file.h"
#include "builder/inspect/saved_model_folder.h"
#include "builder/inspect/tflite_file.h"
#include "formats/tflite.h"
#include "onnx/reader.h"
#include "tensors/input_file.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

/// Both digests of a model in several files and of one in a single file are its identity in the record.
std::string digest_of(const fs::path& file, const onnx::OnnxModel& model, const DigestOf& digest_of_file) {
  const auto own = digest_of_file(file);
  if (model.external_files.empty()) return own;
  std::string all = own;
  for (const auto& [location, bytes] : model.external_files) {
    all += "\n" + location + "\n" + digest_of_file(file.parent_path() / location);
  }
  return base::sha256_hex(all);
}

results::ModelInfo inspect_onnx(const fs::path& file, const DigestOf& digest_of_file) {
  const auto model = onnx::read_onnx(file);
  auto info = inspect(model.proto, file);
  info.size_bytes = model.size_bytes;
  info.sha256 = digest_of(file, model, digest_of_file);
  return info;
}

results::ModelInfo inspect_tflite(const fs::path& file, const DigestOf& digest_of_file) {
  auto info = inspect(formats::read_tflite(file), file);
  info.sha256 = digest_of_file(file);
  return info;
}

/// A file is what its first bytes say; where they say nothing, what its name says.
results::ModelInfo inspect_file(const fs::path& file, const DigestOf& digest_of_file) {
  const auto head = tensors::InputFile(file).head(kSniffedBytes);
  if (formats::is_tflite(head)) return inspect_tflite(file, digest_of_file);
  const bool named_tflite = file.extension() == ".tflite";
  if (const auto foreign = foreign_format(head); !foreign.empty())
    throw base::UserError(file.string() + (named_tflite ? ": no TFLite model: " : ": no ONNX model: ") +
                          foreign);
  return named_tflite ? inspect_tflite(file, digest_of_file) : inspect_onnx(file, digest_of_file);
}

results::ModelInfo inspect_saved_model(const fs::path& folder, const DigestOf& digest_of_file) {
  auto info = inspect(formats::read_saved_model(folder), folder);
  std::string all;
  for (const auto& [name, bytes] : files_of_saved_model(folder)) {
    info.size_bytes += bytes;
    all += name + "\n" + digest_of_file(folder / name) + "\n";
  }
  info.sha256 = base::sha256_hex(all);
  return info;
}

}  // namespace

results::ModelInfo inspect_model(const fs::path& path, const DigestOf& digest_of_file) {
  if (!fs::is_directory(path)) return inspect_file(path, digest_of_file);
  return is_checkpoint_folder(path) ? inspect_checkpoint_folder(path, digest_of_file)
                                    : inspect_saved_model(path, digest_of_file);
}

}  // namespace inferometer::builder
