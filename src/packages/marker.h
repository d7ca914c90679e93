// installed.json: the file that an installation writes last, and what is checked against it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "packages/installed.h"

namespace inferometer::packages {

/// Checks sha256 of every member below `folder` against the lock and then writes the marker, both flushed to
/// disk. Returns the bytes of all members. Throws base::UserError naming the member that differs.
std::int64_t seal(const std::filesystem::path& folder, const LockedVersion& version);

/// What keeps `folder` from being a whole installation of `version`: one phrase, empty for nothing.
/// Sizes always, hashes when `thorough`. `bytes` gets the sum of the members.
std::string find_damage(const std::filesystem::path& folder, const LockedVersion& version, bool thorough,
                        std::int64_t& bytes);

}  // namespace inferometer::packages
