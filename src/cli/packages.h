// `inferometer packages list | install | remove | check`.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace inferometer::cli {

enum class PackagesAction { List, Install, Remove, Check };

struct PackagesArguments {
  PackagesAction action = PackagesAction::List;
  /// NAME or NAME@VERSION. install: NAME is the newest; remove and check: every version. check without names:
  /// all that is installed. list takes none.
  std::vector<std::string> names;
};

Run add_packages(CLI::App& app, const Invocation& invocation);

/// Tables go to stdout, talk to stderr. Exit 3 when `check` found damage.
int run_packages(const PackagesArguments& arguments);

}  // namespace inferometer::cli
