// `inferometer record sql | index | export`: questions over every record of this machine, answered by DuckDB.
#pragma once

#include <functional>
#include <string>

#include "cli/command.h"

namespace inferometer::cli {

struct SqlArguments {
  std::string query;  ///< empty: from stdin, or, at a terminal, the shell
  std::string format = "table";
};

struct ExportArguments {
  std::string format;  ///< "parquet"
  std::string target;  ///< a folder, or a file named after its view
};

/// Adds these three to the command `record`. What is returned says, after parsing, which of them was chosen;
/// empty: none.
std::function<Run()> add_queries(CLI::App& record);

/// Each says on stderr what of the record is left out, and returns kExitRecord then, else kExitOk. Throws
/// base::UserError: DuckDB is not installed, a wrong query, a target that cannot be written.
int run_sql(const SqlArguments& arguments);
/// Prints the path of the index.
int run_index();
int run_export(const ExportArguments& arguments);

}  // namespace inferometer::cli
