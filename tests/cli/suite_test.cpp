// Suites with the null engine: the tree of results, faults, interruptions and going on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <random>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/random.h"
#include "record/list.h"
#include "record/reader.h"
#include "tests/cli/binary.h"

namespace inferometer::tests {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kSuite = R"(
mode: quick
seed: 7
benchmark: {budget_seconds: 1}
threads: [1]
phases:
  - name: first
    models: [{model: "null", folder: a}, {model: "null", folder: b}]
    candidates: ["null,work=200000", "null,work=300000"]
    folders: candidate
  - name: second
    models: [{model: "null", folder: c}]
    engines: ["null", "null"]
)";

/// Two experiments of one candidate each.
constexpr const char* kSmall = R"(
mode: quick
seed: 7
benchmark: {budget_seconds: 1}
phases:
  - {name: first, models: [{model: "null", folder: a}], engines: ["null"]}
  - {name: second, models: [{model: "null", folder: b}], engines: ["null"]}
)";

/// Ended as planned; a neighbour may have been too loud for a verdict.
testing::AssertionResult ended(const process::Exit& exit) {
  if (!exit.signalled && (exit.code == base::kExitOk || exit.code == base::kExitCannotTell))
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << exit.to_text();
}

class Suite : public testing::Test {
 protected:
  fs::path results() const { return binary_.home() / "out"; }

  fs::path write(const std::string& text) const {
    const auto file = binary_.home() / "suite.yaml";
    base::write_file_atomically(file, text);
    return file;
  }

