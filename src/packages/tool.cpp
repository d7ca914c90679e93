#include "packages/tool.h"

#include <algorithm>

#include "base/error.h"

namespace inferometer::packages {

std::filesystem::path find_program(const Installed& store, const std::string& package,
                                   const std::string& purpose) {
  const auto installed = store.versions_of(package);
  if (installed.empty()) {
    throw base::UserError(
        purpose + ", which is missing or damaged here: type `inferometer packages install " + package + "`");
  }
  const auto& newest = installed.front();
  const auto& members = store.select(package + "@" + newest.version).version->members;
  const auto program = std::ranges::find_if(members, &Member::program);
  INFEROMETER_CHECK(program != members.end(), package + " has no program in the lock");
  return std::filesystem::absolute(newest.folder / program->path);
}

}  // namespace inferometer::packages
