#include "tensors/safetensors.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "base/random.h"

namespace inferometer::tensors {
namespace {

class Safetensors : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& header, const std::string& bytes) const {
    std::uint64_t length = header.size();
    std::string file(sizeof(length), '\0');
    std::memcpy(file.data(), &length, sizeof(length));
    return write_raw(file + header + bytes);
  }
  std::filesystem::path write_raw(const std::string& bytes) const {
    const auto file = folder_.path() / "x.safetensors";
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }
  /// The message without the folder's name.
  std::string refusal(const std::filesystem::path& file) const {
    try {
      read_safetensors(file);
    } catch (const base::UserError& error) {
      const std::string message = error.what();
      const std::string prefix = folder_.path().string() + "/";
      return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
    }
    return "accepted";
  }

  base::ScratchFolder folder_{"safetensors-test"};
};

const char* const kOneFloat = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";

TEST_F(Safetensors, a_file_of_the_format_is_read) {
  const auto tensors =
      read_safetensors(write(std::string(kOneFloat) + "   ", std::string("\0\0\x80\x3f", 4)));
  ASSERT_EQ(tensors.size(), 1u);
  EXPECT_EQ(tensors[0].name(), "a");
  EXPECT_EQ(tensors[0].values<float>()[0], 1.0F);
}

TEST_F(Safetensors, metadata_of_strings_is_passed_over) {
  EXPECT_EQ(
      refusal(write(R"({"__metadata__":{"format":"pt"},"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}})",
                    "x")),
      "accepted");
  EXPECT_EQ(refusal(write(R"({"__metadata__":{"format":1}})", "")),
            "x.safetensors: __metadata__: the value of 'format' is no string");
}

TEST_F(Safetensors, a_file_shorter_than_its_header_is_refused_with_the_byte) {
  EXPECT_EQ(refusal(write_raw("1234567")),
            "x.safetensors: ends at byte 7: a safetensors file begins with 8 bytes of header length");
  EXPECT_EQ(
      refusal(write_raw(std::string("\x09\0\0\0\0\0\0\0{}", 10))),
      "x.safetensors: the header has 9 bytes, but the file ends 2 bytes after byte 8: it is cut, copy or "
      "download it again");
}

TEST_F(Safetensors, a_header_length_over_the_limit_is_refused_before_anything_is_read) {
  EXPECT_EQ(refusal(write_raw(std::string("\0\0\0\0\0\0\0\x80{}", 10))),
            "x.safetensors: no safetensors file: bytes 0 to 7 say that the header has 9223372036854775808 "
            "bytes, at "
            "most 100000000 are allowed");
}

TEST_F(Safetensors, what_is_often_mistaken_for_a_model_is_named) {
  EXPECT_EQ(refusal(write_raw("version https://git-lfs.github.com/spec/v1\n")),
            "x.safetensors: no safetensors file: this is a Git-LFS pointer, not the file itself: run `git "
            "lfs pull`");
  EXPECT_NE(refusal(write_raw("<!DOCTYPE html>")).find("HTML"), std::string::npos);
  EXPECT_NE(refusal(write_raw("GGUF....")).find("GGUF"), std::string::npos);
  EXPECT_NE(refusal(write_raw("")).find("empty"), std::string::npos);
}

TEST_F(Safetensors, a_header_length_that_looks_like_another_format_is_a_length) {
  for (const std::size_t length : {std::size_t{0x3C}, std::size_t{0x280}}) {  // '<' of HTML, a pickle's start
    std::string header = kOneFloat;
    header.resize(length, ' ');
    EXPECT_EQ(refusal(write(header, "1234")), "accepted");
  }
}

TEST_F(Safetensors, folders_and_pipes_are_refused_without_blocking) {
  EXPECT_NE(refusal(folder_.path()).find("is not a regular file"), std::string::npos);
  const auto pipe = folder_.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(refusal(pipe), "pipe: is not a regular file");
}

