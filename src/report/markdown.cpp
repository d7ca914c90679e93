#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "report/markdown_text.h"
#include "report/printers.h"
#include "report/wording.h"

namespace inferometer::report {
namespace {

using markdown::bullets;
using markdown::code;
using markdown::code_block;
using markdown::code_cell;
using markdown::head;
using markdown::plain;
using markdown::row;

std::string candidates_table(const GroupView& group) {
  const TimeUnit unit = unit_for(group);
  const auto in_unit = [&](const char* name) { return fmt::format("{} ({})", name, unit.name); };
  std::string text = head({"candidate", in_unit("median"), in_unit("p95"), in_unit("p99"), "speed-up",
                           "verdict", "size", "peak memory", "CPUs used"});
  for (const auto& candidate : group.candidates) {
    const auto* summary = candidate.summary;
    const auto gated = [&](double p) {
      const auto* found = percentile(candidate, p);
      return unit.print(found == nullptr ? analysis::kNone : found->value_ns);
    };
    const std::string artefact_size =
        candidate.artefact == nullptr ? "-" : size(candidate.artefact->size_bytes);
    if (summary == nullptr) {
      const std::string why = candidate.failed() ? outcome(*candidate.outcome) : "not measured";
      text += row({plain(candidate.spec->label), "-", "-", "-", "-", plain(why), artefact_size, "-", "-"});
      continue;
    }
    text += row({plain(candidate.spec->label), unit.print(summary->median_ns), gated(0.95), gated(0.99),
                 speed_up(candidate), verdict(candidate), artefact_size, size(summary->peak_rss_bytes),
                 std::isnan(summary->cpu_mean) ? "-" : fmt::format("{:.2f}", summary->cpu_mean)});
  }
  return text;
}

std::string notes_list(const GroupView& group, double margin) {
  std::vector<std::string> sentences;
  for (const auto& note : shared_notes(group, margin)) {
    sentences.push_back(base::join(note.labels, ", ") + ": " + note.text);
  }
  return bullets(sentences);
}

std::string ratios_table(const GroupView& group) {
  std::string text;
  for (const auto& candidate : group.candidates) {
    if (candidate.is_baseline()) continue;
    const auto& comparison = *candidate.comparison;
    if (text.empty()) {
      text = "\nLatency ratio to the baseline " + plain(group.baseline().spec->label) +
             " (below 1 is faster), with its confidence sequence:\n\n" +
             head({"candidate", "these loads", "rounds", "across fresh loads", "fresh loads", "level"});
    }
    text += row({plain(candidate.spec->label), latency_ratio(comparison.these_loads),
                 std::to_string(comparison.these_loads.units), latency_ratio(comparison.fresh_loads),
                 std::to_string(comparison.fresh_loads.units), fmt::format("{:.4g}", comparison.level)});
  }
  return text;
}

std::string trust_text(const GroupView& group) {
  const auto& trust = group.analysis->trust;
  std::string text = fmt::format("\nTrust **{}**", analysis::to_text(trust.grade));
  text +=
      trust.reasons.empty() ? ": nothing speaks against it.\n\n" : ", because:\n\n" + bullets(trust.reasons);
  auto sentences = self_comparison(group);
  sentences.push_back(harness_cost(group));
  sentences.push_back(stop(group));
  return text + bullets(sentences);
}

std::string truth_table(const GroupView& group) {
  std::string text =
      "\n### Outputs\n\n" + head({"candidate", "result", "largest error", "allowed", "cosine", "reference"});
  for (const auto& candidate : group.candidates) {
    const auto* truth = candidate.truth;
    if (truth == nullptr) {
      text += row({plain(candidate.spec->label), "not checked", "-", "-", "-", "-"});
    } else if (!truth->verified) {
      text += row({plain(candidate.spec->label), plain(report::truth(*truth)), "-", "-", "-", "-"});
    } else {
      text += row({plain(candidate.spec->label), plain(report::truth(*truth)),
                   fmt::format("{:.2g}", truth->max_rel_error), fmt::format("{:.2g}", truth->tolerance),
                   fmt::format("{:.6f}", truth->cosine), plain(truth->reference)});
    }
  }
  return text +
         "\nErrors are the largest absolute difference over the largest absolute value of the reference.\n";
}

std::string percentiles_table(const GroupView& group) {
  const TimeUnit unit = unit_for(group);
  std::vector<std::string> titles = {"candidate", "samples", "minimum"};
  const double shown[] = {0.5, 0.9, 0.95, 0.99};
  for (const double p : shown) titles.push_back(percentile_name(p) + " (plain)");
  titles.insert(titles.end(), {"maximum", "mean", "deviation", "floor"});
  std::string text = fmt::format("\n### Percentiles, in {}\n\n", unit.name) + head(titles);
  for (const auto& candidate : group.candidates) {
    if (candidate.summary == nullptr) continue;
    const auto& summary = *candidate.summary;
    std::vector<std::string> cells = {plain(candidate.spec->label), std::to_string(summary.samples),
                                      unit.print(summary.minimum_ns)};
    for (const double p : shown) {
      const auto* found = percentile(candidate, p);
      cells.push_back(
          found == nullptr ? "-" : unit.print(found->value_ns) + " (" + unit.print(found->plain_ns) + ")");
    }
    for (const double value : {summary.maximum_ns, summary.mean_ns, summary.deviation_ns, summary.floor_ns}) {
      cells.push_back(unit.print(value));
    }
    text += row(cells);
  }
  return text +
         "\nA percentile is blank where there are too few samples for its interval to mean anything; the "
         "number in "
         "brackets is the plain type-7 percentile of the same samples, whatever it is worth.\n";
}

std::string phases_table(const GroupView& group) {
  std::string text = "\n### Loading and what really ran\n\n" +
                     head({"candidate", "start", "load", "compile", "first run", "warm-up", "engine",
                           "device", "precision", "threads", "library sha256"});
  for (const auto& candidate : group.candidates) {
    const auto* load = candidate.loaded();
    const auto* summary = candidate.summary;
    std::vector<std::string> cells = {plain(candidate.spec->label)};
    for (const double value :
         {summary ? summary->start_ns : analysis::kNone, summary ? summary->load_ns : analysis::kNone,
          summary ? summary->compile_ns : analysis::kNone, summary ? summary->first_run_ns : analysis::kNone,
          summary ? summary->warm_up_ns : analysis::kNone}) {
      cells.push_back(base::format_ns(value));
    }
    const std::string engine = candidate.spec->configuration.engine;
    if (load == nullptr) {
      cells.insert(cells.end(), {plain(engine), "-", "-", "-", "-"});
    } else {
      cells.insert(cells.end(), {plain(engine + " " + load->engine_version), plain(load->effective.device),
                                 plain(load->effective.precision), std::to_string(load->effective.threads),
                                 load->library_sha256.empty() ? "-" : code_cell(load->library_sha256)});
    }
    text += row(cells);
  }
  return text +
         "\nTimes are medians over loads; device, precision and threads are what the engine says it did.\n";
}

std::string group_text(const GroupView& group, double margin) {
  std::string text = "\n## " + plain(title(group)) + "\n\n" + plain(group.analysis->sentence) + ".\n\n" +
                     "Measured, " + counts(group) + ".\n\n" + candidates_table(group) + "\n" +
                     notes_list(group, margin);
  return text + ratios_table(group) + trust_text(group) + truth_table(group) + percentiles_table(group) +
         phases_table(group);
}

std::string failures_text(const std::vector<GroupView>& groups) {
  std::string text;
  for (const auto& group : groups) {
    for (const auto& candidate : group.candidates) {
      if (!candidate.failed()) continue;
      text += "\n### " + plain(candidate.spec->label) + " (" + plain(title(group)) + ")\n\n" +
              plain(outcome(*candidate.outcome)) + "\n";
      if (!candidate.outcome->repeat.empty()) text += "\nAgain: " + code(candidate.outcome->repeat) + "\n";
      if (!candidate.outcome->log_tail.empty()) {
        text += "\nThe last lines it printed:\n\n" + code_block(candidate.outcome->log_tail);
      }
    }
  }
  return text.empty() ? text : "\n## Failed candidates\n" + text;
}

std::string skipped_text(const results::Plan& plan) {
  if (plan.skipped.empty()) return "";
  std::string text = "\n## Skipped\n\n" + head({"candidate", "reason", "what to do"});
  for (const auto& cell : plan.skipped) {
    text += row({plain(cell.label), plain(cell.reason), cell.remedy.empty() ? "-" : code_cell(cell.remedy)});
  }
  return text;
}

std::string artefacts_table(const results::Experiment& experiment) {
  const auto& artefacts = experiment.plan.artefacts;
  if (artefacts.empty()) return "";
  std::string text =
      "\n### Models\n\n" + head({"model", "variant", "size", "weights", "recipe", "made", "sha256"});
  for (const auto& artefact : artefacts) {
    std::string made = "-";
    for (const auto& preparation : experiment.preparations) {
      if (preparation.artefact != artefact.key) continue;
      made = preparation.cached ? "from the cache"
                                : "in " + base::format_ns(static_cast<double>(preparation.duration_ns));
    }
    text += row({plain(artefact.model) + (artefact.synthetic_weights ? " (synthetic weights)" : ""),
                 plain(artefact.variant), size(artefact.size_bytes),
                 artefact.parameters > 0 ? std::to_string(artefact.parameters) : "-", plain(artefact.recipe),
                 made, code_cell(artefact.sha256)});
  }
  return text;
}

std::string method_text(const Input& input, const std::vector<GroupView>& groups) {
  const auto& record = input.experiment;
  const auto& effort = record.plan.effort;
  std::string text = "\n## How it was measured\n\n" + head({"", ""});
  text += row({"command", code_cell(record.plan.command)});
  text += row({"experiment",
               code_cell(record.id) + ", started " + plain(record.started_utc) + ", " +
                   fmt::format("{} invocation{}", record.invocations, record.invocations == 1 ? "" : "s")});
  text +=
      row({"mode", fmt::format("{}: at least {} warm-up runs, {} timed runs, {} fresh load{}{}",
                               mode_name(effort.mode), effort.warm_up_runs, effort.timed_runs, effort.repeats,
                               effort.repeats == 1 ? "" : "s", effort.exact_counts ? ", and not more" : "")});
  text += row({"decided by",
               fmt::format("margin {:g} %, family level {:g}, budget {} for each group", 100 * effort.margin,
                           effort.level, base::format_seconds(static_cast<double>(effort.budget_ns) / 1e9))});
  text += row({"seed", std::to_string(record.plan.seed)});
  text += row({"threads", plain(record.plan.threads_reason)});
  for (const auto& group : groups) {
    text += row({"input values", plain(title(group) + ": " + group.group->workload.values)});
  }
  text += row({"analysis", fmt::format("version {}", input.analysis.version)});
  text += row({"provenance", "every number here was measured in this experiment"});
  text += row({"raw data", code_cell("inferometer store path " + short_id(record))});
  text += row({"this report again", code_cell("inferometer report " + short_id(record))});
  return text + artefacts_table(record);
}

std::string environment_text(const results::Environment& environment) {
  std::string text = "\n### Machine and software\n\n" + head({"", ""});
  const auto add = [&](const char* name, const std::string& value) {
    text += row({name, value.empty() ? "not visible" : plain(value)});
  };
  add("CPU", environment.cpu_model);
  add("CPUs", fmt::format("{} usable, {} per core", environment.cpus, environment.threads_per_core));
  add("CPU features", base::join(environment.cpu_flags, " "));
  add("CPU limit of the cgroup",
      environment.cpu_limit > 0 ? fmt::format("{:g}", environment.cpu_limit) : "none");
  add("memory", size(environment.memory_bytes));
  add("memory limit of the cgroup",
      environment.memory_limit_bytes > 0 ? size(environment.memory_limit_bytes) : "none");
  add("microcode", environment.microcode);
  add("governor", environment.governor);
  add("turbo", environment.turbo);
  add("transparent huge pages", environment.transparent_hugepages);
  add("kernel", environment.kernel);
  add("hypervisor", environment.hypervisor);
  add("C library", environment.libc);
  add("clock source", environment.clock_source);
  add("autogroup", environment.autogroup ? "on" : "off");
  add("inferometer", environment.program_version);
  add("compiler", environment.compiler);
  for (const auto& [name, value] : environment.variables) text += row({code_cell(name), code_cell(value)});
  return text;
}

}  // namespace

std::string print_markdown(const Input& input, const Style&) {
  const auto groups = views(input);
  std::string text =
      "# Inferometer: " + plain(input.experiment.title) + " " + plain(short_id(input.experiment)) + "\n\n";
  for (const auto& group : groups) {
    text += "- **" + plain(title(group)) + "**: " + plain(group.analysis->sentence) + "\n";
  }
  if (const auto all = warnings(input.experiment); !all.empty())
    text += "\n**Read this first**\n\n" + bullets(all);
  for (const auto& group : groups) text += group_text(group, input.experiment.plan.effort.margin);
  text += failures_text(groups) + skipped_text(input.experiment.plan) + method_text(input, groups);
  return text + environment_text(input.experiment.environment);
}

}  // namespace inferometer::report
