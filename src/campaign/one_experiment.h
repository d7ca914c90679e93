// One experiment of a campaign: adopted, gone on with, or measured.
#pragma once

#include "campaign/campaign.h"
#include "campaign/forecasts.h"
#include "experiment/experiment.h"

namespace inferometer::campaign {

/// Goes on with its record where an earlier invocation of this campaign left one, adopts one that has ended,
/// or measures. Throws base::UserError when it cannot run at all.
experiment::Ended run_experiment(const Forecast& forecast, const Campaign& campaign,
                                 const experiment::Host& host);

}  // namespace inferometer::campaign
