#include "sdk/cpp/loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <new>

#include "base/clock.h"
#include "base/files.h"
#include "sdk/cpp/fake_engine.h"
#include "tensors/safetensors.h"

namespace inferometer::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Writes requests into a pipe, runs the loop over them to the end, and reads what it replied.
class WorkerLoop : public testing::Test {
 protected:
  WorkerLoop() {
    description_.engine = "fake";
    description_.formats = {"onnx"};
    description_.options = {{"spinning", "boolean", "1", {}, 0, 0, "busy waiting"}};
    load_.format = "onnx";
    load_.parts = {{"model", "/m.onnx", {}}};
    bind_.part = sample_.part = "model";
    std::vector<tensors::Tensor> inputs;
    inputs.emplace_back("ids", tensors::DType::Int64, tensors::Shape{1, 4});
    inputs.emplace_back("mask", tensors::DType::Float32, tensors::Shape{2});
    bind_.file = (folder_.path() / "inputs.safetensors").string();
    tensors::write_safetensors(bind_.file, inputs);
    sample_.sets = {0};
  }

  template <typename... Bodies>
  std::vector<protocol::Reply> replies_to(const Bodies&... bodies) {
    std::string stream;
    std::int64_t id = 0;
    ((stream += protocol::encode(protocol::Request{++id, "nonce " + std::to_string(id), bodies}) + '\n'),
     ...);
    return replies_to_bytes(stream);
  }

  std::vector<protocol::Reply> replies_to_bytes(const std::string& stream) {
    std::array<int, 2> commands{}, answers{};
    EXPECT_EQ(::pipe(commands.data()) + ::pipe(answers.data()), 0);
    EXPECT_EQ(::write(commands[1], stream.data(), stream.size()), static_cast<ssize_t>(stream.size()));
    ::close(commands[1]);
    Channel channel(commands[0], answers[1]);
    Loop served({description_, std::make_unique<FakeEngine>(state_), "/lib/fake.so", now_}, channel);
    try {
      end_ = served.run();
    } catch (...) {
      ::close(answers[1]);
      throw;
    }
    ::close(commands[0]);
    ::close(answers[1]);
    return read_replies(answers[0]);
  }

  static std::vector<protocol::Reply> read_replies(int descriptor) {
    protocol::LineBuffer buffer;
    std::array<char, 4096> bytes;
    for (ssize_t size; (size = ::read(descriptor, bytes.data(), bytes.size())) > 0;) {
      buffer.append({bytes.data(), static_cast<std::size_t>(size)});
    }
    ::close(descriptor);
    std::vector<protocol::Reply> replies;
    for (std::string line; buffer.next(line);) replies.push_back(protocol::decode_reply(line));
    EXPECT_EQ(buffer.unfinished_bytes(), 0u);
    return replies;
  }

  static protocol::Failed failure(const protocol::Reply& reply) {
    const auto* failed = std::get_if<protocol::Failed>(&reply.body);
    return failed != nullptr ? *failed : protocol::Failed{"no failure", "", ""};
  }

  /// Lets one method of the engine throw what `fault` throws.
  void fail_in(const std::string& method, std::function<void()> fault) {
    state_.fault = [method, fault = std::move(fault)](const std::string& called) {
      if (called == method) fault();
    };
  }

  base::ScratchFolder folder_{"loop-test"};
  protocol::Description description_;
  protocol::Load load_;
  protocol::Bind bind_;
  protocol::Sample sample_;
  FakeEngineState state_;
  std::optional<Loop::End> end_;
  Sampler::Now now_ = base::monotonic_ns;
};

TEST_F(WorkerLoop, every_reply_carries_id_and_nonce_of_its_request) {
  const auto replies = replies_to(protocol::Hello{}, load_, protocol::Close{});
  ASSERT_EQ(replies.size(), 5u);  // hello, load, compile, loaded, done
  const std::array<std::int64_t, 5> ids = {1, 2, 2, 2, 3};
  for (std::size_t i = 0; i < replies.size(); ++i) {
    EXPECT_EQ(replies[i].id, ids[i]);
    EXPECT_EQ(replies[i].nonce, "nonce " + std::to_string(ids[i]));
  }
  EXPECT_EQ(end_, Loop::End::Closed);
}

TEST_F(WorkerLoop, hello_tells_engine_version_and_process) {
  const auto hello = std::get<protocol::HelloReply>(replies_to(protocol::Hello{}).at(0).body);
  EXPECT_EQ(hello.engine, "fake");
  EXPECT_EQ(hello.engine_version, "7.0");
  EXPECT_EQ(hello.library_path, "/lib/fake.so");
  EXPECT_EQ(hello.library_sha256, "");
  EXPECT_EQ(hello.process, ::getpid());
  EXPECT_THAT(hello.devices, ElementsAre(protocol::Device()));
}

