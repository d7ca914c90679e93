#include "sdk/cpp/descendants.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace inferometer::worker {
namespace {

bool has_children() {
  siginfo_t facts{};
  const int failed = ::waitid(P_ALL, 0, &facts, WEXITED | WNOHANG | WNOWAIT | __WALL);
  return failed == 0 || errno != ECHILD;
}

/// proc(5): "pid (comm) state ppid ..."; 0 for a process that is no more or a zombie.
int parent_of(int process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  std::getline(file, text);
  const auto name_end = text.rfind(") ");
  if (name_end == std::string::npos || text[name_end + 2] == 'Z') return 0;
  return std::atoi(text.c_str() + name_end + 4);
}

std::map<int, int> parents_of_all() {
  std::map<int, int> parents;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), ::closedir);
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
    if (const int process = std::atoi(entry->d_name); process > 0) parents[process] = parent_of(process);
  }
  return parents;
}

}  // namespace

std::vector<int> descendants() {
  if (!has_children()) return {};
  const auto parents = parents_of_all();
  std::set<int> family = {::getpid()};
  std::size_t size_before = 0;
  while (family.size() > size_before) {
    size_before = family.size();
    for (const auto& [process, parent] : parents) {
      if (family.contains(parent)) family.insert(process);
    }
  }
  family.erase(::getpid());
  return {family.begin(), family.end()};
}

std::int64_t process_peak_rss_bytes(int process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::atoll(line.c_str() + 6) * 1024;
  }
  return 0;
}

}  // namespace inferometer::worker
