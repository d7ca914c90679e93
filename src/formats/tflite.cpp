#include "formats/tflite.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "formats/flatbuffer.h"

namespace inferometer::formats {
namespace {

constexpr std::string_view kMark = "TFL3";
constexpr std::size_t kMarkOffset = 4;
constexpr const char* kDefaultSignature = "serving_default";
constexpr int kSupportedVersion = 3;
constexpr int kLeftOut = -1;

// The numbers of the fields in the tables of the format.
namespace model {
enum : int { Version, OperatorCodes, Graphs, Description, Buffers, MetadataBuffers, Metadata, Signatures };
}
namespace operator_code {
enum : int { OldBuiltin, Custom, Version, Builtin };
}
namespace graph {
enum : int { Tensors, Inputs, Outputs, Operators, Name };
}
namespace tensor {
enum : int { Shape, Type, Buffer, Name, Quantization, Variable, Sparsity, OpenShape };
}
namespace quantization {
enum : int { Minimum, Maximum, Scale, ZeroPoint, DetailsType, Details };
}
namespace sparsity {
enum : int { TraversalOrder, BlockMap, Dimensions };
}
namespace operation {
enum : int {
  Code,
  Inputs,
  Outputs,
  OptionsType,
  Options,
  CustomOptions,
  CustomFormat,
  MutatedInputs,
  Intermediates,
  LargeOffset,
  LargeSize,
  Options2Type,
  Options2
};
}
namespace buffer {
enum : int { Bytes, Offset, Size };
}
namespace metadata {
enum : int { Name, Buffer };
}
namespace signature {
enum : int { Inputs, Outputs, Key, OldTag, Graph };
}
namespace port {
enum : int { Name, Tensor };
}

struct ElementType {
  std::string_view name;
  int bits;
};
/// In the order of the schema's TensorType.
constexpr std::array kElementTypes = {
    ElementType{"float32", 32},  ElementType{"float16", 16}, ElementType{"int32", 32},
    ElementType{"uint8", 8},     ElementType{"int64", 64},   ElementType{"string", 0},
    ElementType{"bool", 8},      ElementType{"int16", 16},   ElementType{"complex64", 64},
    ElementType{"int8", 8},      ElementType{"float64", 64}, ElementType{"complex128", 128},
    ElementType{"uint64", 64},   ElementType{"resource", 0}, ElementType{"variant", 0},
    ElementType{"uint32", 32},   ElementType{"uint16", 16},  ElementType{"int4", 4},
    ElementType{"bfloat16", 16}, ElementType{"int2", 2},
};

/// Options that hold vectors of numbers, by the schema's BuiltinOptions; all others hold numbers only, or
/// belong to operators that hardly any file has.
struct OptionVector {
  std::uint8_t type;
  int field;
  std::uint64_t element_bytes;
};
constexpr std::array kOptionVectors = {
    OptionVector{17, 0, 4},  // ReshapeOptions.new_shape
    OptionVector{30, 0, 4},  // SqueezeOptions.squeeze_dims
};

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file)
      : file_(file), buffer_(file, "TFLite model"), root_(FlatTable::root(buffer_)) {}

  TfliteModel read() {
    const auto version = root_.number<std::uint32_t>(model::Version, 0);
    if (version != kSupportedVersion) {
      throw base::UserError(file_.string() + ": is a TFLite model of version " + std::to_string(version) +
                            ": only version 3 is known; export the model again");
    }
    check_buffers();
    read_operator_codes();
    for (const auto& table : root_.tables(model::Graphs)) read_graph(table);
    if (model_.graphs.empty()) throw base::UserError(file_.string() + ": the TFLite model has no graph");
    read_signatures();
    model_.size_bytes = static_cast<std::int64_t>(buffer_.size_bytes());
    return std::move(model_);
  }

 private:
  struct Ends {
    std::vector<int> inputs;
    std::vector<int> outputs;
  };

  void check_buffers() {
    for (const auto& table : root_.tables(model::Buffers)) {
      const auto bytes = table.vector(buffer::Bytes, 1);
      // Files over 2 GB keep their weights behind the flatbuffer; 0 and 1 say that they do not.
      const auto offset = table.number<std::uint64_t>(buffer::Offset, 0);
      const auto size = table.number<std::uint64_t>(buffer::Size, 0);
      if (offset > 1) buffer_.require(offset, size);
      has_bytes_.push_back(bytes.count > 0 || (offset > 1 && size > 0));
    }
    for (const auto number : root_.numbers<std::int32_t>(model::MetadataBuffers))
      check_index(root_, number, has_bytes_.size(), "buffer");
    for (const auto& table : root_.tables(model::Metadata)) {
      table.text(metadata::Name);
      check_index(table, table.number<std::uint32_t>(metadata::Buffer, 0), has_bytes_.size(), "buffer");
    }
  }

