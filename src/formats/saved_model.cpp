#include "formats/saved_model.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "formats/wire.h"
#include "tensors/input_file.h"

namespace inferometer::formats {
namespace {

using Port = SavedModelSignature::Port;

constexpr const char* kDefaultSignature = "serving_default";
/// Signatures that TensorFlow adds for itself ("__saved_model_init_op") begin so.
constexpr const char* kInternal = "__";

constexpr std::array<std::pair<int, const char*>, 13> kTypes = {{
    {1, "float32"},
    {2, "float64"},
    {3, "int32"},
    {4, "uint8"},
    {5, "int16"},
    {6, "int8"},
    {9, "int64"},
    {10, "bool"},
    {14, "bfloat16"},
    {17, "uint16"},
    {19, "float16"},
    {22, "uint32"},
    {23, "uint64"},
}};

// The numbers of the fields that are read, of TensorFlow's saved_model.proto, meta_graph.proto and
// tensor_shape.proto.
namespace saved_model {
enum : std::uint32_t { MetaGraphs = 2 };
}
namespace meta_graph {
enum : std::uint32_t { Facts = 1, Signatures = 5 };
}
namespace facts {
enum : std::uint32_t { Tags = 4 };
}
namespace entry {
enum : std::uint32_t { Key = 1, Value = 2 };
}
namespace signature {
enum : std::uint32_t { Inputs = 1, Outputs = 2 };
}
namespace tensor {
enum : std::uint32_t { Name = 1, Type = 2, Shape = 3 };
}
namespace shape {
enum : std::uint32_t { Dimensions = 2, UnknownRank = 3 };
}
namespace dimension {
enum : std::uint32_t { Size = 1 };
}

class Reader {
 public:
  explicit Reader(std::string where) : where_(std::move(where)) {}

  /// The bytes of the graph that has the tag "serve" and no other; nothing when there is none.
  std::optional<std::string_view> served_graph(std::string_view model) const {
    std::optional<std::string_view> served;
    each(model, [&](const WireField& field) {
      if (field.number == saved_model::MetaGraphs &&
          tags_of(field.bytes) == std::vector<std::string>{kServeTag})
        served = field.bytes;
    });
    return served;
  }

  SavedModelSignature signature_of(std::string_view graph) const {
    std::map<std::string, std::string_view> signatures;
    each(graph, [&](const WireField& field) {
      if (field.number != meta_graph::Signatures) return;
      const auto [key, bytes] = entry_of(field.bytes);
      if (!key.starts_with(kInternal)) signatures[key] = bytes;
    });
    SavedModelSignature read;
    read.key = chosen(signatures);
    std::map<std::string, std::string_view> inputs;  // an order that does not hang on that in the file
    std::map<std::string, std::string_view> outputs;
    each(signatures.at(read.key), [&](const WireField& field) {
      if (field.number == signature::Inputs) inputs.insert(entry_of(field.bytes));
      if (field.number == signature::Outputs) outputs.insert(entry_of(field.bytes));
    });
    for (const auto& [name, bytes] : inputs) read.inputs.push_back(port_of("input", name, bytes));
    for (const auto& [name, bytes] : outputs) read.outputs.push_back(port_of("output", name, bytes));
    return read;
  }

 private:
  void each(std::string_view message, const std::function<void(const WireField&)>& take) const {
    if (!for_each_field(message, take))
      throw base::UserError(where_ + ": the file is cut, damaged or no SavedModel; copy or export it again");
  }

  std::vector<std::string> tags_of(std::string_view graph) const {
    std::vector<std::string> tags;
    each(graph, [&](const WireField& field) {
      if (field.number != meta_graph::Facts) return;
      each(field.bytes, [&](const WireField& fact) {
        if (fact.number == facts::Tags) tags.emplace_back(fact.bytes);
      });
    });
    return tags;
  }

