#include "builder/inspect/onnx_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <string_view>
#include <unordered_set>

#include "base/error.h"
#include "base/text.h"
#include "builder/inspect/dimension_roles.h"
#include "builder/inspect/file_facts.h"
#include "builder/inspect/meanings.h"
#include "onnx/checks.h"
#include "onnx/graph_builder.h"
#include "onnx/graph_index.h"
#include "onnx/quantized_ops.h"
#include "onnx/types.h"

namespace inferometer::builder {
namespace {

namespace fs = std::filesystem;

/// Operators that look rows of a table up, by the places of indices and table among their inputs.
struct Lookup {
  std::string_view op;
  int indices;
  int table;
};
constexpr std::array kLookups = {
    Lookup{"Gather", 1, 0},
    Lookup{"GatherBlockQuantized", 1, 0},
    Lookup{"EmbedLayerNormalization", 0, 2},
    Lookup{"EmbedLayerNormalization", 1, 4},
};

/// Operators whose output holds values of their first input, moved but not changed.
constexpr std::array<std::string_view, 11> kMovers = {"Cast",    "Identity", "Reshape",   "Unsqueeze",
                                                      "Squeeze", "Flatten",  "Transpose", "Expand",
                                                      "Tile",    "Slice",    "Gather"};

class Inspector {
 public:
  Inspector(const onnx::ModelProto& model, const fs::path& file)
      : model_(model), graph_(model.graph()), file_(file), index_(model.graph()) {}

  results::ModelInfo run() {
    add_inputs();
    add_outputs();
    count_parameters();
    info_.variant = {"onnx", precision(), ""};
    info_.parts = {std::move(part_)};
    info_.max_sequence_length = stated_longest_text();
    if (info_.max_sequence_length == 0) info_.max_sequence_length = shortest_table_cut_to_length();
    return std::move(info_);
  }

 private:
  [[noreturn]] void refuse(const std::string& found) const {
    throw base::UserError(file_.string() + ": " + found);
  }

  void add_inputs() {
    std::unordered_set<std::string_view> initializers;
    for (const auto& tensor : graph_.initializer()) initializers.insert(tensor.name());
    int nameless = 0;
    for (const auto& value : graph_.input()) {
      if (!initializers.contains(value.name())) part_.inputs.push_back(input_of(value, nameless));
    }
  }

  results::ModelInput input_of(const onnx::ValueInfoProto& value, int& nameless) const {
    results::ModelInput input;
    input.name = value.name();
    input.dtype = dtype_of(value);
    if (input.dtype.empty()) {
      refuse("input " + base::in_quotes(value.name()) +
             " is no tensor of a known type: only tensors can be fed");
    }
    if (!value.type().tensor_type().has_shape()) {
      refuse(
          "input " + base::in_quotes(value.name()) +
          " has no shape, so no values can be made for it: export the model with the shapes of its inputs");
    }
    int place = 0;
    for (const auto& dim : value.type().tensor_type().shape().dim()) {
      results::Dimension dimension;
      if (dim.has_dim_value()) {
        dimension.size = dim.dim_value();
        if (dimension.size < 1) {
          refuse("dimension " + std::to_string(place) + " of input " + base::in_quotes(value.name()) +
                 " is " + std::to_string(dimension.size) +
                 " (1 or more, or a name, is allowed): export the model again");
        }
      } else {
        dimension.name = dim.dim_param().empty() ? "?" + std::to_string(nameless++) : dim.dim_param();
      }
      input.shape.push_back(dimension);
      ++place;
    }
    input.index_bound = index_bound(value.name());
    return input;
  }

  static std::string dtype_of(const onnx::ValueInfoProto& value) {
    if (!value.type().has_tensor_type()) return {};
    const auto type = onnx::element_type(value.type().tensor_type().elem_type());
    return type ? std::string(type->name) : std::string();
  }

  void add_outputs() {
    std::vector<std::optional<std::size_t>> ranks;
    for (const auto& value : graph_.output()) {
      part_.outputs.push_back({value.name(), dtype_of(value)});
      const bool has_shape = value.type().tensor_type().has_shape();
      ranks.push_back(has_shape ? std::optional<std::size_t>(value.type().tensor_type().shape().dim_size())
                                : std::nullopt);
    }
    set_meanings(part_, ranks);
    assign_roles(part_.inputs);
  }

