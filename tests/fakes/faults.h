// Everything that a worker can do wrong, by name.
#pragma once

#include <set>
#include <string>

#include "protocol/messages.h"

namespace inferometer::fakes {

/// All names: those of the functions below, and those the worker itself knows: `nan` and `constant_outputs`
/// in outputs, `heartbeat` in compile, which announces it for ever.
std::set<std::string> known_faults();

/// Deeds: what is done when the request comes. Most do not return; `flood`, `orphan` and, after SIGCONT,
/// `stop` do, and the worker goes on as if nothing were.
void do_deed(const std::string& fault);
/// Late deeds: done after the reply was written. "late_segv", "late_hang", "late_exit3", "late_orphan".
void do_late_deed(const std::string& fault);
/// Lies: what is changed in an honest reply.
void tell_lie(const std::string& fault, protocol::Reply& reply);
/// Slips of the tongue: what is changed in the line that was to be written, its newline included.
void spoil_line(const std::string& fault, std::string& line);

}  // namespace inferometer::fakes
