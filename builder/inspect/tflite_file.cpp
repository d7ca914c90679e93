#include "builder/inspect/tflite_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "builder/inspect/dimension_roles.h"
#include "builder/inspect/file_facts.h"
#include "builder/inspect/meanings.h"
#include "tensors/tensor.h"

namespace inferometer::builder {
namespace {

using formats::TfliteGraph;
using formats::TfliteModel;
using formats::TfliteOperator;
using formats::TfliteTensor;

/// Operators of the schema that look rows of a table up, by the places of indices and table.
struct Lookup {
  int code;
  std::size_t indices;
  std::size_t table;
};
constexpr std::array kLookups = {Lookup{36, 1, 0},  // GATHER
                                 Lookup{7, 0, 1}};  // EMBEDDING_LOOKUP

/// Those whose output holds values of their first input, moved but not changed.
constexpr std::array kMovers = {22,   // RESHAPE
                                36,   // GATHER
                                39,   // TRANSPOSE
                                43,   // SQUEEZE
                                53,   // CAST
                                65,   // SLICE
                                69,   // TILE
                                70};  // EXPAND_DIMS

class Inspector {
 public:
  Inspector(const TfliteModel& model, const std::filesystem::path& file)
      : model_(model),
        file_(file),
        graph_(model.graphs.at(static_cast<std::size_t>(model.signature.graph))) {}

  results::ModelInfo run() {
    info_.size_bytes = model_.size_bytes;
    for (const auto& port : model_.signature.inputs) part_.inputs.push_back(input_of(port));
    std::vector<std::optional<std::size_t>> ranks;
    for (const auto& port : model_.signature.outputs) {
      const auto& tensor = tensor_at(port.tensor);
      require_numbers("output", port.name, tensor);
      part_.outputs.push_back({port.name, tensor.dtype});
      ranks.emplace_back(tensor.shape.size());
    }
    set_meanings(part_, ranks);
    assign_roles(part_.inputs);
    count_parameters();
    info_.variant = {"tflite", precision(), ""};
    info_.parts = {std::move(part_)};
    return std::move(info_);
  }

 private:
  const TfliteTensor& tensor_at(int place) const {
    return graph_.tensors.at(static_cast<std::size_t>(place));
  }

  void require_numbers(const std::string& kind, const std::string& name, const TfliteTensor& tensor) const {
    try {
      tensors::dtype_from_text(tensor.dtype);
    } catch (const base::UserError&) {
      throw base::UserError(file_.string() + ": " + kind + " " + base::in_quotes(name) +
                            " is a tensor of type " + tensor.dtype +
                            ": only tensors of numbers and bool can be measured");
    }
  }

  results::ModelInput input_of(const formats::TfliteSignature::Port& port) {
    const auto& tensor = tensor_at(port.tensor);
    require_numbers("input", port.name, tensor);
    results::ModelInput input;
    input.name = port.name;
    input.dtype = tensor.dtype;
    input.quantized = tensor.quantized;
    input.scale = static_cast<double>(tensor.scale);
    input.zero_point = tensor.zero_point;
    input.shape = dimensions_of(tensor.shape, port.name, file_, nameless_);
    input.index_bound = index_bound(port.tensor);
    return input;
  }

  /// Rows of the smallest table that the values of an input choose from; 0 when they choose from none.
  std::int64_t index_bound(int input) const {
    std::int64_t bound = 0;
    std::vector<int> to_follow = {input};
    std::set<int> followed;
    while (!to_follow.empty()) {
      const int value = to_follow.back();
      to_follow.pop_back();
      if (!followed.insert(value).second) continue;
      for (const auto& operation : graph_.operators) {
        const std::int64_t rows = rows_looked_up(operation, value);
        if (rows > 0) bound = bound == 0 ? rows : std::min(bound, rows);
        const bool moves = std::find(kMovers.begin(), kMovers.end(), operation.code) != kMovers.end();
        if (moves && !operation.inputs.empty() && operation.inputs[0] == value && !operation.outputs.empty())
          to_follow.push_back(operation.outputs[0]);
      }
    }
    return bound;
  }

  std::int64_t rows_looked_up(const TfliteOperator& operation, int indices) const {
    for (const auto& lookup : kLookups) {
      if (operation.code != lookup.code || operation.inputs.size() < 2) continue;
      if (operation.inputs[lookup.indices] != indices || operation.inputs[lookup.table] < 0) continue;
      // Tables of other precisions are widened before: what counts is that their rows are known.
      const auto& shape = tensor_at(operation.inputs[lookup.table]).shape;
      if (!shape.empty() && shape[0] > 0) return shape[0];
    }
    return 0;
  }

  void count_parameters() {
    for (const auto& graph : model_.graphs) {
      for (const auto& tensor : graph.tensors) {
        const bool real = tensor.quantized || tensor.dtype.find("float") != std::string::npos;
        // Single numbers are factors, other integers shapes and indices: neither was learned.
        if (!tensor.constant || !real || tensor.shape.empty()) continue;
        std::int64_t elements = 0;
        try {
          elements = tensors::element_count(tensor.shape);
        } catch (const base::UserError& error) {
          throw base::UserError(file_.string() + ": tensor " + base::in_quotes(tensor.name) + ": " +
                                error.what());
        }
        info_.parameters += elements;
        bytes_of_type_[tensor.dtype] += static_cast<double>(elements) * tensor.bits / 8;
      }
    }
  }

  std::string precision() {
    for (const char* integer : {"int4", "int8", "uint8"}) {
      if (!bytes_of_type_.contains(integer)) continue;
      const std::string precision = integer == std::string("int4") ? "int4" : "int8";
      note_missing_parent(info_, precision);
      return precision;
    }
    return commonest_float(bytes_of_type_);
  }

  const TfliteModel& model_;
  const std::filesystem::path& file_;
  const TfliteGraph& graph_;
  results::ModelInfo info_;
  results::ModelPart part_;
  int nameless_ = 0;
  std::map<std::string, double> bytes_of_type_;
};

}  // namespace

results::ModelInfo inspect(const formats::TfliteModel& model, const std::filesystem::path& file) {
  return Inspector(model, file).run();
}

}  // namespace inferometer::builder
