// Reports of suites: of each experiment in its folders, and of all together.
#pragma once

#include <filesystem>

#include "campaign/campaign_run.h"
#include "campaign/contents.h"

namespace inferometer::cli {

/// Every format below results/experiment.folder, and what its phase wants besides.
class SuiteReporter final : public campaign::Reporter {
 public:
  void write(const results::Experiment& experiment, const campaign::SuiteExperiment& planned,
             const std::filesystem::path& results) override;
};

/// The page of all experiments on stdout, and its files to `folder` where one is named.
void report_contents(const campaign::Contents& contents, const std::string& folder);

/// `report --consolidated`. Returns 0, or 4 when something in the folder is damaged.
int run_consolidated(const std::filesystem::path& results, const std::string& output);

}  // namespace inferometer::cli
