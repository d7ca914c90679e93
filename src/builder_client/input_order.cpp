#include "results/json.h"
#include "inputs/make_inputs.h"

namespace inferometer::inputs {

using base::Json;

Json to_json(const Order& order) {
  Json sources = Json::array();
  for (const Source& source : order.sources) {
    sources.push_back({{"input", source.input}, {"file", source.file.string()}, {"shown", source.shown}});
  }
  const Request& request = order.request;
  return {{"model", request.model},
          {"batch_size", request.batch_size},
          {"sequence_length", request.sequence_length},
          {"dims", request.dims},
          {"seed", request.seed},
          {"sources", sources},
          {"folder", order.folder.string()}};
}

Order order_from_json(const Json& json) {
  Order order;
  json.at("model").get_to(order.request.model);
  json.at("batch_size").get_to(order.request.batch_size);
  json.at("sequence_length").get_to(order.request.sequence_length);
  json.at("dims").get_to(order.request.dims);
  json.at("seed").get_to(order.request.seed);
  for (const auto& source : json.at("sources")) {
    order.sources.push_back({source.at("input").get<std::string>(), source.at("file").get<std::string>(),
                             source.at("shown").get<std::string>()});
  }
  order.folder = json.at("folder").get<std::string>();
  return order;
}

Json to_json(const Made& made) {
  Json sets = Json::array();
  for (const auto& set : made.sets) sets.push_back(set.string());
  return {{"sets", sets}, {"shapes", made.shapes}, {"values", made.values}, {"unequal", made.unequal}};
}

Made made_from_json(const Json& json) {
  Made made;
  for (const auto& set : json.at("sets")) made.sets.emplace_back(set.get<std::string>());
  json.at("shapes").get_to(made.shapes);
  json.at("values").get_to(made.values);
  json.at("unequal").get_to(made.unequal);
  return made;
}

}  // namespace inferometer::inputs
