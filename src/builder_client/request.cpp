#include "builder_client/request.h"

#include <array>
#include <utility>

#include "base/error.h"
#include "results/json.h"

namespace inferometer::builder_client {
namespace {

using Kind = models::Reference::Kind;

constexpr std::array kWords = {
    std::pair{Kind::File, "file"},
    std::pair{Kind::SavedModel, "saved_model"},
    std::pair{Kind::Checkpoint, "checkpoint"},
    std::pair{Kind::Hub, "hub"},
    std::pair{Kind::Synthetic, "synthetic"},
    std::pair{Kind::Application, "application"},
    std::pair{Kind::Null, "null"},
};

const char* word_for(Kind kind) {
  for (const auto& [known, word] : kWords) {
    if (known == kind) return word;
  }
  INFEROMETER_CHECK(false, "kind of model");
  std::abort();
}

Kind kind_of(const std::string& given) {
  for (const auto& [kind, word] : kWords) {
    if (given == word) return kind;
  }
  INFEROMETER_CHECK(false, given);
  std::abort();
}

}  // namespace

base::Json to_json(const ModelRequest& request) {
  base::Json samples = base::Json::array();
  for (const auto& file : request.target.samples) samples.push_back(file.string());
  return {{"kind", word_for(request.reference.kind)},
          {"name", request.reference.name},
          {"path", request.reference.path.string()},
          {"variant", request.target.variant},
          {"batch_size", request.target.batch_size},
          {"sequence_length", request.target.sequence_length},
          {"samples", samples},
          {"memory_bytes", request.target.memory_bytes},
          {"cache", request.cache.string()}};
}

ModelRequest model_request_from_json(const base::Json& json) {
  ModelRequest request;
  request.reference = {kind_of(json.at("kind").get<std::string>()),
                       json.at("name").get<std::string>(),
                       json.at("path").get<std::string>(),
                       {}};
  json.at("variant").get_to(request.target.variant);
  request.target.batch_size = json.at("batch_size").get<std::int64_t>();
  request.target.sequence_length = json.at("sequence_length").get<std::int64_t>();
  for (const auto& file : json.at("samples")) request.target.samples.emplace_back(file.get<std::string>());
  request.target.memory_bytes = json.at("memory_bytes").get<std::int64_t>();
  request.cache = json.at("cache").get<std::string>();
  return request;
}

}  // namespace inferometer::builder_client
