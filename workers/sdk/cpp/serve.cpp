#include "sdk/cpp/serve.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "protocol/codec.h"
#include "sdk/cpp/channel.h"
#include "sdk/cpp/loop.h"

namespace inferometer::worker {
namespace {

struct Arguments {
  bool describe = false;
  std::string library;
};

/// Nothing when they are not ours.
std::optional<Arguments> parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--describe") {
      arguments.describe = true;
    } else if (argument == "--library" && i + 1 < argc) {
      arguments.library = argv[++i];
    } else {
      return std::nullopt;
    }
  }
  return arguments;
}

/// Also keeps what the engine may start from holding the channel open.
bool claim(int descriptor) { return ::fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0; }

int run_loop(Loop& loop, const char* program) {
  try {
    if (loop.run() == Loop::End::Closed) return base::kExitOk;
  } catch (const protocol::ProtocolError& error) {
    std::fprintf(stderr, "%s: %s\n", program, error.what());
    return base::kExitInternal;
  }
  // The coordinator is gone: nobody waits for an orderly end, and an engine's may hang.
  ::_exit(base::kExitOk);
}

}  // namespace

int serve(int argc, char** argv, const protocol::Description& description, EngineFactory make_engine) {
  const auto arguments = parse(argc, argv);
  if (!arguments) {
    std::fprintf(stderr, "usage: %s --describe | [--library PATH]\n", argv[0]);
    return base::kExitUsage;
  }
  if (arguments->describe) {
    std::printf("%s\n", protocol::encode(description).c_str());
    return base::kExitOk;
  }
  if (!claim(protocol::kCommandDescriptor) || !claim(protocol::kReplyDescriptor)) {
    std::fprintf(
        stderr,
        "%s: this program is a worker of inferometer, which starts it with commands on descriptor %d "
        "and replies on %d; run it with --describe to see what it can do\n",
        argv[0], protocol::kCommandDescriptor, protocol::kReplyDescriptor);
    return base::kExitUsage;
  }
  std::signal(SIGPIPE, SIG_IGN);
  Channel channel(protocol::kCommandDescriptor, protocol::kReplyDescriptor);
  Loop loop({description, make_engine(), arguments->library, base::monotonic_ns}, channel);
  return run_loop(loop, argv[0]);
}

}  // namespace inferometer::worker
