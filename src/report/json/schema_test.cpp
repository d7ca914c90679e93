// results.json against schema/results.schema.json, by a validator of the part of JSON Schema draft-07 that it
// uses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "base/files.h"
#include "base/json.h"
#include "report/guides/bert/bert_fixture.h"
#include "report/report.h"
#include "report/report_fixture.h"

namespace inferometer::report {
namespace {

using base::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Validator {
 public:
  explicit Validator(const Json& schema) : root_(schema) {}

  /// What is wrong, each with its place. A property that the schema does not describe is wrong here: it would
  /// be allowed to readers, but we must not print what we do not publish.
  std::vector<std::string> problems(const Json& value) {
    problems_.clear();
    validate(value, root_, "");
    return problems_;
  }

 private:
  void validate(const Json& value, const Json& schema, const std::string& place) {
    for (const auto& [keyword, rule] : schema.items()) {
      if (keyword == "$ref") {
        validate(value, root_.at(Json::json_pointer(rule.get<std::string>().substr(1))), place);
      } else if (keyword == "type") {
        if (!has_type(value, rule)) report(place, "is not " + rule.dump());
      } else if (keyword == "enum") {
        if (std::find(rule.begin(), rule.end(), value) == rule.end())
          report(place, "is not one of " + rule.dump());
      } else if (keyword == "required") {
        for (const auto& name : rule) {
          if (value.is_object() && !value.contains(name)) report(place, "lacks " + name.dump());
        }
      } else if (keyword == "items") {
        for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
          validate(value[i], rule, place + "/" + std::to_string(i));
        }
      } else if (keyword == "anyOf") {
        validate_any(value, rule, place);
      } else if (!is_passive(keyword)) {
        report(place, "the validator does not know the keyword " + keyword);
      }
    }
    if (value.is_object() && !schema.contains("$ref") && !schema.contains("anyOf"))
      validate_properties(value, schema, place);
  }

  void validate_properties(const Json& value, const Json& schema, const std::string& place) {
    for (const auto& [name, member] : value.items()) {
      if (schema.contains("properties") && schema.at("properties").contains(name)) {
        validate(member, schema.at("properties").at(name), place + "/" + name);
      } else if (schema.contains("additionalProperties")) {
        validate(member, schema.at("additionalProperties"), place + "/" + name);
      } else {
        report(place, "has '" + name + "', which the schema does not describe");
      }
    }
  }

  void validate_any(const Json& value, const Json& choices, const std::string& place) {
    std::vector<std::string> first;
    for (const auto& choice : choices) {
      Validator other(root_);
      other.validate(value, choice, place);
      if (other.problems_.empty()) return;
      if (first.empty()) first = other.problems_;
    }
    problems_.insert(problems_.end(), first.begin(), first.end());
  }

  static bool has_type(const Json& value, const Json& rule) {
    if (rule.is_array()) {
      return std::any_of(rule.begin(), rule.end(), [&](const Json& one) { return has_type(value, one); });
    }
    const auto name = rule.get<std::string>();
    return (name == "object" && value.is_object()) || (name == "array" && value.is_array()) ||
           (name == "string" && value.is_string()) || (name == "boolean" && value.is_boolean()) ||
           (name == "null" && value.is_null()) || (name == "number" && value.is_number()) ||
           (name == "integer" && value.is_number_integer());
  }

  static bool is_passive(const std::string& keyword) {
    for (const char* known :
         {"$schema", "$id", "title", "description", "definitions", "properties", "additionalProperties"}) {
      if (keyword == known) return true;
    }
    return false;
  }

  void report(const std::string& place, const std::string& what) { problems_.push_back(place + " " + what); }

  const Json& root_;
  std::vector<std::string> problems_;
};

Json schema(const std::string& name) {
  const char* source = std::getenv("INFEROMETER_TEST_SOURCE");
  if (source == nullptr)
    throw std::runtime_error("set INFEROMETER_TEST_SOURCE to the repository, as ctest does");
  const auto file = std::filesystem::path(source) / "schema" / name;
  return base::parse_json(base::read_file(file, 1 << 20), file.string());
}

class Schema : public ::testing::Test {
 protected:
  std::vector<std::string> problems() { return Validator(schema_).problems(results_); }

  Json schema_ = schema("results.schema.json");
  Json results_ = base::parse_json(printed("json", test_experiment(), test_analysis()), "results.json");
};

TEST(bert_schema, bert_comparison_results_json_is_what_the_schema_describes_and_nothing_more) {
  const auto described = schema("bert_comparison_results.schema.json");
  auto results = base::parse_json(printed("bert-json", bert_experiment(), bert_analysis()), "bert-json");
  EXPECT_THAT(Validator(described).problems(results), IsEmpty());
  results["results"][0]["accuracy_loss"] = "none";
  results["claims"][0]["claimed"].erase("provenance");
  EXPECT_EQ(Validator(described).problems(results).size(), 2u);
}

TEST(bert_schema, shares_its_definitions_with_that_of_results_json) {
  const auto own = schema("bert_comparison_results.schema.json").at("definitions");
  const auto others = schema("results.schema.json").at("definitions");
  int shared = 0;
  for (const auto& [name, definition] : own.items()) {
    if (!others.contains(name) || name == "experiment") continue;
    EXPECT_EQ(definition, others.at(name)) << name;
    ++shared;
  }
  EXPECT_GT(shared, 10);
}

TEST_F(Schema, results_json_is_what_the_schema_describes_and_nothing_more) {
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Schema, the_validator_finds_what_is_missing_wrong_or_not_described) {
  results_["groups"][0]["candidates"][1]["latency"].erase("median_ns");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("/groups/0/candidates/1/latency lacks \"median_ns\"")));
  results_["groups"][0]["candidates"][1]["latency"]["median_ns"] = "fast";
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("median_ns is not [\"number\",\"null\"]")));
  results_["groups"][0]["candidates"][1]["latency"]["median_ns"] = nullptr;
  results_["groups"][1]["trust"]["grade"] = "D";
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("/groups/1/trust/grade is not one of")));
  results_["groups"][1]["trust"]["grade"] = "A";
  results_["surprise"] = 1;
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("has 'surprise', which the schema does not describe")));
}

TEST_F(Schema, every_block_of_numbers_says_where_they_come_from) {
  for (const auto& group : results_.at("groups")) {
    EXPECT_EQ(group.at("harness_cost").at("provenance"), "measured");
    EXPECT_EQ(group.at("self_comparison").at("provenance"), "measured");
    for (const auto& candidate : group.at("candidates")) {
      for (const char* block : {"latency", "resources", "comparison"}) {
        const auto& numbers = candidate.at(block);
        EXPECT_TRUE(numbers.is_null() || numbers.at("provenance") == "measured") << block;
      }
    }
  }
}

}  // namespace
}  // namespace inferometer::report
