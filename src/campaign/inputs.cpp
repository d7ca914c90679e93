#include "campaign/inputs.h"

#include <algorithm>
#include <fstream>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"

namespace inferometer::campaign {
namespace {

namespace fs = std::filesystem;
using base::UserError;

/// The first lines of a file, copied piece by piece: a stranger's line may be of any length.
fs::path first_lines(const Samples& texts, const fs::path& folder) {
  std::ifstream source(texts.path, std::ios::binary);
  if (!source || !fs::is_regular_file(texts.path)) {
    throw UserError("dataset.text.path: " + base::printable(texts.path) +
                    ": no such file: give a file with one text a line");
  }
  const auto copy = folder / "texts.txt";
  std::ofstream target(copy, std::ios::binary | std::ios::trunc);
  std::int64_t left = texts.count;
  for (char byte = 0; left > 0 && source.get(byte); left -= byte == '\n' ? 1 : 0) target.put(byte);
  if (!target.flush()) throw UserError(base::printable(copy.string()) + ": cannot be written");
  return copy;
}

/// Links to the first files of a folder, in the order of their names.
fs::path first_files(const Samples& images, const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(images.path, error)) return images.path;
  std::set<fs::path> files;
  for (fs::directory_iterator at(images.path, error), end; at != end; at.increment(error))
    files.insert(fs::absolute(at->path()));
  if (static_cast<std::int64_t>(files.size()) <= images.count) return images.path;
  const auto copy = folder / "images";
  fs::remove_all(copy);
  fs::create_directories(copy);
  std::int64_t left = images.count;
  for (auto file = files.begin(); file != files.end() && left > 0; ++file, --left)
    fs::create_symlink(*file, copy / file->filename());
  return copy;
}

}  // namespace

bool has_sequence(const plan::Model& model) {
  return std::any_of(entry_part(model.info).inputs.begin(), entry_part(model.info).inputs.end(),
                     [](const auto& input) {
                       return std::any_of(input.shape.begin(), input.shape.end(),
                                          [](const auto& dimension) { return dimension.role == "sequence"; });
                     });
}

results::InputSources suite_inputs(const Campaign& campaign, const plan::Model& model) {
  const bool of_text = has_sequence(model);
  const auto& samples = of_text ? campaign.file.texts : campaign.file.images;
  results::InputSources sources;
  if (samples.path.empty()) return sources;
  const auto folder = campaign.results / "dataset";
  base::require_writable_folder(folder);
  (of_text ? sources.texts : sources.images) =
      fs::absolute(of_text ? first_lines(samples, folder) : first_files(samples, folder)).string();
  return sources;
}

}  // namespace inferometer::campaign
