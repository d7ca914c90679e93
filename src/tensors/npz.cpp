#include "tensors/npz.h"

#include <cstring>

#include "base/error.h"
#include "base/text.h"
#include "tensors/npy.h"
#include "tensors/zip.h"

namespace inferometer::tensors {
namespace {

constexpr std::string_view kSuffix = ".npy";

Tensor read_member(const ZipArchive& archive, const ZipMember& member, const std::string& file) {
  const std::string origin = file + ": " + base::printable(member.name, 80);
  if (!member.name.ends_with(kSuffix)) {
    throw base::UserError(origin + ": an npz holds only .npy members, written by numpy.savez");
  }
  const std::string bytes = archive.read(member);
  const NpyLayout layout = read_npy_layout(bytes, bytes.size(), origin);
  Tensor tensor(member.name.substr(0, member.name.size() - kSuffix.size()), layout.type, layout.shape);
  std::memcpy(tensor.bytes().data(), bytes.data() + layout.data_begin, tensor.bytes().size());
  return layout.fortran_order ? to_c_order(tensor) : std::move(tensor);
}

}  // namespace

std::vector<Tensor> read_npz(const std::filesystem::path& file) {
  const ZipArchive archive(file);
  std::vector<Tensor> tensors;
  for (const ZipMember& member : archive.members())
    tensors.push_back(read_member(archive, member, file.string()));
  return tensors;
}

}  // namespace inferometer::tensors
