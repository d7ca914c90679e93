#include "campaign/campaign.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/random.h"
#include "base/text.h"
#include "campaign/yaml_reader.h"
#include "plan/effort.h"

namespace inferometer::campaign {
namespace {

namespace fs = std::filesystem;
using base::UserError;

/// Fills in what follows from the text of the suite file, the overrides and the seed in the state.
void plan_experiments_of(Campaign& campaign) {
  const auto shipped = suite_path(kShippedSuite);
  const auto& state = campaign.state;
  campaign.file = with_phases(parse_suite_file(state.file_text, state.origin),
                              parse_suite_file(base::read_file(shipped, kMostYamlBytes), shipped.string()));
  apply(state.overrides, campaign.file);
  campaign.experiments = plan_experiments(campaign.file, plan::effort_of(campaign.file.mode));
}

void set_seed(Campaign& campaign, std::uint64_t seed) {
  campaign.state.seed = seed;
  campaign.file.seed = seed;
  for (auto& experiment : campaign.experiments) experiment.request.seed = seed;
}

bool has_these_experiments(const SuiteState& state, const std::vector<SuiteExperiment>& experiments) {
  return std::equal(state.entries.begin(), state.entries.end(), experiments.begin(), experiments.end(),
                    [](const auto& entry, const auto& one) { return entry.folder == one.folder; });
}

}  // namespace

fs::path suite_path(const std::string& suite) {
  return suite == kShippedSuite ? base::share_folder() / "suites" / "full.yaml" : fs::path(suite);
}

Campaign plan_campaign(const Request& request) {
  Campaign campaign;
  auto& state = campaign.state;
  state.id = base::random_id();
  state.command = request.command;
  state.overrides = request.overrides;
  state.working_folder = fs::current_path().string();
  state.started_utc = base::utc_now();
  state.origin = request.suite;
  state.file_text = base::read_file(suite_path(request.suite), kMostYamlBytes);
  plan_experiments_of(campaign);
  const auto seed = request.seed ? request.seed : campaign.file.seed;
  set_seed(campaign, seed ? *seed : base::draw_seed());
  for (const auto& experiment : campaign.experiments) state.entries.push_back({.folder = experiment.folder});
  return campaign;
}

Campaign reopen_campaign(const fs::path& results) {
  Campaign campaign;
  campaign.results = fs::absolute(results);
  campaign.state = read_suite_state(campaign.results);
  plan_experiments_of(campaign);
  set_seed(campaign, campaign.state.seed);
  if (!has_these_experiments(campaign.state, campaign.experiments)) {
    throw UserError(base::printable(campaign.results.string()) +
                    ": this version of the program plans other experiments for it: start the suite anew");
  }
  return campaign;
}

void take_folder(Campaign& campaign, const fs::path& results) {
  campaign.results = fs::absolute(results);
  base::require_writable_folder(campaign.results);
  if (!has_suite_state(campaign.results)) return;
  throw UserError(base::printable(campaign.results.string()) +
                  ": holds the results of a suite already: name another folder, or go on with  inferometer "
                  "resume " +
                  base::shell_word(campaign.results.string()));
}

}  // namespace inferometer::campaign
