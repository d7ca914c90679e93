// The record: one append-only JSON-lines file per experiment, each line chained to the one before by SHA-256.
// schema/record.md is the format in prose.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "results/experiment.h"
#include "results/journal.h"

namespace inferometer::store {

/// What is on the first lines of a record.
struct Header {
  std::string id;     ///< random
  std::string title;  ///< "compare"
  std::string started_utc;
  results::Plan plan;
  results::Environment environment;
};

/// Writes one experiment. Every keep() is one append and one fdatasync.
class Writer final : public results::Journal {
 public:
  /// A new record in `folder`. Throws base::RecordError when it cannot be written or locked.
  static std::unique_ptr<Writer> create(const std::filesystem::path& folder, const Header& header);
  /// Goes on with an unfinished record: takes the lock, sets a torn tail aside (told through `told`), checks
  /// the chain. Throws base::RecordError: in use by pid, damaged, already ended.
  static std::unique_ptr<Writer> resume(const std::filesystem::path& file, std::vector<std::string>& told);
  ~Writer() override;

  void keep(const results::Preparation&) override;
  void keep(const results::TruthCheck&) override;
  void keep(const results::HarnessCost&) override;
  void keep(const results::LoadSet&) override;
  void keep(const results::GroupStop&) override;
  void keep(const results::CandidateOutcome&) override;
  /// This invocation stopped early; the record stays open for resume.
  void interrupted();
  /// The last line, with the count. Nothing may follow.
  void end();

  const std::filesystem::path& file() const;

 private:
  class Implementation;
  explicit Writer(std::unique_ptr<Implementation>);
  std::unique_ptr<Implementation> implementation_;
};

/// Reads a record; damage is confined to its line and told in Experiment::damage. Throws base::RecordError
/// when nothing of it can be used or it is from a newer major version.
results::Experiment read(const std::filesystem::path& file);

struct Check {
  std::filesystem::path file;
  std::string id;
  std::int64_t lines = 0;
  bool ended = false;
  std::vector<std::string> problems;  ///< "line 57: sha256 differs"; empty: whole
  std::vector<std::string> remarks;   ///< "no end line: whole lines lost from the tail cannot be noticed"
};
Check check(const std::filesystem::path& file);

/// One row of `store list`, cheap to make (first and last line only).
struct Entry {
  std::filesystem::path file;
  std::string id;
  std::string title;
  std::string started_utc;
  std::string command;
  std::string state;  ///< "ended", "interrupted", "unfinished", "damaged"
};
/// Every record below `folder`, newest first. Copies of one experiment (merged from elsewhere) are one row:
/// the longer one, if the shorter is its beginning; else both, marked damaged.
std::vector<Entry> list(const std::filesystem::path& folder);

/// `word`: an id, a unique beginning of one, "last", or a path. Throws base::UserError.
std::filesystem::path find(const std::filesystem::path& folder, const std::string& word);

std::filesystem::path record_folder();  ///< state_folder()/record

}  // namespace inferometer::store
