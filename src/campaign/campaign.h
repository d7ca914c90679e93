// A suite file and the folder of its results: planned, measured one experiment after the other, gone on with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "campaign/experiments.h"
#include "campaign/folder.h"
#include "campaign/overrides.h"
#include "campaign/suite_file.h"

namespace inferometer::campaign {

constexpr const char* kShippedSuite = "full";

/// Path of the suite of that word: of ours even where a file has that name; ./full is the file.
std::filesystem::path suite_path(const std::string& suite);

/// What a command asks for.
struct Request {
  std::string suite;  ///< a file, or "full": the shipped one
  Overrides overrides;
  std::optional<std::uint64_t> seed;
  std::string command;  ///< as typed, for people
};

struct Campaign {
  SuiteFile file;  ///< with the overrides
  std::vector<SuiteExperiment> experiments;
  SuiteState state;
  std::filesystem::path results;  ///< absolute; empty: only looked at
};

/// Reads and plans; writes nothing. Throws base::UserError for a file or value that is wrong.
Campaign plan_campaign(const Request& request);

/// The suite whose results are in this folder, as it was started. Throws base::UserError: no suite was
/// started there, its state is damaged, or this version of the program plans other experiments for it.
Campaign reopen_campaign(const std::filesystem::path& results);

/// The campaign with its own folder. Throws base::UserError when it cannot be written to or holds the results
/// of a suite already.
void take_folder(Campaign& campaign, const std::filesystem::path& results);

}  // namespace inferometer::campaign
