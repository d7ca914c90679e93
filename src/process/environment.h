// What of our environment reaches our children: one list, in environment.cpp.
#pragma once

#include <map>
#include <string>

namespace inferometer::process {

using Variables = std::map<std::string, std::string>;

/// The variables of ours that every child gets.
Variables inherited_variables();

/// Those of them that change what an engine does or how fast: what a record names.
Variables inherited_engine_variables();

}  // namespace inferometer::process
