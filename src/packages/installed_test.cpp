// Real installations by the real pip, of wheels made here, from a folder instead of a registry.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <optional>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "packages/installation.h"
#include "packages/installed.h"
#include "packages/tool.h"
#include "process/process.h"

namespace inferometer::packages {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Sets an environment variable until the end of the scope.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const char* old = std::getenv(name_.c_str())) old_ = old;
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() {
    if (old_) {
      ::setenv(name_.c_str(), old_->c_str(), 1);
    } else {
      ::unsetenv(name_.c_str());
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string name_;
  std::optional<std::string> old_;
};

/// Arguments: file name of the wheel, version, then pairs of member and content.
constexpr const char* kMakeWheel = R"(
import sys, zipfile
file, version, *members = sys.argv[1:]
with zipfile.ZipFile(file, "w") as wheel:
    for path, text in zip(members[::2], members[1::2]):
        member = zipfile.ZipInfo(path)
        member.external_attr = (0o755 if path.endswith("/tool") else 0o644) << 16
        wheel.writestr(member, text)
    folder = f"tiny-{version}.dist-info/"
    wheel.writestr(folder + "METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
    wheel.writestr(folder + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr(folder + "RECORD", "")
)";

constexpr const char* kLibraryText = "the library";
constexpr const char* kToolText = "#!/bin/sh\necho the tool\n";
// For platforms that are not this one, so that it comes only when they are asked for.
constexpr const char* kNativeWheel = "tiny-1.0-cp311-cp311-manylinux_2_98_x86_64.manylinux_2_99_x86_64.whl";

class InstalledTest : public ::testing::Test {
 protected:
  void SetUp() override {
    make_wheel(kNativeWheel, "1.0");
    make_wheel("tiny-2.0-py3-none-any.whl", "2.0");
  }

  void make_wheel(const std::string& file, const std::string& version) {
    process::SpawnRequest request;
    request.arguments = {"/usr/bin/env",
                         "python3",
                         "-c",
                         kMakeWheel,
                         (wheels() / file).string(),
                         version,
                         "tiny/libs/libtiny.so.1",
                         kLibraryText,
                         "tiny/config.json",
                         "{}",
                         "tiny/unused.txt",
                         "x",
                         "tiny/tool",
                         kToolText};
    request.keep_environment = true;
    fs::create_directories(wheels());
    const auto finished = process::run(request, std::chrono::minutes(1));
    ASSERT_EQ(finished.exit.code, 0) << finished.log;
  }

  fs::path wheels() const { return scratch_.path() / "wheels"; }
  fs::path root() const { return scratch_.path() / "store"; }
  fs::path library(const std::string& version) const {
    return root() / "tiny" / version / "tiny/libs/libtiny.so.1";
  }

  LockedVersion locked(const std::string& file, const std::string& version,
                       const std::string& machine) const {
    LockedVersion one;
    one.version = version;
    one.requirement = "tiny==" + version;
    one.files = {{file, base::sha256_of_file(wheels() / file), machine,
                  static_cast<std::int64_t>(fs::file_size(wheels() / file))}};
    one.members = {{"tiny/libs/libtiny.so.1", base::sha256_hex(kLibraryText), true},
                   {"tiny/config.json", base::sha256_hex("{}"), false}};
    return one;
  }

  std::vector<LockedPackage> lock() const {
    LockedPackage package;
    package.name = "tiny";
    package.kind = "engine";
    package.registry = "pypi";
    package.versions = {locked("tiny-2.0-py3-none-any.whl", "2.0", "any"),
                        locked(kNativeWheel, "1.0", "any")};
    return {package};
  }

  /// Message of the UserError of an installation.
  std::string refusal(Installed& store, const std::string& name) {
    try {
      store.install(store.select(name), quiet());
    } catch (const base::UserError& error) {
      return error.what();
    }
    return "nothing was thrown";
  }

  static std::function<void(const std::string&)> quiet() {
    return [](const std::string&) {};
  }

  std::vector<std::string> names_in(const fs::path& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  base::ScratchFolder scratch_{"store-test"};
  Variable no_index_{"PIP_NO_INDEX", "1"};
  Variable find_links_{"PIP_FIND_LINKS", (scratch_.path() / "wheels").string()};
};

TEST_F(InstalledTest, names_and_versions_are_selected_and_wrong_ones_answered) {
  const Installed store(root(), lock());
  EXPECT_EQ(store.select("tiny").version->version, "2.0");
  EXPECT_EQ(store.select("tiny@1.0").version->version, "1.0");
  const auto message = [&](const std::string& name) -> std::string {
    try {
      store.select(name);
    } catch (const base::UserError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message("tinny"), "unknown package 'tinny': did you mean 'tiny'? (known: tiny)");
  EXPECT_THAT(message("tiny@3"), HasSubstr("unknown version of tiny '3'"));
  EXPECT_THAT(message("tiny@"), HasSubstr("(known: 2.0, 1.0)"));
}

TEST_F(InstalledTest, an_installation_takes_out_the_locked_members_and_nothing_else) {
  Installed store(root(), lock());
  std::vector<std::string> steps;
  const auto report =
      store.install(store.select("tiny"), [&](const std::string& step) { steps.push_back(step); });
  EXPECT_FALSE(report.already_there);
  EXPECT_EQ(report.bytes, static_cast<std::int64_t>(std::string(kLibraryText).size()) + 2);
  EXPECT_GT(report.seconds_network, 0);
  EXPECT_GT(report.seconds_unpack, 0);
  EXPECT_THAT(steps, ElementsAre(HasSubstr("fetching tiny-2.0-py3-none-any.whl"), HasSubstr("unpacking 2 ")));
  EXPECT_EQ(base::read_file(library("2.0"), 100), kLibraryText);
  EXPECT_THAT(names_in(root() / "tiny/2.0"), ElementsAre("installed.json", "tiny"));
  EXPECT_THAT(names_in(root() / "tiny/2.0/tiny"), ElementsAre("config.json", "libs"));
  EXPECT_THAT(names_in(root() / "tiny"), ElementsAre(".lock", "2.0"));
  EXPECT_TRUE(store.install(store.select("tiny"), quiet()).already_there);
}

TEST_F(InstalledTest, two_versions_lie_side_by_side_newest_first) {
  Installed store(root(), lock());
  EXPECT_THAT(store.versions_of("tiny"), IsEmpty());
  store.install(store.select("tiny@1.0"), quiet());  // a wheel with two platform tags
  store.install(store.select("tiny@2.0"), quiet());
  const auto installed = store.versions_of("tiny");
  ASSERT_EQ(installed.size(), 2u);
  EXPECT_EQ(installed[0].version, "2.0");
  EXPECT_EQ(installed[1].folder, root() / "tiny/1.0");
  EXPECT_THAT(store.versions_of("unheard-of"), IsEmpty());
}

TEST_F(InstalledTest, each_damage_is_found_named_and_repaired) {
  Installed store(root(), lock());
  const auto tiny = store.select("tiny");
  store.install(tiny, quiet());
  struct Case {
    std::function<void()> harm;
    bool quick;  ///< found without hashing
    std::string problem;
  };
  const auto marker = root() / "tiny/2.0/installed.json";
  const std::vector<Case> cases = {
      {[&] { std::ofstream(library("2.0")) << "THE library"; }, false,
       "tiny/libs/libtiny.so.1: sha256 differs"},
      {[&] { std::ofstream(library("2.0")) << "the"; }, true,
       "tiny/libs/libtiny.so.1: has 3 bytes instead of 11"},
      {[&] { fs::remove(library("2.0")); }, true, "tiny/libs/libtiny.so.1: is missing"},
      {[&] {
         fs::remove(library("2.0"));
         fs::create_symlink("/etc/passwd", library("2.0"));
       },
       true, "is missing"},
      {[&] { fs::remove(marker); }, true, "installed.json: cannot be read"},
      {[&] { std::ofstream(marker) << "{\"members\": 5}"; }, true,
       "installed.json: does not list what the lock lists"},
      {[&] { std::ofstream(marker) << "{\"mem"; }, true, "installed.json: not JSON"},
  };
  for (const auto& one : cases) {
    one.harm();
    EXPECT_EQ(store.state(*tiny.package, *tiny.version, false).state,
              one.quick ? State::Damaged : State::Installed);
    const auto found = store.state(*tiny.package, *tiny.version, true);
    EXPECT_EQ(found.state, State::Damaged);
    EXPECT_THAT(found.problem, HasSubstr(one.problem));
    EXPECT_FALSE(store.install(tiny, quiet()).already_there);
    EXPECT_EQ(store.state(*tiny.package, *tiny.version, true).state, State::Installed) << one.problem;
    EXPECT_THAT(names_in(root() / "tiny"), ElementsAre(".lock", "2.0"));
  }
}

TEST_F(InstalledTest, a_tool_is_found_only_while_it_can_be_run) {
  auto tool = lock();
  tool[0].versions[0].members.push_back({"tiny/tool", base::sha256_hex(kToolText), false, true});
  Installed store(root(), tool);
  const auto message = [&] {
    try {
      return "found " + find_program(store, "tiny", "words are said by tiny").string();
    } catch (const base::UserError& error) {
      return std::string(error.what());
    }
  };
  const std::string refusal =
      "words are said by tiny, which is missing or damaged here: type `inferometer packages install tiny`";
  EXPECT_EQ(message(), refusal);
  store.install(store.select("tiny"), quiet());
  const auto program = root() / "tiny/2.0/tiny/tool";
  EXPECT_EQ(message(), "found " + program.string());
  process::SpawnRequest request;
  request.arguments = {program.string()};
  EXPECT_EQ(process::run(request, std::chrono::minutes(1)).log, "the tool\n");
  fs::permissions(program, fs::perms::owner_read);
  EXPECT_EQ(store.state(store.lock()[0], store.lock()[0].versions[0], false).problem,
            "tiny/tool: cannot be run");
  EXPECT_EQ(message(), refusal);
}

TEST_F(InstalledTest, a_lock_that_changed_makes_the_old_installation_damaged) {
  Installed store(root(), lock());
  store.install(store.select("tiny"), quiet());
  auto newer = lock();
  newer[0].versions[0].members[0].sha256 = base::sha256_hex("another library");
  const Installed changed(root(), newer);
  const auto tiny = changed.select("tiny");
  EXPECT_THAT(changed.state(*tiny.package, *tiny.version, false).problem,
              HasSubstr("another than the lock's"));
}

TEST_F(InstalledTest, removing_works_while_damaged_and_says_when_there_was_nothing) {
  Installed store(root(), lock());
  EXPECT_FALSE(store.remove(store.select("tiny")));
  EXPECT_FALSE(fs::exists(root()));
  store.install(store.select("tiny"), quiet());
  fs::remove(root() / "tiny/2.0/installed.json");
  EXPECT_TRUE(store.remove(store.select("tiny")));
  EXPECT_THAT(names_in(root() / "tiny"), ElementsAre(".lock"));
}

TEST_F(InstalledTest, a_swapped_wheel_library_or_pin_is_refused_by_name_and_leaves_nothing) {
  auto wrong_wheel = lock();
  wrong_wheel[0].versions[0].files[0].sha256 = std::string(64, '0');
  Installed one(root(), wrong_wheel);
  EXPECT_THAT(refusal(one, "tiny"), HasSubstr("tiny==2.0 cannot be fetched: pip: "));

  auto wrong_library = lock();
  wrong_library[0].versions[0].members[0].sha256 = std::string(64, '0');
  Installed two(root(), wrong_library);
  EXPECT_THAT(refusal(two, "tiny"), HasSubstr("tiny==2.0: tiny/libs/libtiny.so.1 has sha256 " +
                                              base::sha256_hex(kLibraryText) + ", the lock says 0000"));

  auto wrong_pin = lock();
  wrong_pin[0].versions[0].requirement = "tiny==9.9";
  Installed three(root(), wrong_pin);
  EXPECT_THAT(refusal(three, "tiny"), HasSubstr("No matching distribution found for tiny==9.9"));
  EXPECT_THAT(names_in(root() / "tiny"), ElementsAre(".lock"));
}

TEST_F(InstalledTest, a_member_that_the_wheel_lacks_is_named) {
  auto lacking = lock();
  lacking[0].versions[0].members.push_back({"tiny/absent.so", std::string(64, '0'), false});
  Installed store(root(), lacking);
  EXPECT_EQ(refusal(store, "tiny"),
            "tiny==2.0 cannot be unpacked: unpack: tiny-2.0-py3-none-any.whl has no member 'tiny/absent.so'");
}

TEST_F(InstalledTest, a_lock_without_a_file_for_this_machine_says_what_it_has) {
  auto elsewhere = lock();
  elsewhere[0].versions[0].files[0].machine = "riscv64";
  Installed store(root(), elsewhere);
  EXPECT_THAT(refusal(store, "tiny"), HasSubstr("the lock has files for riscv64 only"));
}

TEST_F(InstalledTest, the_client_has_no_problem_where_installing_works) { EXPECT_EQ(client_problem(), ""); }

TEST_F(InstalledTest, a_machine_without_python_or_pip_is_answered_with_the_line_that_installs_it) {
  Installed store(root(), lock());
  const auto bin = scratch_.path() / "bin";
  fs::create_directories(bin);
  const Variable path("PATH", bin.string());
  EXPECT_EQ(
      refusal(store, "tiny"),
      "packages are fetched by Python's pip, and there is no python3 in PATH: apt-get install python3-pip");
  std::ofstream(bin / "python3") << "#!/bin/sh\necho \"$0: No module named pip\" >&2\nexit 1\n";
  fs::permissions(bin / "python3", fs::perms::owner_all);
  EXPECT_THAT(refusal(store, "tiny"), HasSubstr("python3 has none: apt-get install python3-pip"));
  EXPECT_THAT(client_problem(), HasSubstr("python3 has none: apt-get install python3-pip"));
}

TEST_F(InstalledTest, a_machine_without_a_network_is_answered_so) {
  Installed store(root(), lock());
  const Variable index("PIP_NO_INDEX", "0");
  const Variable links("PIP_FIND_LINKS", "");
  const Variable nowhere("PIP_INDEX_URL", "http://127.0.0.1:9/");  // the discard port: nobody listens
  const Variable once("PIP_RETRIES", "1");
  EXPECT_THAT(refusal(store, "tiny"),
              HasSubstr("tiny==2.0 cannot be fetched: the registry cannot be reached"));
}

TEST_F(InstalledTest, of_a_traceback_of_pip_the_last_line_is_reported) {
  Installed store(root(), lock());
  const auto bin = scratch_.path() / "bin";
  fs::create_directories(bin);
  std::ofstream(bin / "python3") << "#!/bin/sh\necho 'ERROR: Exception:\nTraceback (most recent call last):\n"
                                    "OSError: [Errno 28] No space left on device' >&2\nexit 2\n";
  fs::permissions(bin / "python3", fs::perms::owner_all);
  const Variable path("PATH", bin.string());
  EXPECT_EQ(refusal(store, "tiny"),
            "tiny==2.0 cannot be fetched: pip: OSError: [Errno 28] No space left on device");
}

/// A python3 whose pip never ends; it makes the file `started`.
void make_hanging_python(const fs::path& bin) {
  fs::create_directories(bin);
  std::ofstream(bin / "python3") << "#!/bin/sh\n: > '" << (bin / "started").string() << "'\nexec sleep 600\n";
  fs::permissions(bin / "python3", fs::perms::owner_all);
}

void wait_for(const fs::path& file) {
  for (int tries = 0; tries < 3000 && !fs::exists(file); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_TRUE(fs::exists(file));
}

TEST_F(InstalledTest, what_a_killed_installation_leaves_is_never_used_and_swept_by_the_next) {
  Installed store(root(), lock());
  const auto bin = scratch_.path() / "bin";
  make_hanging_python(bin);
  const pid_t dying = ::fork();
  if (dying == 0) {
    ::setenv("PATH", (bin.string() + ":/usr/bin:/bin").c_str(), 1);
    store.install(store.select("tiny"), quiet());
    ::_exit(0);
  }
  wait_for(bin / "started");
  ::kill(dying, SIGKILL);
  ::waitpid(dying, nullptr, 0);
  EXPECT_EQ(names_in(root() / "tiny").size(), 2u);  // the lock and a folder of the dead
  EXPECT_THAT(store.versions_of("tiny"), IsEmpty());
  EXPECT_FALSE(store.install(store.select("tiny"), quiet()).already_there);
  EXPECT_THAT(names_in(root() / "tiny"), ElementsAre(".lock", "2.0"));
}

TEST_F(InstalledTest, a_second_installation_waits_for_the_first_and_finds_it_done) {
  Installed store(root(), lock());
  const auto bin = scratch_.path() / "bin";
  fs::create_directories(bin);
  // The first installation is slow: its python3 waits until the second one has said that it waits.
  std::ofstream(bin / "python3") << "#!/bin/sh\n: > '" << (bin / "started").string() << "'\nwhile [ ! -e '"
                                 << (bin / "go").string() << "' ]; do sleep 0.05; done\nPATH=\""
                                 << std::getenv("PATH") << "\" exec python3 \"$@\"\n";
  fs::permissions(bin / "python3", fs::perms::owner_all);
  const pid_t first = ::fork();
  if (first == 0) {
    ::setenv("PATH", (bin.string() + ":/usr/bin:/bin").c_str(), 1);
    store.install(store.select("tiny"), quiet());
    ::_exit(0);
  }
  wait_for(bin / "started");
  std::vector<std::string> said;
  const auto report = store.install(store.select("tiny"), [&](const std::string& text) {
    said.push_back(text);
    std::ofstream(bin / "go") << "";
  });
  EXPECT_TRUE(report.already_there);
  EXPECT_THAT(said, ElementsAre(HasSubstr("another process is at work on ")));
  int status = -1;
  ::waitpid(first, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(InstalledTest, a_folder_that_cannot_be_written_is_named) {
  std::ofstream(root()) << "a file where the store should be";
  Installed store(root(), lock());
  EXPECT_THAT(refusal(store, "tiny"), HasSubstr((root() / "tiny").string()));
}

TEST(shipped_lock, every_package_installs_from_its_registry) {
  if (std::getenv("INFEROMETER_TEST_NETWORK") == nullptr) {
    GTEST_SKIP() << "fetches all packages from their registries: set INFEROMETER_TEST_NETWORK=1";
  }
  base::ScratchFolder scratch("store-test");
  Installed store(scratch.path(), read_lock(base::share_folder() / "packages"));
  for (const auto& package : store.lock()) {
    for (const auto& version : package.versions) {
      store.install({&package, &version}, [](const std::string&) {});
      EXPECT_EQ(store.state(package, version, true).state, State::Installed)
          << package.name << " " << version.version;
    }
  }
}

}  // namespace
}  // namespace inferometer::packages
