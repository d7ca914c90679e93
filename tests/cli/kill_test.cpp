#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <random>
#include <set>
#include <thread>

#include "base/random.h"
#include "record/reader.h"
#include "tests/cli/binary.h"

namespace inferometer::tests {
namespace {

/// How often the coordinator is killed; INFEROMETER_TEST_KILLS=1000 for a release.
int kills() {
  const char* asked = std::getenv("INFEROMETER_TEST_KILLS");
  return asked != nullptr ? std::atoi(asked) : 10;
}

/// What the record holds: "truth c0", "load set 3". Each of them at most once.
std::multiset<std::string> items_of(const std::filesystem::path& record) {
  std::multiset<std::string> items;
  const auto experiment = record::read(record);
  for (const auto& set : experiment.load_sets) items.insert("load set " + std::to_string(set.index));
  for (const auto& check : experiment.truth_checks) items.insert("truth " + check.candidate);
  for (const auto& one : experiment.preparations) items.insert("preparation " + one.artefact);
  for (const auto& cost : experiment.harness_costs) items.insert("harness " + cost.group);
  for (const auto& stop : experiment.stops) items.insert("stop " + stop.group);
  for (const auto& ended : experiment.outcomes) items.insert("outcome " + ended.candidate);
  return items;
}

TEST(kill_9, of_the_coordinator_at_random_moments_loses_and_doubles_nothing) {
  // The moments need not come again: what happens at them does not either.
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  base::Random random(seed, "kills");
  const Binary binary;
  int done = 0;
  while (done < kills()) {
    // One experiment is killed again and again until it is complete; then the next one starts.
    std::vector<std::string> words = {
        "compare", "null", "--candidate", "null,work=100000", "--candidate", "null,work=150000",
        "--seed",  "3"};
    std::multiset<std::string> kept;
    std::filesystem::path record;
    const auto before = binary.records();
    for (bool complete = false; !complete && done < kills();) {
      process::Child child(binary.request(words));
      const auto exit = child.wait(std::chrono::milliseconds(20 + random.below(2000)));
      complete = exit.has_value();
      if (!complete) {
        ::kill(child.pid(), SIGKILL);
        child.wait(std::chrono::seconds(5));
        ++done;
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(2);
        while (processes_of(binary.home()) > 0 && std::chrono::steady_clock::now() < give_up)
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
        EXPECT_EQ(processes_of(binary.home()), 0) << "a worker lives on";
      }
      for (const auto& file : binary.records()) {
        if (std::find(before.begin(), before.end(), file) == before.end()) record = file;
      }
      // Killed before its first line was on disk: there is no experiment yet.
      if (record.empty() || std::filesystem::file_size(record) == 0) {
        record.clear();
        continue;
      }
      const auto now = items_of(record);
      EXPECT_TRUE(std::includes(now.begin(), now.end(), kept.begin(), kept.end()))
          << "a finished item is lost";
      EXPECT_EQ(std::set<std::string>(now.begin(), now.end()).size(), now.size()) << "an item is doubled";
      kept = now;
      if (complete) {
        EXPECT_EQ(exit->code, 0) << child.log_tail();
        EXPECT_TRUE(record::read(record).ended);
        EXPECT_EQ(now.count("stop g0") + now.count("outcome c0") + now.count("outcome c1"), 3u);
      }
      words = {"resume", record.string()};
    }
  }
}

}  // namespace
}  // namespace inferometer::tests
