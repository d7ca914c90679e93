// Records for the tests of this folder.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/text.h"
#include "record/list.h"
#include "record/reader.h"
#include "record/writer.h"

namespace inferometer::record {

inline Header test_header(const std::string& id = "0123456789abcdef0123456789abcdef") {
  Header header;
  header.id = id;
  header.title = "compare";
  header.started_utc = "2026-11-23T10:00:00Z";
  header.plan.command = "inferometer compare \"a model\"";
  header.plan.groups.resize(1);
  header.plan.groups[0].id = "g0";
  return header;
}

/// A load set that tells from its content which one it is.
inline results::LoadSet test_load_set(int index, std::size_t samples = 2) {
  results::LoadSet set;
  set.group = "g0";
  set.index = index;
  set.measuring_ns = 1000 + index;
  results::Load load;
  load.candidate = "c0";
  load.blocks.resize(1);
  load.blocks[0].durations_ns.assign(samples, 5'000'000 + index);
  set.loads.push_back(load);
  return set;
}

/// header, truth check, `sets` load sets, stop, outcome, end.
inline std::filesystem::path write_test_record(const std::filesystem::path& folder, int sets = 3,
                                               const std::string& id = test_header().id) {
  const auto writer = Writer::create(folder, test_header(id));
  results::TruthCheck truth;
  truth.candidate = "c0";
  truth.reference = "r, \"quoted\"\n";
  writer->keep(truth);
  for (int i = 0; i < sets; ++i) writer->keep(test_load_set(i));
  results::GroupStop stop;
  stop.group = "g0";
  stop.verdicts = {{"c0", results::VerdictKind::Faster}};
  writer->keep(stop);
  results::CandidateOutcome outcome;
  outcome.candidate = "c0";
  writer->keep(outcome);
  writer->end();
  return writer->file();
}

inline std::string bytes_of(const std::filesystem::path& file) { return base::read_file(file, 1ull << 30); }

inline void put(const std::filesystem::path& file, const std::string& bytes) {
  // Not truncated to nothing first: ext4 flushes such a file at each close, and the tests damage thousands.
  std::ofstream(file, std::ios::binary | std::ios::app).close();
  std::fstream(file, std::ios::binary | std::ios::in | std::ios::out) << bytes;
  std::filesystem::resize_file(file, bytes.size());
}

/// Every line with its newline.
inline std::vector<std::string> lines_of(const std::string& bytes) {
  auto lines = base::split(bytes, '\n');
  lines.pop_back();
  for (auto& line : lines) line += '\n';
  return lines;
}

}  // namespace inferometer::record
