// A real environment made by the real pip, of a wheel made here, from a folder instead of a registry.
#include "packages/toolchain.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "process/process.h"

namespace inferometer::packages {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kMakeWheel = R"(
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tiny/__init__.py", "ANSWER = 42\n")
    folder = "tiny-1.0.dist-info/"
    wheel.writestr(folder + "METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\nRequires-Dist: not-there\n")
    wheel.writestr(folder + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr(folder + "RECORD", "")
)";

class Toolchain : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("INFEROMETER_SHARE", folder_.path().c_str(), 1);
    ::setenv("PIP_NO_INDEX", "1", 1);
    ::setenv("PIP_FIND_LINKS", folder_.path().c_str(), 1);
    run({"-c", kMakeWheel, wheel().string()});
    fs::create_directories(requirements().parent_path());
    require_hash(base::sha256_of_file(wheel()));
  }
  void TearDown() override {
    for (const char* name : {"INFEROMETER_SHARE", "PIP_NO_INDEX", "PIP_FIND_LINKS"}) ::unsetenv(name);
  }

  std::string run(std::vector<std::string> arguments, const std::string& program = "python3",
                  const fs::path& libraries = "") const {
    process::SpawnRequest request;
    request.arguments = std::move(arguments);
    request.arguments.insert(request.arguments.begin(), {"/usr/bin/env", program});
    request.keep_environment = true;
    request.capture_standard_output = true;
    request.environment = {{"PYTHONPATH", libraries.string()}, {"PYTHONDONTWRITEBYTECODE", "1"}};
    const auto finished = process::run(request, std::chrono::seconds(120));
    EXPECT_EQ(finished.exit.code, 0) << finished.log;
    return finished.output;
  }

  fs::path wheel() const { return folder_.path() / "tiny-1.0-py3-none-any.whl"; }
  fs::path requirements() const { return folder_.path() / "toolchains" / "tiny" / "requirements.txt"; }
  void require_hash(const std::string& sha256) {
    std::ofstream(requirements()) << "tiny==1.0 --hash=sha256:" << sha256 << "\n";
    lock_.name = "tiny";
    lock_.kind = "toolchain";
    lock_.versions = {{"1",
                       "tiny/requirements.txt",
                       {{"tiny/requirements.txt", base::sha256_of_file(requirements()), "any", 1000}},
                       {},
                       pythons_,
                       "toolchains",
                       finish_}};
  }
  Installed store() const { return {folder_.path() / "store", {lock_}}; }
  Installed::InstallReport install() const {
    Installed opened = store();
    return opened.install(opened.select("tiny"), [](const std::string&) {});
  }
  InstalledVersion state(bool thorough) const {
    return store().state(lock_, lock_.versions.front(), thorough);
  }
  std::string refusal() const {
    try {
      install();
    } catch (const base::UserError& error) {
      return error.what();
    }
    return "installed";
  }

  base::ScratchFolder folder_{"toolchain-test"};
  LockedPackage lock_;
  std::string finish_;
  std::vector<std::string> pythons_ = {"3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"};
};

TEST_F(Toolchain, an_environment_runs_from_where_it_was_put) {
  const auto report = install();
  EXPECT_FALSE(report.already_there);
  const auto installed = state(true);
  ASSERT_EQ(installed.state, State::Installed) << installed.problem;
  EXPECT_GT(installed.bytes, 0);
  EXPECT_EQ(run({"-c", "import tiny; print(tiny.ANSWER)"}, (installed.folder / "python3").string(),
                installed.folder / "libraries"),
            "42\n");
  EXPECT_TRUE(install().already_there);
}

TEST_F(Toolchain, a_changed_file_is_found_and_repaired) {
  install();
  const auto module = state(false).folder / "libraries" / "tiny" / "__init__.py";
  std::ofstream(module) << "ANSWER = 41\n";
  EXPECT_EQ(state(false).state, State::Installed);  // as many bytes: only the hash tells
  EXPECT_THAT(state(true).problem, HasSubstr("tiny/__init__.py: sha256 differs"));
  fs::remove(module);
  EXPECT_THAT(state(true).problem, HasSubstr("tiny/__init__.py: is missing"));
  install();
  EXPECT_EQ(state(true).state, State::Installed);
}

