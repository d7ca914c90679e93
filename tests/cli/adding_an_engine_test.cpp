// docs/adding-an-engine.md, followed: its worker in Python is put beside the others and takes part.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/cli/binary.h"

namespace inferometer::tests {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// The first block of code in that language.
std::string code_of(const std::string& page, const std::string& language) {
  const auto begin = page.find("```" + language + "\n");
  EXPECT_NE(begin, std::string::npos) << "the page has no " << language;
  const auto first = page.find('\n', begin) + 1;
  return page.substr(first, page.find("\n```\n", first) + 1 - first);
}

TEST(adding_an_engine, the_worker_of_the_page_is_found_measured_and_right) {
  const Binary binary;
  const fs::path source = std::getenv("INFEROMETER_TEST_SOURCE");
  const fs::path built = std::getenv("INFEROMETER_TEST_BUILD");
  const auto libexec = binary.home() / "libexec";
  fs::create_directory(libexec);
  for (const auto& program : fs::directory_iterator(built / "libexec/inferometer")) {
    fs::create_symlink(program.path(), libexec / program.path().filename());
  }
  const auto worker = libexec / "inferometer-worker-toy";
  base::write_file_atomically(
      worker, code_of(base::read_file(source / "docs/adding-an-engine.md", 1 << 20), "python"));
  fs::permissions(worker, fs::perms::owner_all);
  auto request = binary.request({"compare", "null", "--candidate", "null,work=20000", "--candidate", "toy",
                                 "--mode", "quick", "--seed", "7", "-o", "json"});
  request.environment["INFEROMETER_LIBEXEC"] = libexec.string();
  const auto finished = process::run(request, std::chrono::minutes(3));
  ASSERT_EQ(finished.exit.code, base::kExitOk) << finished.log;
  const auto report = base::parse_json(finished.output, "stdout");
  ASSERT_EQ(report.at("groups").at(0).at("candidates").size(), 2u) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("toy"));
}

}  // namespace
}  // namespace inferometer::tests
