#include "cli/command_line.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "cli/flags.h"
#include "cli/suite_line.h"
#include "inputs/request.h"
#include "record/list.h"
#include "record/reader.h"

#ifndef INFEROMETER_VERSION
#error "INFEROMETER_VERSION comes from CMakeLists.txt"
#endif

namespace inferometer::cli {
namespace {

constexpr const char* kCompareExamples = R"(examples:
  inferometer compare minilm
  inferometer compare minilm --set bert --mode quick
  inferometer compare ./my.onnx --mode quick
  inferometer compare ./my.onnx --engines onnxruntime,openvino --threads 1,2 --batch-sizes 1,8 --dry-run
  inferometer compare minilm --candidate onnxruntime --candidate openvino,precision=bfloat16 --baseline onnxruntime
  inferometer compare ./my.onnx --input image=photo.npy --export json=results.json
  inferometer compare --resume last
)";

constexpr const char* kSqlExamples = R"(examples:
  inferometer store sql "SELECT label, verdict, speed_up FROM candidates"
  inferometer store sql "SELECT engine, median(median_ns) / 1e6 AS ms FROM candidates GROUP BY engine" -o csv
  inferometer store sql "DESCRIBE samples"
  inferometer store sql
docs/store.md tells every view and column with its unit.
)";

/// What is measured. A list takes one word each time: the next one may be MODEL.
void add_what(CLI::App& command, CompareArguments& arguments) {
  command.add_option(
      "MODEL", arguments.models,
      "an .onnx or .tflite file, a SavedModel or checkpoint folder, ORG/NAME of the Hugging Face hub, or "
      "a known name (minilm, bert-base-uncased, distilbert-base-uncased, roberta-base, mobilenet_v2, "
      "resnet50, efficientnet_b0, null)");
  auto* set = command.add_option("--set", arguments.set,
                                 "a named set of candidates: bert (TensorFlow, TFLite int8, float16 and "
                                 "dynamic range, ONNX Runtime with basic and with all optimizations)");
  command
      .add_option("--variants", arguments.variants,
                  "of the model: onnx/float32, saved_model/float32, tflite/float32, tflite/float16, "
                  "tflite/int8-dynamic, tflite/int8; default: the model's own")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->excludes(set);
  command
      .add_option("--engines", arguments.engines,
                  "engines, each with @VERSION if wanted; default: all installed")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->excludes(set);
  command
      .add_option("--precisions", arguments.precisions,
                  "of the computation: float32, bfloat16, float16; default float32")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->excludes(set);
  command
      .add_option("--threads", arguments.threads,
                  "thread counts, or all; default: the CPUs that are free now")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--batch-sizes,--batch-size", arguments.batch_sizes, "default 1")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      .add_option("--sequence-lengths", arguments.sequence_lengths,
                  "tokens; default 128 or the model's limit")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      .add_option(
          "--candidate", arguments.candidates,
          "ENGINE[@VERSION][,variant=V][,precision=P][,threads=N][,OPTION=VALUE]..., repeatable; instead of "
          "the lists")
      ->allow_extra_args(false)
      ->excludes(set);
  command
      .add_option("--option", arguments.options,
                  "ENGINE.OPTION=VALUE for the candidates of the lists, repeatable")
      ->allow_extra_args(false)
      ->excludes(set);
  command
      .add_flag("--synthetic-weights", arguments.synthetic_weights,
                "MODEL is a published name; its weights are random, and every result says so")
      ->disable_flag_override();
  command.add_option("--dim", arguments.dims, "NAME=N binds an open dimension, repeatable")
      ->allow_extra_args(false);
  command
      .add_option("--input", arguments.inputs,
                  "NAME=FILE (npy, npz, safetensors), repeatable; default: seeded values")
      ->allow_extra_args(false);
  command.add_option("--texts", arguments.texts, "a file with one text a line, for a model with a tokenizer");
  auto* images = command.add_option("--images", arguments.images, "an image or a folder of images");
  command
      .add_option("--image-scaling", arguments.image_scaling,
                  "imagenet, symmetric (-1 to 1), unit (0 to 1), raw (0 to 255) or caffe; default: what the "
                  "model is known to want, else by its input, and told")
      ->check(CLI::IsMember(
          std::vector<std::string>(inputs::kImageScalings.begin(), inputs::kImageScalings.end())))
      ->needs(images);
  command.add_option("--baseline", arguments.baseline,
                     "label or engine that the others are compared with; default: the first");
}

/// How long and how sure.
void add_how(CLI::App& command, CompareArguments& arguments) {
  command
      .add_option("--mode", arguments.mode,
                  "quick (these loads, 30 s), standard (fresh loads, 3 min), full (margin 1 %, 15 min)")
      ->capture_default_str();
  command.add_option("--budget", arguments.budget_seconds, "seconds of measuring for each group");
  command.add_option("--margin", arguments.margin_percent, "percent that still count as equivalent");
  add_seed(command, arguments.seed);
  command
      .add_flag("--exact-counts", arguments.exact_counts, "stop at the counts of the mode, decided or not")
      ->disable_flag_override();
  command
      .add_flag("--rank-unverified", arguments.rank_unverified,
                "rank candidates without a float32 reference too")
      ->disable_flag_override();
  command
      .add_flag("--dry-run", arguments.dry_run,
                "print candidates, what is skipped and the cost; measure nothing")
      ->disable_flag_override();
}

