// Published architectures by name.
#pragma once

#include <string>
#include <vector>

namespace inferometer::models {

struct Published {
  const char* name;    ///< as people say it
  const char* hub_id;  ///< ORG/NAME on the Hugging Face hub
  const char* config;  ///< what its config.json says of the architecture
  bool has_pooler;     ///< the bare model has one
};
const std::vector<Published>& published_models();
/// By either name; null for one that is not in the table.
const Published* find_published(const std::string& name);
/// The same. Throws base::UserError with the known names.
const Published& published(const std::string& name);

}  // namespace inferometer::models
