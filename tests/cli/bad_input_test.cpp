#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/cli/binary.h"

namespace inferometer::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct Case {
  std::string name;
  std::vector<std::string> words;
  std::string message;  ///< must stand in what is said
};

class wrong_use : public testing::TestWithParam<Case> {};

TEST_P(wrong_use, is_one_message_and_exit_2_before_anything_is_measured) {
  const Binary binary;
  base::write_file_atomically(binary.home() / "page.onnx", "<!DOCTYPE html><html><body>404</body></html>");
  base::write_file_atomically(binary.home() / "pointer.onnx",
                              "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n");
  base::write_file_atomically(binary.home() / "sound.onnx", std::string("RIFF\x24\0\0\0WAVEfmt ", 16));
  base::write_file_atomically(binary.home() / "cut.onnx", std::string("\x08\x08\x3a\xff\x7f\x0a", 6));
  base::write_file_atomically(binary.home() / "empty.onnx", "");
  base::write_file_atomically(binary.home() / "page.tflite", "<!DOCTYPE html><html></html>");
  base::write_file_atomically(binary.home() / "sound.tflite", std::string("RIFF\x24\0\0\0WAVEfmt ", 16));
  base::write_file_atomically(binary.home() / "cut.tflite", std::string("\x1c\0\0\0TFL3\0\0", 10));
  base::write_file_atomically(binary.home() / "empty.tflite", "");
  std::filesystem::create_directory(binary.home() / "saved");
  base::write_file_atomically(binary.home() / "saved" / "saved_model.pb", "<!DOCTYPE html><html></html>");
  base::write_file_atomically(binary.home() / "file", "x");
  std::filesystem::create_directory(binary.home() / "folder");
  const auto finished = binary.run(GetParam().words);
  EXPECT_EQ(finished.exit.code, base::kExitUsage) << finished.log << finished.output;
  EXPECT_THAT(finished.log, HasSubstr(GetParam().message));
  EXPECT_TRUE(finished.output.empty()) << finished.output;
  EXPECT_TRUE(binary.records().empty());
}

INSTANTIATE_TEST_SUITE_P(
    all, wrong_use,
    testing::Values(
        Case{"no_such_file", {"compare", "missing.onnx"}, "missing.onnx"},
        Case{"unknown_name", {"compare", "minilmm"}, "minilm"},
        Case{"no_checkpoint", {"compare", "./folder"}, "config.json"},
        Case{"html", {"compare", "page.onnx"}, "HTML"},
        Case{"lfs_pointer", {"compare", "pointer.onnx"}, "git lfs pull"},
        Case{"wav", {"compare", "sound.onnx"}, "sound.onnx"},
        Case{"cut", {"compare", "cut.onnx"}, "cut.onnx"}, Case{"empty", {"compare", "empty.onnx"}, "empty"},
        Case{"tflite_html", {"compare", "page.tflite"}, "no TFLite model: this is an HTML"},
        Case{"tflite_wav", {"compare", "sound.tflite"}, "no TFLite model: this is a RIFF file"},
        Case{"tflite_cut", {"compare", "cut.tflite"}, "cut.tflite: byte 28"},
        Case{"tflite_empty", {"compare", "empty.tflite"}, "no TFLite model: the file is empty"},
        Case{"saved_model_html", {"compare", "saved"}, "saved_model.pb: no SavedModel: this is an HTML"},
        Case{"unknown_engine", {"compare", "null", "--engines", "nul"}, "did you mean 'null'?"},
        Case{"unknown_flag", {"compare", "null", "--engine", "null"}, "did you mean --engines?"},
        Case{"unknown_precision", {"compare", "null", "--precisions", "float23"}, "did you mean 'float32'?"},
        Case{"unknown_mode", {"compare", "null", "--mode", "quik"}, "did you mean 'quick'?"},
        Case{"unknown_format", {"compare", "null", "-o", "jsn"}, "json"},
        Case{"too_many_threads", {"compare", "null", "--threads", "4096"}, "or all"},
        Case{"zero_threads", {"compare", "null", "--threads", "0"}, "or all"},
        Case{"zero_batch",
             {"compare", "null", "--batch-sizes", "0"},
             "--batch-sizes: found 0, allowed is 1 or more"},
        Case{"negative_batch", {"compare", "null", "--batch-sizes=-4"}, "--batch-sizes: found -4"},
        Case{"word_for_number", {"compare", "null", "--batch-sizes", "many"}, "many"},
        Case{"no_sequence",
             {"compare", "null", "--sequence-lengths", "32"},
             "--sequence-lengths: no model here has a sequence dimension"},
        Case{"no_generation",
             {"compare", "null", "--new-tokens", "8"},
             "--new-tokens: no model here generates"},
        Case{"unknown_device", {"compare", "null", "--devices", "cpv"}, "did you mean 'cpu'?"},
        Case{"negative_budget", {"compare", "null", "--budget=-3"}, "--budget"},
        Case{"unknown_option", {"compare", "null", "--candidate", "null,wrk=3"}, "did you mean 'work'?"},
        Case{"output_is_a_file", {"compare", "null", "--output", "file"}, "file"},
        Case{"unwritable_export", {"compare", "null", "--export", "json=/proc/x/y.json"}, "/proc/x"},
        Case{"synthetic_minilm", {"compare", "minilm", "--synthetic-weights"}, "published architecture"},
        Case{"endless_budget", {"compare", "null", "--budget", "inf"}, "up to 86400"},
        Case{"negative_seed", {"compare", "null", "--seed=-1"}, "whole number from 0"},
        Case{"huge_seed", {"compare", "null", "--seed", "18446744073709551616"}, "whole number from 0"},
        Case{"empty_output", {"compare", "null", "--output", ""}, "name a folder"},
        Case{"export_is_a_device", {"compare", "null", "--export", "json=/dev/null"}, "no regular file"},
        Case{"export_is_the_model", {"compare", "page.onnx", "--export", "json=./page.onnx"}, "is an input"},
        Case{"flag_of_what_is_resumed", {"resume", "last", "--mode", "quick"}, "unknown flag --mode"},
        Case{"hint_of_the_command", {"compare", "null", "--batch-sizes", "x"}, "inferometer compare --help"},
        Case{"no_model", {"compare"}, "MODEL"},
        Case{"unknown_command", {"compaer", "null"}, "did you mean 'compare'?"},
        Case{"unknown_package", {"packages", "install", "onnxruntim"}, "did you mean 'onnxruntime'"},
        Case{"unknown_experiment", {"report", "ffffffff"}, "ffffffff"},
        Case{"unknown_resume", {"resume", "ffffffff"}, "ffffffff"}),
    [](const auto& instance) { return instance.param.name; });

