// What the steps of one experiment share.
#pragma once

#include "base/files.h"
#include "experiment/installation.h"
#include "experiment/observer.h"
#include "experiment/subjects.h"
#include "results/configuration.h"

namespace inferometer::experiment {

/// Where an experiment runs, and who hears of it: the same for all experiments of a command.
struct Host {
  const Installation& installation;
  Observer& observer;
};

/// Lives from the plan to the end of its measuring; its files go with it.
struct Workspace {
  Host host;
  Subjects subjects;
  results::InputSources sources;
  base::ScratchFolder scratch{"experiment"};
  builder_client::Notify notify = [this](const std::string& sentence) { host.observer.say(sentence); };
};

}  // namespace inferometer::experiment