TEST_F(WorkerLoop, the_end_of_the_stream_ends_the_loop) {
  replies_to(protocol::Hello{});
  EXPECT_EQ(end_, Loop::End::StreamEnded);
  EXPECT_TRUE(replies_to_bytes("{\"type\":\"hel").empty());
  EXPECT_EQ(end_, Loop::End::StreamEnded);
}

TEST_F(WorkerLoop, a_line_that_is_no_request_is_a_protocol_error) {
  EXPECT_THROW(replies_to_bytes("hello\n"), protocol::ProtocolError);
}

TEST_F(WorkerLoop, a_reader_that_is_gone_ends_the_loop) {
  std::array<int, 2> commands{}, answers{};
  ASSERT_EQ(::pipe(commands.data()) + ::pipe(answers.data()), 0);
  const std::string line = protocol::encode(protocol::Request{1, "n", protocol::Hello{}}) + '\n';
  ASSERT_EQ(::write(commands[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
  ::close(answers[0]);
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  Channel channel(commands[0], answers[1]);
  Loop served({description_, std::make_unique<FakeEngine>(state_), "", base::monotonic_ns}, channel);
  EXPECT_EQ(served.run(), Loop::End::StreamEnded);
  ::signal(SIGPIPE, before);
  for (const int descriptor : {commands[0], commands[1], answers[1]}) ::close(descriptor);
}

TEST_F(WorkerLoop, load_hands_completed_options_to_the_engine) {
  replies_to(protocol::Hello{}, load_);
  EXPECT_EQ(state_.options.at("spinning"), "1");
}

TEST_F(WorkerLoop, loading_and_compiling_are_timed_between_their_announcements) {
  now_ = FakeEngine::now;
  state_.fault = [](const std::string& method) {
    if (method == "load") FakeEngine::advance(5000);
    if (method == "compile") FakeEngine::advance(7000);
  };
  const auto loaded = std::get<protocol::LoadReply>(replies_to(protocol::Hello{}, load_).back().body);
  EXPECT_EQ(loaded.load_ns, 5000);
  EXPECT_EQ(loaded.compile_ns, 7000);
}

TEST_F(WorkerLoop, an_unknown_option_never_reaches_the_engine) {
  load_.options = {{"spinnig", "1"}};
  const auto replies = replies_to(protocol::Hello{}, load_);
  EXPECT_THAT(failure(replies.at(1)).reason, HasSubstr("spinning"));
  EXPECT_EQ(failure(replies.at(1)).kind, "failed");
  EXPECT_THAT(state_.calls, ElementsAre("open"));
}

TEST_F(WorkerLoop, what_the_engine_cannot_do_is_unsupported) {
  load_.device = "cuda";
  EXPECT_EQ(failure(replies_to(protocol::Hello{}, load_).at(1)).kind, "unsupported");
  load_.device = "cpu";
  fail_in("compile", [] { throw EngineError("no such operator", true); });
  EXPECT_EQ(failure(replies_to(protocol::Hello{}, load_).back()).kind, "unsupported");
}

TEST_F(WorkerLoop, a_failure_names_the_phase_that_was_announced) {
  fail_in("load", [] { throw EngineError("cut file"); });
  EXPECT_EQ(failure(replies_to(protocol::Hello{}, load_).back()).phase, "load");
  fail_in("compile", [] { throw EngineError("no such operator"); });
  const auto failed = failure(replies_to(protocol::Hello{}, load_).back());
  EXPECT_EQ(failed.phase, "compile");
  EXPECT_EQ(failed.reason, "no such operator");
}

TEST_F(WorkerLoop, a_load_that_failed_is_released_and_may_be_repeated) {
  int attempts = 0;
  fail_in("compile", [&] {
    if (++attempts == 1) throw EngineError("no");
  });
  const auto replies = replies_to(protocol::Hello{}, load_, load_);
  EXPECT_TRUE(std::holds_alternative<protocol::LoadReply>(replies.back().body));
  EXPECT_THAT(state_.calls, ElementsAre("open", "load", "compile", "release", "load", "compile"));
}

TEST_F(WorkerLoop, whatever_an_engine_throws_becomes_a_reply_and_the_worker_lives_on) {
  const auto reason_of = [&](std::function<void()> fault) {
    fail_in("run", std::move(fault));
    const auto replies = replies_to(protocol::Hello{}, load_, bind_, sample_, protocol::Close{});
    EXPECT_EQ(end_, Loop::End::Closed);
    const auto failed = failure(replies.at(5));
    EXPECT_EQ(failed.phase, "run");
    return failed.reason;
  };
  EXPECT_EQ(reason_of([] { throw EngineError("bad run"); }), "bad run");
  EXPECT_EQ(reason_of([] { throw std::bad_alloc(); }), "out of memory (engine report)");
  EXPECT_EQ(reason_of([] { throw std::out_of_range("at"); }), "at");
  EXPECT_EQ(reason_of([] { throw 7; }), "the engine threw something that is no std::exception");
}

TEST_F(WorkerLoop, a_graph_in_a_message_is_cut) {
  fail_in("load", [] { throw EngineError(std::string(32 * 1024, 'x')); });
  EXPECT_EQ(failure(replies_to(protocol::Hello{}, load_).back()).reason.size(), 4096u);
}

TEST_F(WorkerLoop, requests_out_of_order_are_refused) {
  EXPECT_EQ(failure(replies_to(load_).at(0)).reason, "hello comes first");
  EXPECT_EQ(failure(replies_to(protocol::Hello{}, bind_).at(1)).reason, "no model is loaded");
  EXPECT_EQ(failure(replies_to(protocol::Hello{}, protocol::Hello{}).at(1)).reason, "hello was said already");
  EXPECT_EQ(failure(replies_to(protocol::Hello{}, load_, sample_).back()).reason,
            "input set 0 of part 'model' is not bound");
  EXPECT_THAT(failure(replies_to(protocol::Hello{}, load_, load_).back()).reason, HasSubstr("release it"));
}

TEST_F(WorkerLoop, wrong_inputs_never_reach_the_engine) {
  std::vector<tensors::Tensor> inputs;
  inputs.emplace_back("ids", tensors::DType::Int64, tensors::Shape{1, 4});
  tensors::write_safetensors(bind_.file, inputs);
  const auto failed = failure(replies_to(protocol::Hello{}, load_, bind_).back());
  EXPECT_EQ(failed.phase, "bind");
  EXPECT_THAT(failed.reason, HasSubstr("input 'mask' is missing"));
  EXPECT_THAT(state_.calls, ElementsAre("open", "load", "compile"));
}

TEST_F(WorkerLoop, a_set_that_failed_to_bind_again_is_no_longer_bound) {
  int attempts = 0;
  fail_in("bind", [&] {
    if (++attempts == 2) throw EngineError("no");
  });
  const auto replies = replies_to(protocol::Hello{}, load_, bind_, bind_, sample_);
  EXPECT_EQ(failure(replies.back()).reason, "input set 0 of part 'model' is not bound");
}

TEST_F(WorkerLoop, every_part_has_sets_of_its_own) {
  load_.parts = {{"prefill", "/p", {}}, {"decode", "/d", {}}};
  bind_.part = "decode";
  sample_.part = "prefill";
  EXPECT_EQ(failure(replies_to(protocol::Hello{}, load_, bind_, sample_).back()).reason,
            "input set 0 of part 'prefill' is not bound");
  sample_.part = "decode";
  const auto replies = replies_to(protocol::Hello{}, load_, bind_, sample_);
  EXPECT_TRUE(std::holds_alternative<protocol::SampleReply>(replies.back().body));
  EXPECT_EQ(state_.selected_part, 1u);
  sample_.part = "encoder";
  EXPECT_THAT(failure(replies_to(protocol::Hello{}, load_, bind_, sample_).back()).reason,
              HasSubstr("unknown part 'encoder'"));
}

TEST_F(WorkerLoop, generates_by_the_steps_of_the_engine) {
  protocol::Generate generate;
  generate.part = "model";
  generate.sets = {0};
  generate.new_tokens = 4;
  const auto replies = replies_to(protocol::Hello{}, load_, bind_, generate);
  EXPECT_THAT(std::get<protocol::GenerateReply>(replies.back().body).tokens, ElementsAre(10, 11, 12, 13));
}

TEST_F(WorkerLoop, outputs_are_of_one_run_of_the_set_asked) {
  const protocol::Outputs outputs{"model", 0, (folder_.path() / "outputs.safetensors").string()};
  replies_to(protocol::Hello{}, load_, bind_, outputs);
  EXPECT_THAT(state_.selected, ElementsAre(0));
  EXPECT_EQ(state_.runs, 1);
  EXPECT_EQ(tensors::read_safetensors(outputs.file).at(0).name(), "y");
}

TEST_F(WorkerLoop, release_forgets_the_sets_and_a_model_may_be_loaded_again) {
  const auto replies = replies_to(protocol::Hello{}, load_, bind_, protocol::Release{}, load_, sample_);
  EXPECT_EQ(failure(replies.back()).reason, "input set 0 of part 'model' is not bound");
}

TEST_F(WorkerLoop, close_releases_what_is_loaded) {
  replies_to(protocol::Hello{}, load_, protocol::Close{});
  EXPECT_EQ(state_.calls.back(), "release");
}

TEST_F(WorkerLoop, a_sample_says_when_its_request_came) {
  const auto replies = replies_to(protocol::Hello{}, load_, bind_, sample_);
  const auto sampled = std::get<protocol::SampleReply>(replies.back().body);
  EXPECT_GT(sampled.received_ns, 0);
  EXPECT_GE(sampled.begin_ns, sampled.received_ns);
  EXPECT_GE(sampled.cpu, 0);
  EXPECT_GT(sampled.peak_rss_bytes, 0);
}

}  // namespace
}  // namespace inferometer::worker
