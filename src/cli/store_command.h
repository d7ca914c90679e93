// `inferometer store list | show | check | path`: the records on this machine.
#pragma once

#include <string>

namespace inferometer::cli {

enum class StoreAction { List, Show, Check, Path };

struct StoreArguments {
  StoreAction action = StoreAction::List;
  /// An id, the beginning of one, "last" or a path. Show: empty means last. Check: empty means all. Path:
  /// empty means the folder.
  std::string experiment;
};

/// Prints to stdout. Returns kExitOk, or kExitRecord when `check` finds damage. Throws base::UserError for an
/// unknown experiment, base::RecordError for a record that cannot be read.
int run_store(const StoreArguments& arguments);

}  // namespace inferometer::cli
