#include "builder/commands.h"

#include <array>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "builder/hub/download.h"
#include "builder/inputs/make_inputs.h"
#include "builder/model_commands.h"

namespace inferometer::builder {
namespace {

constexpr std::array kCommands = {
    Command{"download", download_command},
    Command{"inspect", inspect_command},
    Command{"build", build_command},
    Command{"make-inputs", make_inputs},
};

}  // namespace

const Command& find_command(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& command : kCommands) {
    if (name == command.name) return command;
    known.emplace_back(command.name);
  }
  throw base::UserError(base::unknown_word("command", name, known));
}

}  // namespace inferometer::builder
