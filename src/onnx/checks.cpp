#include "onnx/checks.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "onnx/types.h"

namespace inferometer::onnx {
namespace {

// Beyond what ONNX has defined (IR 14, opset 28 in 2026), with room: a larger number is damage, not news.
constexpr std::int64_t kLargestIrVersion = 50;
constexpr std::int64_t kLargestOpset = 200;

/// Operators of these domains come with the engines.
constexpr std::array<std::string_view, 8> kEngineDomains = {"",
                                                            "ai.onnx",
                                                            "ai.onnx.ml",
                                                            "ai.onnx.training",
                                                            "ai.onnx.preview.training",
                                                            "com.microsoft",
                                                            "com.microsoft.nchwc",
                                                            "org.openvinotoolkit"};

using Nodes = google::protobuf::RepeatedPtrField<NodeProto>;

/// Names of values that a graph and those around it define.
struct Scope {
  std::unordered_set<std::string_view> names;
  const Scope* outer = nullptr;

  bool has(std::string_view name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer) {
      if (scope->names.contains(name)) return true;
    }
    return false;
  }
};

/// Kahn's algorithm: the index of a vertex that lies on or behind a cycle, or -1.
std::ptrdiff_t find_cycle(const std::vector<std::vector<std::size_t>>& followers) {
  std::vector<std::size_t> waiting_for(followers.size(), 0);
  for (const auto& list : followers) {
    for (const auto follower : list) ++waiting_for[follower];
  }
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < followers.size(); ++i) {
    if (waiting_for[i] == 0) ready.push_back(i);
  }
  while (!ready.empty()) {
    const auto vertex = ready.back();
    ready.pop_back();
    for (const auto follower : followers[vertex]) {
      if (--waiting_for[follower] == 0) ready.push_back(follower);
    }
  }
  const auto stuck =
      std::find_if(waiting_for.begin(), waiting_for.end(), [](std::size_t n) { return n > 0; });
  return stuck == waiting_for.end() ? -1 : stuck - waiting_for.begin();
}

std::int64_t typed_entries(const TensorProto& tensor, TypedField field) {
  switch (field) {
    case TypedField::Float:
      return tensor.float_data_size();
    case TypedField::Int32:
      return tensor.int32_data_size();
    case TypedField::Int64:
      return tensor.int64_data_size();
    case TypedField::Double:
      return tensor.double_data_size();
    case TypedField::Uint64:
      return tensor.uint64_data_size();
    case TypedField::String:
      return tensor.string_data_size();
  }
  return 0;
}

class Checker {
 public:
  Checker(const ModelProto& model, const std::filesystem::path& file, ExternalFiles& external)
      : model_(model), file_(file), external_(external) {}

  void run() {
    check_versions();
    if (!model_.has_graph()) refuse("it holds no graph: this is no complete ONNX model; export it again");
    for (const auto& function : model_.functions()) own_domains_.insert(function.domain());
    for (const auto& function : model_.functions()) check_function(function);
    check_function_calls();
    check_graph(model_.graph(), nullptr);
  }

 private:
  [[noreturn]] void refuse(const std::string& found) const {
    throw base::UserError(file_.string() + ": " + found);
  }

  void check_versions() const {
    if (model_.ir_version() < 1 || model_.ir_version() > kLargestIrVersion) {
      refuse("ir_version is " + std::to_string(model_.ir_version()) + " (1 to " +
             std::to_string(kLargestIrVersion) + " are allowed): this is no ONNX model, or a damaged one");
    }
    std::set<std::string> domains;
    for (const auto& opset : model_.opset_import()) {
      if (opset.version() < 1 || opset.version() > kLargestOpset) {
        refuse("opset of domain " + base::in_quotes(opset.domain()) + " is " +
               std::to_string(opset.version()) + " (1 to " + std::to_string(kLargestOpset) +
               " are allowed): export the model again");
      }
      if (!domains.insert(opset.domain()).second) {
        refuse("the opset of domain " + base::in_quotes(opset.domain()) +
               " is given twice: export the model again");
      }
    }
    // Before IR 3 the opset was not written down and is 1.
    if (model_.ir_version() >= 3 && domains.empty()) refuse("it names no opset: export the model again");
  }

