// What every worker must do, whatever its engine. A worker that passes is measured like all others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "base/files.h"
#include "base/hash.h"
#include "sdk/cpp/checks.h"
#include "tensors/safetensors.h"
#include "tests/workers/conversation.h"
#include "tests/workers/test_models.h"
#include "tests/workers/workers_under_test.h"

namespace inferometer::tests {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Worker : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    under_test_ = find_worker(GetParam());
    if (!under_test_.launch) GTEST_SKIP() << under_test_.missing;
    models_ = models_of(under_test_.engine.formats.at(0));
    ASSERT_THAT(models_, Not(IsEmpty()))
        << "tests/workers/test_models.cpp has no model of format " << under_test_.engine.formats.at(0);
  }

  const results::Capabilities& engine() const { return under_test_.engine; }
  const TestModel& model() const { return models_.front(); }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  Conversation start() const { return Conversation(*under_test_.launch); }

  /// Makes `bytes` the artefact of `model`, or the file in it.
  void write(const TestModel& model, const std::string& bytes) const {
    std::filesystem::path file = path(model.name + "." + model.format);
    if (!model.file_in_folder.empty()) {
      std::filesystem::create_directory(file);
      for (const auto& [name, content] : model.other_files) base::write_file_atomically(file / name, content);
      file /= model.file_in_folder;
    }
    base::write_file_atomically(file, bytes);
  }

  protocol::Load load_request(const TestModel& model, std::int64_t batch = 2) const {
    protocol::Load load;
    write(model, model.bytes);
    load.parts = {{kPart, path(model.name + "." + model.format), {}}};
    load.format = model.format;
    load.device = engine().devices.at(0).id;
    load.precision = engine().precisions.at(0);
    for (const auto& input : model.inputs(0, batch)) load.parts[0].shapes[input.name()] = input.shape();
    return load;
  }

  protocol::Bind bind_request(int set, const std::vector<tensors::Tensor>& inputs) const {
    protocol::Bind bind{kPart, set, path("inputs" + std::to_string(set) + ".safetensors")};
    tensors::write_safetensors(bind.file, inputs);
    return bind;
  }

  /// Says hello, loads `model` and binds sets 0 to `sets` - 1.
  void make_ready(Conversation& talk, const TestModel& model, int sets) const {
    talk.ask_for<protocol::HelloReply>(protocol::Hello{});
    talk.ask_for<protocol::LoadReply>(load_request(model));
    for (int set = 0; set < sets; ++set) {
      talk.ask_for<protocol::Done>(bind_request(set, model.inputs(set, 2)));
    }
  }

  std::vector<float> outputs_of(Conversation& talk, int set) const {
    const protocol::Outputs outputs{kPart, set, path("outputs.safetensors")};
    talk.ask_for<protocol::Done>(outputs);
    const auto tensors = tensors::read_safetensors(outputs.file);
    EXPECT_THAT(tensors, SizeIs(1));
    const auto values = tensors.at(0).values<float>();
    return {values.begin(), values.end()};
  }

  static protocol::Sample sample_request(std::vector<int> sets, std::int64_t samples) {
    protocol::Sample sample;
    sample.part = kPart;
    sample.sets = std::move(sets);
    sample.samples = samples;
    return sample;
  }

  static constexpr const char* kPart = "model";
  base::ScratchFolder folder_{"conformance"};
  WorkerUnderTest under_test_;
  std::vector<TestModel> models_;
};

TEST_P(Worker, describes_itself_under_its_own_name_with_defaults_that_it_allows) {
  EXPECT_EQ(engine().engine, GetParam());
  EXPECT_FALSE(engine().summary.empty());
  EXPECT_THAT(engine().devices, Not(IsEmpty()));
  EXPECT_THAT(engine().precisions, Not(IsEmpty()));
  for (const auto& option : engine().options) {
    const std::vector<protocol::Option> allowed = {option};
    EXPECT_THAT(option.type, testing::AnyOf("boolean", "integer", "choice")) << option.name;
    EXPECT_FALSE(option.help.empty()) << option.name;
    if (option.default_value.empty()) continue;
    EXPECT_NO_THROW(worker::complete_options(allowed, {{option.name, option.default_value}}));
  }
}

