#include "cli/ended.h"

#include "base/files.h"
#include "cli/progress.h"

namespace inferometer::cli {

int report_ended(const experiment::Ended& ended, Outputs outputs) {
  const auto short_id = ended.experiment.id.substr(0, 8);
  if (outputs.files.folder.empty())
    outputs.files.folder = (base::state_folder() / "reports" / short_id).string();
  check_outputs(outputs.files);
  write_outputs(outputs, ended.experiment);
  say("record " + ended.record.string());
  say("again  inferometer report " + short_id);
  return experiment::exit_code_of(ended.experiment);
}

}  // namespace inferometer::cli