  std::vector<std::string> words(const std::string& text, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"suite", write(text).string(), "--output", results().string()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  process::Finished run(const std::string& text, const std::vector<std::string>& more = {}) const {
    return binary_.run(words(text, more));
  }

  static std::string read(const fs::path& file) { return base::read_file(file, 1 << 26); }

  base::Json state() const { return base::parse_json(read(results() / "suite.json"), "suite.json"); }

  /// Ids of the experiments that the results hold, by folder.
  std::map<std::string, std::string> measured() const {
    std::map<std::string, std::string> ids;
    if (!fs::exists(results() / "suite.json")) return ids;
    const auto entries = state().at("entries");
    for (const auto& entry : entries) {
      if (entry.at("state") != "measured") continue;
      const auto record = record::read(results() / "records" / entry.at("record").get<std::string>());
      EXPECT_TRUE(record.ended);
      ids[entry.at("folder")] = record.id;
    }
    return ids;
  }

  void wait_for_the_end_of_workers() const {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (processes_of(binary_.home()) > 0 && std::chrono::steady_clock::now() < give_up)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(processes_of(binary_.home()), 0) << "a worker lives on";
  }

  Binary binary_;
};

TEST_F(Suite, fills_the_tree_of_results) {
  const auto finished = run(kSuite);
  ASSERT_TRUE(ended(finished.exit)) << finished.log;
  for (const char* name :
       {"first/a/report.html", "first/b/results.json", "first/a_null_work_300000/results.csv",
        "first/a_null_work_200000/results.jsonl", "second/c/report.md", "benchmark.log", "suite.json",
        "consolidated_report/consolidated_report.md", "consolidated_report/all_results.csv"}) {
    EXPECT_TRUE(fs::exists(results() / name)) << name;
  }
  EXPECT_FALSE(fs::exists(results() / "second/c_null")) << "its phase asks for no folder a candidate";
  EXPECT_EQ(finished.output, read(results() / "consolidated_report/consolidated_report.md"));
  EXPECT_THAT(finished.output, HasSubstr("3 of 3 have a record"));
  EXPECT_EQ(measured().size(), 3u);
  const auto one = read(results() / "first/a_null_work_300000/results.jsonl");
  EXPECT_THAT(one, HasSubstr("\"label\":\"null work=300000\""));
  EXPECT_THAT(one, Not(HasSubstr("work=200000\"")));
  EXPECT_THAT(read(results() / "benchmark.log"), HasSubstr("[3/3] second/c"));
}

TEST_F(Suite, one_folder_a_batch_size_holds_that_batch_alone) {
  const auto finished =
      run("mode: quick\nseed: 7\nbenchmark: {budget_seconds: 1}\nphases: [{name: p, models: [{model: 'null', "
          "folder: n}], engines: ['null'], batch_sizes: [1, 4], folders: batch_size}]");
  ASSERT_TRUE(ended(finished.exit)) << finished.log;
  const auto results_of = [&](const std::string& folder) {
    return base::parse_json(read(results() / "p" / folder / "results.json"), folder).at("groups");
  };
  EXPECT_EQ(results_of("n").size(), 2u);
  ASSERT_EQ(results_of("n_bs4").size(), 1u);
  EXPECT_EQ(results_of("n_bs4")[0].at("workload").at("batch_size"), 4);
  EXPECT_EQ(results_of("n_bs4")[0], results_of("n")[1]) << "the same numbers";
}

TEST_F(Suite, the_consolidated_report_comes_again_byte_for_byte_wherever_the_folder_is) {
  ASSERT_TRUE(ended(run(kSmall).exit));
  const auto moved = binary_.home() / "moved";
  fs::rename(results(), moved);
  fs::remove_all(binary_.home() / "state");  // the folder alone is enough
  const auto again = binary_.home() / "again";
  const auto finished = binary_.run({"report", "--consolidated", moved.string(), "--output", again.string()});
  ASSERT_TRUE(ended(finished.exit)) << finished.log;
  for (const char* name : {"consolidated_report.md", "all_results.csv"})
    EXPECT_EQ(read(again / name), read(moved / "consolidated_report" / name)) << name;
}

TEST_F(Suite, an_experiment_that_fails_costs_only_itself) {
  const auto finished =
      run(std::string(kSuite) +
          "  - {name: third, models: [./nosuch.onnx]}\n"
          "  - {name: fourth, models: [{model: 'null', folder: d}], engines: [onnxruntime]}\n"
          "  - {name: fifth, models: [{model: 'null', folder: e}], engines: ['null']}\n");
  EXPECT_EQ(finished.exit.code, base::kExitCandidateFailed);
  EXPECT_EQ(measured().size(), 4u);
  EXPECT_THAT(finished.output, HasSubstr("third/nosuch: ./nosuch.onnx: no such file"));
  EXPECT_THAT(finished.output, HasSubstr("fourth/d: nothing can run"));
}

TEST_F(Suite, an_engine_that_is_not_installed_is_named_before_anything_runs) {
  const auto finished =
      run("phases: [{name: p, models: [bert-base-uncased], set: bert}]\nmissing_weights: synthetic",
          {"--dry-run"});
  EXPECT_EQ(finished.exit.code, 0) << finished.log;
  EXPECT_THAT(finished.output, HasSubstr("cannot run"));
  EXPECT_THAT(finished.output, HasSubstr("inferometer packages install onnxruntime"));
  EXPECT_FALSE(fs::exists(results()));
}

TEST_F(Suite, a_dry_run_tells_what_is_needed_and_measures_nothing) {
  const auto finished = run(kSuite, {"--dry-run"});
  EXPECT_EQ(finished.exit.code, 0) << finished.log;
  EXPECT_THAT(finished.output, HasSubstr("3 experiments"));
  EXPECT_THAT(finished.output, HasSubstr("measuring: "));
  EXPECT_THAT(finished.output, HasSubstr("building: about "));
  EXPECT_THAT(finished.output, HasSubstr("memory: up to "));
  EXPECT_THAT(finished.output, HasSubstr("disk: up to "));
  EXPECT_THAT(binary_.records(), IsEmpty());
  EXPECT_FALSE(fs::exists(results()));
}

TEST_F(Suite, flags_go_before_the_file) {
  const auto standard = run(kSmall, {"--budget", "50", "--mode", "standard", "--dry-run"});
  EXPECT_EQ(standard.exit.code, 0) << standard.log;
  EXPECT_THAT(standard.output, HasSubstr("measuring: 3 s to 1 min 43 s in all")) << "3 loads of each";
  ASSERT_TRUE(ended(run(kSmall, {"--batch-sizes", "2", "--seed", "9", "--margin", "5"}).exit));
  for (const auto& record : binary_.records()) {
    const auto plan = record::read(record).plan;
    EXPECT_EQ(plan.groups.at(0).workload.batch_size, 2);
    EXPECT_EQ(plan.seed, 9u);
    EXPECT_DOUBLE_EQ(plan.effort.margin, 0.05);
    EXPECT_EQ(plan.effort.budget_ns, 1'000'000'000) << "from the file";
  }
}

TEST_F(Suite, ctrl_c_reports_what_is_there_and_resume_completes_it) {
  process::Child child(binary_.request(words(kSuite)));
  for (int tenth = 0; tenth < 600 && measured().empty(); ++tenth) child.wait(std::chrono::milliseconds(100));
  ::kill(child.pid(), SIGINT);
  const auto exit = child.wait(std::chrono::seconds(20));
  ASSERT_TRUE(exit.has_value());
  ASSERT_EQ(exit->code, base::kExitInterrupted) << child.log_tail();
  EXPECT_THAT(child.log_tail(), HasSubstr("inferometer resume " + results().string()));
  EXPECT_THAT(child.captured_output(), HasSubstr("not measured yet"));
  const auto before = measured();
  // What is finished lies in the folder: the record of this machine is not asked for it.
  for (const auto& entry : record::list(binary_.home() / "state/record")) {
    if (entry.state == "ended") fs::remove(entry.file);
  }
  auto request = binary_.request({"resume", results().string()});
  request.working_folder = "/";
  const auto finished = process::run(request, std::chrono::minutes(3));
  ASSERT_TRUE(ended(finished.exit)) << finished.log;
  const auto after = measured();
  EXPECT_EQ(after.size(), 3u);
  for (const auto& [folder, id] : before) EXPECT_EQ(after.at(folder), id) << "measured again";
  EXPECT_EQ(binary_.records().size(), 3 - before.size());
}

TEST_F(Suite, a_record_of_it_is_gone_on_with_by_the_suite) {
  process::Child child(binary_.request(words(kSuite)));
  for (int tenth = 0; tenth < 600 && binary_.records().empty(); ++tenth)
    child.wait(std::chrono::milliseconds(50));
  ::kill(child.pid(), SIGINT);
  child.wait(std::chrono::seconds(20));
  const auto finished = binary_.run({"resume", binary_.records().at(0).string()});
  EXPECT_TRUE(ended(finished.exit)) << finished.log;
  EXPECT_THAT(finished.log, HasSubstr("inferometer resume " + results().string()));
  EXPECT_EQ(measured().size(), 3u);
  const auto refused = binary_.run({"resume", results().string(), "-o", "json"});
  EXPECT_EQ(refused.exit.code, base::kExitUsage);
  EXPECT_THAT(refused.log, HasSubstr("leave --output, -o and --export out"));
}

TEST_F(Suite, two_processes_do_not_work_in_one_folder) {
  process::Child child(binary_.request(words(kSuite)));
  for (int tenth = 0; tenth < 600 && !fs::exists(results() / "suite.json"); ++tenth)
    child.wait(std::chrono::milliseconds(50));
  const auto finished = binary_.run({"resume", results().string()});
  EXPECT_EQ(finished.exit.code, base::kExitUsage);
  EXPECT_THAT(finished.log, HasSubstr("another process"));
}

TEST_F(Suite, kill_9_at_random_moments_loses_and_repeats_nothing_that_was_finished) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  base::Random random(seed, "kills");
  const char* asked = std::getenv("INFEROMETER_TEST_KILLS");
  int kills = asked != nullptr ? std::atoi(asked) : 6;
  auto command = words(kSuite);
  std::map<std::string, std::string> kept;
  for (bool complete = false; !complete;) {
    process::Child child(binary_.request(command));
    const auto exit = kills > 0 ? child.wait(std::chrono::milliseconds(50 + random.below(4000)))
                                : child.wait(std::chrono::minutes(3));
    complete = exit.has_value();
    if (!complete) {
      ::kill(child.pid(), SIGKILL);
      child.wait(std::chrono::seconds(5));
      wait_for_the_end_of_workers();
      --kills;
    } else {
      EXPECT_TRUE(ended(*exit)) << child.log_tail();
    }
    const auto now = measured();
    for (const auto& [folder, id] : kept)
      EXPECT_TRUE(now.contains(folder) && now.at(folder) == id) << folder << " was lost or measured again";
    kept = now;
    if (fs::exists(results() / "suite.json")) command = {"resume", results().string()};
  }
  EXPECT_EQ(kept.size(), 3u);
  std::multiset<std::string> titles;
  for (const auto& entry : record::list(binary_.home() / "state/record")) {
    if (entry.state != "damaged") titles.insert(entry.title);
  }
  EXPECT_THAT(titles, ElementsAre("suite first/a", "suite first/b", "suite second/c"));
  EXPECT_TRUE(fs::exists(results() / "consolidated_report/all_results.csv"));
}

TEST_F(Suite, damaged_and_foreign_files_are_named_and_the_rest_is_reported) {
  ASSERT_TRUE(ended(run(kSmall).exit));
  const auto record = results() / "records" / state().at("entries")[0].at("record").get<std::string>();
  const auto whole = read(record);
  const auto report = [&] { return binary_.run({"report", "--consolidated", results().string()}); };

  base::write_file_atomically(record, whole.substr(0, whole.size() / 2));
  auto finished = report();
  EXPECT_EQ(finished.exit.code, base::kExitRecord);
  EXPECT_THAT(finished.log, HasSubstr(record.filename().string()));
  EXPECT_THAT(finished.output, HasSubstr("| second/b |"));

  base::write_file_atomically(record, whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1));
  EXPECT_THAT(report().output, HasSubstr("has no end: lines of it may be missing"));

