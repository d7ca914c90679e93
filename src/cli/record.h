// `inferometer record list | show | check | path | sql | index | export`: the records on this machine.
#pragma once

#include <string>

#include "cli/command.h"

namespace inferometer::cli {

enum class RecordAction { List, Show, Check, Path };

struct RecordArguments {
  RecordAction action = RecordAction::List;
  /// An id, the beginning of one, "last" or a path. Show: empty means last. Check: empty means all. Path:
  /// empty means the folder.
  std::string experiment;
};

Run add_record(CLI::App& app, const Invocation& invocation);

/// Prints to stdout. Returns kExitOk, or kExitRecord when `check` finds damage. Throws base::UserError for an
/// unknown experiment, base::RecordError for a record that cannot be read.
int run_record(const RecordArguments& arguments);

}  // namespace inferometer::cli
