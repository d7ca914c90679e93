// Checkpoints that were really trained, out of the package minilm and the shared test files.
#pragma once

#include <filesystem>

namespace inferometer::tests {

/// The shared test files; need not be there.
std::filesystem::path shared_folder();

/// The checkpoint that a shared delta makes of MiniLM: the same as its make_checkpoint.py. `base`: the folder
/// of MiniLM. Returns `into`, which is made.
std::filesystem::path make_checkpoint(const std::filesystem::path& base, const std::filesystem::path& delta,
                                      const std::filesystem::path& into);

}  // namespace inferometer::tests
