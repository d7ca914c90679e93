#include "cli/init.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "campaign/yaml_reader.h"
#include "cli/progress.h"

namespace inferometer::cli {
namespace {

/// Where the shipped suite says that editors find its schema.
constexpr std::string_view kSchemaThere = "$schema=../schema/";

std::string text_for_a_user() {
  auto text = base::read_file(base::share_folder() / "suites" / "full.yaml", campaign::kMostYamlBytes);
  const auto place = text.find(kSchemaThere);
  INFEROMETER_CHECK(place != std::string::npos, "suites/full.yaml names no schema");
  const auto here = "$schema=" + (base::share_folder() / "schema").string() + "/";
  return text.replace(place, kSchemaThere.size(), here);
}

}  // namespace

Run add_init(CLI::App& app, const Invocation&) {
  const auto file = std::make_shared<std::string>("suite.yaml");
  app.add_option("FILE", *file, "must not exist yet")->capture_default_str();
  app.footer("examples:\n  inferometer init\n  inferometer init nightly.yaml\n");
  return [file] { return run_init(*file); };
}

int run_init(const std::string& file) {
  const auto text = text_for_a_user();
  const auto shown = base::printable(file);
  // x: only where there is nothing yet, and so in one step.
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "wxe"), std::fclose);
  if (stream == nullptr && errno == EEXIST) {
    throw base::UserError(shown + ": is there already; name another file:  inferometer init FILE");
  }
  if (stream == nullptr) throw base::UserError(shown + ": cannot be written: " + base::errno_text(errno));
  if (std::fwrite(text.data(), 1, text.size(), stream.get()) != text.size() ||
      std::fflush(stream.get()) != 0) {
    const int reason = errno;
    std::remove(file.c_str());
    throw base::UserError(shown + ": cannot be written: " + base::errno_text(reason));
  }
  say("wrote  " + file);
  say("next   inferometer suite " + file + " --dry-run");
  return base::kExitOk;
}

}  // namespace inferometer::cli
