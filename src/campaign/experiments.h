// A suite file to the experiments it asks for, in order. Pure: nothing is started or read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "campaign/suite_file.h"
#include "plan/plan.h"

namespace inferometer::campaign {

/// Cells (candidates on workloads) that one suite may ask for.
constexpr std::uint64_t kMostCells = 10'000;

/// One model of one phase: one plan, one record.
struct SuiteExperiment {
  std::string phase;
  std::string folder;  ///< below that of the results: "bert_comparison/bert_base"
  std::string model;   ///< as the file names it
  Folders folders = Folders::Model;
  plan::Request request;  ///< all but models, CPUs and command
};

/// A file without phases with those of `shipped`, which yield their batch sizes and sequence lengths to those
/// that `file` names; any other as it is.
SuiteFile with_phases(SuiteFile file, const SuiteFile& shipped);

/// `mode_effort`: the counts of file.mode, that the file may change. Throws base::UserError with the count
/// when it asks for more than kMostCells.
std::vector<SuiteExperiment> plan_experiments(const SuiteFile& file, const results::Effort& mode_effort);

/// As far as the file tells: an absent list of engines counts as one. Saturates instead of wrapping.
std::uint64_t count_cells(const SuiteFile& file);

}  // namespace inferometer::campaign