TEST(wrong_use, a_home_that_depends_on_the_folder_is_refused) {
  const Binary binary;
  auto request = binary.request({"packages", "list"});
  request.environment["INFEROMETER_HOME"] = "./here";
  const auto finished = process::run(request, std::chrono::minutes(1));
  EXPECT_EQ(finished.exit.code, base::kExitUsage);
  EXPECT_THAT(finished.log, HasSubstr("INFEROMETER_HOME is './here'"));
}

TEST(wrong_use, a_full_device_as_stdout_is_said) {
  const Binary binary;
  ASSERT_EQ(binary.run(quick_null()).exit.code, 0);
  auto request = binary.request({});
  request.arguments = {"/bin/sh", "-c", request.arguments[0] + " report last > /dev/full"};
  const auto finished = process::run(request, std::chrono::minutes(1));
  EXPECT_EQ(finished.exit.code, base::kExitUsage);
  EXPECT_THAT(finished.log, HasSubstr("stdout cannot be written"));
}

TEST(not_installed, an_engine_is_a_row_with_the_line_that_installs_it) {
  const Binary binary;
  const auto finished = binary.run({"compare", "null", "--engines", "null,onnxruntime", "--dry-run"});
  EXPECT_EQ(finished.exit.code, 0);
  EXPECT_THAT(finished.output, HasSubstr("skipped"));
}

TEST(not_installed, the_default_model_says_how_it_is_installed) {
  const Binary binary;
  const auto finished = binary.run({"compare", "minilm"});
  EXPECT_EQ(finished.exit.code, base::kExitUsage);
  EXPECT_THAT(finished.log, HasSubstr("inferometer packages install minilm"));
}

TEST(record, a_folder_that_cannot_be_written_is_exit_4) {
  if (::geteuid() == 0) GTEST_SKIP() << "root writes everywhere";
  const Binary binary;
  std::filesystem::create_directories(binary.home() / "state");
  std::filesystem::permissions(binary.home() / "state",
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const auto finished = binary.run(quick_null());
  EXPECT_EQ(finished.exit.code, base::kExitRecord);
}

}  // namespace
}  // namespace inferometer::tests
