#include "record/scan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "record/line_reader.h"

namespace inferometer::record {
namespace {

/// A line that was accepted, as later ones are held against it.
struct Known {
  std::int64_t number = 0;  ///< in the file, from 1
  std::string hash;
  std::string previous;
};

class Scanner {
 public:
  explicit Scanner(const std::function<void(const Line&)>& visit) : visit_(visit) {}

  /// One stretch of the file between newlines.
  void take(const std::string& text);
  void take_unterminated(const std::string& text, std::uint64_t begin);
  void skip_too_long() {
    ++scan_.lines;
    give_up_pending();
    damaged("is longer than a line may be");
  }
  Scan finish();

 private:
  void take_piece(Piece piece);
  void give_up_pending();
  void damaged(const std::string& what) {
    problem(scan_.lines, what);
    damaged_.push_back(scan_.lines);
  }
  void problem(std::int64_t number, const std::string& what) {
    scan_.problems.push_back(fmt::format("line {}: {}", number, what));
  }
  void accept(const Piece& piece, std::int64_t number);
  bool fits(const Line& line, const std::string& hash, std::int64_t number);
  void check_item(const Line& line, const Piece& piece, std::int64_t number);
  void check_place(const Line& line, std::int64_t number);
  void report_missing();

  struct Pending {
    Piece piece;
    std::int64_t number;
  };
  struct FirstItem {
    std::int64_t number;
    std::string value_hash;
  };

