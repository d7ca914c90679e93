#include "campaign/campaign_run.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "campaign/one_experiment.h"
#include "process/process.h"

namespace inferometer::campaign {
namespace {

class CampaignRun {
 public:
  CampaignRun(Campaign campaign, const std::vector<Forecast>& forecasts, Reporter& reporter,
              const experiment::Host& host)
      : campaign_(std::move(campaign)), forecasts_(forecasts), reporter_(reporter), host_(host) {}

  int run() {
    write_suite_state(campaign_.results, campaign_.state);
    try {
      for (std::size_t i = 0; i < forecasts_.size(); ++i) {
        if (!measure(i)) return base::kExitInterrupted;
      }
    } catch (const process::Interrupted&) {
      return base::kExitInterrupted;
    }
    return exit_code();
  }

 private:
  /// False when it was interrupted.
  bool measure(std::size_t index) {
    const auto& forecast = forecasts_[index];
    auto& entry = campaign_.state.entries[index];
    if (entry.state == SuiteEntry::State::Measured) return true;
    if (process::interruptions() > 0) return false;
    host_.observer.say(
        fmt::format("[{}/{}] {}: {}", index + 1, forecasts_.size(), entry.folder, time_left(index)));
    try {
      if (!forecast.problem.empty()) throw base::UserError(forecast.problem);
      const auto ended = run_experiment(forecast, campaign_, host_);
      if (ended.experiment.interrupted) return false;
      entry.record = keep_record(campaign_.results, ended.record);
      reporter_.write(ended.experiment, forecast.experiment, campaign_.results);
      entry.state = SuiteEntry::State::Measured;
      entry.exit_code = experiment::exit_code_of(ended.experiment);
    } catch (const base::UserError& error) {
      entry.state = SuiteEntry::State::Failed;
      entry.reason = error.what();
      entry.exit_code = base::kExitCandidateFailed;
      host_.observer.say(entry.folder + " is left out: " + entry.reason);
    }
    write_suite_state(campaign_.results, campaign_.state);
    return true;
  }

  std::string time_left(std::size_t from) const {
    plan::Cost left;
    for (std::size_t i = from; i < forecasts_.size(); ++i) {
      if (campaign_.state.entries[i].state == SuiteEntry::State::Measured) continue;
      left.least_seconds += forecasts_[i].cost.least_seconds;
      left.most_seconds += forecasts_[i].cost.most_seconds;
    }
    return fmt::format("{} to {} of measuring left", base::format_seconds(left.least_seconds),
                       base::format_seconds(left.most_seconds));
  }

  int exit_code() const {
    int code = base::kExitOk;
    for (const auto& entry : campaign_.state.entries) {
      if (entry.exit_code == base::kExitCandidateFailed) return base::kExitCandidateFailed;
      if (entry.exit_code != base::kExitOk) code = entry.exit_code;
    }
    return code;
  }

  Campaign campaign_;
  const std::vector<Forecast>& forecasts_;
  Reporter& reporter_;
  const experiment::Host& host_;
};

}  // namespace

int run_campaign(Campaign campaign, const std::vector<Forecast>& forecasts, Reporter& reporter,
                 const experiment::Host& host) {
  return CampaignRun(std::move(campaign), forecasts, reporter, host).run();
}

}  // namespace inferometer::campaign