  std::pair<std::string, std::string_view> entry_of(std::string_view map_entry) const {
    std::pair<std::string, std::string_view> read;
    each(map_entry, [&](const WireField& field) {
      if (field.number == entry::Key) read.first = field.bytes;
      if (field.number == entry::Value) read.second = field.bytes;
    });
    return read;
  }

  std::string chosen(const std::map<std::string, std::string_view>& signatures) const {
    if (signatures.contains(kDefaultSignature)) return kDefaultSignature;
    if (signatures.empty()) {
      throw base::UserError(
          where_ + ": has no signature, which says what the model takes and gives: export it with one");
    }
    if (signatures.size() == 1) return signatures.begin()->first;
    std::vector<std::string> keys;
    for (const auto& [key, bytes] : signatures) keys.push_back(key);
    throw base::UserError(where_ + ": has " + std::to_string(keys.size()) + " signatures (" +
                          base::printable(base::join(keys, ", ")) + ") and none is called " +
                          kDefaultSignature + ": export the model with one");
  }

  Port port_of(const char* kind, const std::string& name, std::string_view info) const {
    Port port;
    port.name = name;
    std::string place;
    int type = 0;
    port.has_rank = true;
    each(info, [&](const WireField& field) {
      if (field.number == tensor::Name) place = field.bytes;
      if (field.number == tensor::Type) type = static_cast<int>(field.value);
      if (field.number == tensor::Shape) read_shape(field.bytes, port);
    });
    const auto title = where_ + ": " + kind + " '" + base::printable(name, 80) + "'";
    const auto* const known =
        std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& each) { return each.first == type; });
    if (known == kTypes.end()) {
      throw base::UserError(title + " is of TensorFlow type " + std::to_string(type) +
                            ": only tensors of numbers and bool can be measured");
    }
    port.dtype = known->second;
    const auto colon = place.rfind(':');
    const char* const end = place.data() + place.size();
    if (colon == std::string::npos ||
        std::from_chars(place.data() + colon + 1, end, port.index) != std::from_chars_result{end, {}}) {
      throw base::UserError(title + " is no single tensor of the graph: export the model with dense tensors");
    }
    port.operation = place.substr(0, colon);
    return port;
  }

  void read_shape(std::string_view bytes, Port& port) const {
    each(bytes, [&](const WireField& field) {
      if (field.number == shape::UnknownRank) port.has_rank = field.value == 0;
      if (field.number != shape::Dimensions) return;
      port.shape.push_back(0);
      each(field.bytes, [&](const WireField& size) {
        if (size.number == dimension::Size) port.shape.back() = static_cast<std::int64_t>(size.value);
      });
    });
  }

  std::string where_;
};

}  // namespace

int tensorflow_type(std::string_view dtype) {
  const auto* const type =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& entry) { return entry.second == dtype; });
  INFEROMETER_CHECK(type != kTypes.end(), std::string(dtype));
  return type->first;
}

SavedModelSignature signature_of_meta_graph(std::string_view bytes, const std::string& where) {
  return Reader(where).signature_of(bytes);
}

SavedModelSignature read_saved_model(const std::filesystem::path& folder) {
  const auto file = folder / kSavedModelFile;
  const tensors::InputFile input(file);
  if (const auto mistake = tensors::mistaken_for(input.head(512)); !mistake.empty())
    throw base::UserError(file.string() + ": no SavedModel: " + mistake);
  if (input.size_bytes() > INT_MAX) {
    throw base::UserError(file.string() + ": has " + std::to_string(input.size_bytes()) +
                          " bytes, and one protobuf message holds at most 2147483647");
  }
  std::string bytes(input.size_bytes(), '\0');
  input.read(0, std::as_writable_bytes(std::span(bytes)));
  const Reader reader(file.string());
  const auto graph = reader.served_graph(bytes);
  if (!graph) {
    throw base::UserError(file.string() + ": has no graph that is tagged '" + kServeTag +
                          "' alone, as models to be run are: export it with tf.saved_model.save");
  }
  return reader.signature_of(*graph);
}

}  // namespace inferometer::formats