TEST_P(Worker, says_hello_with_what_was_really_loaded) {
  Conversation talk = start();
  const auto hello = talk.ask_for<protocol::HelloReply>(protocol::Hello{.digest = true});
  EXPECT_NO_THROW(protocol::require_compatible(hello.protocol));
  EXPECT_EQ(hello.engine, engine().engine);
  EXPECT_FALSE(hello.engine_version.empty());
  EXPECT_EQ(hello.library_path, under_test_.launch->library);
  EXPECT_EQ(hello.library_sha256, hello.library_path.empty() ? "" : base::sha256_of_file(hello.library_path));
  EXPECT_EQ(hello.process, talk.process_id());
  EXPECT_GE(hello.clock_step_ns, 1);
  EXPECT_THAT(hello.devices, Contains(testing::Field(&protocol::Device::id, engine().devices.at(0).id)));
  EXPECT_THAT(hello.idle, testing::AnyOf("stop", "prove", "alone"));
  EXPECT_THAT(hello.shapes, testing::AnyOf("static", "dynamic", "recompiles"));
}

TEST_P(Worker, loads_and_reads_back_what_it_did) {
  for (const auto& model : models_) {
    Conversation talk = start();
    talk.ask_for<protocol::HelloReply>(protocol::Hello{});
    const auto request = load_request(model);
    const auto loaded = talk.ask_for<protocol::LoadReply>(request);
    EXPECT_THAT(talk.phases(), ElementsAre("load", "compile"));
    EXPECT_EQ(loaded.device, request.device);
    EXPECT_EQ(loaded.precision, request.precision);
    EXPECT_EQ(loaded.threads, 1);
    ASSERT_THAT(loaded.parts, SizeIs(1));
    EXPECT_EQ(loaded.parts[0].name, kPart);
    EXPECT_GT(loaded.load_ns + loaded.compile_ns, 0);
    std::vector<std::string> names;
    for (const auto& input : loaded.parts.at(0).inputs) names.push_back(input.name);
    for (const auto& input : model.inputs(0, 2)) EXPECT_THAT(names, Contains(input.name()));
    EXPECT_EQ(names.size(), model.inputs(0, 2).size());
    EXPECT_THAT(loaded.parts.at(0).outputs, SizeIs(1));
  }
}

TEST_P(Worker, reads_back_every_option_that_was_set) {
  for (const auto& option : engine().options) {
    Conversation talk = start();
    talk.ask_for<protocol::HelloReply>(protocol::Hello{});
    auto request = load_request(model());
    const std::string value = option.type == "choice"    ? option.values.back()
                              : option.type == "boolean" ? "1"
                                                         : std::to_string(option.minimum);
    request.options = {{option.name, value}};
    const auto loaded = talk.ask_for<protocol::LoadReply>(request);
    EXPECT_THAT(loaded.options, Contains(testing::Pair(option.name, value)));
  }
}

TEST_P(Worker, refuses_an_unknown_option_and_a_wrong_value_by_name) {
  Conversation talk = start();
  talk.ask_for<protocol::HelloReply>(protocol::Hello{});
  auto request = load_request(model());
  request.options = {{"no_such_option", "1"}};
  EXPECT_THAT(talk.ask_for_failure(request).reason, HasSubstr("no_such_option"));
  for (const auto& option : engine().options) {
    request.options = {{option.name, "no such value"}};
    const auto failed = talk.ask_for_failure(request);
    EXPECT_THAT(failed.reason, HasSubstr(option.name));
    EXPECT_THAT(failed.reason, HasSubstr("no such value"));
  }
  request.options.clear();
  EXPECT_NO_THROW(talk.ask_for<protocol::LoadReply>(request));
}

TEST_P(Worker, calls_another_device_or_precision_unsupported) {
  Conversation talk = start();
  talk.ask_for<protocol::HelloReply>(protocol::Hello{});
  auto request = load_request(model());
  request.device = "abacus";
  EXPECT_EQ(talk.ask_for_failure(request).kind, "unsupported");
  request.device = engine().devices.at(0).id;
  request.precision = "float7";
  EXPECT_EQ(talk.ask_for_failure(request).kind, "unsupported");
}

TEST_P(Worker, survives_a_broken_artefact_and_takes_the_next) {
  Conversation talk = start();
  talk.ask_for<protocol::HelloReply>(protocol::Hello{});
  auto request = load_request(model());
  write(model(), model().bytes.substr(0, model().bytes.size() / 2));
  EXPECT_FALSE(talk.ask_for_failure(request).reason.empty());
  request.parts[0].file = path("absent");
  EXPECT_FALSE(talk.ask_for_failure(request).reason.empty());
  EXPECT_NO_THROW(talk.ask_for<protocol::LoadReply>(load_request(model())));
}

