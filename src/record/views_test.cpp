// Every field that a record stores is a column of the views, or said to be left out.
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>

#include "base/files.h"
#include "results/json.h"

namespace inferometer::record {
namespace {

std::string source(const char* file) {
  const auto path = std::filesystem::path(std::getenv("INFEROMETER_TEST_SOURCE")) / file;
  return base::read_file(path, 1 << 20);
}

/// The statements that make these views, with the names that they read.
std::string statements(const std::string& sql, const std::vector<std::string>& views) {
  std::string found;
  for (const auto& view : views) {
    const auto begin = sql.find("CREATE VIEW " + view + " AS");
    EXPECT_NE(begin, std::string::npos) << view;
    if (begin != std::string::npos) found += sql.substr(begin, sql.find(";\n", begin) - begin);
  }
  return found;
}

/// Its columns, or where it is left out on purpose.
template <typename T>
void expect_columns(const std::string& type, const std::vector<std::string>& views) {
  static const std::string sql = source("schema/views.sql");
  static const std::string left_out = source("docs/record.md");
  const auto text = statements(sql, views);
  const base::Json fields = T{};
  for (const auto& [field, value] : fields.items()) {
    const bool named = std::regex_search(text, std::regex("\\b" + field + "(_id)?\\b"));
    const bool is_left_out = left_out.find("| `" + type + "." + field + "` |") != std::string::npos;
    EXPECT_NE(named, is_left_out) << type << "." << field
                                  << " is neither in schema/views.sql nor left out in "
                                  << "docs/record.md, or both";
  }
}

TEST(views, have_every_field_of_a_record) {
  using namespace results;
  expect_columns<Plan>("Plan", {"experiments", "artefacts", "stored.groups", "skipped"});
  expect_columns<Effort>("Effort", {"experiments"});
  expect_columns<Environment>("Environment", {"environments"});
  expect_columns<Device>("Device", {"environments"});
  expect_columns<Artefact>("Artefact", {"artefacts"});
  expect_columns<ArtefactPart>("ArtefactPart", {"artefacts"});
  expect_columns<SkippedCell>("SkippedCell", {"skipped"});
  expect_columns<Group>("Group", {"stored.groups", "groups"});
  expect_columns<Workload>("Workload", {"groups"});
  expect_columns<Scenario>("Scenario", {"groups"});
  expect_columns<CandidateSpec>("CandidateSpec", {"comparisons", "candidates"});
  expect_columns<Configuration>("Configuration", {"candidates"});
  expect_columns<Preparation>("Preparation", {"preparations"});
  expect_columns<TruthCheck>("TruthCheck", {"truth_checks"});
  expect_columns<HarnessCost>("HarnessCost", {"groups"});
  expect_columns<GroupStop>("GroupStop", {"groups", "comparisons"});
  expect_columns<CandidateOutcome>("CandidateOutcome", {"outcomes"});
  expect_columns<Outcome>("Outcome", {"outcomes"});
  expect_columns<LoadSet>("LoadSet", {"load_sets", "stored.loads"});
  expect_columns<Load>("Load", {"stored.loads"});
  expect_columns<Effective>("Effective", {"stored.loads"});
  expect_columns<Block>("Block", {"blocks"});
}

}  // namespace
}  // namespace inferometer::record
