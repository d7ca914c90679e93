// Real workers through the launcher and a load set: one in Python, one with a model of two parts, and those
// that cannot be stopped.
#include "measure/session_launcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/files.h"
#include "measure/load_set.h"
#include "tensors/safetensors.h"

namespace inferometer::measure {
namespace {

using results::OutcomeKind;
using testing::HasSubstr;

class NoJournal final : public results::Journal {
  void keep(const results::Preparation&) override {}
  void keep(const results::TruthCheck&) override {}
  void keep(const results::HarnessCost&) override {}
  void keep(const results::LoadSet&) override {}
  void keep(const results::GroupStop&) override {}
  void keep(const results::CandidateOutcome&) override {}
};

class NoObserver final : public Observer {
  void say(const std::string&) override {}
  void step(const Step&) override {}
};

class Workers : public testing::Test {
 protected:
  Workers() {
    base::write_file_atomically(path("model.json"), R"({"format":"null"})");
    tensors::Tensor x("x", tensors::DType::Float32, {1, 8});
    tensors::write_safetensors(path("x.safetensors"), std::span(&x, 1));
    tensors::Tensor prompt("input_ids", tensors::DType::Int64, {1, 4});
    tensors::write_safetensors(path("prompt.safetensors"), std::span(&prompt, 1));
  }

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  /// A candidate of the worker in tests/fakes, started with `words`.
  void add_golden(const std::string& id, const std::vector<std::string>& words,
                  const std::string& device = "cpu") {
    add(id, {"model"}, "x.safetensors");
    auto& facts = facts_[id];
    facts.launch.argv = {
        "python3", std::string(std::getenv("INFEROMETER_TEST_SOURCE")) + "/tests/fakes/golden_worker.py"};
    facts.launch.argv.insert(facts.launch.argv.end(), words.begin(), words.end());
    facts.configuration.device = device;
  }

  void add_null(const std::string& id) {
    add(id, {"model"}, "x.safetensors");
    facts_[id].configuration.options = {{"work", "20000"}};
  }

  void add_generating(const std::string& id, std::int64_t new_tokens) {
    add(id, {"prefill", "decode"}, "prompt.safetensors");
    facts_[id].configuration.options = {{"work", "2000"}};
    facts_[id].workload.scenario = {results::ScenarioKind::Generate, 4, new_tokens};
  }

  /// One load set of `rounds` rounds with all candidates.
  const results::LoadSet& measure(int rounds) {
    group_.baseline = group_.candidates.front().id;
    SessionLauncher launcher(facts_, {});
    MachineSurroundings surroundings;
    base::SystemClock clock;
    NoJournal journal;
    NoObserver observer;
    const Context context{launcher, surroundings, clock, journal, observer, {}};
    LoadSetRun run(context, {.group = group_, .effort = effort_, .seed = 1}, set_);
    run.start();
    while (run.rounds() < rounds && run.round()) continue;
    run.finish();
    return set_;
  }

  const results::Load& load_of(const std::string& candidate) const {
    for (const auto& load : set_.loads) {
      if (load.candidate == candidate && load.role == results::Role::Candidate) return load;
    }
    throw std::out_of_range(candidate);
  }

  results::LoadSet set_;

 private:
  void add(const std::string& id, const std::vector<std::string>& parts, const std::string& inputs) {
    LaunchFacts facts;
    facts.launch =
        engines::program_with_library((base::libexec_folder() / "inferometer-worker-null").string(), "");
    for (const auto& part : parts) facts.parts.push_back({part, path("model.json"), "", 0});
    facts.format = "null";
    facts.input_sets = {path(inputs)};
    facts_[id] = facts;
    group_.candidates.push_back({.id = id, .label = id, .artefact = "a0", .configuration = {}});
  }