  fs::remove(record);
  finished = report();
  EXPECT_EQ(finished.exit.code, base::kExitRecord);
  EXPECT_THAT(finished.output, HasSubstr("1 of 2 have a record"));

  base::write_file_atomically(record, whole);
  auto older = state();
  older["schema_version"] = 0;
  base::write_file_atomically(results() / "suite.json", older.dump());
  finished = report();
  EXPECT_EQ(finished.exit.code, base::kExitRecord);
  EXPECT_THAT(finished.output, HasSubstr("suite.json: is of version 0, this program reads version 3"));
  EXPECT_THAT(finished.output, HasSubstr("2 of 2 have a record"));
  EXPECT_EQ(binary_.run({"resume", results().string()}).exit.code, base::kExitUsage);

  base::write_file_atomically(results() / "suite.json", "{\"schema_version\": 3, \"entries\": [{}]}");
  EXPECT_THAT(report().output, HasSubstr("suite.json: damaged"));
  EXPECT_EQ(binary_.run({"report", "--consolidated", binary_.home().string()}).exit.code, base::kExitUsage);
}

TEST_F(Suite, a_state_that_says_nothing_or_nonsense_is_damaged_and_so_is_a_record_under_another_name) {
  ASSERT_TRUE(ended(run(kSmall).exit));
  const auto file = results() / "suite.json";
  const auto whole = read(file);
  auto nonsense = state(), empty = state();
  nonsense["entries"][0]["state"] = "banana";
  empty["entries"] = base::Json::array();
  const std::pair<std::string, const char*> cases[] = {
      {nonsense.dump(), "the state \"banana\" is none of ours"},
      {empty.dump(), "it names no experiment"},
      {"[]", "it is no JSON object"}};
  for (const auto& [text, why] : cases) {
    base::write_file_atomically(file, text);
    const auto finished = binary_.run({"report", "--consolidated", results().string()});
    EXPECT_EQ(finished.exit.code, base::kExitRecord);
    EXPECT_THAT(finished.output, HasSubstr(std::string("suite.json: damaged: ") + why));
    EXPECT_THAT(finished.output, HasSubstr("2 of 2 have a record"));
  }
  base::write_file_atomically(file, whole);
  const auto entries = state().at("entries");
  const auto name = [&](int at) {
    return results() / "records" / entries[at].at("record").get<std::string>();
  };
  base::write_file_atomically(name(0), read(name(1)));
  EXPECT_THAT(binary_.run({"report", "--consolidated", results().string()}).output,
              HasSubstr("so it is not the file of that name"));
}

