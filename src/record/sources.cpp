#include "record/sources.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/text.h"
#include "record/line_reader.h"
#include "record/list.h"
#include "record/reader.h"

namespace inferometer::record {
namespace {

namespace fs = std::filesystem;
using base::Json;

constexpr const char* kVerified = "verified";

/// Size and time of the last change of a file; empty when it cannot be looked at.
std::string state_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  return fmt::format("{}-{}.{:09}", status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

/// Another program may prove otherwise, and reports may say something else.
std::string signature_of(const fs::path& record) {
  return base::sha256_hex(state_of(record) + " " + last_line(record).text + " " + state_of("/proc/self/exe"));
}

/// The files that are kept of one record.
struct Remembered {
  Remembered(const fs::path& memory, const fs::path& record)
      : stem(base::sha256_hex(fs::absolute(record).string()).substr(0, 32)),
        derived(memory / (stem + ".jsonl")),
        proven_lines(memory / (stem + ".proven.jsonl")) {}

  std::string stem;
  fs::path derived;  ///< its first line tells what was verified
  fs::path proven_lines;
};

struct Found {
  Source source;
  std::vector<std::string> damage;
};

std::optional<Found> recall(const Remembered& files, const fs::path& record, const std::string& signature) {
  try {
    LineReader reader(files.derived);
    std::string line;
    if (!reader.next(line)) return std::nullopt;
    const Json first = base::parse_json(line, files.derived.string());
    const Json& value = first.at("value");
    if (value.at("signature") != signature) return std::nullopt;
    Found found{{first.at("experiment"), record, value.at("lines_file").get<std::string>(), files.derived,
                 value.at("longest_line_bytes"), signature},
                value.at("damage")};
    return fs::exists(found.source.lines) ? std::optional(found) : std::nullopt;
  } catch (const base::RecordError&) {
    return std::nullopt;  // nothing is remembered yet
  } catch (const base::UserError&) {
    return std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

/// DuckDB can be given no other path.
bool is_utf8(const fs::path& path) {
  return Json::parse(base::to_line(path.string())).get<std::string>() == path.string();
}

/// Lines of JSON for queries, and how long the longest is.
struct Lines {
  std::string text;
  std::uint64_t longest_bytes = 0;
  void add(const Json& json) {
    const std::string line = base::to_line(json);
    longest_bytes = std::max<std::uint64_t>(longest_bytes, line.size());
    text += line + "\n";
  }
};

/// Hash and number of the line before are in the record, but not in what is counted here.
constexpr std::uint64_t kChainBytes = 256;

/// Proves a record and writes what queries need of it.
Found verify(const Remembered& files, const fs::path& record, const std::string& signature,
             const Derive& derive) {
  Lines proven;
  std::int64_t count = 0;
  const Loaded loaded = load_usable(record, [&](const Line& line) {
    ++count;
    proven.add({{"n", line.n}, {"kind", line.kind}, {"item", line.item}, {"value", line.value}});
  });
  const auto& experiment = loaded.experiment;
  // What nobody writes to any more, and has nothing in it that does not count, is read where it lies.
  const bool in_place = experiment.ended && experiment.damage.empty() && count == loaded.scan.lines &&
                        is_utf8(fs::canonical(record));
  const fs::path lines = in_place ? fs::canonical(record) : files.proven_lines;
  if (!in_place) base::write_file_atomically(files.proven_lines, proven.text);

  Lines derived;
  for (const auto& line : derive(experiment))
    derived.add({{"experiment", experiment.id}, {"kind", line.kind}, {"value", line.value}});
  const auto longest = std::max(proven.longest_bytes, derived.longest_bytes) + kChainBytes;
  const Json verified = {{"signature", signature},
                         {"file", fs::absolute(record).string()},
                         {"lines_file", lines.string()},
                         {"longest_line_bytes", longest},
                         {"damage", experiment.damage}};
  Lines first;
  first.add({{"experiment", experiment.id}, {"kind", kVerified}, {"value", verified}});
  base::write_file_atomically(files.derived, first.text + derived.text);
  return {{experiment.id, record, lines, files.derived, std::max(longest, first.longest_bytes), signature},
          experiment.damage};
}

/// Forgets records that are gone.
void sweep(const fs::path& memory, const std::set<std::string>& stems) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(memory, error)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(".jsonl") && !stems.contains(name.substr(0, name.find('.'))))
      fs::remove(entry.path(), error);
  }
}

}  // namespace

std::uint64_t Sources::longest_line_bytes() const {
  std::uint64_t longest = 0;
  for (const auto& source : all) longest = std::max(longest, source.longest_line_bytes);
  return longest;
}

std::string Sources::fingerprint() const {
  std::string text;
  for (const auto& source : all) text += source.experiment + " " + source.signature + "\n";
  return base::sha256_hex(text);
}

Sources verified_sources(const fs::path& records, const fs::path& memory, const Derive& derive) {
  base::require_writable_folder(memory);
  Sources sources;
  sources.folder = fs::canonical(memory);
  const auto entries = list(records);
  std::map<std::string, int> files_of;
  for (const auto& entry : entries) ++files_of[entry.id];
  std::set<std::string> stems;
  for (const auto& entry : entries) {
    const auto leave_out = [&](const std::string& why) { sources.left_out.push_back(why); };
    if (!entry.id.empty() && files_of[entry.id] > 1) {
      leave_out(entry.file.string() + ": another copy of this experiment has other lines: neither is used");
      continue;
    }
    try {
      const Remembered files(sources.folder, entry.file);
      stems.insert(files.stem);
      const auto signature = signature_of(entry.file);
      auto found = recall(files, entry.file, signature);
      if (!found) found = verify(files, entry.file, signature, derive);
      for (const auto& damage : found->damage) leave_out(entry.file.string() + ": " + damage);
      sources.all.push_back(std::move(found->source));
    } catch (const base::RecordError& error) {
      leave_out(error.what());
    }
  }
  sweep(sources.folder, stems);
  return sources;
}

}  // namespace inferometer::record
