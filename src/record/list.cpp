#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "record/line.h"
#include "record/line_reader.h"
#include "record/list.h"

namespace inferometer::record {
namespace {

namespace fs = std::filesystem;
using base::Json;

constexpr const char* kDamaged = "damaged";

void read_first_line(const fs::path& file, Entry& entry) {
  LineReader reader(file);
  std::string text;
  if (!reader.next(text) || !reader.terminated()) throw base::UserError("no whole line");
  const Piece piece(std::move(text));
  const Json value = piece.parse("line 1").value;
  value.at("id").get_to(entry.id);
  value.at("title").get_to(entry.title);
  value.at("started_utc").get_to(entry.started_utc);
  value.at("plan").at("command").get_to(entry.command);
  if (!piece.proves_itself()) entry.state = kDamaged;
}

void read_last_line(const fs::path& file, Entry& entry) {
  const LastLine last = last_line(file);
  const Piece piece(last.text);
  const std::string kind = piece.proves_itself() ? piece.parse("last line").kind : kDamaged;
  if (kind == kDamaged || (kind == "end" && !last.after.empty())) {
    entry.state = kDamaged;
  } else if (entry.state.empty()) {
    entry.state = kind == "end" ? "ended" : kind == "interrupted" ? "interrupted" : "unfinished";
  }
}

Entry entry_of(const fs::path& file) {
  Entry entry;
  entry.file = file;
  try {
    read_first_line(file, entry);
    read_last_line(file, entry);
  } catch (const Json::exception&) {
    entry.state = kDamaged;
  } catch (const base::UserError&) {
    entry.state = kDamaged;
  } catch (const base::RecordError&) {
    entry.state = kDamaged;
  }
  return entry;
}

/// Are the whole lines of `shorter` the first bytes of `longer`? A torn tail is no line.
bool is_beginning(const fs::path& shorter, const fs::path& longer) {
  LineReader a(shorter);
  LineReader b(longer);
  std::string line_a, line_b;
  while (a.next(line_a) && a.terminated()) {
    if (!b.next(line_b) || !b.terminated() || line_a != line_b) return false;
  }
  return true;
}

/// Copies of one experiment become one row where one of them holds all that the others hold.
void merge_copies(std::vector<Entry>& copies) {
  std::sort(copies.begin(), copies.end(), [](const Entry& a, const Entry& b) {
    const auto size_a = fs::file_size(a.file), size_b = fs::file_size(b.file);
    return size_a != size_b ? size_a > size_b : a.file < b.file;
  });
  const auto longest = copies.front().file;
  const bool agree = std::all_of(copies.begin() + 1, copies.end(),
                                 [&](const Entry& copy) { return is_beginning(copy.file, longest); });
  if (agree) {
    copies.resize(1);
  } else {
    for (auto& copy : copies) copy.state = kDamaged;
  }
}

std::vector<fs::path> record_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  if (!fs::exists(folder, error)) return files;
  for (fs::recursive_directory_iterator each(folder, fs::directory_options::skip_permission_denied, error),
       end;
       !error && each != end; each.increment(error)) {
    if (each->path().extension() == ".jsonl" && each->is_regular_file(error)) files.push_back(each->path());
  }
  if (error) throw base::RecordError(folder.string() + ": cannot be read: " + error.message());
  return files;
}

std::string known_ids(const std::vector<Entry>& entries) {
  std::vector<std::string> shown;
  for (const auto& entry : entries) {
    if (shown.size() < 5 && !entry.id.empty()) shown.push_back(base::printable(entry.id.substr(0, 8)));
  }
  return shown.empty()
             ? "there is none yet: run `inferometer compare MODEL`"
             : "the newest are " + base::join(shown, ", ") + "; `inferometer record list` shows all";
}

}  // namespace

std::vector<Entry> list(const fs::path& folder) {
  std::map<std::string, std::vector<Entry>> by_id;
  for (const auto& file : record_files(folder)) {
    Entry entry = entry_of(file);
    by_id[entry.id.empty() ? file.string() : entry.id].push_back(std::move(entry));
  }
  std::vector<Entry> entries;
  for (auto& [id, copies] : by_id) {
    if (copies.size() > 1) merge_copies(copies);
    entries.insert(entries.end(), copies.begin(), copies.end());
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.started_utc > b.started_utc; });
  return entries;
}

fs::path find(const fs::path& folder, const std::string& word) {
  if (word.find('/') != std::string::npos || word.ends_with(".jsonl")) {
    std::error_code error;
    if (fs::is_regular_file(word, error)) return word;
    throw base::UserError(base::printable(word) + ": no such record file");
  }
  const auto entries = list(folder);
  const auto refuse = [&](const std::string& found) -> fs::path {
    throw base::UserError(fmt::format("experiment '{}': {} in {}; {}", base::printable(word, 80), found,
                                      folder.string(), known_ids(entries)));
  };
  if (word.empty()) return refuse("an id, the beginning of one, 'last' or a path is needed");
  std::vector<Entry> matches;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(matches), [&](const Entry& entry) {
    return !entry.id.empty() && (word == "last" || entry.id.starts_with(word));
  });
  if (matches.empty()) return refuse("no such experiment");
  if (word != "last" && matches.size() > 1) {
    return refuse(fmt::format("{} files match, for example {} and {}: give more of the id, or a path",
                              matches.size(), matches[0].file.filename().string(),
                              matches[1].file.filename().string()));
  }
  return matches.front().file;
}

fs::path record_folder() { return base::state_folder() / "record"; }

}  // namespace inferometer::record
