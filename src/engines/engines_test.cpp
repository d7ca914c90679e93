// Workers are shell scripts here: what counts is what --describe prints and what is installed.
#include "engines/engines.h"

#include <gmock/gmock.h>

#include <fstream>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "engines/launch.h"
#include "protocol/codec.h"

namespace inferometer::engines {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

protocol::Description description_of(const std::string& engine, const std::string& package) {
  protocol::Description description;
  description.engine = engine;
  description.summary = "Runs " + engine;
  description.package = package;
  description.library = package.empty() ? "" : "swift/libs/libswift.so.*";
  description.formats = {"onnx"};
  description.precisions = {"float32", "bfloat16"};
  protocol::Option option;
  option.name = "spinning";
  option.type = "boolean";
  option.default_value = "1";
  description.options = {option};
  return description;
}

class EnginesTest : public ::testing::Test {
 protected:
  void add_worker(const std::string& name, const std::string& script) {
    const auto file = libexec() / ("inferometer-worker-" + name);
    fs::create_directories(libexec());
    std::ofstream(file) << "#!/bin/sh\n" << script << "\n";
    fs::permissions(file, fs::perms::owner_all);
  }

  void add_describing_worker(const std::string& name, const protocol::Description& description) {
    add_worker(name, "[ \"$1\" = --describe ] && cat <<'END'\n" + protocol::encode(description) + "\nEND");
  }

