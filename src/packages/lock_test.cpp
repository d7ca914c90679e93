#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "packages/installed.h"

namespace inferometer::packages {
namespace {

using base::Json;
using ::testing::EndsWith;
using ::testing::HasSubstr;

const std::string kDigest(64, 'a');

Json good_lock() {
  return {
      {"schema", 1},
      {"name", "tiny"},
      {"kind", "engine"},
      {"summary", "A small engine"},
      {"licence", "MIT"},
      {"registry", "pypi"},
      {"versions",
       {{{"version", "1.0"},
         {"requirement", "tiny==1.0"},
         {"files",
          {{{"name", "tiny-1.0-py3-none-any.whl"}, {"machine", "any"}, {"bytes", 5}, {"sha256", kDigest}}}},
         {"members", {{{"path", "tiny/a.so"}, {"sha256", kDigest}, {"library", true}}}}}}}};
}

std::vector<LockedPackage> read(const std::string& text) {
  base::ScratchFolder folder("lock-test");
  std::ofstream(folder.path() / "tiny.json") << text;
  return read_lock(folder.path());
}

std::string message_of(const std::string& text) {
  try {
    read(text);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(lock_reader, a_toolchain_names_its_requirements_and_its_pythons) {
  auto lock = good_lock();
  lock["kind"] = "toolchain";
  EXPECT_THAT(message_of(lock.dump()), HasSubstr("unknown key 'files'"));
  lock["versions"] = {
      {{"version", "1"},
       {"pythons", {"3.11", "3.12"}},
       {"requirements",
        {{"path", "tiny/requirements.txt"}, {"machine", "any"}, {"bytes", 5}, {"sha256", kDigest}}}}};
  const auto version = read(lock.dump()).at(0).versions.at(0);
  EXPECT_EQ(version.requirement, "tiny/requirements.txt");
  EXPECT_EQ(version.pythons, (std::vector<std::string>{"3.11", "3.12"}));
  EXPECT_EQ(version.files.at(0).sha256, kDigest);
  EXPECT_EQ(version.environment_folder, "toolchains");
  EXPECT_EQ(version.finish, "");
  lock["kind"] = "engine";
  lock["versions"][0]["finish"] = "tiny/finish.py";
  const auto engine = read(lock.dump()).at(0).versions.at(0);
  EXPECT_TRUE(is_environment(engine));
  EXPECT_EQ(engine.environment_folder, "workers");
  EXPECT_EQ(engine.finish, "tiny/finish.py");
  lock["versions"][0]["requirements"]["path"] = "../requirements.txt";
  EXPECT_THAT(message_of(lock.dump()), HasSubstr("a path below the folder"));
  lock["versions"][0]["pythons"] = {3.11};
  EXPECT_THAT(message_of(lock.dump()), HasSubstr("'pythons' must be a list of versions of CPython"));
}

TEST(lock_reader, a_good_lock_is_read_whole) {
  const auto lock = read(good_lock().dump());
  ASSERT_EQ(lock.size(), 1u);
  EXPECT_EQ(lock[0].name, "tiny");
  EXPECT_EQ(lock[0].kind, "engine");
  EXPECT_EQ(lock[0].summary, "A small engine");
  EXPECT_EQ(lock[0].licence, "MIT");
  const auto& version = lock[0].versions.at(0);
  EXPECT_EQ(version.requirement, "tiny==1.0");
  EXPECT_EQ(version.files.at(0).machine, "any");
  EXPECT_EQ(version.files.at(0).bytes, 5);
  EXPECT_EQ(version.members.at(0).path, "tiny/a.so");
  EXPECT_EQ(version.members.at(0).sha256, kDigest);
  EXPECT_TRUE(version.members.at(0).library);
}

TEST(lock_reader, each_broken_lock_has_its_message) {
  struct Case {
    std::function<void(Json&)> harm;
    std::string message;
  };
  const auto version = [](Json& lock) -> Json& { return lock["versions"][0]; };
  const auto file = [](Json& lock) -> Json& { return lock["versions"][0]["files"][0]; };
  const auto member = [](Json& lock) -> Json& { return lock["versions"][0]["members"][0]; };
  const std::vector<Case> cases = {
      {[](Json& lock) { lock = 7; }, "tiny.json: must be an object"},
      {[](Json& lock) { lock["schema"] = 2; }, "tiny.json: 'schema' must be 1, found 2"},
      {[](Json& lock) { lock.erase("kind"); }, "tiny.json: 'kind' is missing"},
      {[](Json& lock) { lock["kind"] = "motor"; },
       "tiny.json: unknown kind 'motor' (known: engine, model, toolchain, tool)"},
      {[](Json& lock) { lock["registry"] = "pipi"; },
       "tiny.json: unknown registry 'pipi': did you mean 'pypi'? (known: pypi)"},
      {[](Json& lock) { lock["sumary"] = "x"; }, "unknown key 'sumary': did you mean 'summary'?"},
      {[](Json& lock) { lock["name"] = "other"; },
       "'name' must be that of the file, 'tiny', found \"other\""},
      {[](Json& lock) { lock["name"] = "../tiny"; }, "'name' must be a name of letters, digits and '-'"},
      {[](Json& lock) { lock["summary"] = ""; }, "'summary' must be a text that is not empty, found \"\""},
      {[](Json& lock) { lock["versions"] = Json::array(); },
       "'versions' must be a list that is not empty, found []"},
      {[](Json& lock) { lock["versions"].push_back(lock["versions"][0]); },
       "tiny.json: '1.0' is there twice"},
      {[&](Json& lock) { version(lock)["version"] = ".."; }, "versions[0]: 'version' must be a version"},
      {[&](Json& lock) { version(lock)["requirement"] = "tiny>=1.0"; },
       "'requirement' must be of the form name==version"},
      {[&](Json& lock) { version(lock)["requirement"] = "tiny=="; },
       "'requirement' must be of the form name==version"},
      {[&](Json& lock) { version(lock)["requirement"] = "a==1\n--index-url"; },
       "'requirement' must be of the form"},
      {[&](Json& lock) { file(lock)["name"] = "tiny-1.0.tar.gz"; },
       "files[0]: 'name' must be a wheel for CPython 3.11"},
      {[&](Json& lock) { file(lock)["name"] = "tiny-1.0-cp312-cp312-linux_x86_64.whl"; },
       "'name' must be a wheel for"},
      {[&](Json& lock) { file(lock)["sha256"] = "abc"; },
       "versions[0]: files[0]: 'sha256' must be 64 lower-case hexadecimal digits, found \"abc\""},
      {[&](Json& lock) { file(lock)["machine"] = "x86"; }, "unknown machine 'x86'"},
      {[&](Json& lock) { file(lock)["bytes"] = -1; }, "'bytes' must be a number of bytes, found -1"},
      {[&](Json& lock) { version(lock)["files"].push_back(file(lock)); },
       "versions[0]: 'any' is there twice"},
      {[&](Json& lock) { version(lock).erase("members"); }, "versions[0]: 'members' is missing"},
      {[&](Json& lock) { member(lock)["path"] = "../a.so"; },
       "members[0]: 'path' must be a path below the folder"},
      {[&](Json& lock) { member(lock)["path"] = "/a.so"; }, "'path' must be a path below the folder"},
      {[&](Json& lock) { member(lock)["path"] = "a//b"; }, "'path' must be a path below the folder"},
      {[&](Json& lock) { member(lock)["library"] = "yes"; },
       "'library' must be true or false, found \"yes\""},
      {[&](Json& lock) { member(lock)["program"] = 1; }, "'program' must be true or false, found 1"},
      {[&](Json& lock) { version(lock)["members"].push_back(member(lock)); }, "'tiny/a.so' is there twice"},
  };
  for (const auto& one : cases) {
    auto lock = good_lock();
    one.harm(lock);
    EXPECT_THAT(message_of(lock.dump()), HasSubstr(one.message));
  }
}

TEST(lock_reader, a_cut_file_is_named_with_the_byte) {
  EXPECT_THAT(message_of(R"({"schema": 1,)"), HasSubstr("tiny.json: not JSON at byte"));
}

TEST(lock_reader, a_missing_and_an_empty_folder_are_kept_apart) {
  base::ScratchFolder folder("lock-test");
  EXPECT_THROW(
      {
        try {
          read_lock(folder.path());
        } catch (const base::UserError& error) {
          EXPECT_THAT(error.what(), HasSubstr("holds no lock file"));
          throw;
        }
      },
      base::UserError);
  EXPECT_THROW(
      {
        try {
          read_lock(folder.path() / "absent");
        } catch (const base::UserError& error) {
          EXPECT_THAT(error.what(), EndsWith("cannot be read: No such file or directory"));
          throw;
        }
      },
      base::UserError);
}

TEST(lock_reader, the_shipped_lock_has_the_engines_and_the_default_model) {
  const char* source = std::getenv("INFEROMETER_TEST_SOURCE");
  if (source == nullptr) GTEST_SKIP() << "INFEROMETER_TEST_SOURCE is not set: run by ctest";
  std::vector<std::string> names;
  for (const auto& package : read_lock(std::filesystem::path(source) / "packages"))
    names.push_back(package.name);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"minilm", "onnxruntime", "openvino"}));
}

}  // namespace
}  // namespace inferometer::packages
