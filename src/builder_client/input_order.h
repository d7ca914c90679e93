// What the builder is asked to make of a workload, and what it answers, as they travel.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "inputs/request.h"
#include "inputs/shapes.h"

namespace inferometer::builder_client {

struct InputOrder {
  inputs::Request request;
  std::filesystem::path folder;  ///< exists; the sets are written here
};
base::Json to_json(const InputOrder& order);
InputOrder input_order_from_json(const base::Json& json);

struct InputSets {
  std::vector<std::filesystem::path> sets;  ///< safetensors files, set 0 first
  inputs::Shapes shapes;
  std::string values;                ///< "known names, seed 7", "file ids.npy"
  std::vector<std::string> unequal;  ///< remarks: "one set only: the file holds one"
};
base::Json to_json(const InputSets& sets);
InputSets input_sets_from_json(const base::Json& json);

}  // namespace inferometer::builder_client
