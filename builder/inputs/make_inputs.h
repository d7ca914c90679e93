// The part of this module that runs in the prepare child: files of strangers are read here and nowhere else.
#pragma once

#include <filesystem>
#include <vector>

#include "base/json.h"
#include "inputs/given_arrays.h"
#include "inputs/inputs.h"

namespace inferometer::inputs {

/// What the coordinator asks of the child.
struct Order {
  Request request;
  std::vector<Source> sources;   ///< the user's files, then those made from texts or images
  std::filesystem::path folder;  ///< exists; the sets are written here
};

/// The command `make-inputs` of the prepare child: an Order as JSON to a Made as JSON. Throws
/// base::UserError.
base::Json make_inputs(const base::Json& order);

base::Json to_json(const Order& order);
Order order_from_json(const base::Json& json);
base::Json to_json(const Made& made);
Made made_from_json(const base::Json& json);

}  // namespace inferometer::inputs
