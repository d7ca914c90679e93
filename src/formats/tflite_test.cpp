#include "formats/tflite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "formats/tflite_fixture.h"

namespace inferometer::formats {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::array<float, 12> kWeights = {};

class tflite : public ::testing::Test {
 protected:
  fs::path written(const std::string& bytes) {
    const auto file = folder_.path() / "m.tflite";
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }
  TfliteModel read(const std::string& bytes) { return read_tflite(written(bytes)); }
  std::string refusal(const std::string& bytes) {
    const auto file = written(bytes);
    try {
      read_tflite(file);
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(), HasSubstr(file.string()));
      return error.what();
    }
    return "taken";
  }

  base::ScratchFolder folder_{"tflite-test"};
};

std::vector<std::string> names_of(const std::vector<TfliteSignature::Port>& ports) {
  std::vector<std::string> names;
  for (const auto& port : ports) names.push_back(port.name);
  return names;
}

TEST_F(tflite, a_signature_names_inputs_and_outputs) {
  const auto model = read(linear_tflite(kWeights, -1).bytes());
  EXPECT_EQ(model.signature.key, "serving_default");
  EXPECT_THAT(names_of(model.signature.inputs), ElementsAre("x", "b"));
  EXPECT_THAT(names_of(model.signature.outputs), ElementsAre("y"));
  const auto& tensors = model.graphs.at(0).tensors;
  EXPECT_THAT(tensors.at(0).shape, ElementsAre(-1, 4));
  EXPECT_EQ(tensors.at(0).dtype, "float32");
  EXPECT_FALSE(tensors.at(0).constant);
  EXPECT_TRUE(tensors.at(2).constant);
  EXPECT_THAT(model.graphs.at(0).operators.at(0).inputs, ElementsAre(0, 2, -1));
  EXPECT_EQ(model.graphs.at(0).operators.at(0).code, SampleTflite::FullyConnected);
}

TEST_F(tflite, without_a_signature_the_names_are_those_of_the_tensors) {
  SampleTflite sample;
  const auto x = sample.tensor({"x", SampleTflite::Uint8, {1, 2}, {}, 0.5F, 128});
  const auto y = sample.tensor({"y", SampleTflite::Float32, {1, 2}});
  const auto model = read(sample.operation(SampleTflite::Dequantize, {x}, y).ends({x}, {y}).bytes());
  EXPECT_THAT(model.signature.key, IsEmpty());
  EXPECT_THAT(names_of(model.signature.inputs), ElementsAre("x"));
  EXPECT_TRUE(model.graphs.at(0).tensors.at(0).quantized);
  EXPECT_FALSE(model.graphs.at(0).tensors.at(1).quantized);
  EXPECT_EQ(model.graphs.at(0).tensors.at(0).dtype, "uint8");
}

TEST_F(tflite, of_several_signatures_the_default_is_taken_and_none_is_guessed) {
  auto sample = linear_tflite(kWeights, 1);
  sample.signature("encode", {"a", "c"}, {"e"});
  EXPECT_EQ(read(sample.bytes()).signature.key, "serving_default");
  SampleTflite other;
  const auto x = other.tensor({"x", SampleTflite::Float32, {1}});
  other.ends({x}, {x}).signature("encode", {"x"}, {"y"}).signature("decode", {"x"}, {"y"});
  EXPECT_THAT(refusal(other.bytes()), HasSubstr("2 signatures (encode, decode)"));
}

TEST_F(tflite, a_file_that_ends_anywhere_before_its_end_is_refused) {
  // Weights that are not zero stand at its end, so that no byte is padding.
  const auto whole = linear_tflite(std::array<float, 12>{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 2).bytes();
  ASSERT_EQ(refusal(whole), "taken");
  int taken = 0;
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
    taken += refusal(whole.substr(0, bytes)) == "taken" ? 1 : 0;
  EXPECT_EQ(taken, 0);
}

TEST_F(tflite, no_change_of_one_byte_makes_the_reader_stumble) {
  const auto whole = linear_tflite(kWeights, 2).bytes();
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char change : {'\x01', '\x80', '\xff'}) {
      auto damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      refused += refusal(damaged) == "taken" ? 0 : 1;
    }
  }
  EXPECT_GT(refused, 100);
}

TEST_F(tflite, what_is_named_must_exist) {
  SampleTflite no_tensor;
  const auto x = no_tensor.tensor({"x", SampleTflite::Float32, {1}});
  EXPECT_THAT(refusal(no_tensor.ends({x}, {x + 1}).bytes()), HasSubstr("tensor 1 is named, and there are 1"));
  EXPECT_THAT(refusal(no_tensor.ends({-2}, {x}).bytes()), HasSubstr("tensor -2 is named"));
  SampleTflite no_type;
  no_type.tensor({"x", static_cast<SampleTflite::Type>(99), {1}});
  EXPECT_THAT(refusal(no_type.bytes()), HasSubstr("element type 99 is named"));
}