  /// What an installation of version 1.0 or 2.0 leaves, without one.
  void put_installed(const std::string& version) {
    const auto folder = root() / "swift" / version;
    fs::create_directories(folder / "swift/libs");
    std::string members;
    for (const auto& path : members_of(version)) {
      std::ofstream(folder / path) << "abc";
      members += (members.empty() ? "\"" : ", \"") + path + R"(": {"bytes": 3, "sha256": ")" +
                 base::sha256_hex("abc") + "\"}";
    }
    std::ofstream(folder / "installed.json") << "{\"members\": {" << members << "}}";
  }

  /// The second is the library; the first only looks like it.
  static std::vector<std::string> members_of(const std::string& version) {
    return {"swift/libs/libswift.so.map", "swift/libs/libswift.so." + version};
  }

  packages::Installed store() const {
    packages::LockedPackage swift;
    swift.name = "swift";
    swift.kind = "engine";
    for (const char* version : {"2.0", "1.0"}) {
      packages::LockedVersion locked;
      locked.version = version;
      for (const auto& path : members_of(version)) {
        locked.members.push_back({path, base::sha256_hex("abc"), !path.ends_with(".map")});
      }
      swift.versions.push_back(locked);
    }
    return {root(), {swift}};
  }

  std::string refusal(const results::Capabilities& engine, const std::string& version) const {
    try {
      launch(engine, version, store());
    } catch (const base::UserError& error) {
      return error.what();
    }
    return "nothing was thrown";
  }

  results::Capabilities swift() {
    add_describing_worker("swift", description_of("swift", "swift"));
    return discover(libexec(), store()).engines.at(0);
  }

  fs::path libexec() const { return scratch_.path() / "libexec"; }
  fs::path root() const { return scratch_.path() / "store"; }

  base::ScratchFolder scratch_{"engines-test"};
};

TEST_F(EnginesTest, a_folder_without_workers_has_no_engines) {
  EXPECT_THAT(discover(libexec(), store()).engines, IsEmpty());
}

TEST_F(EnginesTest, a_worker_describes_itself_and_is_joined_with_what_is_installed) {
  put_installed("1.0");
  put_installed("2.0");
  add_describing_worker("b", description_of("swift", "swift"));
  add_describing_worker("c", description_of("null", ""));
  std::ofstream(libexec() / "inferometer-worker-notes.txt") << "not executable";
  std::ofstream(libexec() / "other-program") << "";
  const auto found = discover(libexec(), store());
  EXPECT_THAT(found.problems, IsEmpty());
  ASSERT_EQ(found.engines.size(), 2u);
  EXPECT_EQ(found.engines[0].engine, "null");
  EXPECT_THAT(found.engines[0].installed_versions, ElementsAre(""));
  const auto& swift = found.engines[1];
  EXPECT_EQ(swift.summary, "Runs swift");
  EXPECT_EQ(swift.program, (libexec() / "inferometer-worker-b").string());
  EXPECT_THAT(swift.installed_versions, ElementsAre("2.0", "1.0"));
  EXPECT_THAT(swift.precisions, ElementsAre("float32", "bfloat16"));
  EXPECT_EQ(swift.options.at(0).name, "spinning");
  EXPECT_EQ(swift.options.at(0).default_value, "1");
}

TEST_F(EnginesTest, a_worker_that_does_not_describe_itself_is_left_out_and_named_with_its_reason) {
  add_worker("crashes", "kill -SEGV $$");
  add_worker("fails", "echo no such option >&2; exit 3");
  add_worker("babbles", "echo hello");
  auto other_protocol = description_of("other", "");
  other_protocol.protocol = "9.0";
  add_describing_worker("other", other_protocol);
  add_describing_worker("unlocked", description_of("unlocked", "swiftly"));
  add_describing_worker("good", description_of("good", ""));
  add_describing_worker("same", description_of("good", ""));
  const auto found = discover(libexec(), store());
  ASSERT_EQ(found.engines.size(), 1u);
  EXPECT_EQ(found.engines[0].engine, "good");
  EXPECT_THAT(
      found.problems,
      ElementsAre(HasSubstr("worker-babbles: left out: "),
                  HasSubstr("worker-crashes: left out: ended with SIGSEGV"),
                  HasSubstr("worker-fails: left out: ended with exit code 3: no such option"),
                  HasSubstr("worker-other: left out: "),
                  HasSubstr("worker-same: left out: says that it is good, as "),
                  HasSubstr("worker-unlocked: left out: unknown package 'swiftly': did you mean 'swift'?")));
}

TEST_F(EnginesTest, a_worker_that_hangs_is_left_out_after_five_seconds) {
  add_worker("hangs", "exec sleep 600");
  const auto found = discover(libexec(), store());
  EXPECT_THAT(found.engines, IsEmpty());
  EXPECT_THAT(found.problems, ElementsAre(HasSubstr("worker-hangs: left out: gave no answer within 5 s")));
}

TEST_F(EnginesTest, the_newest_installed_version_is_launched_unless_another_is_asked_for) {
  put_installed("1.0");
  put_installed("2.0");
  const auto engine = swift();
  const auto newest = launch(engine, "", store());
  EXPECT_EQ(newest.version, "2.0");
  EXPECT_EQ(newest.library, (root() / "swift/2.0/swift/libs/libswift.so.2.0").string());
  EXPECT_THAT(newest.argv, ElementsAre(engine.program, "--library", newest.library));
  EXPECT_EQ(launch(engine, "1.0", store()).version, "1.0");
}

TEST_F(EnginesTest, a_worker_in_python_is_started_by_the_interpreter_of_its_environment) {
  packages::LockedVersion locked;
  locked.version = "1.0";
  locked.requirement = "snake/requirements.txt";
  locked.files = {{"snake/requirements.txt", base::sha256_hex("abc"), "any", 3}};
  locked.pythons = {"3.11"};
  packages::LockedPackage snake;
  snake.name = "snake";
  snake.kind = "engine";
  snake.versions = {locked};
  const packages::Installed store(root(), {snake});
  const auto folder = root() / "snake/1.0";
  fs::create_directories(folder);
  std::ofstream(folder / "python3") << "";
  std::ofstream(folder / "installed.json")
      << R"({"members": {}, "requirement": "snake/requirements.txt sha256:)" << base::sha256_hex("abc")
      << "\"}";
  auto description = description_of("snake", "snake");
  description.library = "libraries/snake/libsnake.so";
  add_describing_worker("snake", description);
  const auto engine = discover(libexec(), store).engines.at(0);
  const auto start = launch(engine, "", store);
  EXPECT_EQ(start.library, (folder / "libraries/snake/libsnake.so").string());
  EXPECT_THAT(start.argv,
              ElementsAre((folder / "python3").string(), "-S", engine.program, "--library", start.library));
  EXPECT_EQ(start.environment.at("PYTHONPATH"), (folder / "libraries").string());
}

TEST_F(EnginesTest, what_is_missing_or_damaged_is_answered_with_the_line_that_installs_it) {
  const auto engine = swift();
  EXPECT_EQ(refusal(engine, ""), "swift is not installed: inferometer packages install swift");
  EXPECT_EQ(refusal(engine, "1.0"), "swift 1.0 is not installed: inferometer packages install swift@1.0");
  EXPECT_THAT(refusal(engine, "3.0"), HasSubstr("unknown version of swift '3.0'"));
  put_installed("2.0");
  std::ofstream(root() / "swift/2.0/swift/libs/libswift.so.2.0") << "a";
  EXPECT_THAT(refusal(engine, "2.0"),
              HasSubstr("swift 2.0 is damaged (swift/libs/libswift.so.2.0: has 1 bytes"));
  EXPECT_THAT(refusal(engine, "2.0"), HasSubstr("inferometer packages install swift@2.0 repairs it"));
}

TEST_F(EnginesTest, an_engine_without_a_package_has_no_version_and_no_library) {
  add_describing_worker("null", description_of("null", ""));
  const auto null = discover(libexec(), store()).engines.at(0);
  const auto start = launch(null, "", store());
  EXPECT_THAT(start.argv, ElementsAre(null.program));
  EXPECT_EQ(start.library, "");
  EXPECT_THAT(refusal(null, "1.0"), HasSubstr("engine null is part of Inferometer and has no versions"));
}

TEST_F(EnginesTest, a_library_that_the_lock_does_not_have_is_named) {
  put_installed("2.0");
  auto engine = swift();
  engine.library = "swift/libs/libslow.so.*";
  EXPECT_THAT(refusal(engine, ""),
              HasSubstr("opens 'swift/libs/libslow.so.*', and the lock of swift 2.0 has no"));
}

TEST_F(EnginesTest, the_engine_of_reference_outputs_is_the_one_that_says_so) {
  auto swift = description_of("swift", "");
  swift.reference_for = {{"onnx", {{"spinning", "0"}}}};
  add_describing_worker("swift", swift);
  add_describing_worker("other", description_of("other", ""));
  const auto engines = discover(libexec(), store()).engines;
  const auto reference = reference_for("onnx", engines);
  EXPECT_EQ(reference.engine.engine, "swift");
  EXPECT_EQ(reference.options.at("spinning"), "0");
  try {
    reference_for("gguf", engines);
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_STREQ(error.what(), "no engine produces reference outputs for the format 'gguf' (known: onnx)");
  }
}

}  // namespace
}  // namespace inferometer::engines
