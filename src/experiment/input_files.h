// The sets of input values of an experiment, written by the builder.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "builder_client/input_order.h"
#include "experiment/input_request.h"
#include "experiment/workspace.h"

namespace inferometer::experiment {

/// Writes each set once, however often it is asked for.
class InputFiles {
 public:
  explicit InputFiles(const Workspace& workspace) : workspace_(workspace) {}

  /// The inputs of an artefact in a group, whose workload then says where its values come from. Throws
  /// base::UserError for values that do not fit.
  const builder_client::InputSets& write(const results::Plan& plan, results::Group& group,
                                         const results::Artefact& artefact, const Infos& infos);

  /// Sets for a tool that looks at values while it builds `artefact` of `source`: other values than those
  /// that are measured, or the outputs would look better than they are; always the same, so that the artefact
  /// is found in the cache again.
  std::vector<std::filesystem::path> write_samples(const results::Artefact& artefact,
                                                   const results::ModelInfo& source) const;

 private:
  builder_client::InputSets write_to(const std::string& folder, inputs::Request request,
                                     const models::Reference& reference) const;

  const Workspace& workspace_;
  std::map<std::pair<std::string, std::string>, builder_client::InputSets> written_;  ///< group, artefact
};

}  // namespace inferometer::experiment
