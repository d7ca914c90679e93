// Whole files: read with a limit, written so that a crash leaves the old or the new one and nothing between.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace inferometer::base {

/// The bytes of a regular file. Throws UserError when it is missing, no regular file or over `limit_bytes`.
std::string read_file(const std::filesystem::path& file, std::uint64_t limit_bytes);

/// Writes a temporary file beside `file`, fsyncs it, renames it over `file` and fsyncs the folder.
/// Throws UserError naming the path and the reason (a full disk, a read-only folder).
void write_file_atomically(const std::filesystem::path& file, std::string_view bytes);

/// Makes `folder` and its parents; throws UserError when it cannot be written to.
void require_writable_folder(const std::filesystem::path& folder);

/// A new empty folder below the system's folder for temporary files, removed with everything in it at the
/// end. Those of the same purpose that a killed process left are removed when the next is made.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& purpose);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;  ///< descriptor of the folder: locked as long as this process uses it
};

/// Folders of the installation and of the user, by the XDG rules; INFEROMETER_HOME moves the user's
/// (UserError unless it begins with /). programs: bin/ of the running program; libexec: workers and the
/// builder; share: packages/, schema/
/// ...
std::filesystem::path programs_folder();
std::filesystem::path libexec_folder();
std::filesystem::path share_folder();
std::filesystem::path cache_folder();  ///< packages/ and artefacts/
std::filesystem::path state_folder();  ///< record/

}  // namespace inferometer::base
