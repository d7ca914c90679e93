// `inferometer report`: every format again, from the record alone.
#pragma once

#include <string>
#include <vector>

namespace inferometer::cli {

struct ReportArguments {
  std::string experiment = "last";   ///< an id, the beginning of one, "last" or a path
  std::string format = "table";      ///< on stdout
  std::vector<std::string> exports;  ///< "FORMAT=FILE"
  std::string output;  ///< folder for one file of every format that has a file name; empty: none
  std::string colour = "auto";
};

/// Same record and version, same bytes. Returns kExitOk, or kExitRecord when lines of the record could not be
/// used (the report is made of the others). Throws base::UserError for an unknown experiment or format and
/// for a file that cannot be written, base::RecordError when nothing of the record can be used.
int run_report(const ReportArguments& arguments);

}  // namespace inferometer::cli
