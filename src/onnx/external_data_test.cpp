#include "onnx/external_data.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "base/test_fixture.h"
#include "onnx/model_fixture.h"
#include "onnx/open_within.h"
#include "onnx/reader.h"

namespace inferometer::onnx {
namespace {

using base::message_of;
using base::write_bytes;
namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

using Entries = std::vector<std::pair<std::string, std::string>>;

class external_data : public ::testing::Test {
 protected:
  external_data() { write_bytes(folder_.path() / "w.bin", std::string(100, '\2')); }

  fs::path write(const Entries& entries) {
    auto model = small_model();
    auto* tensor = model.mutable_graph()->mutable_initializer(0);
    tensor->clear_raw_data();
    tensor->set_data_location(TensorProto::EXTERNAL);
    for (const auto& [key, value] : entries) {
      auto* entry = tensor->add_external_data();
      entry->set_key(key);
      entry->set_value(value);
    }
    return write_model(folder_.path() / "m.onnx", model);
  }
  std::string refusal(const Entries& entries) {
    const auto file = write(entries);
    return message_of([&] { read_onnx(file); });
  }

  base::ScratchFolder folder_{"external-data-test"};
};

TEST_F(external_data, a_range_inside_a_file_beside_the_model_is_read) {
  const auto model = read_onnx(write({{"location", "./w.bin"}, {"offset", "64"}, {"length", "24"}}));
  EXPECT_EQ(model.external_files, (std::map<std::string, std::uint64_t>{{"w.bin", 100}}));
  EXPECT_GT(model.size_bytes, 100);
}

TEST_F(external_data, a_file_in_a_folder_below_is_read) {
  fs::create_directory(folder_.path() / "deep");
  fs::rename(folder_.path() / "w.bin", folder_.path() / "deep" / "w.bin");
  EXPECT_EQ(read_onnx(write({{"location", "deep//w.bin"}})).external_files.begin()->first, "deep/w.bin");
}

TEST_F(external_data, locations_that_leave_the_folder_are_refused) {
  EXPECT_THAT(refusal({{"location", "../w.bin"}}),
              HasSubstr("tensor 'w': external data location '../w.bin' leaves"));
  EXPECT_THAT(refusal({{"location", "a/../../w.bin"}}), HasSubstr("leaves the folder by '..'"));
  EXPECT_THAT(refusal({{"location", "/etc/passwd"}}), HasSubstr("is absolute"));
  EXPECT_THAT(refusal({{"location", "C:w.bin"}}), HasSubstr("drive letter"));
  EXPECT_THAT(refusal({{"location", "..\\w.bin"}}), HasSubstr("backslash"));
  EXPECT_THAT(refusal({{"location", ""}}), HasSubstr("is empty"));
  EXPECT_THAT(refusal({{"location", "./"}}), HasSubstr("names no file"));
  EXPECT_THAT(refusal({{"location", std::string("w.bin\0x", 7)}}), HasSubstr("NUL"));
  EXPECT_THAT(refusal({{"location", "*/_ORT_MEM_ADDR_/*"}}), HasSubstr("reserved marker"));
}

TEST_F(external_data, links_of_every_kind_are_refused) {
  const auto& folder = folder_.path();
  fs::create_symlink("w.bin", folder / "link.bin");
  EXPECT_THAT(refusal({{"location", "link.bin"}}), HasSubstr("is a symbolic link"));
  fs::create_directory(folder / "real");
  write_bytes(folder / "real" / "v.bin", std::string(24, '\2'));
  fs::create_directory_symlink("real", folder / "linked");
  EXPECT_THAT(refusal({{"location", "linked/v.bin"}}), HasSubstr("is a symbolic link or lies behind one"));
  fs::create_hard_link(folder / "w.bin", folder / "hard.bin");
  EXPECT_THAT(refusal({{"location", "hard.bin"}}), HasSubstr("has 2 names (hard links)"));
}

TEST_F(external_data, without_openat2_the_same_is_opened_and_refused) {
  const auto& folder = folder_.path();
  fs::create_directory(folder / "real");
  write_bytes(folder / "real" / "v.bin", "v");
  fs::create_directory_symlink("real", folder / "linked");
  fs::create_symlink("../w.bin", folder / "real" / "link.bin");
  const process::Descriptor root(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (auto* open : {open_within, open_within_by_components}) {
    EXPECT_TRUE(open(root.get(), "w.bin").open());
    EXPECT_TRUE(open(root.get(), "real/v.bin").open());
    EXPECT_FALSE(open(root.get(), "linked/v.bin").open());
    EXPECT_EQ(errno, ELOOP);
    EXPECT_FALSE(open(root.get(), "real/link.bin").open());
    EXPECT_EQ(errno, ELOOP);
    EXPECT_FALSE(open(root.get(), "real/none.bin").open());
    EXPECT_EQ(errno, ENOENT);
  }
}

TEST_F(external_data, missing_files_and_folders_are_reported_apart) {
  EXPECT_THAT(refusal({{"location", "none.bin"}}),
              AllOf(HasSubstr("'none.bin' is missing in"), HasSubstr("put it there")));
  fs::create_directory(folder_.path() / "deep");
  EXPECT_THAT(refusal({{"location", "deep"}}), HasSubstr("is not a regular file"));
}

TEST_F(external_data, ranges_outside_the_file_are_refused) {
  EXPECT_THAT(refusal({{"location", "w.bin"}, {"offset", "-1"}}), HasSubstr("offset is '-1'"));
  EXPECT_THAT(refusal({{"location", "w.bin"}, {"length", "-1"}}), HasSubstr("length is '-1'"));
  EXPECT_THAT(refusal({{"location", "w.bin"}, {"offset", "12x"}}), HasSubstr("offset is '12x'"));
  EXPECT_THAT(refusal({{"location", "w.bin"}, {"offset", "18446744073709551615"}}), HasSubstr("offset is"));
  EXPECT_THAT(
      refusal({{"location", "w.bin"}, {"offset", "9223372036854775807"}, {"length", "9223372036854775807"}}),
      HasSubstr("outside the file, which has 100"));
  EXPECT_THAT(refusal({{"location", "w.bin"}, {"length", "1125899906842624"}}),
              HasSubstr("outside the file"));
  EXPECT_THAT(refusal({{"location", "w.bin"}, {"offset", "77"}}), HasSubstr("bytes 77 to 101"));
  EXPECT_THAT(refusal({{"location", "w.bin"}, {"length", "25"}}), HasSubstr("length is 25 bytes, its shape"));
}

TEST_F(external_data, unknown_repeated_and_missing_keys_are_refused) {
  EXPECT_THAT(refusal({{"location", "w.bin"}, {"__class__", "x"}}),
              HasSubstr("has the key '__class__' (known:"));
  EXPECT_THAT(refusal({{"location", "w.bin"}, {"location", "v.bin"}}), HasSubstr("'location' twice"));
  EXPECT_THAT(refusal({{"offset", "0"}}), HasSubstr("names no location"));
}

TEST_F(external_data, tensors_inside_functions_are_checked_too) {
  auto model = small_model();
  auto* function = model.add_functions();
  function->set_name("f");
  function->set_domain("own");
  auto* node = function->add_node();
  node->set_op_type("Constant");
  node->add_output("c");
  auto* tensor = node->add_attribute()->mutable_t();
  tensor->set_name("hidden");
  tensor->set_data_type(1);
  tensor->set_data_location(TensorProto::EXTERNAL);
  auto* entry = tensor->add_external_data();
  entry->set_key("location");
  entry->set_value("../secret");
  const auto file = write_model(folder_.path() / "m.onnx", model);
  EXPECT_THAT(message_of([&] { read_onnx(file); }), HasSubstr("tensor 'hidden'"));
}

}  // namespace
}  // namespace inferometer::onnx
