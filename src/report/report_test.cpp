#include "report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/text.h"
#include "report/guides/bert/bert_fixture.h"
#include "report/report_fixture.h"
#include "report/terminal/grid.h"

namespace inferometer::report {
namespace {

using report::printed;
using ::testing::ContainsRegex;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;

std::string printed(const std::string& name, const results::Experiment& experiment, const Style& style = {}) {
  return printed(name, experiment, test_analysis(), style);
}

std::string printed(const std::string& name, const Style& style = {}) {
  return printed(name, test_experiment(), style);
}

/// Compares with tests/golden/NAME; INFEROMETER_UPDATE_GOLDEN=1 writes it anew, to be reviewed as a diff.
void expect_golden(const std::string& name, const std::string& text) {
  const char* source = std::getenv("INFEROMETER_TEST_SOURCE");
  ASSERT_NE(source, nullptr) << "set INFEROMETER_TEST_SOURCE to the repository, as ctest does";
  const auto file = std::filesystem::path(source) / "tests" / "golden" / name;
  if (std::getenv("INFEROMETER_UPDATE_GOLDEN") != nullptr) base::write_file_atomically(file, text);
  EXPECT_EQ(text, base::read_file(file, 1 << 20)) << "INFEROMETER_UPDATE_GOLDEN=1 writes " << file;
}

TEST(golden, every_format_prints_what_was_reviewed) {
  expect_golden("report.txt", printed("table"));
  expect_golden("report_60_columns.txt", printed("table", {false, 60}));
  expect_golden("report_colour.txt", printed("table", {true, 100}));
  expect_golden("report.md", printed("md"));
  expect_golden("results.json", printed("json"));
  expect_golden("results.csv", printed("csv"));
  expect_golden("results.jsonl", printed("jsonl"));
  expect_golden("bert_comparison_report.md", printed("bert-md", bert_experiment(), bert_analysis()));
  expect_golden("bert_comparison_results.json", printed("bert-json", bert_experiment(), bert_analysis()));
}

TEST(report, equal_input_gives_equal_bytes_in_every_format) {
  for (const auto& one : formats()) EXPECT_EQ(printed(one.name), printed(one.name)) << one.name;
}

TEST(report, a_wave_is_distinguished_from_the_others_of_its_workload) {
  auto experiment = test_experiment();
  EXPECT_THAT(printed("json", experiment), Not(HasSubstr("\"wave\"")));
  experiment.plan.groups[0].wave = "1 of 2";
  EXPECT_THAT(printed("md", experiment), HasSubstr("sequence 128, wave 1 of 2"));
  EXPECT_EQ(base::parse_json(printed("json", experiment), "json").at("groups").at(0).at("wave"), "1 of 2");
}

TEST(report, an_unknown_format_is_reported_with_the_known_ones) {
  try {
    format("jsn");
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_STREQ(
        error.what(),
        "unknown format 'jsn': did you mean 'json'? (known: table, md, html, json, csv, jsonl, bert-md, "
        "bert-json)");
  }
}

TEST(report, an_experiment_of_which_nothing_was_measured_can_be_printed) {
  auto experiment = test_experiment();
  experiment.load_sets.clear();
  experiment.stops.clear();
  experiment.harness_costs.clear();
  experiment.outcomes.clear();
  experiment.truth_checks.clear();
  analysis::Analysis analysis;
  for (const auto& group : experiment.plan.groups) {
    analysis::GroupAnalysis empty;
    empty.group = group.id;
    for (const auto& candidate : group.candidates) {
      if (candidate.id == group.baseline) continue;
      analysis::Comparison comparison;
      comparison.candidate = candidate.id;
      empty.comparisons.push_back(comparison);
    }
    analysis.groups.push_back(empty);
  }
  for (const auto& one : formats()) {
    const auto text = printed(one.name, experiment, analysis);
    EXPECT_THAT(text, Not(ContainsRegex("[^a-z]nan[^a-z]"))) << one.name;
    EXPECT_FALSE(text.empty());
  }
  EXPECT_THAT(printed("table", experiment, analysis), HasSubstr("not measured"));
}

TEST(table, without_colour_the_words_are_the_same_and_no_escape_is_printed) {
  const auto plain = printed("table");
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  std::string stripped = printed("table", {true, 100});
  EXPECT_THAT(stripped, HasSubstr("\x1b[32mfaster\x1b[0m"));
  for (std::size_t begin = stripped.find('\x1b'); begin != std::string::npos; begin = stripped.find('\x1b')) {
    stripped.erase(begin, stripped.find('m', begin) - begin + 1);
  }
  EXPECT_EQ(stripped, plain);
}

TEST(table, no_line_is_wider_than_the_terminal) {
  for (const int width : {80, 100, 140}) {
    std::vector<std::size_t> widths;
    for (const auto& line : base::split(printed("table", {false, width}), '\n')) {
      if (line.find("again:") == std::string::npos) widths.push_back(display_width(line));
    }
    EXPECT_THAT(widths, Each(Le(static_cast<std::size_t>(width)))) << width;
  }
}

TEST(table, a_narrow_terminal_drops_columns_but_never_the_verdict) {
  const auto text = printed("table", {false, 60});
  EXPECT_THAT(text, HasSubstr("faster (these loads)"));
  EXPECT_THAT(text, Not(HasSubstr("90.9 MB")));
  EXPECT_THAT(text, HasSubstr("a wider terminal shows"));
}

TEST(table, percentiles_that_want_samples_are_one_note) {
  const auto experiment = test_experiment();
  auto analysis = test_analysis();
  auto& summary = analysis.groups.at(0).summaries.at(0);
  summary.samples = 20;
  summary.percentiles = {{0.5, 1e6, 1e6, {}},
                         {0.95, analysis::kNone, 1e6, {results::ReasonCode::FewSamples, "", 20, 72}},
                         {0.99, analysis::kNone, 1e6, {results::ReasonCode::FewSamples, "", 20, 368}}};
  EXPECT_THAT(printed("table", experiment, analysis, {false, 300}),
              HasSubstr("p95, p99 need 72, 368 samples, have 20"));
}

TEST(table, every_reason_that_keeps_a_reader_from_a_wrong_conclusion_is_there) {
  const auto text = printed("table", {false, 300});
  for (const char* sentence :
       {"tiny (synthetic weights), batch 8, frames 50",
        "measured: Example CPU",
        "11 loads, 88 rounds",
        "crashed in load: SIGSEGV",
        "again: inferometer compare minilm --candidate litert",
        "wrong output in outputs: logits: max relative error 0.31",
        "not ranked: unverified: the artefact has no float32 parent",
        "undecided: about 42 s more would probably decide it",
        "needs 4 more loads for a claim about the configuration",
        "p99 needs 368 samples, has 352",
        "3 of 91 rounds were disturbed",
        "the fastest runs alone point the other way",
        "differs, but by less than the margin of 2 %",
        "trust B",
        "openvino waited 3.1 % of its time for a CPU",
        "A/A, the baseline under a second label: ratio 1.05 [1.02, 1.08] over 16 rounds: they differ",
        "our own cost: 25 ns inside each timed sample, 0.0010 % of the fastest",
        "budget after 3 min 00 s of measuring",
        "not finished",
        "skipped torch: torch is not installed",
        "inferometer packages install torch",
        "interrupted: a partial report",
        "the record is damaged: line 57"}) {
    EXPECT_THAT(text, HasSubstr(sentence));
  }
}

TEST(hostile_names, cannot_send_an_escape_or_a_line_break_to_a_terminal) {
  const auto text = printed("table", hostile_experiment("evil\x1b[2J\r\n::error::x\x07"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
  EXPECT_THAT(text, Not(HasSubstr("\x07")));
  EXPECT_THAT(text, Not(HasSubstr("\n::error")));
}

TEST(hostile_names, cannot_leave_their_cell_or_become_markup_in_markdown) {
  auto experiment = hostile_experiment("a|b<script>[x](y)`c`\n# head\n| d |");
  for (auto& outcome : experiment.outcomes) outcome.outcome.log_tail.clear();  // fenced, see below
  const auto text = printed("md", experiment);
  EXPECT_THAT(text, Not(HasSubstr("\n# head")));
  EXPECT_THAT(text, HasSubstr("a\\|b\\<script\\>\\[x\\](y)"));
  std::size_t columns = 0;
  for (const auto& line : base::split(text, '\n')) {
    if (line.empty() || line.front() != '|') {
      columns = 0;
      continue;
    }
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i)
      bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
    if (columns == 0) columns = bars;
    EXPECT_EQ(bars, columns) << line;
  }
}

TEST(hostile_names, cannot_end_the_fence_around_a_log) {
  const auto text = printed("md");
  EXPECT_THAT(text, HasSubstr("````\nloading model\nop ``` GATHER | not found\n````\n"));
}

TEST(hostile_names, are_no_formulas_in_csv) {
  const auto text = printed("csv", hostile_experiment("=HYPERLINK(\"http://x\",\"y\")"));
  EXPECT_THAT(text, HasSubstr("\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""));
  EXPECT_THAT(text, Not(HasSubstr(",=")));
}

TEST(hostile_names, keep_every_line_of_jsonl_and_json_whole) {
  const auto experiment = hostile_experiment("\xff\xfe\n\"}");
  EXPECT_NO_THROW(base::parse_json(printed("json", experiment), "json"));
  auto lines = base::split(printed("jsonl", experiment), '\n');
  EXPECT_EQ(lines.size(), 11u);
  lines.pop_back();
  for (const auto& line : lines) EXPECT_NO_THROW(base::parse_json(line, "jsonl"));
}

TEST(csv, has_one_row_for_each_candidate_and_as_many_cells_as_the_header) {
  const auto rows = base::split(printed("csv"), '\n');
  ASSERT_EQ(rows.size(), 12u);  // header, ten candidates, the end
  const auto cells = [](const std::string& row) {
    bool quoted = false;
    return std::count_if(row.begin(), row.end(), [&](char letter) {
      quoted = quoted != (letter == '"');
      return letter == ',' && !quoted;
    });
  };
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    EXPECT_EQ(rows[i].back(), '\r');
    EXPECT_EQ(cells(rows[i]), cells(rows[0])) << rows[i];
  }
}

TEST(generate, the_time_to_the_first_token_and_of_each_further_one_are_in_every_format) {
  auto experiment = test_experiment();
  experiment.plan.groups[0].workload.scenario = {results::ScenarioKind::Generate, 16, 8};
  auto analysis = test_analysis();
  analysis.groups[0].summaries[0].first_token_ns = 1.25e6;
  analysis.groups[0].summaries[0].per_token_ns = 0.31e6;
  const std::pair<const char*, std::vector<const char*>> shown[] = {
      {"table", {"prompt of 16 tokens, 8 generated", "first token ms", "per token ms", "1.25", "0.31"}},
      {"md", {"prompt of 16 tokens, 8 generated", "per output token", "1.25", "0.31"}},
      {"html", {"per output token", "1.25", "0.31"}},
      {"csv", {"first_token_ns,per_token_ns", "1250000.0,310000.0"}},
      {"json", {"\"first_token_ns\": 1250000.0", "\"per_token_ns\": 310000.0"}}};
  for (const auto& [format, texts] : shown) {
    const auto text = printed(format, experiment, analysis);
    for (const auto* one : texts) EXPECT_THAT(text, HasSubstr(one)) << format;
  }
  EXPECT_THAT(printed("table", test_experiment(), test_analysis()), Not(HasSubstr("first token")));
}

TEST(devices, and_parts_of_an_artefact_are_in_the_report) {
  auto experiment = test_experiment();
  experiment.environment.devices = {{}, {"acc0", "acc", "Example Accelerator", 8'000'000'000, "1.2"}};
  auto& artefact = experiment.plan.artefacts[0];
  artefact.parts = {{"prefill", "/models/p.onnx", std::string(64, 'p'), 60'000'000},
                    {"decode", "/models/d.onnx", std::string(64, 'd'), 30'900'000}};
  for (const char* format : {"md", "html"}) {
    const auto text = printed(format, experiment, test_analysis());
    EXPECT_THAT(text, HasSubstr("Example Accelerator, 8.00 GB, driver 1.2")) << format;
    EXPECT_THAT(text, HasSubstr("part prefill")) << format;
    EXPECT_THAT(text, HasSubstr(std::string(64, 'd'))) << format;
  }
}

}  // namespace
}  // namespace inferometer::report
