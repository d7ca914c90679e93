// What a command asked for beside its plan, kept with it so that a resumed experiment reads and writes the
// same files.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace inferometer::results {

/// Where input values come from. Paths are absolute; all empty: seeded values.
struct InputSources {
  std::map<std::string, std::string> files;  ///< input -> file; "" -> a file that names its tensors
  std::string texts;                         ///< a file with one text a line
  std::string images;                        ///< a file or folder
  std::string image_scaling;                 ///< empty: as the model wants it
};

/// Which reports are written. Paths are absolute.
struct ReportFiles {
  std::string format = "table";      ///< on stdout
  std::vector<std::string> exports;  ///< "FORMAT=FILE"
  std::string folder;                ///< for one file of every format; empty: beside the record
};

}  // namespace inferometer::results