TEST_F(Suite, another_suite_in_a_folder_that_was_cleared_measures_anew) {
  ASSERT_TRUE(ended(run(kSmall).exit));
  const auto before = measured();
  fs::remove_all(results());
  ASSERT_TRUE(ended(run(kSmall).exit));
  const auto after = measured();
  ASSERT_EQ(after.size(), before.size());
  for (const auto& [folder, id] : after) EXPECT_NE(id, before.at(folder)) << folder;
}

TEST_F(Suite, resumed_where_none_began_says_how_to_start) {
  const auto finished = binary_.run({"resume", binary_.home().string()});
  EXPECT_EQ(finished.exit.code, base::kExitUsage);
  EXPECT_THAT(finished.log, HasSubstr("has no suite.json, so no suite has begun there: start it with"));
}

TEST_F(Suite, a_state_that_leads_out_of_its_folder_is_refused) {
  ASSERT_TRUE(ended(run(kSmall).exit));
  for (const auto& [key, value] : std::map<std::string, std::string>{
           {"folder", "../../x"}, {"record", "../../../etc/passwd"}, {"folder", "/etc/passwd"}}) {
    auto hostile = state();
    hostile["entries"][0][key] = value;
    const auto kept = read(results() / "suite.json");
    base::write_file_atomically(results() / "suite.json", hostile.dump());
    EXPECT_THAT(binary_.run({"report", "--consolidated", results().string()}).output,
                HasSubstr("is no entry of ours"));
    base::write_file_atomically(results() / "suite.json", kept);
  }
}

