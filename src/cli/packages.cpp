#include "cli/packages.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "cli/columns.h"
#include "cli/progress.h"
#include "packages/installed.h"

namespace inferometer::cli {
namespace {

using packages::Installed;
using packages::State;

std::string size_text(std::int64_t bytes) { return base::format_bytes(static_cast<double>(bytes)); }

std::string title(const Installed::Selection& selection) {
  return selection.package->name + "@" + selection.version->version;
}

std::int64_t bytes_to_fetch(const packages::LockedVersion& version) {
  return version.files.empty() ? 0 : version.files.front().bytes;
}

/// "10 files, "; nothing for a toolchain, whose lock does not list them.
std::string count_of_members(const packages::LockedVersion& version) {
  return version.members.empty() ? "" : fmt::format("{} files, ", version.members.size());
}

int list(const Installed& store) {
  std::vector<std::vector<std::string>> rows = {{"NAME", "VERSION", "KIND", "STATE", "SIZE", "SUMMARY"}};
  for (const auto& package : store.lock()) {
    for (const auto& version : package.versions) {
      const auto installed = store.state(package, version, false);
      const bool absent = installed.state == State::NotInstalled;
      rows.push_back({package.name, version.version, package.kind,
                      absent                                ? "not installed"
                      : installed.state == State::Installed ? "installed"
                                                            : "damaged",
                      absent ? size_text(bytes_to_fetch(version)) + " to fetch" : size_text(installed.bytes),
                      package.summary});
    }
  }
  std::fputs(columns(rows).c_str(), stdout);
  return base::kExitOk;
}

/// Every version of the packages that are named without one.
std::vector<Installed::Selection> select_all(const Installed& store, const std::vector<std::string>& names) {
  std::vector<Installed::Selection> selections;
  for (const auto& name : names) {
    const auto selection = store.select(name);
    if (name.find('@') != std::string::npos) {
      selections.push_back(selection);
      continue;
    }
    for (const auto& version : selection.package->versions)
      selections.push_back({selection.package, &version});
  }
  return selections;
}

void install_one(Installed& store, const Installed::Selection& selection) {
  const auto& package = *selection.package;
  say(fmt::format("{}: {} ({})", title(selection), package.summary, package.licence));
  const auto report = store.install(selection, [](const std::string& step) { say("  " + step); });
  if (report.already_there) {
    say("  is there already, and every sha256 is right");
  } else {
    say(fmt::format("  installed {}; {:.1f} s were network, {:.1f} s unpacking and checking",
                    size_text(report.bytes), report.seconds_network, report.seconds_unpack));
  }
  std::fputs((title(selection) + "  " + report.folder.string() + "\n").c_str(), stdout);
}

int install(Installed& store, const std::vector<std::string>& names) {
  std::vector<Installed::Selection> selections;
  for (const auto& name : names)
    selections.push_back(store.select(name));  // a wrong name stops before the network
  for (const auto& selection : selections) install_one(store, selection);
  return base::kExitOk;
}

int remove(Installed& store, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    bool removed = false;
    for (const auto& selection : select_all(store, {name})) {
      if (!store.remove(selection)) continue;
      removed = true;
      say("removed " + title(selection));
    }
    if (!removed) say(name + " is not installed");
  }
  return base::kExitOk;
}

int check(const Installed& store, const std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const auto& package : store.lock()) all.push_back(package.name);
  std::vector<std::vector<std::string>> rows;
  int exit = base::kExitOk;
  for (const auto& selection : select_all(store, names.empty() ? all : names)) {
    const auto installed = store.state(*selection.package, *selection.version, true);
    if (installed.state == State::NotInstalled) continue;
    const bool whole = installed.state == State::Installed;
    if (!whole) exit = base::kExitRequirement;
    rows.push_back(
        {title(selection), whole ? "ok" : "damaged",
         whole ? count_of_members(*selection.version) + size_text(installed.bytes) : installed.problem});
    if (!whole)
      say(title(selection) + " is damaged: inferometer packages install " + title(selection) + " repairs it");
  }
  if (rows.empty()) say("nothing of it is installed; `inferometer packages list` shows what can be");
  std::fputs(columns(rows).c_str(), stdout);
  return exit;
}

PackagesAction action_named(const std::string& name) {
  if (name == "list") return PackagesAction::List;
  if (name == "install") return PackagesAction::Install;
  return name == "remove" ? PackagesAction::Remove : PackagesAction::Check;
}

void add_action(CLI::App& app, const char* name, const char* summary,
                const std::shared_ptr<PackagesArguments>& arguments) {
  auto* sub = app.add_subcommand(name, summary);
  const auto action = action_named(name);
  if (action != PackagesAction::List) {
    auto* names = sub->add_option("NAME", arguments->names, "NAME or NAME@VERSION");
    if (action != PackagesAction::Check) names->required();
  }
  sub->callback([arguments, action] { arguments->action = action; });
}

}  // namespace

Run add_packages(CLI::App& app, const Invocation&) {
  const auto arguments = std::make_shared<PackagesArguments>();
  add_action(app, "list", "what the lock has and what is installed", arguments);
  add_action(app, "install", "download, check and unpack", arguments);
  add_action(app, "remove", "delete from this machine", arguments);
  add_action(app, "check", "compare every file with its sha256", arguments);
  app.require_subcommand(1);
  app.footer(
      "examples:\n  inferometer packages list\n  inferometer packages install onnxruntime "
      "openvino@2025.4.1\n  inferometer packages check\n");
  return [arguments] { return run_packages(*arguments); };
}

int run_packages(const PackagesArguments& arguments) {
  auto store = Installed::open();
  switch (arguments.action) {
    case PackagesAction::List:
      return list(store);
    case PackagesAction::Install:
      return install(store, arguments.names);
    case PackagesAction::Remove:
      return remove(store, arguments.names);
    case PackagesAction::Check:
      return check(store, arguments.names);
  }
  INFEROMETER_CHECK(false, "unknown action");
  return base::kExitInternal;
}

}  // namespace inferometer::cli