  const std::function<void(const Line&)>& visit_;
  Scan scan_;
  std::map<std::int64_t, Known> known_;  ///< by n
  std::map<std::string, FirstItem> items_;
  std::optional<Pending> pending_;     ///< not proven by its own hash; the next line may prove it
  std::vector<std::int64_t> damaged_;  ///< numbers of lines that nothing proves
  std::optional<std::int64_t> end_n_;
};

void Scanner::take(const std::string& text) {
  ++scan_.lines;
  Piece whole(text);
  if (whole.proves_itself()) return take_piece(std::move(whole));
  const auto parts = split_joined(text);
  if (parts.size() > 1)
    problem(scan_.lines, fmt::format("{} lines are joined: a newline is damaged", parts.size()));
  for (const auto& part : parts) take_piece(Piece(part));
}

void Scanner::take_unterminated(const std::string& text, std::uint64_t begin) {
  auto parts = split_joined(text);
  const std::string last = parts.back();
  begin += text.size() - last.size();
  // A lost newline, or a newline that became another byte, costs nothing: the hash proves the line.
  for (const std::size_t foreign : {std::size_t{0}, std::size_t{1}}) {
    if (last.size() <= foreign) continue;
    if (!Piece(last.substr(0, last.size() - foreign)).proves_itself()) continue;
    scan_.tail = {begin + last.size() - foreign, last.substr(last.size() - foreign), true};
    parts.back().resize(last.size() - foreign);
    ++scan_.lines;
    for (auto& part : parts) take_piece(Piece(std::move(part)));
    return;
  }
  scan_.tail = {begin, last, parts.size() > 1};
  parts.pop_back();
  if (!parts.empty()) ++scan_.lines;
  for (auto& part : parts) take_piece(Piece(std::move(part)));
}

void Scanner::take_piece(Piece piece) {
  if (!piece.proves_itself()) {
    give_up_pending();
    pending_.emplace(Pending{std::move(piece), scan_.lines});
    return;
  }
  if (pending_ && !pending_->piece.computed_hash.empty()) {
    try {
      if (piece.parse("").previous == pending_->piece.computed_hash) {
        const Pending proven = std::move(*pending_);
        pending_.reset();
        problem(proven.number, "its sha256 is damaged; the next line proves the rest of it");
        accept(proven.piece, proven.number);
      }
    } catch (const base::UserError&) {
      // accept() below tells it
    }
  }
  give_up_pending();
  if (!piece.has_whole_ending())
    problem(scan_.lines, "the bytes around its sha256 are damaged, the rest is whole");
  accept(piece, scan_.lines);
}

void Scanner::give_up_pending() {
  if (!pending_) return;
  problem(pending_->number, "sha256 differs: the line is damaged and not used");
  damaged_.push_back(pending_->number);
  pending_.reset();
}

void Scanner::accept(const Piece& piece, std::int64_t number) {
  Line line;
  try {
    line = piece.parse(fmt::format("line {}", number));
  } catch (const base::UserError& error) {
    scan_.problems.emplace_back(error.what());
    return;
  }
  if (!fits(line, piece.computed_hash, number)) return;
  check_place(line, number);
  known_[line.n] = {number, piece.computed_hash, line.previous};
  check_item(line, piece, number);
}

/// The chain: a line belongs to this record when it continues line n - 1 and line n + 1 continues it.
bool Scanner::fits(const Line& line, const std::string& hash, std::int64_t number) {
  if (const auto same = known_.find(line.n); same != known_.end()) {
    problem(number, same->second.hash == hash ? fmt::format("repeats line {}", same->second.number)
                                              : fmt::format("another line with n {} after line {}: not used",
                                                            line.n, same->second.number));
    return false;
  }
  const auto before = known_.find(line.n - 1);
  const auto after = known_.find(line.n + 1);
  const bool continues =
      line.n == 0 ? line.previous.empty() : before == known_.end() || before->second.hash == line.previous;
  if (line.n >= 0 && continues && (after == known_.end() || after->second.previous == hash)) return true;
  problem(
      number,
      fmt::format("does not continue the record (n {}): it belongs to another one and is not used", line.n));
  return false;
}

void Scanner::check_place(const Line& line, std::int64_t number) {
  if (!known_.empty() && line.n < known_.rbegin()->first) {
    problem(number, fmt::format("is out of order (n {} after n {})", line.n, known_.rbegin()->first));
  }
  if (end_n_ && line.n > *end_n_) problem(number, "is after the end of the record");
  if ((line.n == 0) != (line.kind == "experiment")) {
    problem(number, fmt::format("kind '{}' cannot stand at n {}", line.kind, line.n));
  }
  if (line.kind == "end") {
    end_n_ = line.n;
    const base::Json expected = {{"lines", line.n + 1}};
    if (line.value != expected) problem(number, "the count in the end line differs");
  }
}

void Scanner::check_item(const Line& line, const Piece& piece, std::int64_t number) {
  const std::string value_hash = base::sha256_hex(piece.value_bytes());
  const auto [first, is_new] = items_.try_emplace(line.item, FirstItem{number, value_hash});
  if (!is_new) {
    if (first->second.value_hash == value_hash) {
      scan_.remarks.push_back(fmt::format("line {}: {} is there already, the same", number, line.item));
    } else {
      problem(number, fmt::format("{} is there already (line {}) with another content: the first counts",
                                  line.item, first->second.number));
    }
    return;
  }
  try {
    visit_(line);
  } catch (const base::UserError& error) {
    problem(number, error.what());
  }
}

/// Numbers that no accepted line has and no damaged line between its neighbours explains.
void Scanner::report_missing() {
  std::int64_t expected = 0;
  std::int64_t number_before = 0;
  for (const auto& [n, line] : known_) {
    const auto explained = std::count_if(damaged_.begin(), damaged_.end(),
                                         [before = number_before, after = line.number](auto number) {
                                           return number > before && number < after;
                                         });
    if (const std::int64_t missing = n - expected - explained; n > expected && missing > 0) {
      scan_.problems.push_back(fmt::format("{} line{} missing before line {} (n {} to {})", missing,
                                           missing == 1 ? " is" : "s are", line.number, expected, n - 1));
    }
    expected = n + 1;
    number_before = line.number;
  }
}

Scan Scanner::finish() {
  give_up_pending();
  report_missing();
  if (!known_.empty()) {
    scan_.next_n = known_.rbegin()->first + 1;
    scan_.last_hash = known_.rbegin()->second.hash;
  }
  scan_.ended = end_n_.has_value();
  if (!scan_.ended)
    scan_.remarks.emplace_back("no end line: whole lines lost from the tail cannot be noticed");
  return std::move(scan_);
}

}  // namespace

std::vector<std::string> Scan::all_problems() const {
  auto all = problems;
  if (!tail.torn.empty()) {
    all.push_back(fmt::format("the last {} bytes are no whole line: a crash while writing, or a cut copy",
                              tail.torn.size()));
  } else if (tail.newline_lacks) {
    all.emplace_back("the last line lacks its newline");
  }
  return all;
}

Scan scan(const std::filesystem::path& file, const std::function<void(const Line&)>& visit) {
  LineReader reader(file);
  Scanner scanner(visit);
  std::string text;
  while (reader.next(text)) {
    if (reader.too_long()) {
      scanner.skip_too_long();
    } else if (reader.terminated()) {
      scanner.take(text);
    } else {
      scanner.take_unterminated(text, reader.begin());
    }
  }
  return scanner.finish();
}

}  // namespace inferometer::record
