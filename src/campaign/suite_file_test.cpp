#include "campaign/suite_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "campaign/experiments.h"
#include "campaign/yaml_reader.h"
#include "plan/sets.h"

namespace inferometer::campaign {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

SuiteFile parse(const std::string& text) { return parse_suite_file(text, "suite.yaml"); }

std::string message_of(const std::string& text) {
  try {
    parse(text);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

std::string source_file(const std::string& name) {
  return base::read_file(std::filesystem::path(std::getenv("INFEROMETER_TEST_SOURCE")) / name, 1 << 20);
}

std::string phase(const std::string& more) { return "phases:\n  - name: a\n    models: [x]\n" + more; }

TEST(suite_file, the_guides_own_examples_are_accepted_as_they_stand) {
  const auto faster = parse(R"(# Example: Faster testing
benchmark:
  warmup_iterations: 10
  test_iterations: 50
  repeat_runs: 1

# Example: More batch sizes
batch_sizes: [1, 2, 4, 8, 16]

# Example: Different sequence lengths
sequence_lengths: [64, 128, 256, 512]
)");
  EXPECT_EQ(faster.warm_up_runs, 10);
  EXPECT_EQ(faster.timed_runs, 50);
  EXPECT_EQ(faster.repeats, 1);
  EXPECT_THAT(faster.batch_sizes, ElementsAre(1, 2, 4, 8, 16));
  EXPECT_THAT(faster.sequence_lengths, ElementsAre(64, 128, 256, 512));
  EXPECT_TRUE(faster.phases.empty());
  const auto smaller = parse(R"(# In configs/benchmark_config.yaml
batch_sizes: [1, 4]  # Remove larger batch sizes
dataset:
  text:
    num_samples: 100  # Reduce from 500
)");
  EXPECT_THAT(smaller.batch_sizes, ElementsAre(1, 4));
  EXPECT_EQ(smaller.texts, (Samples{"", 100}));
  EXPECT_EQ(smaller.images.count, 500);
}

TEST(suite_file, every_key_arrives) {
  const auto file = parse(R"(
mode: full
benchmark: {budget_seconds: 12.5, margin_percent: 0.5}
threads: [1, all]
dataset: {text: {path: t.txt}, image: {path: pictures, num_samples: 3}}
missing_weights: synthetic
seed: 7
phases:
  - name: text
    models: [./My Models/Net-2.onnx, {model: bert-base-uncased, folder: bert_base}]
    variants: [onnx/float32, tflite/float16]
    engines: [onnxruntime@1.32.0, "openvino"]
    batch_sizes: [8]
    sequence_lengths: [32]
    folders: candidate
  - {name: other, models: [minilm], set: bert, folders: batch_size}
)");
  EXPECT_EQ(file.mode, "full");
  EXPECT_EQ(file.budget_seconds, 12.5);
  EXPECT_EQ(file.margin_percent, 0.5);
  EXPECT_THAT(file.threads, ElementsAre("1", "all"));
  EXPECT_EQ(file.texts, (Samples{"t.txt", 500}));
  EXPECT_EQ(file.images, (Samples{"pictures", 3}));
  EXPECT_TRUE(file.synthetic_for_missing);
  EXPECT_EQ(file.seed, 7u);
  const Phase first{"text",
                    {{"./My Models/Net-2.onnx", "net_2"}, {"bert-base-uncased", "bert_base"}},
                    "",
                    {},
                    {"onnx/float32", "tflite/float16"},
                    {"onnxruntime@1.32.0", "openvino"},
                    {8},
                    {32},
                    Folders::Candidate};
  const Phase second{"other", {{"minilm", "minilm"}}, "bert", {}, {}, {}, {}, {}, Folders::BatchSize};
  EXPECT_THAT(file.phases, ElementsAre(first, second));
  EXPECT_THAT(parse(phase("    candidates: ['null,work=5', onnxruntime]\n")).phases[0].candidates,
              ElementsAre("null,work=5", "onnxruntime"));
}

TEST(suite_file, nothing_at_all_is_every_default) {
  EXPECT_EQ(parse(""), SuiteFile());
  EXPECT_EQ(parse("# a comment\n"), SuiteFile());
  EXPECT_EQ(parse("benchmark:\ndataset: {text: }\n"), SuiteFile());
}

TEST(suite_file, an_unknown_key_is_an_error_with_its_place_and_the_nearest) {
  EXPECT_THAT(message_of("mode: quick\nbenchmark:\n  test_itertions: 5\n"),
              AllOf(StartsWith("suite.yaml:3:3: benchmark: "), HasSubstr("'test_itertions'"),
                    HasSubstr("did you mean 'test_iterations'?")));
  EXPECT_THAT(message_of("batchsizes: [1]\n"),
              AllOf(StartsWith("suite.yaml:1:1: "), HasSubstr("did you mean 'batch_sizes'?")));
  EXPECT_THAT(message_of(phase("    engine: [x]\n")),
              AllOf(StartsWith("suite.yaml:4:5: phases[0]: "), HasSubstr("did you mean 'engines'?")));
  EXPECT_THAT(message_of("phases: [{name: a, models: [{modl: x}]}]"), HasSubstr("did you mean 'model'?"));
}

TEST(suite_file, wrong_types_say_what_was_found_and_what_is_allowed) {
  EXPECT_THAT(message_of("batch_sizes: [1, two]\n"),
              AllOf(StartsWith("suite.yaml:1:18: batch_sizes[1]: found 'two'; "),
                    HasSubstr("a whole number from 1 to 1000000")));
  EXPECT_THAT(message_of("batch_sizes: 4\n"), HasSubstr("found '4'; write a list"));
  EXPECT_THAT(message_of("batch_sizes: []\n"), HasSubstr("found an empty list"));
  EXPECT_THAT(message_of("batch_sizes:\n"), HasSubstr("found nothing"));
  EXPECT_THAT(message_of("benchmark: [1]\n"), HasSubstr("benchmark: found a list; write KEY: VALUE"));
  EXPECT_THAT(message_of("- a\n"), StartsWith("suite.yaml:1:1: found a list"));
  EXPECT_THAT(message_of("mode: {a: 1}\n"), HasSubstr("found a mapping; write quick, standard, full"));
  EXPECT_THAT(message_of("seed: '7'\n"), HasSubstr("found the text '7'"));
  EXPECT_THAT(message_of("threads: [[1]]\n"), HasSubstr("found a list"));
  EXPECT_THAT(message_of("phases: [{name: a, models: x}]\n"), HasSubstr("models: found 'x'; write a list"));
  EXPECT_THAT(message_of("? [a]\n: 1\n"), HasSubstr("a key is a single word"));
}

TEST(suite_file, numbers_that_yaml_readers_disagree_about_are_refused) {
  for (const char* number : {"1e3", "08", "0x10", "1_000", "12:30", "1.0", "+5", "-5", "0", "1000001",
                             "99999999999999999999", "true", "~"}) {
    EXPECT_THAT(message_of("batch_sizes: [" + std::string(number) + "]\n"),
                HasSubstr("batch_sizes[0]: found"))
        << number;
  }
  for (const char* number : {"0", "-1", "nan", "inf", "1e9", "86401", "ten", "'5'"}) {
    EXPECT_THAT(message_of("benchmark: {budget_seconds: " + std::string(number) + "}\n"),
                HasSubstr("above 0 and at most 86400"))
        << number;
  }
  EXPECT_THAT(message_of("benchmark: {margin_percent: 51}\n"), HasSubstr("at most 50"));
  EXPECT_THAT(message_of("benchmark: {repeat_runs: 1001}\n"), HasSubstr("from 1 to 1000,"));
  EXPECT_THAT(message_of("threads: [4097]\n"), HasSubstr("from 1 to 4096,"));
}

TEST(suite_file, wrong_words_are_refused_with_the_nearest) {
  EXPECT_THAT(message_of("mode: quik\n"), HasSubstr("did you mean 'quick'?"));
  EXPECT_THAT(message_of("missing_weights: synthetc\n"), HasSubstr("did you mean 'synthetic'?"));
  EXPECT_THAT(message_of(phase("    folders: candidates\n")), HasSubstr("did you mean 'candidate'?"));
  EXPECT_THAT(message_of(phase("    set: brt\n")), HasSubstr("did you mean 'bert'?"));
}

TEST(suite_file, what_is_given_twice_is_refused) {
  EXPECT_THAT(message_of("mode: quick\nmode: full\n"),
              StartsWith("suite.yaml:2:1: key 'mode' is given twice"));
  EXPECT_THAT(message_of("batch_sizes: [1, 4, 1]\n"), HasSubstr("batch_sizes[2]: 1 is given twice"));
  EXPECT_THAT(message_of("phases: [{name: a, models: [x]}, {name: a, models: [y]}]\n"),
              HasSubstr("two phases have the name a"));
  EXPECT_THAT(message_of("phases: [{name: a, models: [d/x.onnx, e/X.onnx]}]\n"),
              HasSubstr("'d/x.onnx' and 'e/X.onnx' would share the folder x"));
  EXPECT_THAT(message_of("---\nmode: quick\n---\nmode: full\n"), HasSubstr("a second document"));
}

TEST(suite_file, a_phase_needs_a_name_and_models_and_a_set_excludes_the_rest) {
  EXPECT_THAT(message_of("phases: [{models: [x]}]\n"), HasSubstr("key 'name' is missing"));
  EXPECT_THAT(message_of("phases: [{name: a}]\n"), HasSubstr("key 'models' is missing"));
  EXPECT_THAT(message_of("phases: [{name: a, models: [{folder: x}]}]\n"),
              HasSubstr("key 'model' is missing"));
  EXPECT_THAT(message_of(phase("    set: bert\n    engines: [x]\n")), HasSubstr("named in one way"));
  EXPECT_THAT(message_of(phase("    candidates: [x]\n    variants: [x]\n")), HasSubstr("named in one way"));
  EXPECT_THAT(message_of("phases: []\n"), HasSubstr("found an empty list"));
}

TEST(suite_file, no_folder_leads_out_of_the_results) {
  for (const char* name :
       {"..", "../x", "/x", "a/b", ".hidden", "-x", "a b", "'a\\b'", "\"a\\u0000b\"", "ä"}) {
    EXPECT_THAT(message_of("phases: [{name: " + std::string(name) + ", models: [x]}]\n"),
                AnyOf(HasSubstr("is no name for a folder"), HasSubstr("a byte that is 0")))
        << name;
  }
  EXPECT_THAT(message_of("phases: [{name: records, models: [x]}]\n"),
              HasSubstr("is a folder of every suite"));
  EXPECT_EQ(folder_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(folder_name(".."), "__");
  EXPECT_EQ(folder_name("./folder/"), "folder");
  EXPECT_EQ(folder_name("org/Name-v1.5"), "name_v1_5");
  EXPECT_EQ(folder_name(std::string(5000, 'x')).size(), 100u);
}

TEST(suite_file, bombs_and_strange_yaml_are_refused_before_they_grow) {
  std::string bomb = "a: &a [x, x, x]\n";
  for (char name = 'b'; name < 'k'; ++name)
    bomb += std::string(1, name) + ": &" + name + " [*" + static_cast<char>(name - 1) + "]\n";
  EXPECT_THAT(message_of(bomb), HasSubstr("found an anchor"));
  EXPECT_THAT(message_of("phases: &x [*x]\n"), HasSubstr("found an anchor"));
  EXPECT_THAT(message_of("a: *b\n"), StartsWith("suite.yaml:1:4: "));
  EXPECT_THAT(message_of(std::string(5000, '[')), HasSubstr("nested deeper than 16"));
  std::string steps;
  for (int depth = 0; depth < 300; ++depth) steps += std::string(depth, ' ') + "a:\n";
  EXPECT_THAT(message_of(steps), HasSubstr("nested deeper than 16"));
  EXPECT_THAT(message_of("mode: !!python/object:os.system quick\n"), HasSubstr("found the tag"));
  EXPECT_THAT(message_of("batch_sizes: !mine [1]\n"), HasSubstr("found the tag"));
  EXPECT_THAT(message_of(std::string(kMostYamlBytes + 1, '#')), HasSubstr("has at most 262144"));
  EXPECT_THAT(message_of(std::string("mode: quick\n\0", 13)), HasSubstr("byte 12 is 0"));
  EXPECT_THAT(message_of("mode: [quick\n"), HasSubstr("not YAML"));
  EXPECT_THAT(message_of("mode: quick\n\tseed: 1\n"), HasSubstr("suite.yaml:2:"));
}

TEST(suite_file, a_file_with_any_bytes_changed_is_read_or_refused) {
  const auto whole = source_file("suites/full.yaml");
  base::Random random(7, "changed bytes");
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    auto text = whole;
    for (std::uint64_t changes = 1 + random.below(4); changes > 0; --changes) {
      static const std::string kBytes = "{}[]:-#&*!|>'\"%@`,? \n\t\x80\xff\0a0";
      text[random.below(text.size())] = kBytes[random.below(kBytes.size())];
    }
    text.resize(text.size() - random.below(text.size() / 2));
    refused += message_of(text) == "no error" ? 0 : 1;  // anything but a UserError ends the test
  }
  EXPECT_GT(refused, 100);
}

TEST(suite_file, names_of_strangers_are_shown_without_their_escapes) {
  const auto message = message_of("\"\\e[31mmode\": quick\n");
  EXPECT_EQ(message.find('\x1b'), std::string::npos) << message;
}

TEST(shipped_suite, is_the_defaults_and_the_guides_phases) {
  auto file = parse_suite_file(source_file("suites/full.yaml"), "full.yaml");
  std::vector<std::string> names;
  for (const auto& one : file.phases) names.push_back(one.name);
  EXPECT_THAT(names, ElementsAre("bert_comparison", "image_models", "text_models", "batch_analysis"));
  EXPECT_THAT(file.phases[0].models, ElementsAre(PhaseModel{"bert-base-uncased", "bert_base"},
                                                 PhaseModel{"distilbert-base-uncased", "distilbert"}));
  EXPECT_THAT(file.phases[3].batch_sizes, ElementsAre(1, 4, 8, 16, 32));
  EXPECT_TRUE(file.synthetic_for_missing.value());
  file.phases.clear();
  file.synthetic_for_missing.reset();
  EXPECT_EQ(file, SuiteFile());
}

TEST(shipped_suite, random_weights_stand_in_unless_the_file_says_skip) {
  const auto shipped = parse_suite_file(source_file("suites/full.yaml"), "full.yaml");
  EXPECT_TRUE(with_phases(parse_suite_file("mode: quick\n", "x"), shipped).synthetic_for_missing.value());
  EXPECT_FALSE(
      with_phases(parse_suite_file("missing_weights: skip\n", "x"), shipped).synthetic_for_missing.value());
}

TEST(shipped_suite, its_comments_show_every_key_and_may_be_taken_away) {
  const auto text = source_file("suites/full.yaml");
  for (const auto& [place, keys] : suite_file_keys()) {
    for (const auto& key : keys) EXPECT_THAT(text, HasSubstr(key + ":")) << place;
  }
  std::string words;
  for (const auto& [place, keys] : suite_file_keys())
    words += (words.empty() ? "" : "|") + base::join(keys, "|");
  const std::regex commented_key("(^|\n)( *)# ( *(- )?(" + words + "):)");
  const auto uncommented = std::regex_replace(text, commented_key, "$1$2$3");
  const auto file = parse_suite_file(uncommented, "uncommented.yaml");
  EXPECT_EQ(file.phases.size(), 6u);
  EXPECT_EQ(file.timed_runs, 100);
  EXPECT_EQ(file.images, (Samples{"images", 500}));
}

/// The properties of the mapping that `place` names in suite_file_keys().
std::set<std::string> properties(const base::Json& schema, const std::string& place) {
  const auto& definitions = schema.at("definitions");
  const base::Json* object = &schema;
  if (place == "phases") object = &definitions.at("phase");
  if (place == "models") object = &definitions.at("model").at("anyOf").at(1);
  if (place.starts_with("dataset.")) object = &definitions.at("samples");
  if (place == "benchmark" || place == "dataset") object = &schema.at("properties").at(place);
  std::set<std::string> names;
  for (const auto& [name, rule] : object->at("properties").items()) names.insert(name);
  EXPECT_EQ(object->at("additionalProperties"), false) << place;
  return names;
}

TEST(suite_schema, knows_the_sets) {
  const auto schema = base::parse_json(source_file("schema/suite.schema.json"), "suite.schema.json");
  const auto& set = schema.at("definitions").at("phase").at("properties").at("set");
  EXPECT_EQ(set.at("enum").get<std::vector<std::string>>(), plan::known_sets());
}

TEST(suite_schema, has_the_keys_of_the_parser_and_no_others) {
  const auto schema = base::parse_json(source_file("schema/suite.schema.json"), "suite.schema.json");
  for (const auto& [place, keys] : suite_file_keys())
    EXPECT_EQ(properties(schema, place), std::set<std::string>(keys.begin(), keys.end())) << place;
}

}  // namespace
}  // namespace inferometer::campaign
