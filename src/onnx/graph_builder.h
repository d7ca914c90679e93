// Building an ONNX graph: nodes now, weights later, one at a time, into a file beside the model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "onnx/onnx.pb.h"
#include "tensors/tensor.h"

namespace inferometer::onnx {

/// A weight whose elements are not in memory: where they come from and how they lie in the ONNX file.
struct PendingWeight {
  std::string name;         ///< of the initializer, and of the tensor at its source
  bool transposed = false;  ///< rows and columns of the source are exchanged
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
};

/// A model that is complete but for the bytes of its weights.
struct BuiltModel {
  ModelProto proto;
  std::vector<PendingWeight> weights;  ///< by ascending offset; those of a GraphBuilder are float32
  std::uint64_t weights_bytes = 0;     ///< size of the file of weights
};

/// Lets the elements of `tensor`, a part of built.proto, lie in the file of weights: `weight` names their
/// source and their size, its offset is assigned here.
void store_beside(BuiltModel& built, TensorProto& tensor, PendingWeight weight);

/// Property of a built model: the most tokens that it takes.
constexpr const char* kLongestText = "max_sequence_length";

/// Name of the file of weights beside the model.
constexpr const char* kWeightsFile = "model.onnx.data";

using Attributes = std::initializer_list<
    std::pair<const char*, std::variant<std::int64_t, float, std::vector<std::int64_t>>>>;

void set_attributes(NodeProto& node, Attributes attributes);

class GraphBuilder {
 public:
  GraphBuilder(std::string graph_name, std::int64_t opset);

  /// Dimensions of 0 get the name beside them: {{0, "batch"}, {384, ""}}.
  using Dims = std::vector<std::pair<std::int64_t, std::string>>;
  std::string input(const std::string& name, int element_code, const Dims& dims);
  void output(const std::string& name, int element_code, const Dims& dims);

  /// Adds a node with one output, which gets the node's name; returns it.
  std::string node(const std::string& op, const std::string& name, const std::vector<std::string>& inputs,
                   Attributes attributes = {});
  /// Constants that stay inside the model.
  std::string integers(const std::string& name, const std::vector<std::int64_t>& values,
                       const tensors::Shape& shape);
  std::string number(const std::string& name, float value);
  /// A float32 weight of the given shape at its source, with rows and columns exchanged if asked.
  std::string weight(const std::string& name, const tensors::Shape& source_shape, bool transposed = false);

  /// A property of the model, for whoever reads the file.
  void note(const std::string& key, const std::string& value);
  /// Call once.
  BuiltModel finish();

 private:
  ValueInfoProto describe(const std::string& name, int element_code, const Dims& dims) const;

  BuiltModel built_;
};

/// Writes model.onnx and, where it has weights, their file into `folder`. `read` gives the source tensor of a
/// pending weight; one tensor (two for a transposed one) is in memory at a time. Throws base::UserError, on a
/// full disk for example; what was written then stays in `folder`.
void write_model(const BuiltModel& built, const std::filesystem::path& folder,
                 const std::function<tensors::Tensor(const std::string&)>& read);

}  // namespace inferometer::onnx
