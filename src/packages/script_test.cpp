#include "packages/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "base/files.h"

namespace inferometer::packages {
namespace {

class Script : public testing::Test {
 protected:
  /// A shell in the place of the interpreter.
  ScriptReply run(const std::string& lines) { return run_by("shift; exec /bin/sh", lines); }
  ScriptReply run_by(const std::string& interpreter, const std::string& lines) {
    const auto program = folder_.path() / "python3";
    std::ofstream(program) << "#!/bin/sh\n" << interpreter << " \"$@\"\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    const Toolchain toolchain{"1", folder_.path(), folder_.path() / "scripts"};
    std::filesystem::create_directories(toolchain.scripts);
    std::ofstream(toolchain.scripts / "script") << lines;
    return run_script(toolchain, {.script = "script",
                                  .job = {{"rows", 3}},
                                  .notify = [this](const std::string& line) { sentences_.push_back(line); }});
  }
  std::string refusal(const std::string& lines) {
    try {
      run(lines);
      return "no error";
    } catch (const base::UserError& error) {
      return error.what();
    }
  }

  base::ScratchFolder folder_{"script-test"};
  std::vector<std::string> sentences_;
};

TEST_F(Script, is_asked_on_stdin_and_answers_on_stdout) { EXPECT_EQ(run("cat").answer.at("rows"), 3); }

TEST_F(Script, start_up_hooks_of_the_interpreter_have_no_part) {
  std::filesystem::create_directories(folder_.path() / "libraries");
  std::ofstream(folder_.path() / "libraries" / "sitecustomize.py") << "import sys\nsys.exit('a hook ran')\n";
  EXPECT_EQ(run_by("exec python3", "print('{\"rows\": 4}')").answer.at("rows"), 4);
}

TEST_F(Script, that_refuses_has_its_own_message) {
  EXPECT_EQ(refusal("echo '{\"error\": \"reviews.txt: holds 2 texts\"}'; exit 2"),
            "reviews.txt: holds 2 texts");
}

TEST_F(Script, that_dies_is_named_with_its_last_line) {
  EXPECT_EQ(refusal("echo 'ModuleNotFoundError: numpy' >&2; exit 1"),
            "script failed: exit code 1: ModuleNotFoundError: numpy");
}

TEST_F(Script, that_dies_of_a_message_of_many_lines_tells_it_in_one) {
  std::filesystem::copy_file(base::share_folder() / "toolchains" / "job.py", folder_.path() / "job.py");
  try {
    run_by("exec python3",
           "import job\ndef run(order):\n  raise ValueError('the shapes (3,)\\n\\n  and "
           "[[4]]\\ndiffer')\njob.main(run)");
    FAIL() << "it answered";
  } catch (const base::UserError& error) {
    EXPECT_STREQ(error.what(), "script failed: exit code 1: ValueError: the shapes (3,) and [[4]] differ");
  }
}

TEST_F(Script, tells_while_it_works_and_that_is_not_its_last_word) {
  EXPECT_EQ(
      refusal("echo 'progress: layer 1 of 2' >&2; echo gone >&2; echo 'progress: layer 2 of 2' >&2; exit 1"),
      "script failed: exit code 1: gone");
  EXPECT_THAT(sentences_, testing::ElementsAre("layer 1 of 2", "layer 2 of 2"));
}

TEST_F(Script, finds_the_libraries_of_its_toolchain_and_what_all_scripts_share) {
  const auto path = run("echo \"{\\\"path\\\": \\\"$PYTHONPATH\\\"}\"").answer.at("path").get<std::string>();
  EXPECT_EQ(path, (folder_.path() / "libraries").string() + ":" + folder_.path().string());
}

}  // namespace
}  // namespace inferometer::packages