TEST_P(Worker, refuses_wrong_inputs_by_name) {
  for (const auto& model : models_) {
    Conversation talk = start();
    make_ready(talk, model, 0);
    const auto reason_for = [&](std::vector<tensors::Tensor> inputs) {
      return talk.ask_for_failure(bind_request(0, inputs)).reason;
    };
    const std::string name = model.inputs(0, 2)[0].name();

    auto inputs = model.inputs(0, 2);
    inputs[0].rename("stranger");
    EXPECT_THAT(reason_for(std::move(inputs)), HasSubstr("stranger"));

    inputs = model.inputs(0, 2);
    inputs[0] = tensors::Tensor(name, tensors::DType::Uint8, inputs[0].shape());
    EXPECT_THAT(reason_for(std::move(inputs)), HasSubstr(name));

    inputs = model.inputs(0, 2);
    inputs[0] = tensors::Tensor(name, inputs[0].type(), {2, 3, 4, 5});
    EXPECT_THAT(reason_for(std::move(inputs)), HasSubstr(name));

    inputs = model.inputs(0, 2);
    inputs.erase(inputs.begin());
    EXPECT_THAT(reason_for(std::move(inputs)), HasSubstr(name));
  }
}

TEST_P(Worker, computes_the_right_outputs_for_every_set) {
  for (const auto& model : models_) {
    Conversation talk = start();
    make_ready(talk, model, 3);
    std::vector<std::vector<float>> seen;
    for (const int set : {0, 1, 2, 0}) {
      seen.push_back(outputs_of(talk, set));
      EXPECT_EQ(seen.back(), model.expected(model.inputs(set, 2))) << model.name << ", set " << set;
    }
    EXPECT_NE(seen[0], seen[1]);
    EXPECT_NE(seen[1], seen[2]);
  }
}

TEST_P(Worker, keeps_the_outputs_of_a_set_right_while_others_are_sampled) {
  Conversation talk = start();
  make_ready(talk, model(), 3);
  talk.ask_for<protocol::SampleReply>(sample_request({2, 0, 1}, 7));
  EXPECT_EQ(outputs_of(talk, 1), model().expected(model().inputs(1, 2)));
  talk.ask_for<protocol::Done>(bind_request(1, model().inputs(7, 2)));
  EXPECT_EQ(outputs_of(talk, 1), model().expected(model().inputs(7, 2))) << "a set that was bound anew";
  EXPECT_EQ(outputs_of(talk, 2), model().expected(model().inputs(2, 2)));
}

TEST_P(Worker, takes_sets_of_different_batch_sizes_where_shapes_are_dynamic) {
  Conversation talk = start();
  const auto hello = talk.ask_for<protocol::HelloReply>(protocol::Hello{});
  if (hello.shapes == "static") GTEST_SKIP() << GetParam() << " compiles for one shape";
  talk.ask_for<protocol::LoadReply>(load_request(model()));
  for (const int set : {1, 2, 5}) {
    talk.ask_for<protocol::Done>(bind_request(set, model().inputs(set, set)));
    EXPECT_EQ(outputs_of(talk, set), model().expected(model().inputs(set, set)));
  }
  talk.ask_for<protocol::SampleReply>(sample_request({1, 2, 5}, 6));
}

void expect_sound(const protocol::SampleReply& sampled, std::size_t samples) {
  ASSERT_THAT(sampled.durations_ns, SizeIs(samples));
  ASSERT_THAT(sampled.offsets_ns, SizeIs(samples));
  EXPECT_THAT(sampled.durations_ns, Each(Ge(0)));
  EXPECT_EQ(sampled.offsets_ns.front(), 0);
  for (std::size_t i = 1; i < samples; ++i) {
    EXPECT_GE(sampled.offsets_ns[i], sampled.offsets_ns[i - 1] + sampled.durations_ns[i - 1]);
  }
  EXPECT_GE(sampled.wall_ns, sampled.offsets_ns.back() + sampled.durations_ns.back());
  EXPECT_GE(sampled.begin_ns, sampled.received_ns);
  EXPECT_GE(sampled.cpu_ns, 0);
  EXPECT_GE(sampled.minor_faults, 0);
  EXPECT_GT(sampled.peak_rss_bytes, 0);
  EXPECT_GE(sampled.cpu, 0);
}