  void check_operator(const NodeProto& node) const {
    const bool from_engine =
        std::find(kEngineDomains.begin(), kEngineDomains.end(), node.domain()) != kEngineDomains.end();
    if (!from_engine && !own_domains_.contains(node.domain())) {
      refuse(
          "node " + base::in_quotes(node.name()) + " uses the operator " + base::in_quotes(node.op_type()) +
          " of domain " + base::in_quotes(node.domain()) +
          ": it needs a custom-operator library, and none is loaded on a model's word; export the model with "
          "standard operators");
    }
    if (node.op_type() == "EPContext") {
      refuse("node " + base::in_quotes(node.name()) +
             " is an EPContext: it holds or names code compiled for one device; give the model it was made "
             "from");
    }
  }

  void check_function_calls() const {
    std::map<std::pair<std::string, std::string>, std::size_t> index;
    for (int i = 0; i < model_.functions_size(); ++i) {
      index.emplace(std::pair(model_.functions(i).domain(), model_.functions(i).name()),
                    static_cast<std::size_t>(i));
    }
    std::vector<std::vector<std::size_t>> calls(static_cast<std::size_t>(model_.functions_size()));
    for (std::size_t i = 0; i < calls.size(); ++i) {
      for (const auto& node : model_.functions(static_cast<int>(i)).node()) {
        const auto callee = index.find({node.domain(), node.op_type()});
        if (callee != index.end()) calls[i].push_back(callee->second);
      }
    }
    if (const auto stuck = find_cycle(calls); stuck >= 0) {
      refuse("function " + base::in_quotes(model_.functions(static_cast<int>(stuck)).name()) +
             " calls itself, directly or through others: export the model again");
    }
  }

  void check_tensor(const TensorProto& tensor) {
    const std::string where = file_.string() + ": tensor " + base::in_quotes(tensor.name());
    const auto type = element_type(tensor.data_type());
    if (!type) {
      throw base::UserError(where + ": element type " + std::to_string(tensor.data_type()) +
                            " does not exist (1 to 26 are allowed): the file is damaged; export it again");
    }
    const std::int64_t elements = checked_element_count(tensor, where);
    const auto bytes = packed_bytes(*type, elements);
    if (!bytes)
      throw base::UserError(where + ": its shape asks for more than 2^61 bytes: the file is damaged");
    if (tensor.data_location() == TensorProto::EXTERNAL) {
      if (type->code == kString) throw base::UserError(where + ": strings cannot be external data");
      external_.check(tensor, *bytes);
    } else if (tensor.has_raw_data()) {
      if (type->code == kString || tensor.raw_data().size() != *bytes) {
        throw base::UserError(where + ": it holds " + std::to_string(tensor.raw_data().size()) +
                              " raw bytes, its shape of " + std::to_string(elements) + " " +
                              std::string(type->name) + " needs " + std::to_string(*bytes) +
                              ": the file is damaged; export it again");
      }
    } else {
      check_typed_entries(tensor, *type, {elements, *bytes}, where);
    }
  }

  struct Expected {
    std::int64_t elements;
    std::uint64_t bytes;
  };
  static void check_typed_entries(const TensorProto& tensor, const ElementType& type, Expected expected,
                                  const std::string& where) {
    const std::int64_t found = typed_entries(tensor, type.field);
    // Types below one byte are packed: one entry holds one byte.
    const bool packed = type.bits > 0 && type.bits < 8;
    const std::int64_t needed = packed ? static_cast<std::int64_t>(expected.bytes) : expected.elements;
    // A scale of two cannot overflow: the bytes of the elements were counted without overflow before.
    if (found != needed * type.entries_per_element) {
      throw base::UserError(where + ": it holds " + std::to_string(found) + " entries, its shape needs " +
                            std::to_string(needed * type.entries_per_element) +
                            ": the file is damaged; export it again");
    }
  }

  void define(Scope& scope, std::string_view name) const {
    if (!scope.names.insert(name).second) {
      refuse("the value " + base::in_quotes(name) + " is made twice in one graph: export the model again");
    }
  }

  Scope collect_names(const GraphProto& graph, const Scope* outer) const {
    Scope scope{{}, outer};
    for (const auto& input : graph.input()) define(scope, input.name());
    // Before IR 4 every initializer had to be an input too.
    for (const auto& tensor : graph.initializer()) scope.names.insert(tensor.name());
    for (const auto& sparse : graph.sparse_initializer()) scope.names.insert(sparse.values().name());
    define_outputs(graph.node(), scope);
    return scope;
  }

