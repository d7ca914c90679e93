#include "experiment/subjects.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace inferometer::experiment {
namespace {

Subject look_at(models::Reference reference, const Installation& installation) {
  plan::Model model;
  model.name = reference.name;
  auto inspected = installation.builder.inspect(reference);
  model.info = std::move(inspected.info);
  model.generates = model.info.task == "text-generation";
  model.variants = std::move(inspected.variants);
  for (auto& variant : model.variants) {
    variant.can_be_built =
        variant.toolchain.empty() || !installation.packages.versions_of(variant.toolchain).empty();
  }
  return {std::move(model), std::move(reference)};
}

}  // namespace

Subject inspect(const std::string& name, bool synthetic_weights, const Installation& installation) {
  return look_at(models::resolve(name, installation.packages, synthetic_weights), installation);
}

Subject obtain(const models::Reference& reference, const Installation& installation,
               const builder_client::Notify& notify) {
  return look_at(installation.builder.obtain(reference, notify), installation);
}

Subjects obtain_all(const std::vector<std::string>& names, bool synthetic_weights,
                    const Installation& installation, const builder_client::Notify& notify) {
  Subjects subjects;
  for (const auto& name : names) {
    subjects.push_back(
        obtain(models::resolve(name, installation.packages, synthetic_weights), installation, notify));
  }
  return subjects;
}

const Subject& subject_named(const std::string& name, const Subjects& subjects) {
  const auto found = std::find_if(subjects.begin(), subjects.end(),
                                  [&](const Subject& one) { return one.model.name == name; });
  INFEROMETER_CHECK(found != subjects.end(), "model " + name);
  return *found;
}

}  // namespace inferometer::experiment