TEST_F(tflite, a_file_that_an_engine_fails_to_run_is_read_and_its_nameless_input_refused) {
  const char* const source = std::getenv("INFEROMETER_TEST_SOURCE");
  const auto file =
      fs::path(source == nullptr ? "." : source) / "../shared/data/malformed/model_invoking_error.tflite";
  if (!fs::exists(file)) GTEST_SKIP() << file << " is not here";
  EXPECT_THAT(refusal(base::read_file(file, 1u << 20)), HasSubstr("an input has no name"));
}

TEST_F(tflite, inputs_must_have_names_that_differ) {
  SampleTflite nameless;
  const auto x = nameless.tensor({"", SampleTflite::Float32, {1}});
  EXPECT_THAT(refusal(nameless.ends({x}, {x}).bytes()), HasSubstr("an input has no name"));
  SampleTflite twice;
  const auto a = twice.tensor({"a", SampleTflite::Float32, {1}});
  const auto b = twice.tensor({"a", SampleTflite::Float32, {1}});
  EXPECT_THAT(refusal(twice.ends({a, b}, {a}).bytes()), HasSubstr("two inputs are called 'a'"));
}

TEST_F(tflite, a_small_file_cannot_stand_for_a_huge_one) {
  // 5,000 entries of metadata that are all the same one, with a name of 4,000 bytes: 20 MB out of a few kB.
  auto bytes = Flat::table({{0, Flat::number(std::uint32_t{3})},
                            {4, Flat::tables({Flat::table({})})},
                            {6, Flat::tables(std::vector(5000, Flat::table({})))}})
                   .file("TFL3");
  const auto name = Flat::table({{0, Flat::text(std::string(4000, 'n'))}}).file("");
  const auto offset_of = [&](std::size_t at) {
    std::uint32_t offset = 0;
    std::memcpy(&offset, bytes.data() + at, sizeof offset);
    return at + offset;
  };
  const std::size_t root = offset_of(0);
  const auto field = [&](std::size_t number) {
    std::int32_t back = 0;
    std::memcpy(&back, bytes.data() + root, sizeof back);
    std::uint16_t place = 0;
    std::memcpy(&place, bytes.data() + root - back + 4 + 2 * number, sizeof place);
    return offset_of(root + place);
  };
  const std::size_t list = field(6);
  bytes.resize((bytes.size() + 15) / 16 * 16);
  std::uint32_t table = 0;
  std::memcpy(&table, name.data(), sizeof table);
  table += static_cast<std::uint32_t>(bytes.size());
  bytes += name;
  for (std::size_t i = 0; i < 5000; ++i) {
    const std::size_t slot = list + 4 + 4 * i;
    const auto offset = static_cast<std::uint32_t>(table - slot);
    std::memcpy(bytes.data() + slot, &offset, sizeof offset);
  }
  EXPECT_THAT(refusal(bytes), HasSubstr("the same bytes are used over and over"));
}

TEST_F(tflite, other_files_are_named_by_what_they_are) {
  EXPECT_THAT(refusal(""), HasSubstr("the file is empty"));
  EXPECT_THAT(refusal("<!DOCTYPE html><html></html>"), HasSubstr("HTML"));
  EXPECT_THAT(refusal("RIFF\x24zzzWAVEfmt "), HasSubstr("RIFF"));
  EXPECT_THAT(refusal("\x01\x02\x03\x04\x05\x06\x07\x08"), HasSubstr("bytes 4 to 7 are not TFL3"));
}

class tflite_of_others : public ::testing::TestWithParam<const char*> {};

TEST_P(tflite_of_others, are_read_whole_and_refused_when_cut) {
  const char* const source = std::getenv("INFEROMETER_TEST_SOURCE");
  const auto file = fs::path(source == nullptr ? "." : source) / "../shared/data" / GetParam();
  if (!fs::exists(file)) GTEST_SKIP() << file << " is not here";
  const auto model = read_tflite(file);
  EXPECT_THAT(model.signature.inputs, SizeIs(1));
  EXPECT_THAT(model.signature.outputs, SizeIs(1));
  const auto whole = base::read_file(file, 1u << 24);
  const base::ScratchFolder folder("tflite-cut");
  const auto cut = folder.path() / "cut.tflite";
  for (const std::size_t bytes : {whole.size() / 2, std::size_t{100'000}, std::size_t{1000}}) {
    base::write_file_atomically(cut, whole.substr(0, bytes));
    EXPECT_THROW(read_tflite(cut), base::UserError) << bytes;
  }
}

INSTANTIATE_TEST_SUITE_P(all, tflite_of_others,
                         ::testing::Values("vision/mobilenet_v1_0.25_224_1_default_1.tflite",
                                           "vision/mobilenet_v1_0.25_224_quant.tflite",
                                           "vision/mobilenet_v2_1.0_224_quant.tflite",
                                           "audio/kwt1_non_stream.tflite"));

}  // namespace
}  // namespace inferometer::formats
