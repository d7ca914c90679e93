#include "cli/suite_experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/carry_out.h"
#include "cli/progress.h"
#include "cli/suite_inputs.h"
#include "experiment/workbench.h"
#include "machine/machine.h"
#include "models/models.h"
#include "plan/waves.h"
#include "record/list.h"
#include "record/reader.h"
#include "report/tables/rows.h"

namespace inferometer::cli {
namespace {

namespace fs = std::filesystem;
using base::UserError;

/// Leaves room for the coordinator, for reference outputs and for an estimate that is too low.
constexpr double kUsableShare = 0.8;

std::string title_of(const campaign::SuiteExperiment& experiment) { return "suite " + experiment.folder; }

/// Random weights can stand in: the name is that of a published architecture.
bool can_be_synthetic(const std::string& model, const packages::Installed& store) {
  try {
    models::resolve(model, store, true);
    return true;
  } catch (const UserError&) {
    return false;
  }
}

/// Where the weights will come from. Throws what says that they cannot be had.
void find_weights(Prospect& prospect, bool synthetic_allowed, const packages::Installed& store) {
  const auto& model = prospect.experiment.model;
  try {
    const auto kind = models::resolve(model, store).kind;
    prospect.weights =
        kind == models::Reference::Kind::Hub ? Prospect::Weights::OnHub : Prospect::Weights::Real;
  } catch (const UserError& error) {
    if (!synthetic_allowed || !can_be_synthetic(model, store)) throw;
    prospect.weights = Prospect::Weights::Synthetic;
    prospect.why_synthetic = error.what();
  }
}

/// What is asked of a model. Sequence lengths of the whole file are no word about one without a sequence.
plan::Request request_for(const campaign::SuiteExperiment& experiment, const plan::Model& model) {
  auto request = experiment.request;
  request.models = {model};
  if (!has_sequence(model)) request.sequence_lengths.clear();
  return request;
}

void fill(Prospect& prospect, experiment::Workbench& workbench, const plan::Request& cpus) {
  auto request = request_for(prospect.experiment, workbench.inspect(prospect.experiment.model));
  request.cpus = cpus.cpus;
  request.free_cpus = cpus.free_cpus;
  auto plan = plan::make_plan(request, workbench.engines());
  workbench.check_shapes(plan);
  plan::split_into_waves(plan, usable_memory());
  prospect.skipped = plan.skipped;
  prospect.cost = plan::estimate(plan);
  for (const auto& group : plan.groups)
    prospect.memory_bytes = std::max(prospect.memory_bytes, plan::expected_bytes(plan, group));
  if (prospect.weights == Prospect::Weights::OnHub)
    prospect.disk_bytes += results::float32_bytes(request.models.front().summary.parameters);
  for (const auto& artefact : plan.artefacts) prospect.disk_bytes += plan::file_bytes(artefact);
  prospect.making = workbench.making(plan);
}

/// A record of this experiment that an earlier invocation of the same suite left, newest first; empty: none.
/// Another suite may have had the same folder before, so the words that resume it prove nothing.
fs::path earlier_record(const campaign::SuiteExperiment& experiment, const SuiteSetting& setting) {
  for (const auto& entry : record::list(record::record_folder())) {
    const bool usable = entry.state != "damaged" && entry.title == title_of(experiment);
    if (usable && record::read(entry.file).plan.suite == setting.id) return entry.file;
  }
  return {};
}

/// Makes what the record measured, or finds it; says why it cannot be gone on with. Empty: it can.
std::string prepare_again(const results::Experiment& recorded, experiment::Workbench& workbench,
                          results::Plan& plan, const experiment::InputSources& sources) {
  if (!recorded.environment.same_class(machine::read_environment()))
    return "the machine or its software is another one now";
  plan = recorded.plan;
  workbench.prepare(plan, sources, say);
  return why_not_resumed(recorded.plan, plan);
}

results::Plan new_plan(plan::Request request, experiment::Workbench& workbench, const SuiteSetting& setting,
                       const experiment::InputSources& sources) {
  count_cpus(request);
  auto plan = plan::make_plan(request, workbench.engines());
  workbench.check_shapes(plan);
  workbench.prepare(plan, sources, say);
  plan::split_into_waves(plan, usable_memory());
  plan.command = setting.command;
  plan.arguments = setting.resume_words;
  plan.suite = setting.id;
  plan.folder = fs::current_path().string();
  return plan;
}

/// A workbench with the model on it. Random weights stand in for what cannot be downloaded.
std::unique_ptr<experiment::Workbench> workbench_for(const Prospect& prospect, const SuiteSetting& setting,
                                                     plan::Model& model) {
  const auto& name = prospect.experiment.model;
  const auto with = [&](bool synthetic_weights) {
    auto workbench = std::make_unique<experiment::Workbench>(synthetic_weights);
    model = workbench->obtain(name, say);
    return workbench;
  };
  std::string why = prospect.why_synthetic;
  if (prospect.weights != Prospect::Weights::Synthetic) {
    try {
      return with(false);
    } catch (const UserError& error) {
      const bool may_be_random = prospect.weights == Prospect::Weights::OnHub &&
                                 setting.file.synthetic_for_missing.value_or(false) &&
                                 can_be_synthetic(name, packages::Installed::open());
      if (!may_be_random) throw;
      why = error.what();
    }
  }
  say("random weights stand in: " + why);
  return with(true);
}

/// The rows of each candidate in a folder of its own.
void write_candidate_folders(const results::Experiment& experiment, const fs::path& folder) {
  const auto analysis = analysis::analyse(experiment);
  const auto advice = select::advise(experiment, analysis);
  std::map<std::string, std::vector<report::Row>> rows_of;
  for (auto& row : report::rows({experiment, analysis, advice})) {
    const auto label =
        std::find_if(row.begin(), row.end(), [](const auto& cell) { return cell.first == "label"; });
    rows_of[campaign::folder_name(label->second.get<std::string>())].push_back(row);
  }
  for (const auto& [name, rows] : rows_of) {
    const fs::path own = folder.string() + "_" + name;
    base::require_writable_folder(own);
    base::write_file_atomically(own / "results.csv", report::csv_of(rows));
    base::write_file_atomically(own / "results.jsonl", report::jsonl_of(rows));
    say("wrote  " + own.string());
  }
}

/// The groups of each batch size as a report of their own.
void write_batch_folders(const results::Experiment& experiment, const fs::path& folder) {
  std::set<std::int64_t> sizes;
  for (const auto& group : experiment.plan.groups) sizes.insert(group.workload.batch_size);
  for (const auto size : sizes) {
    auto part = experiment;
    std::erase_if(part.plan.groups, [&](const auto& group) { return group.workload.batch_size != size; });
    Outputs outputs;
    outputs.output = fmt::format("{}_bs{}", folder.string(), size);
    check_outputs(outputs);
    write_files(outputs, part);
  }
}

}  // namespace

std::int64_t usable_memory() {
  const auto bytes = machine::read_pressure().memory_available_bytes;
  return static_cast<std::int64_t>(kUsableShare * static_cast<double>(bytes));
}

std::vector<Prospect> look_ahead(const std::vector<campaign::SuiteExperiment>& experiments,
                                 const campaign::SuiteFile& file) {
  const auto store = packages::Installed::open();
  experiment::Workbench real(false), synthetic(true);
  for (const auto& problem : real.problems()) say(problem);
  plan::Request cpus;
  count_cpus(cpus);
  std::vector<Prospect> prospects;
  for (const auto& experiment : experiments) {
    auto& prospect = prospects.emplace_back(Prospect{.experiment = experiment});
    try {
      find_weights(prospect, file.synthetic_for_missing.value_or(false), store);
      if (prospect.weights == Prospect::Weights::Real) {
        fill(prospect, real, cpus);
      } else if (prospect.weights == Prospect::Weights::Synthetic ||
                 can_be_synthetic(experiment.model, store)) {
        // Of what is still to be downloaded the architecture is known.
        fill(prospect, synthetic, cpus);
      }
    } catch (const UserError& error) {
      prospect.problem = error.what();
    }
  }
  return prospects;
}

EndedExperiment carry_out_experiment(const Prospect& prospect, const SuiteSetting& setting) {
  const auto& experiment = prospect.experiment;
  const auto record = earlier_record(experiment, setting);
  const auto recorded = record.empty() ? results::Experiment() : record::read(record);
  if (recorded.ended) return {recorded, record};
  plan::Model model;
  auto workbench = workbench_for(prospect, setting, model);
  const auto sources = suite_inputs(setting, model);
  Job job{.title = title_of(experiment)};
  job.progress = setting.progress;
  job.resume_command = base::join(setting.resume_words, " ");
  if (!record.empty()) {
    const auto why = prepare_again(recorded, *workbench, job.plan, sources);
    if (why.empty()) {
      job.resumed_record = record;
    } else {
      say(experiment.folder + " is measured anew: " + why);
      workbench = workbench_for(prospect, setting, model);
    }
  }
  if (job.resumed_record.empty())
    job.plan = new_plan(request_for(experiment, model), *workbench, setting, sources);
  workbench->lay_out(job.plan, sources);
  auto measured = measure_job(job, *workbench);
  return {std::move(measured.experiment), measured.record};
}

void write_reports(const results::Experiment& experiment, const campaign::SuiteExperiment& planned,
                   const fs::path& results) {
  Outputs outputs;
  outputs.output = (results / planned.folder).string();
  check_outputs(outputs);
  write_files(outputs, experiment);
  if (planned.folders == campaign::Folders::Candidate) write_candidate_folders(experiment, outputs.output);
  if (planned.folders == campaign::Folders::BatchSize) write_batch_folders(experiment, outputs.output);
}

}  // namespace inferometer::cli
