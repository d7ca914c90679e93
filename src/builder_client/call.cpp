#include "builder_client/call.h"

#include "base/error.h"
#include "base/text.h"
#include "process/process.h"

namespace inferometer::builder_client {
namespace {

/// The message of a reply {"error": "..."}; empty for any other output.
std::string error_in(const std::string& output) {
  try {
    const auto reply = base::parse_json(output, "inferometer-builder");
    if (reply.is_object() && reply.contains("error")) return reply["error"].get<std::string>();
  } catch (const std::exception&) {
    // Cut off by a crash: how the child ended says more.
  }
  return {};
}

}  // namespace

BuilderReply call_builder(const BuilderCall& call) {
  process::SpawnRequest spawn;
  spawn.arguments = {call.program.string(), call.command};
  spawn.standard_input = base::to_line(call.request);
  spawn.capture_standard_output = true;
  spawn.capture_limit_bytes = 16u << 20;
  spawn.data_limit_bytes = call.data_limit_bytes;
  spawn.notify = call.notify;
  spawn.keep_environment = call.keep_environment;
  const auto finished = process::run(spawn, call.timeout);
  if (finished.timed_out) {
    throw base::UserError(call.subject + ": reading it took longer than " +
                          std::to_string(call.timeout.count()) + " s and was ended");
  }
  const auto& exit = finished.exit;
  if (!exit.signalled && exit.code == base::kExitUsage) {
    if (const auto message = error_in(finished.output); !message.empty()) throw base::UserError(message);
  }
  const std::string end = call.subject + ": the program that reads it (inferometer-builder " + call.command +
                          ") ended with " + exit.to_text() +
                          (finished.log.empty() ? "" : ": " + base::printable(finished.log));
  if (!exit.signalled && exit.code == base::kExitInternal) throw base::InternalError(end);
  if (exit.signalled || exit.code != base::kExitOk) throw base::UserError(end);
  return {base::parse_json(finished.output, "inferometer-builder " + call.command), exit.peak_rss_bytes};
}

}  // namespace inferometer::builder_client
