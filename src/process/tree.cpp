#include "process/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>

#include "base/clock.h"
#include "process/descriptor.h"
#include "process/supervision.h"

namespace inferometer::process {
namespace {

// 100 ms: an exec is over by then, unless its file system hangs.
constexpr int kMostLooks = 200;
constexpr timespec kBetweenLooks{0, 500'000};

// The roots that live now, with their marks: a sweep for one must spare the others.
std::map<int, std::string>& live_roots() {
  static std::map<int, std::string> roots;
  return roots;
}

struct Facts {
  int pid = 0;
  char state = '?';
  int parent = 0;
  int session = 0;
  int threads = 0;
  std::uint64_t started_ticks = 0;
  std::int64_t reaped_ticks = 0;    ///< CPU time of children that were waited for
  bool empty_environment = false;   ///< it was started with none
  std::optional<std::string> mark;  ///< value of kMarkVariable or empty; nothing when it cannot be known now
};

std::string read_proc_file(const std::string& path) {
  std::string text;
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char buffer[4096];
  ssize_t count = 0;
  while (file.open() && (count = ::read(file.get(), buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

/// proc(5): "pid (comm) state ppid pgrp session tty tpgid flags ..." with cutime and cstime as fields 16 and
/// 17, num_threads as field 20, starttime as field 22, env_start and env_end as fields 50 and 51 (0 while
/// exec builds a new memory). All is 0 when the process is no more. Leaves `mark` alone.
Facts read_facts(const std::string& stat_file) {
  Facts facts;
  const std::string text = read_proc_file(stat_file);
  // A program may put anything in its name, brackets too.
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return facts;
  facts.pid = std::atoi(text.c_str());
  std::istringstream fields(text.substr(name_end + 1));
  std::int64_t skipped = 0;
  fields >> facts.state >> facts.parent >> skipped >> facts.session;
  for (int field = 7; field <= 15; ++field) fields >> skipped;
  std::int64_t user_ticks = 0, system_ticks = 0;
  fields >> user_ticks >> system_ticks >> skipped >> skipped;
  facts.reaped_ticks = user_ticks + system_ticks;
  fields >> facts.threads >> skipped >> facts.started_ticks;
  std::uint64_t address = 0, environment_begin = 0, environment_end = 0;
  for (int field = 23; field <= 49; ++field) fields >> address;
  fields >> environment_begin >> environment_end;
  facts.empty_environment = environment_begin != 0 && environment_begin == environment_end;
  return facts;
}

std::vector<int> numbered_entries(const std::string& folder) {
  std::vector<int> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), ::closedir);
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
    if (const int number = std::atoi(entry->d_name); number > 0) numbers.push_back(number);
  }
  return numbers;
}

// A main thread that ended before its siblings looks like a zombie, too.
bool is_gone(const Facts& facts) { return facts.state == 'X' || (facts.state == 'Z' && facts.threads <= 1); }

/// From the environment that the process was started with. In the midst of exec there is none to be read.
std::optional<std::string> read_mark(const Facts& facts) {
  if (is_gone(facts) || facts.empty_environment) return "";
  const std::string environment = read_proc_file("/proc/" + std::to_string(facts.pid) + "/environ");
  if (environment.empty()) return std::nullopt;
  const std::string key = '\0' + std::string(kMarkVariable) + "=";
  const auto at = ('\0' + environment).find(key);
  return at == std::string::npos ? "" : std::string(environment.c_str() + at + key.size() - 1);
}

std::vector<Facts> all_processes() {
  std::vector<Facts> processes;
  for (const int pid : numbered_entries("/proc")) {
    Facts facts = read_facts("/proc/" + std::to_string(pid) + "/stat");
    if (facts.pid == pid) processes.push_back(facts);
  }
  return processes;
}

/// Adds to `members` whoever has its parent there, and theirs, until nobody is added.
void add_children(const std::vector<Facts>& processes, std::set<int>& members) {
  std::size_t size_before = 0;
  do {
    size_before = members.size();
    for (const Facts& facts : processes) {
      if (members.contains(facts.parent)) members.insert(facts.pid);
    }
  } while (members.size() > size_before);
}

bool is_adopted(const Facts& facts) {
  return facts.parent == ::getpid() && !live_roots().contains(facts.pid);
}

bool is_stray(const Facts& facts) {
  if (!is_adopted(facts)) return false;
  if (is_gone(facts)) return true;
  const auto& roots = live_roots();
  const std::string mark = facts.mark.value_or("");
  const char* const our_mark = std::getenv(kMarkVariable);
  const bool says_nothing = mark.empty() || (our_mark != nullptr && mark == our_mark);
  return says_nothing ? roots.size() == 1 : std::none_of(roots.begin(), roots.end(), [&](const auto& root) {
    return root.second == mark;
  });
}

/// What others own shows nothing of itself to us.
bool is_ours(int pid) {
  struct stat owner {};
  return ::stat(("/proc/" + std::to_string(pid)).c_str(), &owner) == 0 && owner.st_uid == ::geteuid();
}

/// All processes not older than `since_ticks`, at a moment when every orphan among them can show its mark:
/// nothing else tells to whom it belongs.
std::vector<Facts> young_processes(std::uint64_t since_ticks) {
  for (int looks = 1;; ++looks) {
    std::vector<Facts> processes = all_processes();
    std::erase_if(processes, [&](const Facts& facts) { return facts.started_ticks < since_ticks; });
    bool settled = true;
    for (Facts& facts : processes) {
      facts.mark = read_mark(facts);
      const bool orphan = facts.parent == 1 || is_adopted(facts);
      if (orphan && !facts.mark && is_ours(facts.pid)) settled = false;
    }
    if (settled || looks == kMostLooks) return processes;
    ::nanosleep(&kBetweenLooks, nullptr);
  }
}

}  // namespace

TreeRoot::TreeRoot(int pid, std::string mark)
    : pid_(pid),
      mark_(std::move(mark)),
      started_ticks_(read_facts("/proc/" + std::to_string(pid) + "/stat").started_ticks) {
  live_roots()[pid_] = mark_;
}

TreeRoot::~TreeRoot() { live_roots().erase(pid_); }

std::vector<TreeRoot::Member> TreeRoot::descendants(Strays strays, const std::set<Identity>& known) const {
  // Nobody older than the root descends from it.
  const std::vector<Facts> processes = young_processes(started_ticks_);
  std::set<int> members = {pid_};
  for (const Facts& facts : processes) {
    const bool stray = strays == Strays::Include && adopts_orphans() && is_stray(facts);
    const bool is_known = known.contains({facts.pid, facts.started_ticks});
    if (is_known || facts.session == pid_ || facts.mark == mark_ || stray) members.insert(facts.pid);
  }
  add_children(processes, members);
  std::vector<Member> found;
  for (const Facts& facts : processes) {
    if (facts.pid == pid_ || !members.contains(facts.pid)) continue;
    found.push_back({{facts.pid, facts.started_ticks}, facts.parent, is_gone(facts)});
  }
  return found;
}

std::int64_t cpu_ns_with_reaped_children(int pid) {
  const std::int64_t tick_ns = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
  return base::process_cpu_ns(pid) +
         tick_ns * read_facts("/proc/" + std::to_string(pid) + "/stat").reaped_ticks;
}

bool all_threads_stopped(int pid) {
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task/";
  const std::vector<int> threads = numbered_entries(tasks);
  return std::all_of(threads.begin(), threads.end(), [&](int thread) {
    const Facts facts = read_facts(tasks + std::to_string(thread) + "/stat");
    return facts.pid == 0 || std::string_view("TtZX").find(facts.state) != std::string_view::npos;
  });
}

}  // namespace inferometer::process
