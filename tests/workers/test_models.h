// Tiny models whose outputs can be worked out by hand, in the format of each worker.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tensors/tensor.h"

namespace inferometer::tests {

struct TestModel {
  std::string name;
  std::string format;
  std::string bytes;           ///< of the artefact, or of `file_in_folder`
  std::string file_in_folder;  ///< where the artefact is a folder: the file that holds `bytes`
  std::map<std::string, std::string> other_files;  ///< the others in that folder, by name
  /// Input set `set` with batch size `batch`: other values for every set.
  std::function<std::vector<tensors::Tensor>(int set, std::int64_t batch)> inputs;
  /// What the model makes of those.
  std::function<std::vector<float>(const std::vector<tensors::Tensor>&)> expected;
};

/// All test models of `format`; none for an unknown one.
std::vector<TestModel> models_of(const std::string& format);

}  // namespace inferometer::tests
