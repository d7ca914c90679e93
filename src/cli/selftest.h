// `inferometer selftest`: what this machine and this instrument can distinguish right now.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.h"

namespace inferometer::cli {

struct SelftestArguments {
  std::optional<std::uint64_t> seed;
  std::string progress = "auto";
};

Run add_selftest(CLI::App& app, const Invocation& invocation);

/// At most 60 s: the null engine against itself (must not differ) and against itself with 10 % more work
/// (must be found). Exit 0 when both hold, 5 when the machine is too noisy, 1 when the instrument failed.
int run_selftest(const SelftestArguments& arguments);

}  // namespace inferometer::cli
