#include "prepare/commands.h"

#include <array>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "hub/download.h"
#include "inputs/make_inputs.h"
#include "models/commands.h"

namespace inferometer::prepare {
namespace {

constexpr std::array kCommands = {
    Command{"download", hub::download_command},
    Command{"inspect", models::inspect_command},
    Command{"prepare", models::prepare_command},
    Command{"make-inputs", inputs::make_inputs},
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

}  // namespace inferometer::prepare
