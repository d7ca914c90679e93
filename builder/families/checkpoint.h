// A Hugging Face checkpoint folder: its config.json and its weights in safetensors files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {

/// The most that config.json and the index of the shards may have.
constexpr std::uint64_t kConfigLimitBytes = 16u << 20;

/// config.json of a folder. Every message names the file, the key, what was found and what is allowed.
class CheckpointConfig {
 public:
  /// Throws base::UserError when it is missing or no JSON object.
  explicit CheckpointConfig(const std::filesystem::path& folder);
  /// Of a model that lies in no folder; `source` is named in messages in place of a file.
  CheckpointConfig(std::string source, base::Json json);

  bool has(const std::string& key) const;  ///< and it is not null
  /// A whole number from 1 to `most`, or `absent` where the key is not there.
  std::int64_t count(const std::string& key, std::int64_t absent, std::int64_t most) const;
  /// A whole number from 0 to `most`.
  std::int64_t index(const std::string& key, std::int64_t absent, std::int64_t most) const;
  double number(const std::string& key, double absent) const;
  bool flag(const std::string& key) const;
  std::string text(const std::string& key, const std::string& absent) const;
  std::vector<std::string> texts(const std::string& key) const;
  std::int64_t entries(const std::string& key) const;  ///< of an object; 0 where it is not there
  /// Throws base::UserError "FILE: KEY is FOUND (ALLOWED)".
  [[noreturn]] void refuse(const std::string& key, const std::string& allowed) const;

 private:
  std::int64_t whole(const std::string& key, std::int64_t absent, std::int64_t least,
                     std::int64_t most) const;

  std::filesystem::path file_;
  base::Json json_;
};

/// What a builder of a graph asks of weights. Their elements come later.
class Weights {
 public:
  virtual ~Weights() = default;
  virtual bool has(const std::string& name) const = 0;
  /// Throws base::UserError naming the tensor, what was found and `expected`.
  virtual void require(const std::string& name, const tensors::Shape& expected) const = 0;
};

/// The tensors of a checkpoint under the names that its model class uses, whatever wrapper or library version
/// saved them. Only headers are read; elements come one tensor at a time.
class CheckpointWeights final : public Weights {
 public:
  /// `canonical` turns a stored name into the name of the model class. Reads model.safetensors, else the
  /// shards of model.safetensors.index.json. Throws base::UserError: no weights (with what is there instead),
  /// a shard that is missing or outside the folder, a tensor that its shard lacks, two tensors with one
  /// canonical name.
  CheckpointWeights(std::filesystem::path folder,
                    const std::function<std::string(const std::string&)>& canonical);

  bool has(const std::string& name) const override { return tensors_.contains(name); }
  void require(const std::string& name, const tensors::Shape& expected) const override;
  /// The elements of a required tensor as float32; float16, bfloat16 and float64 are converted.
  tensors::Tensor read_float32(const std::string& name) const;
  /// Names in the folder of every file that holds weights or says where they are.
  const std::vector<std::string>& files() const { return files_; }

 private:
  struct Place {
    std::size_t file;
    std::string stored_name;
  };
  void add_file(const std::string& name, const std::function<std::string(const std::string&)>& canonical);
  void add_shards(const std::function<std::string(const std::string&)>& canonical);

  std::filesystem::path folder_;
  std::vector<std::string> files_;
  std::vector<tensors::SafetensorsFile> opened_;
  std::map<std::string, Place> tensors_;
};

}  // namespace inferometer::builder
