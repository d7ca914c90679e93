// What a suite will take, in words, before it starts.
#pragma once

#include <string>
#include <vector>

#include "campaign/forecasts.h"

namespace inferometer::cli {

/// A table of the experiments with time, memory and disk, what is skipped and why, and the sums.
/// `usable_memory`: bytes that the candidates of one group may hold together.
std::string outlook(const std::vector<campaign::Forecast>& forecasts, std::int64_t usable_memory);

/// Throws base::UserError with both numbers when the artefacts do not fit on the disk of the cache.
void refuse_full_disk(const std::vector<campaign::Forecast>& forecasts);

/// A count of samples without a path changes nothing; says so on stderr.
void say_unused_samples(const campaign::SuiteFile& file);

}  // namespace inferometer::cli