TEST_F(Safetensors, a_header_that_is_no_object_no_json_or_no_utf8_is_refused) {
  EXPECT_NE(refusal(write("\xEF\xBB\xBF{}", "")).find("does not begin with '{'"), std::string::npos);
  EXPECT_NE(refusal(write("{\"a\":", "")).find("not JSON at byte"), std::string::npos);
  EXPECT_NE(refusal(write("{\"\xff\":{}}", "")).find("not JSON"), std::string::npos);
}

TEST_F(Safetensors, a_duplicate_name_is_refused) {
  const std::string twice =
      R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
  EXPECT_EQ(refusal(write(twice, "x")), "x.safetensors: header: duplicate key 'a'");
}

TEST_F(Safetensors, gaps_overlaps_and_bytes_behind_the_last_tensor_are_refused) {
  const auto two = [](const char* a, const char* b) {
    return std::string(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)") + a +
           R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)" + b + "}}";
  };
  EXPECT_EQ(refusal(write(two("[0,2]", "[2,4]"), "1234")), "accepted");
  EXPECT_EQ(refusal(write(two("[2,4]", "[0,2]"), "1234")), "accepted");
  EXPECT_NE(refusal(write(two("[0,2]", "[3,5]"), "12345")).find("gaps are not allowed"), std::string::npos);
  EXPECT_NE(refusal(write(two("[0,2]", "[1,3]"), "123")).find("overlaps are not allowed"), std::string::npos);
  EXPECT_NE(refusal(write(two("[0,2]", "[2,4]"), "12345")).find("1 bytes follow the last tensor"),
            std::string::npos);
  EXPECT_NE(refusal(write(two("[0,2]", "[2,4]"), "123")).find("it is cut"), std::string::npos);
  EXPECT_NE(refusal(write(two("[2,0]", "[2,4]"), "1234")).find("end before they begin"), std::string::npos);
}

TEST_F(Safetensors, a_shape_that_does_not_fill_its_range_is_refused) {
  EXPECT_EQ(refusal(write(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", "1234")),
            "x.safetensors: tensor 'a': data_offsets [0, 4] hold 4 bytes, but float32 [2] has 8");
}

TEST_F(Safetensors, a_shape_whose_product_wraps_is_refused) {
  const auto shape = [&](const std::string& dimensions) {
    return refusal(write(R"({"a":{"dtype":"F32","shape":)" + dimensions + R"(,"data_offsets":[0,0]}})", ""));
  };
  EXPECT_NE(shape("[4294967296,4294967296]").find("more than 2^63 elements"), std::string::npos);
  EXPECT_NE(shape("[4611686018427387904]").find("more than 2^63 bytes"), std::string::npos);
  EXPECT_NE(shape("[18446744073709551615]").find("allowed is a whole number"), std::string::npos);
  EXPECT_NE(shape("[-1]").find("found -1"), std::string::npos);
  EXPECT_NE(shape("[1.5]").find("found 1.5"), std::string::npos);
}

TEST_F(Safetensors, unknown_types_and_keys_are_refused_with_the_known_ones) {
  EXPECT_NE(refusal(write(R"({"a":{"dtype":"F31","shape":[],"data_offsets":[0,1]}})", "1"))
                .find("unknown dtype 'F31': did you mean 'F32'?"),
            std::string::npos);
  EXPECT_NE(refusal(write(R"({"a":{"dtype":"U8","shape":[],"offsets":[0,1]}})", "1"))
                .find("the key 'data_offsets' is missing"),
            std::string::npos);
  EXPECT_NE(refusal(write(R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1],"x":1}})", "1"))
                .find("unknown key 'x'"),
            std::string::npos);
}

TEST_F(Safetensors, a_tensor_that_is_not_there_is_answered_with_the_nearest) {
  const SafetensorsFile file(write(R"({"weight":{"dtype":"U8","shape":[],"data_offsets":[0,1]}})", "1"));
  try {
    file.read("wieght");
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'weight'?"), std::string::npos);
  }
}

TEST_F(Safetensors, a_file_that_shrinks_after_it_was_opened_is_an_error_and_no_signal) {
  const auto path = write(kOneFloat, "1234");
  const SafetensorsFile file(path);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 2);
  EXPECT_THROW(file.read("a"), base::UserError);
}

