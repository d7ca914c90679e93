#include "experiment/request.h"

#include <filesystem>

#include "experiment/cpus.h"
#include "experiment/input_request.h"

namespace inferometer::experiment {

results::Plan make_plan(const Request& request, const Subjects& subjects, const Installation& installation) {
  auto wanted = request.plan;
  for (const auto& subject : subjects) wanted.models.push_back(subject.model);
  if (wanted.cpus == 0) count_cpus(wanted);
  auto plan = plan::make_plan(wanted, installation.discovery.engines);
  check_shapes(plan, subjects);
  plan.folder = std::filesystem::current_path().string();
  plan.inputs = request.inputs;
  plan.reports = request.reports;
  plan.rank_unverified = request.rank_unverified;
  plan.suite = request.suite;
  plan.suite_folder = request.suite_folder;
  return plan;
}

}  // namespace inferometer::experiment
