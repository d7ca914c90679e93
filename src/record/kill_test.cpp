// kill -9 of a writer at random moments. INFEROMETER_TEST_KILLS sets how many (validation uses 1000 and
// more).
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "base/random.h"
#include "record/record_fixture.h"
#include "results/json.h"

namespace inferometer::record {
namespace {

constexpr int kKills = 200;
constexpr int kKillsPerRecord = 10;

int kills_wanted() {
  const char* wanted = std::getenv("INFEROMETER_TEST_KILLS");
  return wanted != nullptr ? std::atoi(wanted) : kKills;
}

/// Lines of very different lengths: a kill inside a long write leaves it torn.
results::LoadSet numbered(int index) { return test_load_set(index, index % 6 == 0 ? 40'000 : 50); }

/// Writes load sets from `next` on until it is killed; tells each one that keep() acknowledged.
[[noreturn]] void write_for_ever(const std::filesystem::path& file, int next, int acknowledged_fd) {
  std::vector<std::string> notices;
  const auto writer = Writer::resume(file, notices);
  for (;; ++next) {
    writer->keep(numbered(next));
    if (::write(acknowledged_fd, &next, sizeof next) != sizeof next) ::_exit(1);
  }
}

/// The last index that was acknowledged before the kill, or -1.
int last_acknowledged(const std::filesystem::path& file, int next, base::Random& random) {
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      write_for_ever(file, next, ends[1]);
    } catch (...) {
      ::_exit(1);
    }
  }
  ::close(ends[1]);
  int last = -1;
  // One kill in four may come while the writer still resumes; the others while it writes.
  const bool while_it_writes = random.below(4) > 0;
  if (while_it_writes && ::read(ends[0], &last, sizeof last) != sizeof last)
    ADD_FAILURE() << "nothing was written";
  std::this_thread::sleep_for(std::chrono::microseconds(random.below(10'000)));
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself with status " << status;
  for (int index = 0; ::read(ends[0], &index, sizeof index) == sizeof index;) last = index;
  ::close(ends[0]);
  return last;
}

TEST(kill, at_any_moment_nothing_acknowledged_is_lost_or_doubled_and_resume_works) {
  base::Random random(20'261'123, "kills");
  int torn = 0;
  int acknowledged = 0;
  for (int kills = 0; kills < kills_wanted();) {
    const base::ScratchFolder folder("kill-test");
    const auto file = Writer::create(folder.path(), test_header())->file();
    int kept = 0;
    for (int round = 0; round < kKillsPerRecord && kills < kills_wanted(); ++round, ++kills) {
      const int last = last_acknowledged(file, kept, random);
      acknowledged += last >= 0 ? 1 : 0;
      const auto experiment = read(file);
      kept = static_cast<int>(experiment.load_sets.size());
      ASSERT_GE(kept, last + 1) << "acknowledged and lost";
      for (std::size_t i = 0; i < experiment.load_sets.size(); ++i) {
        ASSERT_EQ(experiment.load_sets[i].index, static_cast<int>(i)) << "lost or doubled";
      }
      torn += experiment.damage.empty() ? 0 : 1;
    }
    std::vector<std::string> notices;
    Writer::resume(file, notices)->end();
    const Check found = check(file);
    ASSERT_TRUE(found.problems.empty()) << found.problems.front();
    const auto whole = read(file).load_sets;
    for (const auto& set : whole) ASSERT_EQ(base::Json(set), base::Json(numbered(set.index)));
  }
  EXPECT_GT(acknowledged, kills_wanted() / 2) << "the kills came too early to show anything";
  RecordProperty("torn_tails", torn);
}

}  // namespace
}  // namespace inferometer::record