TEST_F(Safetensors, written_bytes_do_not_depend_on_the_order_of_the_tensors) {
  std::vector<Tensor> forward;
  forward.emplace_back("a", DType::Bool, Shape{3});
  forward.emplace_back("b", DType::Float32, Shape{2});
  std::vector<Tensor> backward;
  backward.push_back(forward[1].clone());
  backward.push_back(forward[0].clone());
  write_safetensors(folder_.path() / "forward", forward);
  write_safetensors(folder_.path() / "backward", backward);
  const std::string bytes = base::read_file(folder_.path() / "forward", 1000);
  EXPECT_EQ(bytes, base::read_file(folder_.path() / "backward", 1000));
  EXPECT_EQ(bytes.size() % 8, (3 + 8) % 8u);
}

TEST_F(Safetensors, whatever_is_written_is_read_back) {
  EXPECT_TRUE(rc::check([this] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>(), "bytes");
    std::vector<Tensor> written;
    // Names are text: bytes that are no UTF-8 would be written as replacement characters.
    const auto names = rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
    for (const auto& name : *rc::gen::unique<std::vector<std::string>>(names)) {
      const auto type = static_cast<DType>(*rc::gen::inRange(0, 13));
      const auto rank = *rc::gen::inRange<std::size_t>(0, 6);
      const auto shape = *rc::gen::container<Shape>(rank, rc::gen::inRange<std::int64_t>(0, 5));
      Tensor& tensor = written.emplace_back(name, type, shape);
      for (auto& byte : tensor.bytes()) byte = static_cast<std::byte>(random.below(256));
    }
    const auto file = folder_.path() / "y";
    write_safetensors(file, written);
    const auto read = read_safetensors(file);
    RC_ASSERT(read.size() == written.size());
    std::ranges::sort(written, {}, &Tensor::name);
    for (std::size_t i = 0; i < read.size(); ++i) {
      RC_ASSERT(read[i].name() == written[i].name());
      RC_ASSERT(read[i].type() == written[i].type());
      RC_ASSERT(read[i].shape() == written[i].shape());
      RC_ASSERT(std::ranges::equal(read[i].bytes(), written[i].bytes()));
    }
  }));
}

TEST_F(Safetensors, mutated_files_are_read_or_refused_and_nothing_else) {
  const std::string good =
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"I64","shape":[],"data_offsets":[8,16]}})";
  const std::string bytes = base::read_file(write(good, std::string(16, 'x')), 1000);
  base::Random random(3, "mutated safetensors");
  int accepted = 0;
  for (int trial = 0; trial < 4000; ++trial) {
    std::string mutated = bytes;
    for (auto changes = random.below(4) + 1; changes-- > 0;) {
      const std::size_t at = random.below(mutated.size());
      switch (random.below(4)) {
        case 0:
          mutated[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          mutated[at] = "0123456789-{}[]\",:eE."[random.below(21)];
          break;
        case 2:
          mutated.erase(at, random.below(8));
          break;
        default:
          mutated.insert(at, mutated.substr(random.below(mutated.size()), random.below(12)));
      }
    }
    accepted += refusal(write_raw(mutated)) == "accepted" ? 1 : 0;
  }
  EXPECT_GT(accepted, 0);  // only bytes of the values or of a name were hit
  EXPECT_LT(accepted, 2000);
}

TEST_F(Safetensors, the_outputs_of_another_library_are_read) {
  const char* source = std::getenv("INFEROMETER_TEST_SOURCE");
  const auto golden = std::filesystem::path(source == nullptr ? "." : source) /
                      "../shared/data/checkpoints/minilm_golden.safetensors";
  if (!std::filesystem::exists(golden))
    GTEST_SKIP() << golden << " is not there: the golden outputs of MiniLM are needed";
  const auto tensors = read_safetensors(golden);
  const auto hidden = std::ranges::find(tensors, "last_hidden_state", &Tensor::name);
  ASSERT_NE(hidden, tensors.end());
  EXPECT_EQ(hidden->type(), DType::Float32);
  EXPECT_EQ(hidden->shape().back(), 384);
}

}  // namespace
}  // namespace inferometer::tensors
