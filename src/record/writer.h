// Writes the record: one append-only JSON-lines file per experiment, each line chained to the one before by
// SHA-256. schema/record.md is the format in prose.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "results/experiment.h"
#include "results/journal.h"

namespace inferometer::record {

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
  /// Goes on with an unfinished record: takes the lock, sets a torn tail aside (what it did is added to
  /// `remarks`), checks the chain. Throws base::RecordError: in use by pid, damaged, already ended.
  static std::unique_ptr<Writer> resume(const std::filesystem::path& file, std::vector<std::string>& remarks);
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

}  // namespace inferometer::record
