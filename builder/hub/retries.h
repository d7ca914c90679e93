// Asking again, and the error when that does not help.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "builder/hub/connection.h"
#include "builder/hub/progress.h"

namespace inferometer::builder {

/// `ask` until its answer is whole or will stay as it is, at most 5 times, with 0.5, 1, 2 and 4 s between, or
/// as many as the server asks for, up to 60. `what` is asked for: "model.safetensors".
Answer ask_with_retries(const std::string& what, const std::function<Answer()>& ask, base::Clock& clock,
                        Progress& progress);

/// The error for an answer that is not whole. `what` as above; `id`: of the model.
base::UserError refusal(const Answer& answer, const std::string& what, const std::string& id,
                        const Settings& settings);

}  // namespace inferometer::builder
