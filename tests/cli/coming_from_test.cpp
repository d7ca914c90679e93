// Every command of docs/coming-from.md, read out of that page and typed, in its order and in one folder.
// Small random checkpoints stand in the Hugging Face cache under the published names; engines, conversions
// and measurements are real. Added are only flags that make it short: --budget to compare, and --dry-run to
// suites and to MiniLM, whose full-sized conversions take minutes (scripts/setup/clean_root.sh carries those
// out).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <regex>
#include <set>
#include <sstream>
#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "builder/families/checkpoint_fixture.h"
#include "tests/cli/binary.h"

namespace inferometer::tests {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

struct Command {
  std::vector<std::string> words;     ///< after "inferometer"
  std::vector<std::string> promises;  ///< files that the last cell of its row names
};

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// The page, with continued lines joined.
std::string page() {
  const auto file = fs::path(std::getenv("INFEROMETER_TEST_SOURCE")) / "docs" / "coming-from.md";
  return std::regex_replace(base::read_file(file, 1 << 20), std::regex(R"( *\\\n *)"), " ");
}

/// Between back quotes.
std::vector<std::string> marked(const std::string& text) {
  std::vector<std::string> all;
  const std::regex quoted("`([^`]+)`");
  for (std::sregex_iterator at(text.begin(), text.end(), quoted), end; at != end; ++at)
    all.push_back((*at)[1]);
  return all;
}

/// "inferometer ..." and "docker run ... inferometer:latest inferometer ..."; nothing for another line.
std::string command_in(const std::string& line) {
  static const std::regex pattern(R"(^(?:docker run .* inferometer:latest )?inferometer (.*)$)");
  std::smatch match;
  return std::regex_match(line, match, pattern) ? match[1].str() : "";
}

/// FOLDER, VARIANT and the like stand for something the reader has.
bool is_pattern(const std::string& command) {
  return std::regex_search(command, std::regex(R"( [A-Z]{2,}\b)"));
}

std::vector<Command> commands() {
  std::vector<Command> all;
  bool code = false, writes = false;  // in a block of code; in a table that says what a command writes
  for (const auto& line : base::split(page(), '\n')) {
    if (line.starts_with("```")) code = !code;
    if (!line.starts_with("|")) writes = false;
    if (line.ends_with("| writes |")) writes = true;
    const auto cells = base::split(line, '|');
    for (const auto& text : code ? std::vector<std::string>{line} : marked(line)) {
      const auto command = command_in(text);
      if (command.empty() || is_pattern(command)) continue;
      all.push_back({words_of(command), {}});
      if (writes) all.back().promises = marked(cells.at(3));
    }
  }
  return all;
}

/// Contents of the blocks that are marked ```yaml.
std::vector<std::string> suite_files() {
  std::vector<std::string> all;
  const auto text = page();
  const std::regex block("```yaml\n([^`]*)```");
  for (std::sregex_iterator at(text.begin(), text.end(), block), end; at != end; ++at)
    all.push_back((*at)[1]);
  return all;
}

class ComingFrom : public testing::Test {
 protected:
  void SetUp() override {
    const auto packages = binary_.home() / "cache" / "packages";
    fs::create_directories(packages);
    for (const char* name :
         {"onnxruntime", "openvino", "litert", "tensorflow", "tensorflow-toolchain", "minilm"}) {
      const auto installed = base::cache_folder() / "packages" / name;
      if (!fs::exists(installed)) GTEST_SKIP() << "needs a package: inferometer packages install " << name;
      fs::create_directory_symlink(installed, packages / name);
    }
    publish("google-bert--bert-base-uncased", builder::TinyBert());
    publish("distilbert--distilbert-base-uncased", builder::tiny_distilbert());
    fs::create_directories(folder());
  }

  fs::path folder() const { return binary_.home() / "work"; }

  process::Finished type(const std::vector<std::string>& words) const {
    auto request = binary_.request(words);
    request.working_folder = folder().string();
    request.environment["HF_HOME"] = (binary_.home() / "huggingface").string();
    request.environment["HF_HUB_OFFLINE"] = "1";  // a test asks no network
    return process::run(request, std::chrono::minutes(5));
  }

  /// In the folder in which the page regenerates its consolidated report.
  void measure_a_suite(const std::string& results) const {
    base::write_file_atomically(
        folder() / "small.yaml",
        "mode: quick\nbenchmark: {budget_seconds: 1}\nphases: [{name: bert_comparison, "
        "models: [{model: bert-base-uncased, folder: bert_base}], set: bert}]\n");
    const auto finished = type({"suite", "small.yaml", "--output", results});
    EXPECT_FALSE(finished.exit.signalled) << finished.log;
  }

  /// Leaves an experiment that is not finished as the last one.
  void interrupt_a_comparison() const {
    const auto before = binary_.records().size();
    process::Child child(binary_.request({"compare", "null", "--candidate", "null,work=200000", "--candidate",
                                          "null,work=300000", "--budget", "5"}));
    for (int tenth = 0; tenth < 600 && binary_.records().size() == before; ++tenth)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ::kill(child.pid(), SIGINT);
    const auto exit = child.wait(std::chrono::seconds(20));
    ASSERT_TRUE(exit.has_value());
    EXPECT_EQ(exit->code, base::kExitInterrupted) << child.log_tail();
  }

