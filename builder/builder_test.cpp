#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/hash.h"
#include "base/test_fixture.h"
#include "builder/families/checkpoint_fixture.h"
#include "builder/hub/fake_hub_fixture.h"
#include "builder_client/builder.h"
#include "builder_client/call.h"
#include "builder_client/request.h"
#include "formats/saved_model_fixture.h"
#include "formats/tflite_fixture.h"
#include "models/models.h"
#include "onnx/model_fixture.h"

namespace inferometer::builder {
namespace {

using base::message_of;
using base::write_bytes;
namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

fs::path program() {
  const char* build = std::getenv("INFEROMETER_TEST_BUILD");
  return fs::path(build == nullptr ? "." : build) / "libexec/inferometer/inferometer-builder";
}

class builder_program : public ::testing::Test {
 protected:
  models::Reference file_reference(const fs::path& file) {
    return {models::Reference::Kind::File, file.filename(), file};
  }
  builder_client::Builder::Built make(const models::Reference& reference) {
    messages_.clear();
    return builder_.build(reference, {}, [this](const std::string& line) { messages_.push_back(line); });
  }

  base::ScratchFolder folder_{"builder-test"};
  builder_client::Builder builder_{program(), folder_.path() / "cache"};
  std::vector<std::string> messages_;
};

TEST_F(builder_program, a_users_file_is_used_where_it_lies_and_known_by_its_bytes) {
  const auto file = onnx::write_model(folder_.path() / "m.onnx", onnx::small_model());
  const auto built = make(file_reference(file));
  EXPECT_EQ(built.parts.at(0).file, file);
  EXPECT_EQ(built.recipe, "user file");
  EXPECT_EQ(built.info.sha256, builder_.inspect(file_reference(file)).info.sha256);
  EXPECT_EQ(built.info.sha256.size(), 64u);
  EXPECT_EQ(built.info.size_bytes, static_cast<std::int64_t>(fs::file_size(file)));
  EXPECT_GT(built.peak_rss_bytes, 0);
}

TEST_F(builder_program, the_digest_covers_external_files) {
  auto model = onnx::small_model();
  auto* tensor = model.mutable_graph()->mutable_initializer(0);
  tensor->clear_raw_data();
  tensor->set_data_location(onnx::TensorProto::EXTERNAL);
  auto* entry = tensor->add_external_data();
  entry->set_key("location");
  entry->set_value("w.bin");
  const auto file = onnx::write_model(folder_.path() / "m.onnx", model);
  write_bytes(folder_.path() / "w.bin", std::string(24, '\1'));
  const auto before = builder_.inspect(file_reference(file)).info.sha256;
  write_bytes(folder_.path() / "w.bin", std::string(24, '\2'));
  EXPECT_NE(builder_.inspect(file_reference(file)).info.sha256, before);
}

TEST_F(builder_program, a_file_is_read_as_what_it_is_and_not_as_what_it_is_called) {
  const std::array<float, 12> weights = {};
  const auto bytes = formats::linear_tflite(weights, 2).bytes();
  for (const char* const name : {"m.tflite", "m.onnx"}) {
    const auto file = write_bytes(folder_.path() / name, bytes);
    const auto built = make(file_reference(file));
    EXPECT_EQ(built.parts.at(0).file, file);
    EXPECT_EQ(built.recipe, "user file");
    EXPECT_EQ(built.info.variant.format, "tflite");
    EXPECT_EQ(built.info.sha256, base::sha256_hex(bytes));
    EXPECT_EQ(built.info.size_bytes, static_cast<std::int64_t>(bytes.size()));
  }
  const auto file = onnx::write_model(folder_.path() / "m.tflite", onnx::small_model());
  EXPECT_THAT(message_of([&] { make(file_reference(file)); }), HasSubstr("no TFLite model"));
}

TEST_F(builder_program, the_digest_of_a_saved_model_covers_all_its_files) {
  const std::array<float, 12> weights = {};
  const auto folder = formats::linear_saved_model(weights).write(folder_.path() / "model");
  const models::Reference reference{models::Reference::Kind::SavedModel, "model", folder};
  const auto first = make(reference);
  EXPECT_EQ(first.parts.at(0).file, folder);
  EXPECT_EQ(first.info.variant.format, "saved_model");
  EXPECT_EQ(first.info.size_bytes, static_cast<std::int64_t>(fs::file_size(folder / "saved_model.pb")));
  write_bytes(folder / "more", "1234");
  const auto second = builder_.inspect(reference).info;
  EXPECT_EQ(second.size_bytes, first.info.size_bytes + 4);
  EXPECT_NE(second.sha256, first.info.sha256);
  write_bytes(folder / "more", "4321");
  const auto third = builder_.inspect(reference).info;
  EXPECT_NE(third.sha256, second.sha256);
  fs::rename(folder / "more", folder / "other");
  EXPECT_NE(builder_.inspect(reference).info.sha256, third.sha256);
}

TEST_F(builder_program, a_checkpoint_is_built_once_and_damage_is_said_aloud) {
  const auto checkpoint = folder_.path() / "tiny";
  fs::create_directory(checkpoint);
  TinyBert().write(checkpoint);
  const models::Reference reference{models::Reference::Kind::Checkpoint, "tiny", checkpoint};
  const auto inspected = builder_.inspect(reference).info;
  EXPECT_FALSE(fs::exists(folder_.path() / "cache" / "artefacts")) << "inspecting makes nothing";
  const auto first = make(reference);
  EXPECT_FALSE(first.cached);
  EXPECT_EQ(first.recipe, "bert-onnx 2");
  EXPECT_EQ(first.info.parameters, inspected.parameters);
  EXPECT_EQ(first.info.family, "bert");
  EXPECT_EQ(first.info.task, "feature-extraction");
  EXPECT_EQ(entry_part(first.info).inputs.at(0).meaning, results::Meaning::TokenIds);
  EXPECT_EQ(entry_part(first.info).outputs.at(0).meaning, results::Meaning::Embedding);
  EXPECT_EQ(first.parts.at(0).sha256, first.info.sha256);
  EXPECT_EQ(first.info.size_bytes, inspected.size_bytes);
  EXPECT_TRUE(make(reference).cached);
  EXPECT_TRUE(messages_.empty());
  write_bytes(first.parts.at(0).file, "cut");
  const auto again = make(reference);
  EXPECT_THAT(messages_, ElementsAre(HasSubstr("set aside")));
  EXPECT_EQ(again.info.sha256, first.info.sha256);
}

TEST_F(builder_program, a_model_of_the_hub_is_downloaded_and_built) {
  const auto remote = folder_.path() / "remote" / "org" / "tiny";
  fs::create_directories(remote);
  TinyBert().write(remote);
  FakeHub hub(folder_.path() / "remote", base::Json::array());
  const std::map<std::string, std::string> variables = {{"HF_ENDPOINT", hub.endpoint()},
                                                        {"HF_HUB_CACHE", folder_.path() / "hub"},
                                                        {"HF_TOKEN", "hf_secret"},
                                                        {"no_proxy", "127.0.0.1,localhost"}};
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  const models::Reference remote_reference{models::Reference::Kind::Hub, "tiny", {}, "org/tiny"};
  EXPECT_THAT(message_of([&] { builder_.inspect(remote_reference); }), HasSubstr("leave out --dry-run"));
  const auto obtained =
      builder_.obtain(remote_reference, [this](const std::string& line) { messages_.push_back(line); });
  EXPECT_THAT(messages_, ElementsAre(HasSubstr("org/tiny: downloading"), HasSubstr("org/tiny: downloaded")));
  EXPECT_EQ(hub.requests().at(0).at("authorization"), "Bearer hf_secret");
  for (const auto& [name, value] : variables) ::unsetenv(name.c_str());
  EXPECT_EQ(obtained.kind, models::Reference::Kind::Checkpoint);
  EXPECT_EQ(obtained.name, "tiny");
  EXPECT_EQ(make(obtained).recipe, "bert-onnx 2");
  EXPECT_EQ(builder_.obtain(obtained, {}).path, obtained.path) << "what is here stays as it is";
}

TEST_F(builder_program, the_null_model_has_an_input_of_eight_and_an_artefact) {
  const auto built = make({models::Reference::Kind::Null, "null", {}});
  EXPECT_EQ(base::read_file(built.parts.at(0).file, 100), "{\"format\":\"null\"}\n");
  EXPECT_EQ(entry_part(built.info).inputs.at(0).shape.at(1).size, 8);
  EXPECT_EQ(entry_part(built.info).outputs.at(0).name, "y");
}

TEST_F(builder_program, the_null_model_that_generates_has_two_parts) {
  const auto built = make({models::Reference::Kind::Null, "null-generate", {}});
  ASSERT_EQ(built.parts.size(), 2u);
  EXPECT_EQ(built.parts[0].name, "prefill");
  EXPECT_EQ(built.parts[1].name, "decode");
  EXPECT_EQ(base::read_file(built.parts[1].file, 100), "{\"format\":\"null\"}\n");
  EXPECT_EQ(built.info.task, "text-generation");
  EXPECT_EQ(built.info.parts.at(0).inputs.at(0).meaning, results::Meaning::TokenIds);
  EXPECT_EQ(built.info.parts.at(1).outputs.at(0).meaning, results::Meaning::TokenScores);
}

TEST_F(builder_program, a_variant_that_no_recipe_builds_is_refused_with_those_that_are) {
  const auto file = onnx::write_model(folder_.path() / "m.onnx", onnx::small_model());
  builder_client::Target target;
  target.variant = results::parse_variant("tflite/int8");
  EXPECT_THAT(message_of([&] { builder_.build(file_reference(file), target, {}); }),
              HasSubstr("m.onnx: unknown variant 'tflite/int8'"));
}

TEST_F(builder_program, the_message_of_the_child_is_the_message_of_the_user) {
  const auto file = write_bytes(folder_.path() / "m.onnx", "RIFFxxxxWAVE");
  EXPECT_THAT(message_of([&] { builder_.inspect(file_reference(file)); }),
              AllOf(HasSubstr(file.string() + ": no ONNX model"), HasSubstr("RIFF")));
  EXPECT_THAT(message_of([&] {
                builder_client::call_builder({program(), "destroy", {}, "x", 0, std::chrono::seconds(20)});
              }),
              HasSubstr("unknown command 'destroy'"));
}

TEST_F(builder_program, a_file_that_needs_more_memory_than_allowed_is_reported) {
  auto model = onnx::small_model();
  onnx::add_initializer(model.mutable_graph(), "big", 1, {32 << 20});
  const auto file = onnx::write_model(folder_.path() / "m.onnx", model);
  builder_client::BuilderCall call{program(), "inspect", {}, "m.onnx", 64u << 20, std::chrono::seconds(60)};
  call.request = to_json(builder_client::ModelRequest{file_reference(file), {}, folder_.path() / "cache"});
  EXPECT_THAT(message_of([&] { builder_client::call_builder(call); }),
              HasSubstr("needs more memory than it is allowed"));
}

TEST_F(builder_program, however_the_child_ends_it_is_reported) {
  const auto script = [&](const std::string& body) {
    const auto file = write_bytes(folder_.path() / "child", "#!/bin/sh\n" + body + "\n");
    fs::permissions(file, fs::perms::owner_all);
    return builder_client::BuilderCall{file, "inspect", {}, "m.onnx", 0, std::chrono::seconds(1)};
  };
  EXPECT_THAT(message_of([&] { builder_client::call_builder(script("kill -SEGV $$")); }),
              AllOf(HasSubstr("m.onnx"), HasSubstr("SIGSEGV")));
  EXPECT_THAT(message_of([&] { builder_client::call_builder(script("echo gone >&2; exit 3")); }),
              HasSubstr("exit code 3: gone"));
  EXPECT_THAT(message_of([&] { builder_client::call_builder(script("sleep 60")); }),
              HasSubstr("took longer than 1 s"));
  EXPECT_THAT(message_of([&] { builder_client::call_builder(script("echo no json")); }),
              HasSubstr("not JSON"));
  EXPECT_THROW(builder_client::call_builder(script("exit 70")), base::InternalError);
}

}  // namespace
}  // namespace inferometer::builder