/// The arguments of the recorded command; outputs of this one where it names any. Moves to the folder in
/// which the recorded command was given, where its relative paths hold.
int resume(const CLI::App& command, const CompareArguments& arguments) {
  const auto record = std::filesystem::absolute(record::find(record::record_folder(), arguments.resume));
  const auto plan = record::read(record).plan;
  if (plan.arguments.empty()) {
    throw base::UserError(record.string() + ": this experiment cannot be resumed: it keeps no command line");
  }
  CommandLine recorded;
  auto words = plan.arguments;
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  recorded.app.parse(static_cast<int>(pointers.size()), pointers.data());
  if (recorded.app.got_subcommand("suite")) {
    throw base::UserError(record.filename().string() + ": is part of a suite: go on with  " +
                          base::join(plan.arguments, " "));
  }
  auto again = recorded.compare;
  again.progress = arguments.progress;
  const auto new_outputs = absolute(arguments.outputs);
  if (command.count("--output") + command.count("-o") + command.count("--export") > 0)
    again.outputs = new_outputs;
  again.outputs.colour = arguments.outputs.colour;
  std::error_code error;
  std::filesystem::current_path(plan.folder, error);
  if (error) {
    throw base::UserError(
        fmt::format("{}: the experiment was started there, and its paths may be relative to "
                    "it: {}",
                    base::printable(plan.folder), error.message()));
  }
  return resume_compare(again, record);
}

int compare_or_resume(const CLI::App& command, const CompareArguments& arguments) {
  if (command.count("--resume") > 0) return resume(command, arguments);
  if (arguments.models.empty()) {
    throw base::UserError(
        "compare: MODEL is missing: give an .onnx file, a checkpoint folder or a name, for example: "
        "inferometer compare minilm");
  }
  return run_compare(arguments);
}

void add_compare(CommandLine& line) {
  auto* command = line.app.add_subcommand(
      "compare", "measure candidates side by side and say which is faster, by how much, how surely");
  add_what(*command, line.compare);
  add_how(*command, line.compare);
  add_resume(*command, line.compare.resume, "an unfinished experiment: id, path or last");
  add_outputs(*command, line.compare.outputs, "beside the record");
  add_progress(*command, line.compare.progress);
  command->footer(kCompareExamples);
  command->callback([&line, command] {
    line.run = [&line, command] { return compare_or_resume(*command, line.compare); };
  });
}

void add_selftest(CommandLine& line) {
  auto* command =
      line.app.add_subcommand("selftest", "what differences this machine can resolve now; at most 60 s");
  add_seed(*command, line.selftest.seed);
  add_progress(*command, line.selftest.progress);
  command->footer(
      "examples:\n  inferometer selftest\n  inferometer selftest --progress plain\n  inferometer selftest "
      "--seed 7\n");
  command->callback([&line] { line.run = [&line] { return run_selftest(line.selftest); }; });
}

void add_packages_action(CommandLine& line, CLI::App& command, const char* name, const char* summary,
                         PackagesAction action) {
  auto* sub = command.add_subcommand(name, summary);
  if (action != PackagesAction::List) {
    auto* names = sub->add_option("NAME", line.packages.names, "NAME or NAME@VERSION");
    if (action != PackagesAction::Check) names->required();
  }
  sub->callback([&line, action] {
    line.packages.action = action;
    line.run = [&line] { return run_packages(line.packages); };
  });
}

void add_packages(CommandLine& line) {
  auto* command = line.app.add_subcommand("packages", "engines, models and toolchains from the lock");
  add_packages_action(line, *command, "list", "what the lock has and what is installed",
                      PackagesAction::List);
  add_packages_action(line, *command, "install", "download, check and unpack", PackagesAction::Install);
  add_packages_action(line, *command, "remove", "delete from this machine", PackagesAction::Remove);
  add_packages_action(line, *command, "check", "compare every file with its sha256", PackagesAction::Check);
  command->require_subcommand(1);
  command->footer(
      "examples:\n  inferometer packages list\n  inferometer packages install onnxruntime "
      "openvino@2025.4.1\n  inferometer packages check\n");
}

void add_store_action(CommandLine& line, CLI::App& command, const char* name, const char* summary,
                      StoreAction action) {
  auto* sub = command.add_subcommand(name, summary);
  if (action != StoreAction::List)
    sub->add_option("EXPERIMENT", line.store.experiment, "an id, the beginning of one, last or a path");
  sub->callback([&line, action] {
    line.store.action = action;
    line.run = [&line] { return run_store(line.store); };
  });
}

