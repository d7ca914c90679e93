// `inferometer store sql | index | export`: questions over every record of this machine, answered by DuckDB.
#pragma once

#include <string>

namespace inferometer::cli {

struct SqlArguments {
  std::string query;  ///< empty: from stdin, or, at a terminal, the shell
  std::string format = "table";
};

struct ExportArguments {
  std::string format;  ///< "parquet"
  std::string target;  ///< a folder, or a file named after its view
};

/// Each says on stderr what of the record is left out, and returns kExitRecord then, else kExitOk. Throws
/// base::UserError: DuckDB is not installed, a wrong query, a target that cannot be written.
int run_sql(const SqlArguments& arguments);
/// Prints the path of the index.
int run_index();
int run_export(const ExportArguments& arguments);

}  // namespace inferometer::cli
