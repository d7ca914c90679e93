// One live worker as the coordinator sees it. Every method that talks to the worker has a deadline; whatever
// goes wrong becomes a results::CandidateFailure with phase, reason and the tail of the worker's log, after
// the worker's whole process tree has been ended; later calls then throw the same again. Only a request that
// the worker refuses with a reason leaves it alive. process::Interrupted passes through.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engines/launch.h"
#include "protocol/messages.h"

namespace inferometer::session {

/// How long each phase may take. See guides: reliability D.
struct Deadlines {
  std::chrono::nanoseconds start = std::chrono::seconds(60);  ///< with 1 GB of libraries on a cold disk
  std::chrono::nanoseconds load = std::chrono::seconds(120);
  std::chrono::nanoseconds compile = std::chrono::seconds(900);
  std::chrono::nanoseconds bind = std::chrono::seconds(60);
  std::chrono::nanoseconds first_run = std::chrono::seconds(120);
  std::chrono::nanoseconds outputs = std::chrono::seconds(120);
  std::chrono::nanoseconds teardown = std::chrono::seconds(5);
};

struct Start {
  engines::Launch launch;
  std::vector<int> cpus;  ///< affinity, set before exec; empty: inherited
  bool digest = false;    ///< ask for the library's hash
  std::string repeat;     ///< the command that repeats this candidate alone, for outcomes
  Deadlines deadlines;
};

class Session {
 public:
  /// Spawns and shakes hands.
  explicit Session(const Start& start);
  ~Session();  ///< ends the whole process tree if `close` did not
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const protocol::HelloReply& hello() const;
  std::int64_t start_ns() const;  ///< exec to hello

  protocol::LoadReply load(const protocol::Load& request);
  void bind(const protocol::Bind& request);
  /// The deadline is max(2 s, 20 x expected_ns); for first_run at least Deadlines::first_run. `phase` names
  /// it in outcomes: first_run, warm_up, run. The reply is checked: counts as asked, times positive and
  /// inside our own window, sum of durations within wall, offsets in order, not all alike; otherwise outcome
  /// `untrusted` with the rule.
  protocol::SampleReply sample(const protocol::Sample& request, const std::string& phase,
                               std::int64_t expected_ns);
  /// The same for whole texts. Also checked: as many times and ids of tokens as asked, the times in order and
  /// inside their samples.
  protocol::GenerateReply generate(const protocol::Generate& request, const std::string& phase,
                                   std::int64_t expected_ns);
  void outputs(const protocol::Outputs& request);

  /// Until `resume` nothing is asked of the worker. Where hello says that it may be stopped, every thread of
  /// the tree is (SIGSTOP, confirmed); cheap when already paused.
  void pause();
  void resume();
  bool paused() const;

  /// Around a block of another worker, while this one is paused. A worker that proves that it is idle and
  /// has used 1 % of the time between the two calls or more (CPU time of its whole tree) is `untrusted`.
  void begin_idle();
  void end_idle();

  /// CPU time of the whole process tree so far.
  std::int64_t cpu_ns();

  /// Asks the worker to close; a crash or hang here is reported but costs nothing that was measured.
  /// Returns "" or what went wrong at teardown; "" also where the worker has ended before. An interruption
  /// only makes it hurry.
  std::string close();

  std::string log_tail() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace inferometer::session