  void read_operator_codes() {
    for (const auto& table : root_.tables(model::OperatorCodes)) {
      table.text(operator_code::Custom);
      // Codes that fit into a byte stand in the old field, and old writers know no other.
      codes_.push_back(std::max<int>(table.number<std::int8_t>(operator_code::OldBuiltin, 0),
                                     table.number<std::int32_t>(operator_code::Builtin, 0)));
    }
  }

  void read_graph(const FlatTable& table) {
    TfliteGraph read;
    table.text(graph::Name);
    for (const auto& tensor : table.tables(graph::Tensors)) read.tensors.push_back(read_tensor(tensor));
    Ends ends{tensor_places(table, graph::Inputs, read), tensor_places(table, graph::Outputs, read)};
    for (const auto& operation : table.tables(graph::Operators))
      read.operators.push_back(read_operator(operation, read));
    model_.graphs.push_back(std::move(read));
    ends_.push_back(std::move(ends));
  }

  TfliteTensor read_tensor(const FlatTable& table) {
    TfliteTensor read;
    read.name = table.text(tensor::Name);
    const auto type = table.number<std::int8_t>(tensor::Type, 0);
    check_index(table, type, kElementTypes.size(), "element type");
    read.dtype = kElementTypes.at(static_cast<std::size_t>(type)).name;
    read.bits = kElementTypes.at(static_cast<std::size_t>(type)).bits;
    const auto shape = table.numbers<std::int32_t>(tensor::Shape);
    const auto open = table.numbers<std::int32_t>(tensor::OpenShape);
    read.shape.assign(shape.begin(), shape.end());
    if (open.size() == shape.size()) read.shape.assign(open.begin(), open.end());
    const auto place = table.number<std::uint32_t>(tensor::Buffer, 0);
    // Buffer 0 means none, and need not even be there.
    if (place > 0) check_index(table, place, has_bytes_.size(), "buffer");
    read.constant = place > 0 && has_bytes_.at(place);
    if (const auto scales = table.table(tensor::Quantization)) read_quantization(*scales, read);
    if (const auto sparse = table.table(tensor::Sparsity)) check_sparsity(*sparse);
    return read;
  }

  static void read_quantization(const FlatTable& table, TfliteTensor& read) {
    table.vector(quantization::Minimum, sizeof(float));
    table.vector(quantization::Maximum, sizeof(float));
    table.table(quantization::Details);
    const auto scales = table.vector(quantization::Scale, sizeof(float)).count;
    const auto zeros = table.vector(quantization::ZeroPoint, sizeof(std::int64_t)).count;
    read.quantized = scales > 0;
    if (scales != 1 || zeros > 1) return;
    const float scale = table.numbers<float>(quantization::Scale).front();
    if (!std::isfinite(scale) || scale <= 0) return;
    read.scale = scale;
    if (zeros == 1) read.zero_point = table.numbers<std::int64_t>(quantization::ZeroPoint).front();
  }

  static void check_sparsity(const FlatTable& table) {
    table.vector(sparsity::TraversalOrder, sizeof(std::int32_t));
    table.vector(sparsity::BlockMap, sizeof(std::int32_t));
    table.tables(sparsity::Dimensions);
  }

  TfliteOperator read_operator(const FlatTable& table, const TfliteGraph& within) {
    TfliteOperator read;
    const auto code = table.number<std::uint32_t>(operation::Code, 0);
    check_index(table, code, codes_.size(), "operator code");
    read.code = codes_.at(code);
    read.inputs = tensor_places(table, operation::Inputs, within);
    read.outputs = tensor_places(table, operation::Outputs, within);
    tensor_places(table, operation::Intermediates, within);
    table.vector(operation::CustomOptions, 1);
    table.vector(operation::MutatedInputs, 1);
    const auto offset = table.number<std::uint64_t>(operation::LargeOffset, 0);
    if (offset > 1) buffer_.require(offset, table.number<std::uint64_t>(operation::LargeSize, 0));
    const auto type = table.number<std::uint8_t>(operation::OptionsType, 0);
    if (const auto options = table.table(operation::Options)) {
      for (const auto& held : kOptionVectors)
        if (held.type == type) options->vector(held.field, held.element_bytes);
    }
    table.table(operation::Options2);
    return read;
  }

