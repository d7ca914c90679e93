// The shell of DuckDB, at a terminal as a user has it.
#include <gmock/gmock.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "base/clock.h"
#include "tests/cli/with_duckdb.h"

namespace inferometer::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A program at a terminal that answers what shells ask of one.
class Terminal {
 public:
  explicit Terminal(const process::SpawnRequest& request) {
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
    // Or the end would be that of everybody: kill(-1).
    if (pid_ < 0) throw std::runtime_error("no terminal can be had: is /dev/pts mounted?");
    if (pid_ > 0) return;
    for (const auto& [name, value] : request.environment) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> words;
    auto arguments = request.arguments;
    for (auto& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  ~Terminal() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(terminal_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void type(const std::string& text) const {
    ASSERT_EQ(::write(terminal_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  /// What is printed until `mark`, the end of the program, or 30 s.
  std::string read_until(const std::string& mark) {
    std::string text;
    const auto deadline_ns = base::monotonic_ns() + 30'000'000'000;
    while (text.find(mark) == std::string::npos && base::monotonic_ns() < deadline_ns) {
      pollfd readable{terminal_, POLLIN, 0};
      if (::poll(&readable, 1, 1000) <= 0) continue;
      char bytes[4096];
      const auto count = ::read(terminal_, bytes, sizeof bytes);
      if (count <= 0) break;
      const std::string piece(bytes, static_cast<std::size_t>(count));
      text += piece;
      answer(piece);
    }
    return text;
  }

 private:
  void answer(const std::string& asked) const {
    static const std::pair<const char*, const char*> kAnswers[] = {
        {"\x1b]11;?", "\x1b]11;rgb:0000/0000/0000\x07"}, {"\x1b[c", "\x1b[?1;2c"}, {"\x1b[6n", "\x1b[1;1R"}};
    for (const auto& [question, reply] : kAnswers) {
      for (auto at = asked.find(question); at != std::string::npos; at = asked.find(question, at + 1))
        type(reply);
    }
  }

  int terminal_ = -1;
  pid_t pid_ = -1;
};

class record_shell : public WithDuckdb {};

TEST_F(record_shell, has_the_views_and_no_way_out) {
  measure();
  base::write_file_atomically(binary_.home() / ".duckdbrc", "SELECT 'of the user' AS settings;\n");
  auto request = binary_.request({"record", "sql"});
  request.environment["HOME"] = binary_.home().string();
  request.environment["TERM"] = "xterm";
  Terminal terminal(request);
  const auto greeting = terminal.read_until(" D ");
  EXPECT_THAT(greeting, HasSubstr("the views are: experiments"));
  EXPECT_THAT(greeting, Not(HasSubstr("of the user")));
  terminal.type("SELECT count(*) + 41000 AS n FROM experiments;\r");
  EXPECT_THAT(terminal.read_until("41001"), HasSubstr("41001"));
  terminal.read_until(" D ");
  terminal.type(".shell echo out\r");
  EXPECT_THAT(terminal.read_until("-safe mode"), HasSubstr("cannot be used in -safe mode"));
}

}  // namespace
}  // namespace inferometer::tests
