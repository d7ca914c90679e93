// File descriptors that close themselves.
#pragma once

#include <string_view>
#include <utility>

namespace inferometer::process {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

/// Both ends of a one-way channel.
struct Ends {
  Descriptor read;
  Descriptor write;
};

// All are close-on-exec and numbered 10 or more, so that a child can put them on 0 to 4 in any order. They
// throw base::UserError with `program` when the system refuses (too many open files).

/// A pipe, written by a child and read by us without blocking.
Ends pipe_from_child(const std::string& program);
/// Written by us without blocking, and without SIGPIPE when it is written with MSG_NOSIGNAL.
Ends stream_to_child(const std::string& program);
/// Holds `bytes`, at its begin: a standard input that needs nobody to feed it.
Descriptor memory_file(std::string_view bytes, const std::string& program);
Descriptor null_device(const std::string& program);

}  // namespace inferometer::process
