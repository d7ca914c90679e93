#include "cli/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/columns.h"
#include "engines/engines.h"
#include "machine/machine.h"
#include "packages/installation.h"
#include "packages/installed.h"
#include "process/environment.h"

namespace inferometer::cli {
namespace {

namespace fs = std::filesystem;
using packages::State;
using Rows = std::vector<std::vector<std::string>>;

constexpr std::int64_t kLookNs = 1'000'000'000;

void print_section(const std::string& heading, const Rows& rows) {
  std::fputs((heading + "\n" + columns(rows, "  ") + "\n").c_str(), stdout);
}

std::string size_text(std::int64_t bytes) { return base::format_bytes(static_cast<double>(bytes)); }

std::string known(const std::string& fact) { return fact.empty() ? "not visible" : fact; }

Rows machine_rows(const results::Environment& environment) {
  const auto limit = [](bool limited, const std::string& text) {
    return limited ? ", the container may use " + text : "";
  };
  Rows rows = {
      {"CPU", fmt::format("{}: {} CPUs, {} threads to a core{}", known(environment.cpu_model),
                          environment.cpus, environment.threads_per_core,
                          limit(environment.cpu_limit > 0, fmt::format("{:.2g}", environment.cpu_limit)))},
      {"instructions", base::join(environment.cpu_flags, " ")},
      {"frequency", "governor " + known(environment.governor) + ", turbo " + known(environment.turbo)},
      {"memory", size_text(environment.memory_bytes) +
                     limit(environment.memory_limit_bytes > 0, size_text(environment.memory_limit_bytes)) +
                     ", transparent huge pages: " + known(environment.transparent_hugepages)},
      {"system", environment.kernel + ", " + environment.libc + ", clock " + known(environment.clock_source) +
                     (environment.hypervisor.empty() ? "" : ", on " + environment.hypervisor)},
      {"inferometer", environment.program_version + ", built with " + environment.compiler},
  };
  for (const auto& [name, value] : environment.variables) rows.push_back({"variable", name + "=" + value});
  return rows;
}

/// "1.32.0, 1.24.4 (damaged: ...)"; where nothing is usable, the line that installs it.
std::string versions_text(const packages::LockedPackage& package, const packages::Installed& store) {
  std::vector<std::string> versions;
  bool usable = false;
  for (const auto& version : package.versions) {
    const auto installed = store.state(package, version, false);
    if (installed.state == State::NotInstalled) continue;
    usable = usable || installed.state == State::Installed;
    versions.push_back(version.version +
                       (installed.state == State::Damaged ? " (damaged: " + installed.problem + ")" : ""));
  }
  if (usable) return base::join(versions, ", ");
  return (versions.empty() ? "not installed" : base::join(versions, ", ")) +
         ": inferometer packages install " + package.name;
}

/// Rows, and how many engines can run.
Rows engine_rows(const engines::Discovery& discovery, const packages::Installed& store, int& ready) {
  Rows rows;
  for (const auto& engine : discovery.engines) {
    if (engine.hidden) continue;
    if (!engine.installed_versions.empty()) ++ready;
    rows.push_back({engine.engine, engine.package.empty()
                                       ? "part of Inferometer"
                                       : versions_text(*store.select(engine.package).package, store)});
  }
  for (const auto& problem : discovery.problems) rows.push_back({"problem", problem});
  if (rows.empty()) rows.push_back({"none", "no worker programs in " + base::libexec_folder().string()});
  return rows;
}

Rows other_package_rows(const engines::Discovery& discovery, const packages::Installed& store) {
  Rows rows;
  for (const auto& package : store.lock()) {
    const bool shown = std::ranges::find(discovery.engines, package.name, &results::Capabilities::package) !=
                       discovery.engines.end();
    if (!shown) rows.push_back({package.name, versions_text(package, store) + " (" + package.kind + ")"});
  }
  const auto problem = packages::client_problem();
  rows.push_back({"pip", problem.empty() ? "ready to fetch packages" : problem});
  return rows;
}

std::vector<machine::Disturbance> look_for_disturbances(const results::Environment& environment) {
  const auto before = machine::read_cpu_counters();
  base::SystemClock().sleep_ns(kLookNs);
  const auto use = machine::cpu_use(before, machine::read_cpu_counters(), machine::allowed_cpus());
  return machine::find_disturbances(environment, use);
}

Rows disturbance_rows(const std::vector<machine::Disturbance>& disturbances) {
  Rows rows;
  for (const auto& one : disturbances) {
    rows.push_back({one.what});
    rows.push_back({"  to do: " + one.advice});
  }
  if (rows.empty()) rows.push_back({"nothing that can be seen from here"});
  return rows;
}

std::string folder_text(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return folder.string() + " (made when needed)";
  const auto space = fs::space(folder, error);
  return folder.string() +
         (error ? "" : " (" + size_text(static_cast<std::int64_t>(space.available)) + " free)");
}

}  // namespace

Run add_doctor(CLI::App& app, const Invocation&) {
  app.footer("examples:\n  inferometer doctor\n");
  return run_doctor;
}

int run_doctor() {
  auto environment = machine::read_environment();
  environment.variables = process::inherited_engine_variables();
  const auto disturbances = look_for_disturbances(environment);
  const auto store = packages::Installed::open();
  const auto discovery = engines::discover(base::libexec_folder(), store);
  int ready = 0;
  const auto engines = engine_rows(discovery, store, ready);
  print_section("Machine", machine_rows(environment));
  print_section("Engines", engines);
  print_section("Other packages", other_package_rows(discovery, store));
  print_section("What disturbs measurements here", disturbance_rows(disturbances));
  print_section("Folders", {{"cache", folder_text(base::cache_folder())},
                            {"record", folder_text(base::state_folder() / "record")}});
  const auto engines_ready = fmt::format("{} engine{} can run", ready, ready == 1 ? "" : "s");
  const auto disturbed =
      disturbances.empty()
          ? std::string("nothing visible disturbs measurements")
          : fmt::format(
                "{} thing{} may disturb measurements, and each comparison says how far it can be trusted",
                disturbances.size(), disturbances.size() == 1 ? "" : "s");
  std::fputs((engines_ready + "; " + disturbed + ".\n").c_str(), stdout);
  return ready > 0 ? base::kExitOk : base::kExitRequirement;
}

}  // namespace inferometer::cli
