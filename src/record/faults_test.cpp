// Every system call of the writer fails once, in turn, with every error that disks give.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdarg>

#include "base/error.h"
#include "record/record_fixture.h"

namespace {

/// Which call is to fail; the functions below stand before those of libc in this program.
struct Fault {
  int countdown = 0;  ///< 1: the next call; 0: none
  int error = 0;      ///< errno; 0: a write takes half of its bytes and the next one fails with ENOSPC
  bool hit = false;
};
Fault fault;

bool fails_now() {
  if (fault.countdown == 0 || --fault.countdown > 0) return false;
  fault.hit = true;
  errno = fault.error;
  return true;
}

}  // namespace

extern "C" {
ssize_t write(int fd, const void* bytes, size_t count) {
  if (fails_now()) {
    if (fault.error != 0) return -1;
    fault = {1, ENOSPC, true};
    count /= 2;
  }
  return syscall(SYS_write, fd, bytes, count);
}
int fdatasync(int fd) { return fails_now() ? -1 : static_cast<int>(syscall(SYS_fdatasync, fd)); }
int fsync(int fd) { return fails_now() ? -1 : static_cast<int>(syscall(SYS_fsync, fd)); }
int ftruncate(int fd, off_t length) noexcept {
  return fails_now() ? -1 : static_cast<int>(syscall(SYS_ftruncate, fd, length));
}
int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return fails_now() ? -1 : static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}
}

namespace inferometer::record {
namespace {

using ::testing::HasSubstr;

/// What one run of the program was promised to be on disk.
struct Acknowledged {
  std::filesystem::path file;
  int load_sets = 0;
  bool ended = false;
  std::string error;
};

/// A new record, two load sets, a crash that leaves a torn tail, a resume, two more, the end.
Acknowledged run(const std::filesystem::path& folder) {
  Acknowledged done;
  try {
    auto writer = Writer::create(folder, test_header());
    done.file = writer->file();
    for (; done.load_sets < 2; ++done.load_sets) writer->keep(test_load_set(done.load_sets));
    writer.reset();
    const Fault armed = std::exchange(fault, Fault{});
    put(done.file, bytes_of(done.file) + "{\"torn");
    fault = armed;
    std::vector<std::string> notices;
    writer = Writer::resume(done.file, notices);
    for (; done.load_sets < 4; ++done.load_sets) writer->keep(test_load_set(done.load_sets));
    writer->end();
    done.ended = true;
  } catch (const base::RecordError& error) {
    done.error = error.what();
  }
  return done;
}

void expect_nothing_lost(const Acknowledged& done) {
  const auto experiment = read(done.file);
  ASSERT_GE(experiment.load_sets.size(), static_cast<std::size_t>(done.load_sets));
  for (std::size_t i = 0; i < experiment.load_sets.size(); ++i) {
    EXPECT_EQ(experiment.load_sets[i].index, static_cast<int>(i));
  }
  if (done.ended) return;
  if (!experiment.ended) {
    std::vector<std::string> notices;
    Writer::resume(done.file, notices)->end();
  }
  EXPECT_TRUE(check(done.file).problems.empty());
}

TEST(fault, whichever_call_fails_what_was_acknowledged_stays_and_the_record_can_be_continued) {
  for (const int error : {0, ENOSPC, EIO, EROFS, EDQUOT, EINTR, EMFILE}) {
    bool hit = true;
    for (int nth = 1; hit; ++nth) {
      const base::ScratchFolder folder("fault-test");
      fault = {nth, error, false};
      const Acknowledged done = run(folder.path());
      hit = std::exchange(fault, Fault{}).hit;
      SCOPED_TRACE(::testing::Message() << "call " << nth << " errno " << error);
      if (!hit) {
        ASSERT_TRUE(done.ended);
        ASSERT_GT(nth, 20) << "too few calls were seen to fail";
      }
      if (done.file.empty()) {
        EXPECT_NE(done.error, "");
        EXPECT_TRUE(list(folder.path()).empty()) << "a record that could not be begun was left behind";
      } else {
        expect_nothing_lost(done);
      }
    }
  }
}

TEST(fault, after_a_failed_sync_the_descriptor_is_never_tried_again) {
  const base::ScratchFolder folder("fault-test");
  const auto writer = Writer::create(folder.path(), test_header());
  const auto before = bytes_of(writer->file());
  fault = {2, EIO, false};  // the write, then the sync
  try {
    writer->keep(test_load_set(0));
    FAIL();
  } catch (const base::RecordError& error) {
    EXPECT_THAT(error.what(), HasSubstr(writer->file().string()));
    EXPECT_THAT(error.what(), HasSubstr("load_set/g0/0 could not be kept (lines 1 to 1 are safe)"));
    EXPECT_THAT(error.what(), HasSubstr("Input/output error"));
  }
  fault = {};
  EXPECT_THROW(writer->keep(test_load_set(0)), base::RecordError);
  EXPECT_EQ(bytes_of(writer->file()), before);
}

/// In a child: fills `folder` until it refuses; 0 when that was reported as it must be and nothing was lost.
int fill(const std::filesystem::path& folder, const std::string& reason) {
  const auto writer = Writer::create(folder, test_header());
  int kept = 0;
  try {
    for (; kept < 100'000; ++kept) writer->keep(test_load_set(kept, 1000));
    return 1;
  } catch (const base::RecordError& error) {
    if (std::string(error.what()).find(reason) == std::string::npos) return 2;
  }
  const Check found = check(writer->file());
  return !found.problems.empty()                                                   ? 3
         : read(writer->file()).load_sets.size() != static_cast<std::size_t>(kept) ? 4
                                                                                   : 0;
}

template <typename Action>
int in_child(Action action) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(action());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(disk_full, at_the_size_limit_the_line_is_refused_and_those_before_it_stay) {
  const base::ScratchFolder folder("fault-test");
  EXPECT_EQ(in_child([&] {
              std::signal(SIGXFSZ, SIG_IGN);
              const rlimit limit{200'000, 200'000};
              ::setrlimit(RLIMIT_FSIZE, &limit);
              return fill(folder.path(), "File too large");
            }),
            0);
}

TEST(disk_full, on_a_file_system_without_space_the_line_is_refused_and_those_before_it_stay) {
  constexpr int kCannotMount = 77;
  const base::ScratchFolder folder("fault-test");
  const int status = in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
      return kCannotMount;
    }
    return fill(folder.path(), "No space left on device");
  });
  if (status == kCannotMount) GTEST_SKIP() << "a file system of 1 MiB cannot be mounted here (needs root)";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace inferometer::record
