// One experiment of a suite: looked at before anything runs, then carried out, its reports put into the tree
// of results.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "campaign/experiments.h"
#include "experiment/workbench.h"
#include "results/experiment.h"

namespace inferometer::cli {

/// What is the same for all experiments of a suite.
struct SuiteSetting {
  campaign::SuiteFile file;
  std::filesystem::path results;          ///< absolute
  std::vector<std::string> resume_words;  ///< the command that goes on, for records and messages
  std::string command;
  std::string id;  ///< of the suite: its records carry it
  std::string progress;
};

/// An experiment and what it will probably take.
struct Prospect {
  campaign::SuiteExperiment experiment;
  /// Real: they are here. OnHub: they will be downloaded. Synthetic: they cannot be had, random ones stand
  /// in.
  enum class Weights { Real, OnHub, Synthetic };
  Weights weights = Weights::Real;
  std::string why_synthetic;
  std::string problem;  ///< it cannot run, and why; empty: it can
  std::vector<results::SkippedCell> skipped;
  plan::Cost cost;
  std::int64_t memory_bytes = 0;         ///< of its largest group while it is measured
  experiment::Workbench::Making making;  ///< of its artefacts, where the cache has none
  std::int64_t disk_bytes = 0;           ///< of downloads and artefacts, whether the cache has these or not
};
/// Reads; makes and downloads nothing.
std::vector<Prospect> look_ahead(const std::vector<campaign::SuiteExperiment>& experiments,
                                 const campaign::SuiteFile& file);

/// Bytes that the candidates of one group may hold together on this machine now.
std::int64_t usable_memory();

struct EndedExperiment {
  results::Experiment experiment;
  std::filesystem::path record;
};
/// Goes on with its record where an earlier invocation of this suite left one, adopts one that has ended, or
/// measures. Throws base::UserError when it cannot run at all.
EndedExperiment carry_out_experiment(const Prospect& prospect, const SuiteSetting& setting);

/// Every format below results/experiment.folder, and what its phase wants besides.
void write_reports(const results::Experiment& experiment, const campaign::SuiteExperiment& planned,
                   const std::filesystem::path& results);

}  // namespace inferometer::cli
