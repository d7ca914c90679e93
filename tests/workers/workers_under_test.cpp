#include "tests/workers/workers_under_test.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"

namespace inferometer::tests {
namespace {

constexpr std::string_view kPrefix = "inferometer-worker-";

/// Empty when none was chosen.
std::string chosen_library(const std::string& engine) {
  std::string variable = "INFEROMETER_" + engine + "_LIBRARY";
  std::transform(variable.begin(), variable.end(), variable.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const char* const library = std::getenv(variable.c_str());
  return library == nullptr ? "" : library;
}

}  // namespace

std::vector<std::string> built_workers() {
  std::vector<std::string> workers;
  for (const auto& entry : std::filesystem::directory_iterator(base::libexec_folder())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix)) workers.push_back(name.substr(kPrefix.size()));
  }
  std::sort(workers.begin(), workers.end());
  return workers;
}

WorkerUnderTest find_worker(const std::string& engine) {
  const auto store = packages::Installed::open();
  const auto discovery = engines::discover(base::libexec_folder(), store);
  for (const auto& found : discovery.engines) {
    if (found.engine != engine) continue;
    if (const auto library = chosen_library(engine); !library.empty()) {
      return {found, engines::program_with_library(found.program, library), ""};
    }
    try {
      return {found, engines::launch(found, "", store), ""};
    } catch (const base::UserError& error) {
      return {found, std::nullopt, error.what()};
    }
  }
  throw base::UserError("no worker program is called " + engine + ": " +
                        base::join(discovery.problems, "; "));
}

}  // namespace inferometer::tests
