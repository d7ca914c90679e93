#include "report/core/sheet.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/core/wording.h"

namespace inferometer::report {
namespace {

Entry own(std::string text) { return {std::move(text), Entry::Kind::Own}; }
Entry name(std::string text) { return {std::move(text), Entry::Kind::Name}; }
Entry code(std::string text) { return {std::move(text), Entry::Kind::Code}; }
const Entry kNothing = {"-", Entry::Kind::Own};

}  // namespace

Sheet ratios_sheet(const GroupView& group) {
  Sheet sheet{"Latency ratio to the baseline " + group.baseline().spec->label +
                  " (below 1 is faster), with its confidence sequence",
              {"candidate", "these loads", "rounds", "across fresh loads", "fresh loads", "level"},
              {},
              ""};
  for (const auto& candidate : group.candidates) {
    if (candidate.is_baseline()) continue;
    const auto& comparison = *candidate.comparison;
    sheet.rows.push_back(
        {name(candidate.spec->label), own(latency_ratio(comparison.these_loads)),
         own(std::to_string(comparison.these_loads.units)), own(latency_ratio(comparison.fresh_loads)),
         own(std::to_string(comparison.fresh_loads.units)), own(fmt::format("{:.4g}", comparison.level))});
  }
  return sheet;
}

Sheet truth_sheet(const GroupView& group) {
  Sheet sheet{"Outputs",
              {"candidate", "result", "largest error", "allowed", "cosine", "disagreement", "reference"},
              {},
              "Errors are the largest absolute difference over the largest absolute value of the reference. "
              "Disagreement: items whose largest class score is not that of the reference."};
  for (const auto& candidate : group.candidates) {
    const auto* truth = candidate.truth;
    std::vector<Entry> row = {name(candidate.spec->label)};
    row.push_back(truth == nullptr ? own("not checked") : name(report::truth(*truth)));
    if (truth == nullptr || !truth->verified) {
      row.insert(row.end(), 5, kNothing);
    } else {
      row.insert(
          row.end(),
          {own(fmt::format("{:.2g}", truth->max_rel_error)), own(fmt::format("{:.2g}", truth->tolerance)),
           own(fmt::format("{:.6f}", truth->cosine)), own(disagreement(candidate)), name(truth->reference)});
    }
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet percentiles_sheet(const GroupView& group) {
  const TimeUnit unit = unit_for(group);
  Sheet sheet{fmt::format("Percentiles, in {}", unit.name),
              {"candidate", "samples", "minimum"},
              {},
              "A percentile is blank where there are too few samples for its interval to mean anything; the "
              "number in brackets is the plain type-7 percentile of the same samples, whatever it is worth."};
  const double shown[] = {0.5, 0.9, 0.95, 0.99};
  for (const double p : shown) sheet.columns.push_back(percentile_name(p) + " (plain)");
  sheet.columns.insert(sheet.columns.end(), {"maximum", "mean", "deviation", "floor"});
  const bool tokens = group.has_token_times();
  if (tokens) sheet.columns.insert(sheet.columns.end(), {"first token", "per output token"});
  for (const auto& candidate : group.candidates) {
    if (candidate.summary == nullptr) continue;
    const auto& summary = *candidate.summary;
    std::vector<Entry> row = {name(candidate.spec->label), own(std::to_string(summary.samples)),
                              own(unit.print(summary.minimum_ns))};
    for (const double p : shown) {
      const auto* found = percentile(candidate, p);
      row.push_back(found == nullptr
                        ? kNothing
                        : own(unit.print(found->value_ns) + " (" + unit.print(found->plain_ns) + ")"));
    }
    for (const double value : {summary.maximum_ns, summary.mean_ns, summary.deviation_ns, summary.floor_ns})
      row.push_back(own(unit.print(value)));
    if (tokens) {
      row.push_back(own(unit.print(summary.first_token_ns)));
      row.push_back(own(unit.print(summary.per_token_ns)));
    }
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet phases_sheet(const GroupView& group) {
  Sheet sheet{"Loading and what really ran",
              {"candidate", "start", "load", "compile", "first run", "warm-up", "engine", "device",
               "precision", "threads", "library sha256"},
              {},
              "Times are medians over loads; device, precision and threads are what the engine says it did."};
  const analysis::Summary none;
  for (const auto& candidate : group.candidates) {
    const auto* load = candidate.loaded();
    const auto& summary = candidate.summary ? *candidate.summary : none;
    std::vector<Entry> row = {name(candidate.spec->label)};
    for (const double value :
         {summary.start_ns, summary.load_ns, summary.compile_ns, summary.first_run_ns, summary.warm_up_ns})
      row.push_back(own(base::format_ns(value)));
    const std::string engine = candidate.spec->configuration.engine;
    if (load == nullptr) {
      row.push_back(name(engine));
      row.insert(row.end(), 4, kNothing);
    } else {
      row.insert(row.end(), {name(engine + " " + load->engine_version), name(load->effective.device),
                             name(load->effective.precision), own(std::to_string(load->effective.threads)),
                             load->library_sha256.empty() ? kNothing : code(load->library_sha256)});
    }
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet skipped_sheet(const results::Plan& plan) {
  Sheet sheet{"Skipped", {"candidate", "reason", "what to do"}, {}, ""};
  for (const auto& cell : plan.skipped) {
    sheet.rows.push_back(
        {name(cell.label), name(cell.reason), cell.remedy.empty() ? kNothing : code(cell.remedy)});
  }
  return sheet;
}

Sheet artefacts_sheet(const results::Experiment& experiment) {
  Sheet sheet{"Models", {"model", "variant", "size", "weights", "recipe", "made", "sha256"}, {}, ""};
  for (const auto& artefact : experiment.plan.artefacts) {
    std::string made = "-";
    for (const auto& preparation : experiment.preparations) {
      if (preparation.artefact != artefact.key) continue;
      made = preparation.cached ? "from the cache"
                                : "in " + base::format_ns(static_cast<double>(preparation.duration_ns));
    }
    sheet.rows.push_back({name(artefact.model + (artefact.synthetic_weights ? " (synthetic weights)" : "")),
                          name(artefact.variant), own(size(artefact.size_bytes)),
                          own(artefact.parameters > 0 ? std::to_string(artefact.parameters) : "-"),
                          name(artefact.recipe), own(made), code(artefact.sha256)});
    if (artefact.parts.size() < 2) continue;
    for (const auto& part : artefact.parts) {
      sheet.rows.push_back({name("part " + part.name), name(artefact.variant), own(size(part.size_bytes)),
                            kNothing, kNothing, kNothing, code(part.sha256)});
    }
  }
  return sheet;
}

Sheet method_sheet(const Input& input, const std::vector<GroupView>& groups) {
  const auto& record = input.experiment;
  const auto& effort = record.plan.effort;
  Sheet sheet{"How it was measured", {"", ""}, {}, ""};
  const auto add = [&](const char* fact, Entry value) {
    sheet.rows.push_back({own(fact), std::move(value)});
  };
  add("command", code(record.plan.command));
  add("experiment", code(record.id));
  add("started", name(fmt::format("{}, {} invocation{}", record.started_utc, record.invocations,
                                  record.invocations == 1 ? "" : "s")));
  add("mode", own(fmt::format("{}: at least {} warm-up runs, {} timed runs, {} fresh load{}{}",
                              mode_name(effort.mode), effort.warm_up_runs, effort.timed_runs, effort.repeats,
                              effort.repeats == 1 ? "" : "s", effort.exact_counts ? ", and not more" : "")));
  add("decided by",
      own(fmt::format("margin {:g} %, family level {:g}, budget {} for each group", 100 * effort.margin,
                      effort.level, base::format_seconds(static_cast<double>(effort.budget_ns) / 1e9))));
  add("seed", own(std::to_string(record.plan.seed)));
  add("threads", name(record.plan.threads_reason));
  for (const auto& group : groups)
    add("input values", name(title(group) + ": " + group.group->workload.values));
  add("analysis", own(fmt::format("version {}", input.analysis.version)));
  add("provenance", own("every number here was measured in this experiment"));
  add("raw data", code("inferometer record path " + short_id(record)));
  add("this report again", code("inferometer report " + short_id(record)));
  return sheet;
}

Sheet environment_sheet(const results::Environment& environment) {
  Sheet sheet{"Machine and software", {"", ""}, {}, ""};
  const auto add = [&](const char* fact, const std::string& value) {
    sheet.rows.push_back({own(fact), name(value.empty() ? "not visible" : value)});
  };
  add("CPU", environment.cpu_model);
  add("CPUs", fmt::format("{} usable, {} per core", environment.cpus, environment.threads_per_core));
  add("CPU features", base::join(environment.cpu_flags, " "));
  add("CPU limit of the cgroup",
      environment.cpu_limit > 0 ? fmt::format("{:g}", environment.cpu_limit) : "none");
  for (const auto& device : environment.devices) {
    if (device.kind == "cpu") continue;
    std::string facts = device.name.empty() ? device.kind : device.name;
    if (results::has_own_memory(device)) facts += ", " + size(device.memory_bytes);
    if (!device.driver.empty()) facts += ", driver " + device.driver;
    sheet.rows.push_back({name("device " + device.id), name(facts)});
  }
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
  for (const auto& [variable, value] : environment.variables)
    sheet.rows.push_back({code(variable), code(value)});
  return sheet;
}

}  // namespace inferometer::report
