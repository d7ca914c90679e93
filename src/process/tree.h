// Which processes descend from a child, wherever they went.
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace inferometer::process {

/// The variable that marks a child and, by inheritance, all it starts.
constexpr const char* kMarkVariable = "INFEROMETER_SESSION";

/// The head of a tree. Lives as long as the child is not reaped, so that its number is not reused.
class TreeRoot {
 public:
  TreeRoot(int pid, std::string mark);
  ~TreeRoot();
  TreeRoot(const TreeRoot&) = delete;
  TreeRoot& operator=(const TreeRoot&) = delete;

  /// Number and start time: a number alone may be given to another process.
  struct Identity {
    int pid = 0;
    std::uint64_t started_ticks = 0;
    auto operator<=>(const Identity&) const = default;
  };
  struct Member {
    Identity identity;
    int parent = 0;
    bool gone = false;  ///< only its exit status is left
  };
  /// Strays are processes adopted by us of which nothing says whose they were, a daemon with a clean
  /// environment say. They are included when no other tree lives or can be meant.
  enum class Strays { Spare, Include };
  /// All but the root: by parent, by session, by the inherited mark. `known` are further members, found
  /// before: a process that dies loses its mark a moment before its files.
  std::vector<Member> descendants(Strays strays, const std::set<Identity>& known = {}) const;

 private:
  int pid_;
  std::string mark_;
  std::uint64_t started_ticks_;
};

/// CPU time of a process, and of those children of it that it has waited for; 0 when it is no more.
std::int64_t cpu_ns_with_reaped_children(int pid);

/// Every thread stopped by a signal, or gone.
bool all_threads_stopped(int pid);

}  // namespace inferometer::process
