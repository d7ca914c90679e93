// The formats of a report. Printers format what analysis computed and compute nothing.
#pragma once

#include <string>
#include <vector>

#include "report/core/input.h"

namespace inferometer::report {

/// Our own formats, then those of every guide.
const std::vector<Format>& formats();
/// Throws base::UserError with the known formats.
const Format& format(const std::string& name);
/// The format can print an experiment of this Plan::set.
bool prints_set(const Format& format, const std::string& set);

}  // namespace inferometer::report