TEST_F(Toolchain, an_environment_whose_python_is_gone_is_damaged) {
  install();
  const auto python = state(false).folder / "python3";
  fs::remove(python);
  fs::create_symlink("/nonexistent/python3.11", python);
  EXPECT_EQ(state(false).problem, "the Python it was made for is gone");
}

TEST_F(Toolchain, other_requirements_than_it_was_made_from_make_it_damaged) {
  install();
  std::ofstream(requirements(), std::ios::app) << "# more\n";
  lock_.versions.front().files.front().sha256 = base::sha256_of_file(requirements());
  EXPECT_EQ(state(false).problem, "it was made from other requirements than the lock's");
}

TEST_F(Toolchain, a_requirements_file_that_is_not_the_locks_is_refused) {
  std::ofstream(requirements(), std::ios::app) << "# more\n";
  EXPECT_THAT(refusal(), HasSubstr("requirements.txt: has sha256"));
}

TEST_F(Toolchain, a_finishing_script_adds_to_the_libraries_or_says_why_it_cannot) {
  finish_ = "tiny/finish.py";
  require_hash(base::sha256_of_file(wheel()));
  std::ofstream(folder_.path() / "toolchains" / finish_) << "import sys\nsys.exit('there is no compiler')\n";
  EXPECT_EQ(refusal(), "tiny/requirements.txt cannot be installed: tiny/finish.py: there is no compiler");
  EXPECT_EQ(state(false).state, State::NotInstalled);
  std::ofstream(folder_.path() / "toolchains" / finish_)
      << "import sys\nopen(sys.argv[1] + '/tiny/more.py', 'w').write('ANSWER = 43')\n";
  EXPECT_EQ(refusal(), "installed");
  const auto more = state(true).folder / "libraries" / "tiny" / "more.py";
  ASSERT_TRUE(fs::exists(more));
  fs::remove(more);
  EXPECT_THAT(state(true).problem, HasSubstr("tiny/more.py: is missing"));
}

TEST_F(Toolchain, a_quick_look_sees_the_large_files_and_needs_no_list_of_all) {
  finish_ = "tiny/finish.py";
  require_hash(base::sha256_of_file(wheel()));
  std::ofstream(folder_.path() / "toolchains" / finish_)
      << "import sys\nopen(sys.argv[1] + '/tiny/large', 'w').write('x' * 2000000)\n";
  install();
  const auto whole = state(true);
  EXPECT_EQ(state(false).bytes, whole.bytes);
  fs::resize_file(whole.folder / "libraries" / "tiny" / "large", 1999999);
  EXPECT_EQ(state(false).problem, "libraries/tiny/large: is missing or has another size");
  install();
  fs::remove(whole.folder / "environment.json");  // as of an installation before it was written
  EXPECT_EQ(state(false).bytes, whole.bytes);
}

TEST_F(Toolchain, an_engine_with_an_environment_has_its_requirements_below_the_workers) {
  lock_.versions.front().environment_folder = "workers";
  fs::create_directories(folder_.path() / "workers");
  fs::rename(folder_.path() / "toolchains" / "tiny", folder_.path() / "workers" / "tiny");
  EXPECT_EQ(refusal(), "installed");
}

TEST_F(Toolchain, a_wheel_with_another_hash_is_refused_and_nothing_is_left) {
  require_hash(std::string(64, '0'));
  EXPECT_THAT(refusal(), HasSubstr("cannot be installed: pip: "));
  EXPECT_EQ(state(false).state, State::NotInstalled);
}

TEST_F(Toolchain, a_python_without_wheels_is_refused_with_those_that_have) {
  pythons_ = {"3.6", "3.7"};
  require_hash(base::sha256_of_file(wheel()));
  EXPECT_THAT(refusal(), HasSubstr("the lock has files for 3.6, 3.7: put one of these first in PATH"));
}

}  // namespace
}  // namespace inferometer::packages