  void define_outputs(const Nodes& nodes, Scope& scope) const {
    for (const auto& node : nodes) {
      for (const auto& output : node.output()) {
        if (!output.empty()) define(scope, output);
      }
    }
  }

  void check_graph(const GraphProto& graph, const Scope* outer) {
    for (const auto& tensor : graph.initializer()) check_tensor(tensor);
    for (const auto& sparse : graph.sparse_initializer()) {
      check_tensor(sparse.values());
      check_tensor(sparse.indices());
    }
    const Scope scope = collect_names(graph, outer);
    check_nodes(graph.node(), scope);
    for (const auto& output : graph.output()) {
      if (!scope.has(output.name())) {
        refuse("the output " + base::in_quotes(output.name()) +
               " is made by no node: export the model again");
      }
    }
  }

  void check_function(const FunctionProto& function) {
    Scope scope;
    for (const auto& input : function.input()) scope.names.insert(input);
    define_outputs(function.node(), scope);
    check_nodes(function.node(), scope);
  }

  void check_nodes(const Nodes& nodes, const Scope& scope) {
    for (const auto& node : nodes) {
      check_operator(node);
      for (const auto& input : node.input()) {
        if (!input.empty() && !scope.has(input)) {
          refuse("node " + base::in_quotes(node.name()) + " (" + base::in_quotes(node.op_type()) +
                 ") reads " + base::in_quotes(input) +
                 ", which nothing makes: the file is damaged; export it again");
        }
      }
      for (const auto& attribute : node.attribute()) check_attribute(attribute, scope);
    }
    check_order(nodes);
  }

  void check_attribute(const AttributeProto& attribute, const Scope& scope) {
    if (attribute.has_t()) check_tensor(attribute.t());
    for (const auto& tensor : attribute.tensors()) check_tensor(tensor);
    if (attribute.has_sparse_tensor()) {
      check_tensor(attribute.sparse_tensor().values());
      check_tensor(attribute.sparse_tensor().indices());
    }
    if (attribute.has_g()) check_graph(attribute.g(), &scope);
    for (const auto& graph : attribute.graphs()) check_graph(graph, &scope);
  }

  void check_order(const Nodes& nodes) const {
    std::unordered_map<std::string_view, std::size_t> producer;
    for (int i = 0; i < nodes.size(); ++i) {
      for (const auto& output : nodes[i].output()) producer.emplace(output, static_cast<std::size_t>(i));
    }
    std::vector<std::vector<std::size_t>> followers(static_cast<std::size_t>(nodes.size()));
    for (int i = 0; i < nodes.size(); ++i) {
      for (const auto& input : nodes[i].input()) {
        const auto found = input.empty() ? producer.end() : producer.find(input);
        if (found != producer.end()) followers[found->second].push_back(static_cast<std::size_t>(i));
      }
    }
    if (const auto stuck = find_cycle(followers); stuck >= 0) {
      const auto& node = nodes[static_cast<int>(stuck)];
      refuse("the graph has a cycle: node " + base::in_quotes(node.name()) + " (" +
             base::in_quotes(node.op_type()) + ") depends on its own output; export the model again");
    }
  }

  const ModelProto& model_;
  const std::filesystem::path& file_;
  ExternalFiles& external_;
  std::set<std::string> own_domains_;
};

}  // namespace

std::int64_t checked_element_count(const TensorProto& tensor, const std::string& where) {
  std::int64_t product = 1;
  for (const auto dimension : tensor.dims()) {
    if (dimension < 0) {
      throw base::UserError(where + ": a dimension is " + std::to_string(dimension) +
                            " (0 or more is allowed): the file is damaged; export it again");
    }
    if (__builtin_mul_overflow(product, dimension, &product)) {
      throw base::UserError(
          where + ": the product of its dimensions is over 2^63: the file is damaged; export it again");
    }
  }
  return product;
}

void check_model(const ModelProto& model, const std::filesystem::path& file, ExternalFiles& external) {
  Checker(model, file, external).run();
}

}  // namespace inferometer::onnx
