// Every struct of results to and from JSON: the one place that names the fields on disk.
// Unknown fields are ignored and missing ones take their default, so that fields can be added.
#pragma once

#include "base/json.h"
#include "results/configuration.h"
#include "results/device.h"
#include "results/environment.h"
#include "results/experiment.h"
#include "results/measurement.h"
#include "results/model_info.h"
#include "results/outcome.h"
#include "results/reason.h"
#include "results/variant.h"

namespace inferometer::results {

#define INFEROMETER_JSON(Type)                       \
  void to_json(base::Json& json, const Type& value); \
  void from_json(const base::Json& json, Type& value);

INFEROMETER_JSON(Device)
INFEROMETER_JSON(Reason)
INFEROMETER_JSON(Variant)
INFEROMETER_JSON(Scenario)
INFEROMETER_JSON(Configuration)
INFEROMETER_JSON(Workload)
INFEROMETER_JSON(CandidateSpec)
INFEROMETER_JSON(ArtefactPart)
INFEROMETER_JSON(Artefact)
INFEROMETER_JSON(SkippedCell)
INFEROMETER_JSON(Group)
INFEROMETER_JSON(Effort)
INFEROMETER_JSON(InputSources)
INFEROMETER_JSON(ReportFiles)
INFEROMETER_JSON(Plan)
INFEROMETER_JSON(Outcome)
INFEROMETER_JSON(Block)
INFEROMETER_JSON(Effective)
INFEROMETER_JSON(Load)
INFEROMETER_JSON(LoadSet)
INFEROMETER_JSON(TruthCheck)
INFEROMETER_JSON(HarnessCost)
INFEROMETER_JSON(GroupStop)
INFEROMETER_JSON(CandidateOutcome)
INFEROMETER_JSON(Preparation)
INFEROMETER_JSON(Environment)
INFEROMETER_JSON(Dimension)
INFEROMETER_JSON(ModelInput)
INFEROMETER_JSON(ModelOutput)
INFEROMETER_JSON(ModelPart)
INFEROMETER_JSON(ModelInfo)
INFEROMETER_JSON(AvailableVariant)
#undef INFEROMETER_JSON

// Enumerations are stored by these words; never change the word of an existing value. A word from a newer
// version reads as the first of the list.
NLOHMANN_JSON_SERIALIZE_ENUM(OutcomeKind, {{OutcomeKind::Failed, "failed"},
                                           {OutcomeKind::Completed, "completed"},
                                           {OutcomeKind::TimedOut, "timed out"},
                                           {OutcomeKind::Crashed, "crashed"},
                                           {OutcomeKind::Unsupported, "unsupported"},
                                           {OutcomeKind::WrongOutput, "wrong output"},
                                           {OutcomeKind::Untrusted, "untrusted"},
                                           {OutcomeKind::Interrupted, "interrupted"}})
NLOHMANN_JSON_SERIALIZE_ENUM(VerdictKind, {{VerdictKind::Undecided, "undecided"},
                                           {VerdictKind::Faster, "faster"},
                                           {VerdictKind::Slower, "slower"},
                                           {VerdictKind::Equivalent, "equivalent"},
                                           {VerdictKind::Invalid, "invalid"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Role, {{Role::Candidate, "candidate"},
                                    {Role::SecondLabel, "second label"},
                                    {Role::SecondProcess, "second process"}})
NLOHMANN_JSON_SERIALIZE_ENUM(ReasonCode, {{ReasonCode::Text, "text"}})
NLOHMANN_JSON_SERIALIZE_ENUM(ScenarioKind,
                             {{ScenarioKind::Forward, "forward"}, {ScenarioKind::Generate, "generate"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Meaning, {{Meaning::Unknown, "unknown"},
                                       {Meaning::TokenIds, "token ids"},
                                       {Meaning::AttentionMask, "attention mask"},
                                       {Meaning::TokenTypes, "token types"},
                                       {Meaning::Positions, "positions"},
                                       {Meaning::Pixels, "pixels"},
                                       {Meaning::Audio, "audio"},
                                       {Meaning::Features, "features"},
                                       {Meaning::CacheIn, "cache in"},
                                       {Meaning::CacheOut, "cache out"},
                                       {Meaning::ClassScores, "class scores"},
                                       {Meaning::TokenScores, "token scores"},
                                       {Meaning::Embedding, "embedding"},
                                       {Meaning::Boxes, "boxes"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Mode,
                             {{Mode::Standard, "standard"}, {Mode::Quick, "quick"}, {Mode::Full, "full"}})

}  // namespace inferometer::results
