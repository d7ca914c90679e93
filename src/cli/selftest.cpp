#include "cli/selftest.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <memory>

#include "analysis/analysis.h"
#include "base/error.h"
#include "base/random.h"
#include "base/text.h"
#include "cli/flags.h"
#include "cli/progress.h"
#include "experiment/experiment.h"
#include "plan/effort.h"
#include "report/core/reasons.h"
#include "statistics/sign_sequence.h"

namespace inferometer::cli {
namespace {

// About a millisecond of dependent arithmetic on a present-day CPU; the ratio is what matters.
constexpr int kWork = 400'000;
constexpr int kMoreWork = kWork + kWork / 10;
constexpr std::int64_t kBudgetNs = 40'000'000'000;

experiment::Request make_request(const SelftestArguments& arguments) {
  experiment::Request request;
  request.title = "selftest";
  request.models = {"null"};
  request.plan.command = "inferometer selftest";
  request.plan.candidates = {fmt::format("null,work={}", kWork), fmt::format("null,work={}", kWork),
                             fmt::format("null,work={}", kMoreWork)};
  request.plan.effort = plan::effort_of("standard");
  request.plan.effort.budget_ns = kBudgetNs;
  request.plan.seed = arguments.seed ? *arguments.seed : base::draw_seed();
  return request;
}

/// The smallest difference whose interval would exclude 1 after `count` units with this deviation of log
/// ratios.
double resolvable(double deviation, std::int64_t count, double level) {
  // The rank k cuts the sorted values at a share k/n, so the half width is that quantile of a normal spread.
  const auto rank = statistics::sign_sequence_rank(count, level);
  if (rank == 0) return analysis::kNone;
  const double share = static_cast<double>(rank) / static_cast<double>(count + 1);
  // Invert the normal distribution function by bisection: this runs once.
  double low = 0, high = 10;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(middle / std::sqrt(2.0)) > share ? low : high) = middle;
  }
  return std::expm1(low * deviation);
}

void print_comparison(const char* name, const analysis::Comparison& comparison) {
  const auto& ratio = comparison.these_loads_only ? comparison.these_loads : comparison.fresh_loads;
  fmt::print("{:<24} ratio {:.4f} ({:.4f}-{:.4f})  {}, {} {}\n", name, ratio.ratio, ratio.low, ratio.high,
             results::to_text(comparison.verdict), ratio.units,
             comparison.these_loads_only ? "rounds" : "fresh loads");
}

}  // namespace

Run add_selftest(CLI::App& app, const Invocation&) {
  const auto arguments = std::make_shared<SelftestArguments>();
  add_seed(app, arguments->seed);
  add_progress(app, arguments->progress);
  app.footer(
      "examples:\n  inferometer selftest\n  inferometer selftest --progress plain\n  inferometer selftest "
      "--seed 7\n");
  return [arguments] { return run_selftest(*arguments); };
}

int run_selftest(const SelftestArguments& arguments) {
  const auto request = make_request(arguments);
  const experiment::Installation installation;
  ProgressLine progress(arguments.progress);
  const auto subjects = experiment::obtain_all(request.models, false, installation, say);
  const auto ended = experiment::run(request, subjects, {installation, progress});
  if (ended.experiment.interrupted) return base::kExitInterrupted;
  const auto group = analysis::analyse_group(ended.experiment, ended.experiment.plan.groups.front());
  if (group.comparisons.size() != 2)
    throw base::UserError("selftest: the three workers could not be measured side by side; see above");
  const auto& same = group.comparisons[0];
  const auto& more = group.comparisons[1];
  print_comparison("the same work (A/A)", same);
  print_comparison("10 % more work", more);
  const auto& rounds = same.these_loads;
  fmt::print(
      "this machine now resolves {:.2f} % within 100 rounds of one load, {:.2f} % across 11 fresh loads\n",
      100 * resolvable(rounds.robust_deviation, 100, same.level),
      100 * resolvable(same.fresh_loads.robust_deviation, 11, same.level));
  for (const auto& cost : ended.experiment.harness_costs) {
    fmt::print("our own cost: {:.0f} ns inside a timed run, {:.0f} ns an iteration, hand-over {}\n",
               cost.in_region_ns, cost.per_iteration_ns, base::format_ns(cost.hand_over_ns));
  }
  fmt::print("trust {}\n", analysis::to_text(group.trust.grade));
  for (const auto& reason : report::sentences(group.trust.reasons)) fmt::print("  {}\n", reason);
  const bool found = more.verdict == results::VerdictKind::Slower;
  const bool false_alarm =
      same.verdict == results::VerdictKind::Faster || same.verdict == results::VerdictKind::Slower;
  std::fputs(false_alarm ? "selftest failed: two identical candidates were called different\n"
             : found     ? "selftest passed\n"
                         : "cannot tell: 10 % more work was not found in time; see the reasons above\n",
             stdout);
  return false_alarm ? base::kExitCandidateFailed : found ? base::kExitOk : base::kExitCannotTell;
}

}  // namespace inferometer::cli
