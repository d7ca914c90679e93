#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

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

std::vector<std::string> items_of(const std::filesystem::path& record) {
  std::vector<std::string> items;
  const auto experiment = store::read(record);
  for (const auto& set : experiment.load_sets) items.push_back("load set " + std::to_string(set.index));
  for (const auto& check : experiment.truth_checks) items.push_back("truth " + check.candidate);
  return items;
}

TEST(kill_9, of_the_coordinator_at_random_moments_loses_and_doubles_nothing) {
  base::Random random(20, "kills");
  const Binary binary;
  int done = 0;
  while (done < kills()) {
    // One experiment is killed again and again until it is complete; then the next one starts.
    std::vector<std::string> words = {"compare", "null", "--candidate", "null,work=100000", "--candidate", "null,work=150000", "--seed", "3"};
    std::vector<std::string> kept;
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
      ASSERT_GE(now.size(), kept.size()) << "a finished item is lost";
      for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(now[i], kept[i]);
      EXPECT_EQ(std::set<std::string>(now.begin(), now.end()).size(), now.size()) << "an item is doubled";
      kept = now;
      words = {"compare", "--resume", record.string()};
    }
  }
}

}  // namespace
}  // namespace inferometer::tests