TEST_P(Worker, takes_exactly_the_samples_asked_in_order_of_time) {
  Conversation talk = start();
  make_ready(talk, model(), 3);
  for (const std::int64_t samples : {1, 25, 1000}) {
    auto request = sample_request({0, 1, 2}, samples);
    request.discard_runs = 3;
    const auto sampled = talk.ask_for<protocol::SampleReply>(request);
    expect_sound(sampled, static_cast<std::size_t>(samples));
    EXPECT_EQ(sampled.discarded_runs, 3);
    EXPECT_EQ(sampled.runs_per_sample, 1);
    EXPECT_GE(sampled.first_run_ns, 0);
  }
}

TEST_P(Worker, groups_runs_into_samples) {
  Conversation talk = start();
  make_ready(talk, model(), 1);
  auto request = sample_request({0}, 4);
  request.runs_per_sample = 10;
  const auto sampled = talk.ask_for<protocol::SampleReply>(request);
  expect_sound(sampled, 4);
  EXPECT_EQ(sampled.runs_per_sample, 10);
}

TEST_P(Worker, stops_when_the_duration_has_passed_or_the_samples_are_full) {
  Conversation talk = start();
  make_ready(talk, model(), 1);
  auto request = sample_request({0}, 1000);
  request.duration_ns = 1;
  request.runs_per_sample = 100;
  expect_sound(talk.ask_for<protocol::SampleReply>(request), 1);
  request.duration_ns = std::int64_t{3600} * 1'000'000'000;
  request.samples = 5;
  expect_sound(talk.ask_for<protocol::SampleReply>(request), 5);
}

TEST_P(Worker, refuses_to_sample_what_is_not_bound) {
  Conversation talk = start();
  make_ready(talk, model(), 1);
  EXPECT_THAT(talk.ask_for_failure(sample_request({0, 4}, 1)).reason, HasSubstr("4"));
  EXPECT_FALSE(talk.ask_for_failure(sample_request({}, 1)).reason.empty());
  expect_sound(talk.ask_for<protocol::SampleReply>(sample_request({0}, 1)), 1);
}

TEST_P(Worker, loads_again_after_a_release) {
  Conversation talk = start();
  make_ready(talk, model(), 1);
  talk.ask_for<protocol::SampleReply>(sample_request({0}, 2));
  talk.ask_for<protocol::Done>(protocol::Release{});
  EXPECT_FALSE(talk.ask_for_failure(sample_request({0}, 1)).reason.empty());
  for (const auto& next : models_) {
    talk.ask_for<protocol::LoadReply>(load_request(next));
    talk.ask_for<protocol::Done>(bind_request(0, next.inputs(0, 2)));
    EXPECT_EQ(outputs_of(talk, 0), next.expected(next.inputs(0, 2))) << next.name;
    talk.ask_for<protocol::Done>(protocol::Release{});
  }
}

TEST_P(Worker, closes_with_exit_code_0_and_leaves_nothing_behind) {
  Conversation talk = start();
  make_ready(talk, model(), 2);
  talk.ask_for<protocol::SampleReply>(sample_request({0, 1}, 3));
  talk.ask_for<protocol::Done>(protocol::Close{});
  EXPECT_TRUE(talk.nothing_more_was_said());
  const auto exit = talk.wait_for_end();
  EXPECT_EQ(exit.to_text(), "exit code 0");
  EXPECT_EQ(exit.left_behind, 0);
}

TEST_P(Worker, ends_with_an_error_at_a_line_that_is_no_request) {
  for (const std::string garbage :
       {"garbage", "{\"type\":\"dance\",\"id\":1,\"nonce\":\"n\"}", "{}", "\xff\xfe"}) {
    Conversation talk = start();
    talk.ask_for<protocol::HelloReply>(protocol::Hello{});
    talk.send_line(garbage);
    EXPECT_TRUE(talk.nothing_more_was_said());
    const auto exit = talk.wait_for_end();
    EXPECT_FALSE(exit.signalled) << exit.to_text();
    EXPECT_NE(exit.code, 0);
  }
}