  Binary binary_;

 private:
  /// As a download from the hub lies in the cache.
  void publish(const std::string& name, builder::TinyBert checkpoint) const {
    const auto model = binary_.home() / "huggingface" / "hub" / ("models--" + name);
    const std::string commit = "0123456789abcdef0123456789abcdef01234567";
    fs::create_directories(model / "snapshots" / commit);
    fs::create_directories(model / "refs");
    base::write_file_atomically(model / "refs" / "main", commit);
    checkpoint.shrink();
    checkpoint.write(model / "snapshots" / commit);
  }
};

bool has(const std::vector<std::string>& words, const char* word) {
  return std::ranges::find(words, word) != words.end();
}

/// With what makes it short.
std::vector<std::string> shortened(std::vector<std::string> words) {
  const bool is_long = words[0] == "suite" || has(words, "minilm");
  if (is_long && !has(words, "--dry-run")) words.emplace_back("--dry-run");
  if (has(words, "--set") && !is_long) words.insert(words.end(), {"--budget", "1", "--progress", "none"});
  return words;
}

/// The six configurations were measured; the float ones are right. Eight bits are too few for random weights.
/// Exit code 5: a neighbour was too loud for a verdict.
void expect_the_set(const process::Finished& finished, const fs::path& results) {
  EXPECT_THAT(finished.exit.code, AnyOf(base::kExitOk, base::kExitCandidateFailed, base::kExitCannotTell))
      << finished.log;
  ASSERT_TRUE(fs::exists(results)) << finished.log;
  const auto json = base::parse_json(base::read_file(results, 1 << 24), results.string());
  std::vector<std::string> names, wrong;
  for (const auto& row : json.at("results")) {
    names.push_back(row.at("config"));
    EXPECT_THAT(row.at("outcome").at("kind"), AnyOf("completed", "interrupted")) << row.at("outcome");
    if (!row.at("fidelity").at("passed")) wrong.push_back(names.back());
  }
  EXPECT_THAT(names, UnorderedElementsAre("tensorflow_baseline", "tflite_int8", "tflite_float16",
                                          "tflite_dynamic_range", "onnx_default", "onnx_optimized"));
  EXPECT_THAT(wrong, Each(AnyOf("tflite_int8", "tflite_dynamic_range")))
      << json.at("results").dump(1).substr(0, 4000);
}

TEST_F(ComingFrom, every_command_does_what_the_page_says) {
  std::set<std::vector<std::string>> typed;
  for (const auto& command : commands()) {
    const auto words = shortened(command.words);
    SCOPED_TRACE("inferometer " + base::join(words, " "));
    if (!typed.insert(words).second) continue;  // the page says it twice
    if (has(words, "--consolidated")) measure_a_suite(words[2]);
    if (words[0] == "resume") interrupt_a_comparison();
    const bool measures = has(words, "--budget");
    if (measures) fs::remove_all(folder() / "results");  // of an earlier command
    const auto finished = type(words);
    const auto output = std::ranges::find(words, "--output");
    const auto results = output == words.end() ? "results/bert_comparison" : *(output + 1);
    if (measures) {
      expect_the_set(finished, folder() / results / "bert_comparison_results.json");
    } else {
      const auto too_loud = words[0] == "resume" ? base::kExitCannotTell : base::kExitOk;
      EXPECT_THAT(finished.exit.code, AnyOf(base::kExitOk, too_loud)) << finished.log;
    }
    if (has(words, "--dry-run")) continue;
    for (const auto& file : command.promises) EXPECT_TRUE(fs::is_regular_file(folder() / file)) << file;
  }
}

TEST_F(ComingFrom, every_suite_file_is_one) {
  const auto files = suite_files();
  EXPECT_EQ(files.size(), 2u);
  base::write_file_atomically(folder() / "texts.txt", "a text\n");
  for (const auto& file : files) {
    base::write_file_atomically(folder() / "page.yaml", file);
    const auto finished = type({"suite", "page.yaml", "--dry-run"});
    EXPECT_EQ(finished.exit.code, base::kExitOk) << file << finished.log;
    EXPECT_THAT(finished.output, HasSubstr("batch_analysis/mobilenet"));
  }
}

TEST(coming_from, the_page_is_read_as_it_is_meant) {
  const auto all = commands();
  const auto starts = [&](const std::vector<std::string>& first) {
    return std::ranges::count_if(all, [&](const auto& command) {
      return command.words.size() >= first.size() &&
             std::equal(first.begin(), first.end(), command.words.begin());
    });
  };
  EXPECT_EQ(starts({"compare", "bert-base-uncased", "--set", "bert"}), 7);
  EXPECT_EQ(starts({"compare", "distilbert-base-uncased"}), 1);
  EXPECT_EQ(starts({"suite", "full"}), 5);
  EXPECT_EQ(starts({"compare", "minilm"}), 1) << "in the container";
  EXPECT_EQ(starts({"report", "--consolidated"}), 1);
  EXPECT_EQ(starts({"packages", "install"}), 1);
  EXPECT_THAT(all[1].promises, Contains("results/bert_comparison/bert_comparison_report.md"));
}

}  // namespace
}  // namespace inferometer::tests
