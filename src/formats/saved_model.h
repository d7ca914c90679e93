// SavedModel folders of TensorFlow: what a model takes and gives, by the names of its signature.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tensors/tensor.h"

namespace inferometer::formats {

/// The tag under which TensorFlow exports models to be run.
constexpr const char* kServeTag = "serve";
/// The file that makes a folder a SavedModel.
constexpr const char* kSavedModelFile = "saved_model.pb";

struct SavedModelSignature {
  struct Port {
    std::string name;
    std::string
        operation;  ///< of the graph, with the index of its output: where the engine feeds and fetches
    int index = 0;
    std::string dtype;      ///< as in tensors
    bool has_rank = false;  ///< false: nothing is known of the shape
    tensors::Shape shape;   ///< -1: open
  };
  std::string key;
  std::vector<Port> inputs;   ///< by name
  std::vector<Port> outputs;  ///< by name
};

/// The number of TensorFlow's DataType for a type that a port can have.
int tensorflow_type(std::string_view dtype);

/// The signature in a serialized MetaGraphDef: "serving_default", or the only one. `where` starts the message
/// of the base::UserError: damaged, no signature or several without a default, an input or output that is no
/// tensor of numbers or bool.
SavedModelSignature signature_of_meta_graph(std::string_view bytes, const std::string& where);

/// The signature of the graph that is to be served, from `folder`/saved_model.pb. Throws base::UserError
/// naming the file: as above, over 2 GiB, no graph tagged "serve".
SavedModelSignature read_saved_model(const std::filesystem::path& folder);

}  // namespace inferometer::formats
