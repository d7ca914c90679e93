#include "builder/hub/listing.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace inferometer::builder {
namespace {

using base::Json;
using Kind = base::Hash::Kind;

/// Config and tokenizers of text models, preprocessing of image models.
constexpr std::array kSmallFiles = {"config.json",
                                    "tokenizer.json",
                                    "tokenizer_config.json",
                                    "special_tokens_map.json",
                                    "added_tokens.json",
                                    "vocab.txt",
                                    "vocab.json",
                                    "merges.txt",
                                    "spiece.model",
                                    "sentencepiece.bpe.model",
                                    "tokenizer.model",
                                    "preprocessor_config.json"};
constexpr const char* kWholeFile = "model.safetensors";
constexpr const char* kIndexFile = "model.safetensors.index.json";
constexpr std::int64_t kMostBytes = std::int64_t{1} << 50;

[[noreturn]] void distrust(const std::string& id, const std::string& what) {
  throw base::UserError(id + ": the hub's list of its files cannot be used: " + what +
                        ": try again later, or set HF_ENDPOINT to another hub");
}

bool is_hexadecimal(const Json& json, std::size_t digits) {
  return json.is_string() && json.get_ref<const std::string&>().size() == digits &&
         json.get_ref<const std::string&>().find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// No part of it leads out of the folder or is more than a name.
bool stays_inside(const std::string& path) {
  const auto parts = base::split(path, '/');
  return std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
    return !part.empty() && part != "." && part != ".." && part.find('\\') == std::string::npos &&
           std::none_of(part.begin(), part.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  });
}

bool is_shard(const std::string& name) {
  // Nothing that an address would have to escape.
  constexpr const char* kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return name.starts_with("model-") && name.ends_with(".safetensors") &&
         name.find_first_not_of(kPlain) == std::string::npos;
}

Json at_or_null(const Json& json, const char* key) {
  return json.is_object() && json.contains(key) ? json.at(key) : Json();
}

RemoteFile read_file_entry(const std::string& id, const Json& entry) {
  RemoteFile file;
  file.name = entry.at("rfilename").get<std::string>();
  const auto size = at_or_null(entry, "size");
  if (!size.is_number_integer() || size < 0 || size > kMostBytes)
    distrust(id, base::in_quotes(file.name) + " has no size");
  file.size_bytes = size.get<std::int64_t>();
  const auto lfs = at_or_null(entry, "lfs");
  file.hash = lfs.is_null() ? Kind::Sha1 : Kind::Sha256;
  const auto digest = lfs.is_null() ? at_or_null(entry, "blobId") : at_or_null(lfs, "sha256");
  if (!is_hexadecimal(digest, file.hash == Kind::Sha1 ? 40 : 64))
    distrust(id, base::in_quotes(file.name) + " has no digest");
  file.digest = digest.get<std::string>();
  return file;
}

/// The entries by name; every name has been looked at.
std::map<std::string, Json> entries_of(const Json& answer, const std::string& id) {
  const auto siblings = at_or_null(answer, "siblings");
  if (!siblings.is_array()) distrust(id, "it has no 'siblings'");
  std::map<std::string, Json> entries;
  for (const auto& entry : siblings) {
    const auto name = at_or_null(entry, "rfilename");
    if (!name.is_string()) distrust(id, "a file has no name");
    if (!stays_inside(name.get<std::string>()))
      distrust(id, base::in_quotes(name.get<std::string>()) + " leads out of the folder of the model");
    entries[name.get<std::string>()] = entry;
  }
  return entries;
}

/// Names of the files that hold the weights and tell where they are.
std::vector<std::string> weight_files(const std::map<std::string, Json>& entries, const std::string& id) {
  if (entries.contains(kWholeFile)) return {kWholeFile};
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries) {
    if (is_shard(name)) names.push_back(name);
  }
  if (entries.contains(kIndexFile) && !names.empty()) {
    names.insert(names.begin(), kIndexFile);
    return names;
  }
  constexpr std::array kOtherWeights = {"pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5",
                                        "flax_model.msgpack"};
  std::string instead;
  for (const auto* other : kOtherWeights) {
    if (instead.empty() && entries.contains(other)) {
      instead = "; " + std::string(other) +
                " is not read (such files can run code or need their framework): load the model with "
                "transformers, save it by model.save_pretrained(folder, safe_serialization=True) and give "
                "that folder";
    }
  }
  throw base::UserError(id + ": its repository on the hub has no weights that are read: " + kWholeFile +
                        " or " + kIndexFile + " with its shards is needed" + instead);
}

}  // namespace

std::int64_t Listing::size_bytes() const {
  return std::accumulate(files.begin(), files.end(), std::int64_t{0},
                         [](std::int64_t sum, const RemoteFile& file) { return sum + file.size_bytes; });
}

Listing read_listing(const std::string& text, const std::string& id) {
  const auto answer = base::parse_json(text, id + ": the hub's list of its files");
  const auto commit = at_or_null(answer, "sha");
  if (!is_hexadecimal(commit, 40)) distrust(id, "its commit is missing");
  const auto entries = entries_of(answer, id);
  const auto weights = weight_files(entries, id);
  if (!entries.contains("config.json")) {
    throw base::UserError(id +
                          ": its repository on the hub has no config.json, so it is no checkpoint: give "
                          "a BERT, DistilBERT or RoBERTa model");
  }
  Listing listing;
  listing.commit = commit.get<std::string>();
  for (const auto* name : kSmallFiles) {
    if (const auto found = entries.find(name); found != entries.end())
      listing.files.push_back(read_file_entry(id, found->second));
  }
  for (const auto& name : weights) listing.files.push_back(read_file_entry(id, entries.at(name)));
  return listing;
}

}  // namespace inferometer::builder
