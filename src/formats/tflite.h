// TFLite files, read with every offset and index checked: the engine's own loader follows them blindly.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tensors/tensor.h"

namespace inferometer::formats {

struct TfliteTensor {
  std::string name;
  std::string
      dtype;     ///< "float32" as in tensors where that module has the type, else a name ("string", "int4")
  int bits = 0;  ///< of one element; 0 where it has no fixed size
  tensors::Shape shape;  ///< -1: open
  bool constant = false;
  bool quantized = false;  ///< represents real numbers: scale and zero point
  /// > 0: the one scale of the whole tensor, real number = scale * (integer - zero_point); else it has
  /// several
  float scale = 0;
  std::int64_t zero_point = 0;
};

struct TfliteOperator {
  int code = 0;             ///< BuiltinOperator of the schema
  std::vector<int> inputs;  ///< places among the tensors of the graph; -1: left out
  std::vector<int> outputs;
};

struct TfliteGraph {
  std::vector<TfliteTensor> tensors;
  std::vector<TfliteOperator> operators;
};

/// What the model takes and gives, by the names under which the engine takes and gives it.
struct TfliteSignature {
  struct Port {
    std::string name;
    int tensor = 0;  ///< its place in the graph
  };
  std::string key;  ///< empty: the file has no signature, and its first graph and names of tensors are used
  int graph = 0;
  std::vector<Port> inputs;
  std::vector<Port> outputs;
};

struct TfliteModel {
  std::vector<TfliteGraph> graphs;
  TfliteSignature signature;  ///< the only one, or "serving_default" among several
  std::int64_t size_bytes = 0;
};

/// Whether the first bytes of a file are those of a TFLite file.
bool is_tflite(std::string_view first_bytes);

/// Throws base::UserError: no regular file, another format (named), a part outside of the file (with the
/// byte), a tensor, buffer, operator or graph that does not exist, several signatures without a default,
/// an input or output without a name or with that of another.
TfliteModel read_tflite(const std::filesystem::path& file);

}  // namespace inferometer::formats
