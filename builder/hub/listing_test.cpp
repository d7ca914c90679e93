#include "builder/hub/listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/json.h"

namespace inferometer::builder {
namespace {

using base::Json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kSha1(40, 'a');
const std::string kSha256(64, 'b');

Json small(const std::string& name) { return {{"rfilename", name}, {"size", 10}, {"blobId", kSha1}}; }
Json large(const std::string& name) {
  return {{"rfilename", name}, {"size", 1000}, {"blobId", kSha1}, {"lfs", {{"sha256", kSha256}}}};
}
Json answer(const std::vector<Json>& siblings) {
  return {{"sha", std::string(40, 'c')}, {"siblings", siblings}};
}

std::vector<std::string> names(const std::vector<Json>& siblings) {
  std::vector<std::string> names;
  for (const auto& file : read_listing(answer(siblings).dump(), "org/name").files) names.push_back(file.name);
  return names;
}

std::string refusal_of(const std::string& text) {
  try {
    read_listing(text, "org/name");
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(listing, has_digest_and_size_of_small_and_large_files) {
  const auto listing = read_listing(answer({small("config.json"), large("model.safetensors")}).dump(), "x");
  EXPECT_EQ(listing.commit, std::string(40, 'c'));
  EXPECT_EQ(listing.size_bytes(), 1010);
  EXPECT_EQ(listing.files.at(0).digest, kSha1);
  EXPECT_EQ(listing.files.at(0).hash, base::Hash::Kind::Sha1);
  EXPECT_EQ(listing.files.at(1).digest, kSha256);
  EXPECT_EQ(listing.files.at(1).hash, base::Hash::Kind::Sha256);
}

TEST(listing, is_of_what_a_checkpoint_needs_and_of_nothing_else) {
  EXPECT_THAT(
      names({small("README.md"), large("onnx/model.onnx"), large("pytorch_model.bin"),
             large("model.safetensors"), large("model-00001-of-00002.safetensors"), small("vocab.txt"),
             small("tokenizer.json"), small("config.json"), small("run.py"), large("x/model.safetensors")}),
      ElementsAre("config.json", "tokenizer.json", "vocab.txt", "model.safetensors"));
}

TEST(listing, takes_the_index_and_its_shards_where_weights_are_in_several_files) {
  EXPECT_THAT(names({small("config.json"), small("model.safetensors.index.json"),
                     large("model-00002-of-00002.safetensors"), large("model-00001-of-00002.safetensors"),
                     large("model-x?y=.safetensors"), large("model.fp16-00001-of-00002.safetensors")}),
              ElementsAre("config.json", "model.safetensors.index.json", "model-00001-of-00002.safetensors",
                          "model-00002-of-00002.safetensors"));
}

TEST(listing, without_safetensors_is_refused_with_what_is_there) {
  EXPECT_THAT(refusal_of(answer({small("config.json"), large("pytorch_model.bin")}).dump()),
              AllOf(HasSubstr("org/name"), HasSubstr("model.safetensors"),
                    HasSubstr("pytorch_model.bin is not read"), HasSubstr("safe_serialization=True")));
  EXPECT_THAT(refusal_of(answer({small("config.json"), small("model.safetensors.index.json")}).dump()),
              HasSubstr("with its shards is needed"));
  EXPECT_THAT(refusal_of(answer({large("model.safetensors")}).dump()), HasSubstr("no config.json"));
}

TEST(listing, that_leads_out_of_the_folder_is_not_trusted) {
  for (const std::string name : {"../x", "/etc/passwd", "a/../../b", "a//b", "", ".", "a\\b", "a\nb"}) {
    EXPECT_THAT(refusal_of(answer({small("config.json"), large("model.safetensors"), small(name)}).dump()),
                HasSubstr("leads out of the folder"))
        << name;
  }
}

TEST(listing, that_does_not_say_what_the_files_are_is_refused) {
  EXPECT_THAT(refusal_of("<html>"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal_of("[]"), HasSubstr("commit is missing"));
  EXPECT_THAT(refusal_of(R"({"sha":"../../../x"})"), HasSubstr("commit is missing"));
  EXPECT_THAT(refusal_of(Json{{"sha", kSha1}}.dump()), HasSubstr("no 'siblings'"));
  EXPECT_THAT(refusal_of(answer({Json{{"size", 3}}}).dump()), HasSubstr("a file has no name"));
  const auto with = [](const char* key, const Json& value) {
    auto weights = large("model.safetensors");
    weights[key] = value;
    return refusal_of(answer({small("config.json"), weights}).dump());
  };
  EXPECT_THAT(with("size", nullptr), HasSubstr("'model.safetensors' has no size"));
  EXPECT_THAT(with("size", -1), HasSubstr("has no size"));
  EXPECT_THAT(with("size", 1e300), HasSubstr("has no size"));
  EXPECT_THAT(with("size", 1.5), HasSubstr("has no size"));
  EXPECT_THAT(with("lfs", {{"sha256", "../../x"}}), HasSubstr("has no digest"));
  EXPECT_THAT(with("lfs", "x"), HasSubstr("has no digest"));
}

}  // namespace
}  // namespace inferometer::builder