  /// Rows of the smallest table that the values of an input choose from; 0 when they choose from none.
  std::int64_t index_bound(const std::string& input) const {
    std::int64_t bound = 0;
    std::vector<std::string> to_follow = {input};
    std::set<std::string> followed;
    while (!to_follow.empty()) {
      const std::string value = to_follow.back();
      to_follow.pop_back();
      if (!followed.insert(value).second) continue;
      for (const onnx::Use& use : index_.uses(value)) {
        const std::int64_t rows = rows_looked_up(use);
        if (rows > 0) bound = bound == 0 ? rows : std::min(bound, rows);
        const bool moves = std::find(kMovers.begin(), kMovers.end(), use.node->op_type()) != kMovers.end();
        if (moves && use.input == 0 && use.node->output_size() > 0) to_follow.push_back(use.node->output(0));
      }
    }
    return bound;
  }

  std::int64_t rows_looked_up(const onnx::Use& use) const {
    for (const auto& lookup : kLookups) {
      if (use.node->op_type() != lookup.op || use.input != lookup.indices) continue;
      if (use.node->input_size() <= lookup.table) continue;
      const auto* table = index_.stored_table(use.node->input(lookup.table));
      if (table == nullptr) continue;
      std::int64_t axis =
          onnx::integer_attribute(*use.node, lookup.op == "Gather" ? "axis" : "gather_axis", 0);
      if (axis < 0) axis += table->dims_size();
      if (axis >= 0 && axis < table->dims_size()) return table->dims(static_cast<int>(axis));
    }
    return 0;
  }

  void count_parameters() {
    for (const auto* tensor : index_.constants()) {
      // Single numbers are factors, integers of 32 and 64 bits shapes and indices: neither was learned.
      const auto type = onnx::element_type(tensor->data_type());
      const bool weight = type && tensor->dims_size() > 0 &&
                          (type->name.find("float") != std::string_view::npos ||
                           (type->bits > 0 && type->bits <= 8 && type->name != "bool"));
      if (!weight) continue;
      const std::int64_t elements = onnx::checked_element_count(*tensor, file_.string());
      info_.parameters += elements;
      bytes_of_type_[std::string(type->name)] += static_cast<double>(elements) * type->bits / 8;
    }
  }

  std::string precision() {
    const bool quantized = std::any_of(graph_.node().begin(), graph_.node().end(), onnx::is_quantized);
    if (quantized) {
      const bool four_bits =
          bytes_of_type_.contains("int4") || bytes_of_type_.contains("uint4") ||
          std::any_of(graph_.node().begin(), graph_.node().end(), [](const onnx::NodeProto& node) {
            return node.op_type() == "MatMulNBits" && onnx::integer_attribute(node, "bits", 4) == 4;
          });
      const std::string precision = four_bits ? "int4" : "int8";
      note_missing_parent(info_, precision);
      return precision;
    }
    return commonest_float(bytes_of_type_);
  }

  /// The property that our own builder writes; 0 where there is none or no number.
  std::int64_t stated_longest_text() const {
    std::int64_t most = 0;
    for (const auto& property : model_.metadata_props()) {
      if (property.key() != onnx::kLongestText) continue;
      const auto& text = property.value();
      std::from_chars(text.data(), text.data() + text.size(), most);
    }
    return std::max<std::int64_t>(0, most);
  }

  /// Exporters cut a table of positions to the length of the input (Slice with computed ends): its rows bound
  /// the sequence. 0 where the graph has no such table.
  std::int64_t shortest_table_cut_to_length() const {
    std::int64_t shortest = 0;
    for (const auto& node : graph_.node()) {
      if (node.op_type() != "Slice" || node.input_size() < 3) continue;
      const auto* table = index_.constant(node.input(0));
      if (table == nullptr || index_.constant(node.input(2)) != nullptr) continue;
      const std::int64_t axis = sliced_axis(node, *table);
      if (axis < 0) continue;
      const std::int64_t rows = table->dims(static_cast<int>(axis));
      if (rows > 1) shortest = shortest == 0 ? rows : std::min(shortest, rows);
    }
    return shortest;
  }

  std::int64_t sliced_axis(const onnx::NodeProto& node, const onnx::TensorProto& table) const {
    std::int64_t axis = 0;
    if (node.input_size() > 3 && !node.input(3).empty()) {
      const auto* axes = index_.constant(node.input(3));
      const auto values = axes == nullptr ? std::nullopt : onnx::integers_of(*axes);
      if (!values || values->size() != 1) return -1;
      axis = values->front();
    }
    if (axis < 0) axis += table.dims_size();
    return axis < table.dims_size() ? axis : -1;
  }

  const onnx::ModelProto& model_;
  const onnx::GraphProto& graph_;
  const fs::path& file_;
  onnx::GraphIndex index_;
  results::ModelInfo info_;
  results::ModelPart part_;
  std::map<std::string, double> bytes_of_type_;
};

}  // namespace

results::ModelInfo inspect(const onnx::ModelProto& model, const fs::path& file) {
  return Inspector(model, file).run();
}

}  // namespace inferometer::builder