  std::vector<int> tensor_places(const FlatTable& table, int field, const TfliteGraph& within) const {
    std::vector<int> places;
    for (const auto place : table.numbers<std::int32_t>(field)) {
      if (place != kLeftOut) check_index(table, place, within.tensors.size(), "tensor");
      places.push_back(place);
    }
    return places;
  }

  void read_signatures() {
    const auto tables = root_.tables(model::Signatures);
    std::vector<TfliteSignature> all;
    for (const auto& table : tables) all.push_back(read_signature(table));
    if (all.empty()) {
      model_.signature.inputs = ports_of(ends_.front().inputs);
      model_.signature.outputs = ports_of(ends_.front().outputs);
    } else {
      model_.signature = chosen(all);
    }
    check_names("input", model_.signature.inputs);
    check_names("output", model_.signature.outputs);
  }

  TfliteSignature read_signature(const FlatTable& table) {
    TfliteSignature read;
    read.key = table.text(signature::Key);
    const auto graph = table.number<std::uint32_t>(signature::Graph, 0);
    check_index(table, graph, model_.graphs.size(), "graph");
    read.graph = static_cast<int>(graph);
    for (const auto& [field, ports] :
         {std::pair(signature::Inputs, &read.inputs), std::pair(signature::Outputs, &read.outputs)}) {
      for (const auto& each : table.tables(field)) {
        const auto place = each.number<std::uint32_t>(port::Tensor, 0);
        check_index(each, place, model_.graphs[graph].tensors.size(), "tensor");
        ports->push_back({each.text(port::Name), static_cast<int>(place)});
      }
    }
    return read;
  }

  TfliteSignature chosen(const std::vector<TfliteSignature>& all) const {
    if (all.size() == 1) return all.front();
    std::vector<std::string> keys;
    for (const auto& each : all) {
      if (each.key == kDefaultSignature) return each;
      keys.push_back(base::printable(each.key, 80));
    }
    throw base::UserError(file_.string() + ": the TFLite model has " + std::to_string(all.size()) +
                          " signatures (" + base::join(keys, ", ") + ") and none is called " +
                          kDefaultSignature + ": export the model with one");
  }

  std::vector<TfliteSignature::Port> ports_of(const std::vector<int>& places) const {
    std::vector<TfliteSignature::Port> ports;
    for (const int place : places) {
      if (place == kLeftOut) continue;
      ports.push_back({model_.graphs.front().tensors[static_cast<std::size_t>(place)].name, place});
    }
    return ports;
  }

  void check_names(const std::string& kind, const std::vector<TfliteSignature::Port>& ports) const {
    std::set<std::string> names;
    for (const auto& port : ports) {
      if (!port.name.empty() && names.insert(port.name).second) continue;
      throw base::UserError(file_.string() + ": " +
                            (port.name.empty()
                                 ? "an " + kind + " has no name"
                                 : "two " + kind + "s are called '" + base::printable(port.name, 80) + "'") +
                            ": export the model with a signature");
    }
  }

  void check_index(const FlatTable& table, std::int64_t index, std::size_t count, const char* kind) const {
    if (index >= 0 && static_cast<std::uint64_t>(index) < count) return;
    buffer_.refuse(table.at(), std::string(kind) + " " + std::to_string(index) + " is named, and there are " +
                                   std::to_string(count));
  }

  const std::filesystem::path& file_;
  Flatbuffer buffer_;
  FlatTable root_;
  TfliteModel model_;
  std::vector<bool> has_bytes_;  ///< by buffer
  std::vector<int> codes_;
  std::vector<Ends> ends_;  ///< by graph
};

}  // namespace

bool is_tflite(std::string_view first_bytes) {
  return first_bytes.size() >= kMarkOffset + kMark.size() &&
         first_bytes.substr(kMarkOffset, kMark.size()) == kMark;
}

TfliteModel read_tflite(const std::filesystem::path& file) {
  const auto head = tensors::InputFile(file).head(512);
  if (!is_tflite(head)) {
    auto mistake = tensors::mistaken_for(head);
    if (mistake.empty()) mistake = "bytes 4 to 7 are not " + std::string(kMark);
    throw base::UserError(file.string() + ": no TFLite model: " + mistake);
  }
  return Reader(file).read();
}

}  // namespace inferometer::formats