void add_sql(CommandLine& line, CLI::App& command) {
  auto* sub = command.add_subcommand("sql", "ask all records in SQL, with DuckDB");
  sub->add_option("QUERY", line.sql.query, "default: stdin, or a shell at a terminal");
  sub->add_option("-o", line.sql.format, "format on stdout: table, csv, json, jsonl, md")
      ->capture_default_str();
  sub->footer(kSqlExamples);
  sub->callback([&line] { line.run = [&line] { return run_sql(line.sql); }; });
}

void add_index(CommandLine& line, CLI::App& command) {
  auto* sub = command.add_subcommand("index", "a DuckDB file of all records, so that queries are quick");
  sub->footer("examples:\n  inferometer store index\n  duckdb \"$(inferometer store index)\"\n");
  sub->callback([&line] { line.run = run_index; });
}

void add_export(CommandLine& line, CLI::App& command) {
  auto* sub = command.add_subcommand("export", "the views of sql as files");
  sub->add_option("FORMAT", line.table_export.format, "parquet")->required();
  sub->add_option("TARGET", line.table_export.target, "a folder for every view, or VIEW.parquet for one")
      ->required();
  sub->footer(
      "examples:\n  inferometer store export parquet ./tables\n  inferometer store export parquet "
      "candidates.parquet\n");
  sub->callback([&line] { line.run = [&line] { return run_export(line.table_export); }; });
}

void add_store(CommandLine& line) {
  auto* command = line.app.add_subcommand("store", "the record: what was measured on this machine");
  add_store_action(line, *command, "list", "every experiment, newest first", StoreAction::List);
  add_store_action(line, *command, "show", "one experiment in words", StoreAction::Show);
  add_store_action(line, *command, "check", "verify the chain of one record, or of all", StoreAction::Check);
  add_store_action(line, *command, "path", "where the files are", StoreAction::Path);
  add_sql(line, *command);
  add_index(line, *command);
  add_export(line, *command);
  command->require_subcommand(1);
  command->footer(
      "examples:\n  inferometer store list\n  inferometer store show last\n  inferometer store check\n  "
      "inferometer store sql \"FROM candidates\"\n");
}

int report_or_consolidate(const CLI::App& command, const CommandLine& line) {
  if (command.count("--consolidated") == 0) return run_report(line.report);
  return run_consolidated({line.consolidated, line.report.outputs.output});
}

void add_report(CommandLine& line) {
  auto* command =
      line.app.add_subcommand("report", "print an experiment again, in any format, from its record");
  auto* experiment =
      command->add_option("EXPERIMENT", line.report.experiment, "an id, the beginning of one, last or a path")
          ->capture_default_str();
  add_outputs(*command, line.report.outputs, "none");
  command
      ->add_option("--consolidated", line.consolidated,
                   "instead: all experiments of a suite, from the folder of its results; Markdown on stdout, "
                   "and with --output consolidated_report.md, all_results.csv, bert_comparison.csv")
      ->excludes(experiment)
      ->excludes("-o")
      ->excludes("--export");
  command->footer(
      "examples:\n  inferometer report\n  inferometer report last -o md\n  inferometer report 3f9a --export "
      "json=x.json --output ./results\n  inferometer report --consolidated "
      "./results/full_benchmark_20260101_120000 "
      "--output ./new_report\n");
  command->callback(
      [&line, command] { line.run = [&line, command] { return report_or_consolidate(*command, line); }; });
}

void add_doctor(CommandLine& line) {
  auto* command = line.app.add_subcommand(
      "doctor", "what this machine has, what is missing, what disturbs measurements here");
  command->footer("examples:\n  inferometer doctor\n");
  command->callback([&line] { line.run = run_doctor; });
}

void add_completion(CommandLine& line) {
  auto* command = line.app.add_subcommand("completion", "print a completion script");
  command->add_option("SHELL", line.shell, "bash, zsh or fish")->required();
  command->footer(
      "examples:\n  source <(inferometer completion bash)\n  inferometer completion fish | source\n");
  command->callback([&line] {
    line.run = [&line] {
      std::fputs(completion_script(line.app, line.shell).c_str(), stdout);
      return static_cast<int>(base::kExitOk);
    };
  });
}

}  // namespace

CommandLine::CommandLine()
    : app("Which inference configuration is faster, by how much, and how sure is that", "inferometer") {
  app.set_version_flag("--version", INFEROMETER_VERSION);
  app.require_subcommand(1);
  app.footer(
      "start here:\n  inferometer doctor\n  inferometer packages install onnxruntime openvino minilm\n  "
      "inferometer compare minilm\n");
  add_compare(*this);
  add_report(*this);
  add_suite(*this);
  add_init(*this);
  add_selftest(*this);
  add_packages(*this);
  add_store(*this);
  add_doctor(*this);
  add_completion(*this);
}

}  // namespace inferometer::cli
