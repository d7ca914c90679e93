// What a suite will take, in words, before it starts.
#pragma once

#include <string>
#include <vector>

#include "cli/suite_experiment.h"

namespace inferometer::cli {

/// A table of the experiments with time, memory and disk, what is skipped and why, and the sums.
std::string outlook(const std::vector<Prospect>& prospects);

/// Throws base::UserError with both numbers when the artefacts do not fit on the disk of the cache.
void refuse_full_disk(const std::vector<Prospect>& prospects);

/// A count of samples without a path changes nothing; says so on stderr.
void say_unused_samples(const campaign::SuiteFile& file);

}  // namespace inferometer::cli