/// The null engine makes tokens of any artefact of its own; an engine that says it generates and has no model
/// here fails.
TEST_P(Worker, generates_the_same_tokens_each_time_where_it_says_that_it_generates) {
  if (!std::ranges::count(engine().scenarios, "generate")) GTEST_SKIP() << GetParam() << " does not generate";
  Conversation talk = start();
  talk.ask_for<protocol::HelloReply>(protocol::Hello{});
  auto request = load_request(model());
  request.parts = {{"prefill", request.parts[0].file, {}}, {"decode", request.parts[0].file, {}}};
  const auto loaded = talk.ask_for<protocol::LoadReply>(request);
  ASSERT_THAT(loaded.parts, SizeIs(2));
  EXPECT_EQ(loaded.parts[1].name, "decode");
  std::vector<tensors::Tensor> prompt;
  prompt.emplace_back(loaded.parts[0].inputs.at(0).name, tensors::DType::Int64, tensors::Shape{2, 3});
  std::ranges::copy(std::array<std::int64_t, 6>{1, 2, 3, 40, 50, 60},
                    prompt[0].values<std::int64_t>().begin());
  auto bind = bind_request(0, prompt);
  bind.part = "prefill";
  talk.ask_for<protocol::Done>(bind);
  protocol::Generate generate;
  generate.part = "prefill";
  generate.sets = {0};
  generate.samples = 3;
  generate.new_tokens = 4;
  generate.discard_runs = 1;
  const auto generated = talk.ask_for<protocol::GenerateReply>(generate);
  expect_sound(generated, 3);
  EXPECT_EQ(generated.rows, 2);
  ASSERT_THAT(generated.token_times_ns, SizeIs(3 * 4));
  ASSERT_THAT(generated.tokens, SizeIs(3 * 4 * 2));
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_GE(generated.token_times_ns[i], i % 4 == 0 ? 0 : generated.token_times_ns[i - 1]);
    EXPECT_LE(generated.token_times_ns[i], generated.durations_ns[i / 4]);
  }
  const auto text = [&](std::size_t sample) {
    return std::vector<std::int64_t>(generated.tokens.begin() + static_cast<std::ptrdiff_t>(8 * sample),
                                     generated.tokens.begin() + static_cast<std::ptrdiff_t>(8 * sample + 8));
  };
  EXPECT_EQ(text(1), text(0));
  EXPECT_EQ(text(2), text(0));
  EXPECT_NE(generated.tokens[0], generated.tokens[1]) << "two prompts, one token";
}

TEST_P(Worker, refuses_to_generate_where_it_does_not) {
  if (std::ranges::count(engine().scenarios, "generate")) GTEST_SKIP() << GetParam() << " generates";
  Conversation talk = start();
  make_ready(talk, model(), 1);
  protocol::Generate generate;
  generate.part = kPart;
  generate.sets = {0};
  EXPECT_EQ(talk.ask_for_failure(generate).kind, "unsupported");
}

process::Finished run_by_hand(const std::vector<std::string>& arguments) {
  process::SpawnRequest request;
  request.arguments = arguments;
  request.capture_standard_output = true;
  return process::run(request, std::chrono::minutes(1));
}

TEST_P(Worker, says_what_it_is_when_it_is_started_by_hand) {
  const auto plain = run_by_hand({engine().program});
  EXPECT_EQ(plain.exit.to_text(), "exit code 2");
  EXPECT_THAT(plain.log, HasSubstr("worker of inferometer"));
  const auto mistyped = run_by_hand({engine().program, "--desribe"});
  EXPECT_EQ(mistyped.exit.to_text(), "exit code 2");
  EXPECT_THAT(mistyped.log, HasSubstr("--describe"));
  EXPECT_THAT(mistyped.output, IsEmpty());
}

TEST_P(Worker, ends_quietly_with_the_stream_of_commands) {
  const auto ended = run_by_hand({"/bin/sh", "-c", "exec \"$0\" 3</dev/null 4>/dev/null", engine().program});
  EXPECT_EQ(ended.exit.to_text(), "exit code 0");
  EXPECT_THAT(ended.output, IsEmpty());
}

TEST_P(Worker, does_not_claim_more_threads_than_were_asked) {
  if (!engine().multi_threaded) GTEST_SKIP() << GetParam() << " runs on one thread";
  Conversation talk = start();
  talk.ask_for<protocol::HelloReply>(protocol::Hello{});
  auto request = load_request(model());
  request.threads = 2;
  const auto loaded = talk.ask_for<protocol::LoadReply>(request);
  EXPECT_GE(loaded.threads, 1);
  EXPECT_LE(loaded.threads, 2);
}

INSTANTIATE_TEST_SUITE_P(conformance, Worker, testing::ValuesIn(built_workers()), [](const auto& parameter) {
  std::string name = parameter.param;
  std::ranges::replace(name, '-', '_');  // which GoogleTest takes
  return name;
});

}  // namespace
}  // namespace inferometer::tests
