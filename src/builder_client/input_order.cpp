#include "builder_client/input_order.h"

#include "results/json.h"

namespace inferometer::builder_client {

using base::Json;

Json to_json(const InputOrder& order) {
  const inputs::Request& request = order.request;
  return {{"model", request.model},
          {"batch_size", request.batch_size},
          {"sequence_length", request.sequence_length},
          {"dims", request.dims},
          {"files", request.files},
          {"texts", request.texts},
          {"tokenizer", request.tokenizer},
          {"images", request.images},
          {"image_scaling", request.image_scaling},
          {"last_rows", request.last_rows},
          {"seed", request.seed},
          {"folder", order.folder.string()}};
}

InputOrder input_order_from_json(const Json& json) {
  InputOrder order;
  json.at("model").get_to(order.request.model);
  json.at("batch_size").get_to(order.request.batch_size);
  json.at("sequence_length").get_to(order.request.sequence_length);
  json.at("dims").get_to(order.request.dims);
  json.at("files").get_to(order.request.files);
  json.at("texts").get_to(order.request.texts);
  json.at("tokenizer").get_to(order.request.tokenizer);
  json.at("images").get_to(order.request.images);
  json.at("image_scaling").get_to(order.request.image_scaling);
  json.at("last_rows").get_to(order.request.last_rows);
  json.at("seed").get_to(order.request.seed);
  order.folder = json.at("folder").get<std::string>();
  return order;
}

Json to_json(const InputSets& made) {
  Json sets = Json::array();
  for (const auto& set : made.sets) sets.push_back(set.string());
  return {{"sets", sets}, {"shapes", made.shapes}, {"values", made.values}, {"unequal", made.unequal}};
}

InputSets input_sets_from_json(const Json& json) {
  InputSets made;
  for (const auto& set : json.at("sets")) made.sets.emplace_back(set.get<std::string>());
  json.at("shapes").get_to(made.shapes);
  json.at("values").get_to(made.values);
  json.at("unequal").get_to(made.unequal);
  return made;
}

}  // namespace inferometer::builder_client