  base::ScratchFolder folder_{"session-launcher-test"};
  std::map<std::string, LaunchFacts> facts_;
  results::Group group_{.id = "g0"};
  results::Effort effort_{.warm_up_runs = 1};
};

TEST_F(Workers, one_in_python_is_measured_in_rounds_with_one_in_cpp_and_on_a_device_of_its_own) {
  add_null("null");
  add_golden("cpu", {});
  add_golden("acc0", {}, "acc0");
  measure(3);
  for (const char* candidate : {"null", "cpu", "acc0"}) {
    EXPECT_TRUE(load_of(candidate).outcome.ok()) << load_of(candidate).outcome.reason.subject;
    EXPECT_EQ(load_of(candidate).blocks.size(), 3u);
  }
  EXPECT_EQ(load_of("acc0").effective.device, "acc0");
}

TEST_F(Workers, one_that_does_not_see_the_device_asked_for_is_unsupported) {
  add_golden("acc1", {}, "acc1");
  measure(1);
  EXPECT_EQ(load_of("acc1").outcome.kind, OutcomeKind::Unsupported);
  EXPECT_THAT(load_of("acc1").outcome.reason.subject,
              HasSubstr("device acc1 is not there (the engine sees: cpu, acc0)"));
}

TEST_F(Workers, texts_of_a_model_of_two_parts_have_times_of_tokens) {
  add_generating("texts", 5);
  measure(2);
  const auto& load = load_of("texts");
  EXPECT_TRUE(load.outcome.ok()) << load.outcome.reason.subject;
  ASSERT_EQ(load.blocks.size(), 2u);
  for (const auto& block : load.blocks) {
    ASSERT_EQ(block.token_times_ns.size(), 5 * block.durations_ns.size());
    EXPECT_EQ(block.runs_per_sample, 1);
    EXPECT_LE(block.token_times_ns[0], block.token_times_ns[4]);
    EXPECT_LE(block.token_times_ns[4], block.durations_ns[0]);
  }
}

TEST_F(Workers, one_that_proves_to_be_idle_takes_part_without_being_stopped) {
  add_null("null");
  add_golden("prover", {"--idle=prove"});
  measure(3);
  EXPECT_TRUE(load_of("prover").outcome.ok()) << load_of("prover").outcome.reason.subject;
  EXPECT_EQ(load_of("null").blocks.size(), 3u);
}

TEST_F(Workers, one_that_says_it_proves_to_be_idle_and_spins_is_caught_at_the_first_block_of_another) {
  add_null("null");
  add_golden("spinner", {"--idle=prove", "--spin"});
  measure(5);
  const auto& spinner = load_of("spinner").outcome;
  EXPECT_EQ(spinner.kind, OutcomeKind::Untrusted);
  EXPECT_THAT(spinner.reason.subject, HasSubstr("idle: used"));
  EXPECT_EQ(load_of("null").blocks.size(), 5u);
  std::vector<results::Reason> disturbances;
  for (const auto& load : set_.loads) {
    for (const auto& block : load.blocks) {
      if (!block.disturbed.empty()) disturbances.push_back(block.disturbed);
    }
  }
  EXPECT_THAT(
      disturbances,
      testing::ElementsAre(results::Reason(results::ReasonCode::OtherNotIdle)));  // the block that it spoilt
}

TEST_F(Workers, one_that_must_be_alone_is_measured_where_it_is_the_only_candidate) {
  add_golden("loner", {"--idle=alone"});
  measure(2);
  EXPECT_TRUE(load_of("loner").outcome.ok()) << load_of("loner").outcome.reason.subject;
  EXPECT_EQ(load_of("loner").blocks.size(), 2u);
}

TEST_F(Workers, one_that_must_be_alone_is_unsupported_beside_others) {
  add_null("null");
  add_golden("loner", {"--idle=alone"});
  measure(2);
  EXPECT_EQ(load_of("loner").outcome.kind, OutcomeKind::Unsupported);
  EXPECT_THAT(load_of("loner").outcome.reason.subject, HasSubstr("only candidate"));
  EXPECT_EQ(load_of("null").blocks.size(), 2u);
}

}  // namespace
}  // namespace inferometer::measure
