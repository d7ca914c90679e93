#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <set>
#include <thread>

#include "base/random.h"
#include "store/store.h"
#include "tests/cli/binary.h"

namespace inferometer::tests {
namespace {

/// How often the coordinator is killed; INFEROMETER_TEST_KILLS=1000 for a release.
int kills() {
  const char* asked = std::getenv("INFEROMETER_TEST_KILLS");
  return asked != nullptr ? std::atoi(asked) : 10;
}

/// What the record holds: "truth c0", "load set 3".
std::multiset<std::string> items_of(const std::filesystem::path& record) {
  std::multiset<std::string> items;
  const auto experiment = store::read(record);
  for (const auto& set : experiment.load_sets) items.insert("load set " + std::to_string(set.index));
  for (const auto& check : experiment.truth_checks) items.insert("truth " + check.candidate);
  return items;
}

TEST(kill_9, of_the_coordinator_at_random_moments_loses_and_doubles_nothing) {
  base::Random random(20, "kills");
  const Binary binary;
  int done = 0;
  while (done < kills()) {
    // One experiment is killed again and again until it is complete; then the next one starts.
    std::vector<std::string> words = {
        "compare", "null", "--candidate", "null,work=100000", "--candidate", "null,work=150000",
        "--seed",  "3"};
    std::multiset<std::string> kept;
    std::filesystem::path record;
    for (bool complete = false; !complete && done < kills();) {
      process::Child child(binary.request(words));
      const auto exit = child.wait(std::chrono::milliseconds(50 + random.below(4000)));
      complete = exit.has_value();
      if (!complete) {
        ::kill(child.pid(), SIGKILL);
        child.wait(std::chrono::seconds(5));
        ++done;
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        EXPECT_EQ(processes_of(binary.home()), 0) << "a worker lives on";
      }
      const auto records = binary.records();
      if (records.empty() || (record.empty() && std::filesystem::file_size(records.back()) == 0)) continue;
      record = records.back();
      const auto now = items_of(record);
      EXPECT_TRUE(std::includes(now.begin(), now.end(), kept.begin(), kept.end()))
          << "a finished item is lost";
      EXPECT_EQ(std::set<std::string>(now.begin(), now.end()).size(), now.size()) << "an item is doubled";
      kept = now;
      words = {"compare", "--resume", record.string()};
    }
  }
}

}  // namespace
}  // namespace inferometer::tests