TEST_F(Suite, bad_input_is_one_message_before_anything_happens) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"benchmark:\n  itertions: 5\n", "suite.yaml:2:3: benchmark: unknown key 'itertions'"},
      {"phases: [{name: p, models: ['null'], engines: [nul]}]\n", "did you mean 'null'"},
      {"batch_sizes: [1, x]\n", "suite.yaml:1:18: batch_sizes[1]: found 'x'"},
  };
  for (const auto& [text, message] : cases) {
    const auto finished = run(text, {"--dry-run"});
    EXPECT_THAT(finished.log + finished.output, HasSubstr(message)) << text;
  }
  std::string many = "[1";
  for (int i = 2; i <= 3163; ++i) many += "," + std::to_string(i);
  const auto huge =
      run("phases: [{name: p, models: [x]}]\nbatch_sizes: " + many + "]\nsequence_lengths: " + many + "]\n");
  EXPECT_EQ(huge.exit.code, base::kExitUsage);
  EXPECT_THAT(huge.log, HasSubstr("10004569 cells"));
  EXPECT_FALSE(fs::exists(results()));
  ASSERT_TRUE(ended(run(kSmall).exit));
  const auto twice = run(kSmall);
  EXPECT_EQ(twice.exit.code, base::kExitUsage);
  EXPECT_THAT(twice.log, HasSubstr("holds the results of a suite already"));
}

TEST_F(Suite, init_writes_a_file_that_suite_takes_and_replaces_nothing) {
  ASSERT_EQ(binary_.run({"init", "mine.yaml"}).exit.code, 0);
  const auto mine = binary_.home() / "mine.yaml";
  const auto text = read(mine);
  const auto finished = binary_.run({"suite", mine.string(), "--dry-run"});
  EXPECT_EQ(finished.exit.code, 0) << finished.log;
  EXPECT_THAT(finished.output, HasSubstr("7 experiments"));
  const auto without_sums = [](const std::string& all) { return all.substr(0, all.find("measuring: ")); };
  EXPECT_EQ(without_sums(finished.output), without_sums(binary_.run({"suite", "full", "--dry-run"}).output));
  base::write_file_atomically(mine, "mine");
  const auto again = binary_.run({"init", "mine.yaml"});
  EXPECT_EQ(again.exit.code, base::kExitUsage);
  EXPECT_THAT(again.log, HasSubstr("mine.yaml: is there already"));
  EXPECT_EQ(read(mine), "mine");
  const auto begin = text.find("$schema=") + 8;
  EXPECT_TRUE(fs::exists(text.substr(begin, text.find('\n', begin) - begin))) << "editors find the schema";
}

}  // namespace
}  // namespace inferometer::tests
