#include "builder/inspect/checkpoint_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "tensors/safetensors.h"

namespace inferometer::builder {
namespace {

std::string digest_of(const std::filesystem::path& file) { return base::sha256_of_file(file); }

TEST(checkpoint_folder, has_the_size_and_digest_of_all_its_files_and_the_number_of_its_weights) {
  const base::ScratchFolder folder("checkpoint-folder-test");
  EXPECT_FALSE(is_checkpoint_folder(folder.path()));
  base::write_file_atomically(folder.path() / "config.json", "{}");
  EXPECT_TRUE(is_checkpoint_folder(folder.path()));
  std::vector<tensors::Tensor> weights;
  weights.emplace_back("a", tensors::DType::Float32, tensors::Shape{2, 3});
  weights.emplace_back("b", tensors::DType::Float32, tensors::Shape{4});
  tensors::write_safetensors(folder.path() / "model.safetensors", weights);
  const auto plain = inspect_model(folder.path(), digest_of);
  EXPECT_EQ(plain.variant.format, "torch");
  EXPECT_EQ(plain.parameters, 10);
  EXPECT_EQ(plain.size_bytes,
            2 + static_cast<std::int64_t>(std::filesystem::file_size(folder.path() / "model.safetensors")));
  base::write_file_atomically(folder.path() / "inferometer.json", "{}");
  EXPECT_NE(inspect_model(folder.path(), digest_of).sha256, plain.sha256);
}

TEST(checkpoint_folder, without_weights_is_refused) {
  const base::ScratchFolder folder("checkpoint-folder-test");
  base::write_file_atomically(folder.path() / "config.json", "{}");
  EXPECT_THROW(inspect_model(folder.path(), digest_of), base::UserError);
}

}  // namespace
}  // namespace inferometer::builder
