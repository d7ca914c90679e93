#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "base/random.h"
#include "tensors/npy.h"
#include "tensors/npz.h"

namespace inferometer::tensors {
namespace {

/// Written by NumPy 2.4: savez_compressed(ids=int64 [[1, 2, 3]], mask=bool [[1, 0], [1, 1]] in Fortran
/// order).
const char* const kNpzOfNumpy =
    "504b03042d00000008000000210095ee46dcffffffffffffffff070014006964732e6e70790100100098000000000000"
    "004f000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a1aea3a09e965f54529498179f5f94"
    "920a12774bcc294e058a17672416a402f91a863a0ac69a3a0ab50a64032e4606086082d2cc501a00504b03042d000000"
    "080000002100a2d830acffffffffffffffff080014006d61736b2e6e7079010010008400000000000000490000000000"
    "00009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a05e9364a8aea3a09e965f54529498179f5f94920a120f292a4d"
    "050a17672416a402b91a463a0a469a3a0ab50ae4032e4646064600504b01022d032d00000008000000210095ee46dc4f"
    "000000980000000700000000000000000000008001000000006964732e6e7079504b01022d032d000000080000002100"
    "a2d830ac49000000840000000800000000000000000000008001880000006d61736b2e6e7079504b0506000000000200"
    "02006b0000000b0100000000";

std::string from_hexadecimal(std::string_view digits) {
  std::string bytes;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(at, 2)), nullptr, 16));
  }
  return bytes;
}

template <typename T>
std::string little_endian(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

std::string npy(const std::string& header, const std::string& bytes, int version = 1) {
  const std::string length = version == 1 ? little_endian(static_cast<std::uint16_t>(header.size()))
                                          : little_endian(static_cast<std::uint32_t>(header.size()));
  return "\x93NUMPY" + std::string(1, static_cast<char>(version)) + std::string(1, '\0') + length + header +
         bytes;
}

std::string dictionary(const std::string& descr, const std::string& shape,
                       const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }  \n";
}

struct Member {
  std::string name;
  std::string bytes;
};

std::string common_fields(const Member& member) {
  const auto checksum = static_cast<std::uint32_t>(
      ::crc32_z(0, reinterpret_cast<const Bytef*>(member.bytes.data()), member.bytes.size()));
  const auto size = little_endian(static_cast<std::uint32_t>(member.bytes.size()));
  return std::string("\x14\0\0\0\0\0\0\0\0\0", 10) + little_endian(checksum) + size + size +
         little_endian(static_cast<std::uint16_t>(member.name.size())) + std::string(2, '\0');
}

std::string header(const Member& member) {
  return "PK\x03\x04" + common_fields(member) + member.name + member.bytes;
}

/// An entry of the directory for the header at byte `begin`.
std::string entry(const Member& member, std::size_t begin) {
  return "PK\x01\x02" + std::string(2, '\0') + common_fields(member) + std::string(10, '\0') +
         little_endian(static_cast<std::uint32_t>(begin)) + member.name;
}

std::string end_record(int members, std::size_t directory_bytes, std::size_t directory_begin) {
  const auto count = little_endian(static_cast<std::uint16_t>(members));
  return "PK\x05\x06" + std::string(4, '\0') + count + count +
         little_endian(static_cast<std::uint32_t>(directory_bytes)) +
         little_endian(static_cast<std::uint32_t>(directory_begin)) + std::string(2, '\0');
}

/// A zip archive of stored members behind `prefix`.
std::string zip(const std::vector<Member>& members, const std::string& prefix = "") {
  std::string archive = prefix;
  std::string directory;
  for (const Member& member : members) {
    directory += entry(member, archive.size());
    archive += header(member);
  }
  return archive + directory + end_record(static_cast<int>(members.size()), directory.size(), archive.size());
}

class NumpyFiles : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << bytes;
    return folder_.path() / name;
  }
  std::string refusal(const std::filesystem::path& file) const {
    try {
      if (file.extension() == ".npz") {
        read_npz(file);
      } else {
        read_npy(file);
      }
    } catch (const base::UserError& error) {
      return error.what();
    }
    return "accepted";
  }
  void expect_refused(const std::string& name, const std::string& bytes, const std::string& because) const {
    const std::string message = refusal(write(name, bytes));
    EXPECT_NE(message.find(because), std::string::npos) << message;
    EXPECT_NE(message.find(name), std::string::npos) << message;
  }

  base::ScratchFolder folder_{"numpy-files-test"};
};

TEST_F(NumpyFiles, all_three_versions_are_read) {
  for (const int version : {1, 2, 3}) {
    const Tensor tensor =
        read_npy(write("ids.npy", npy(dictionary("<i2", "(2,)"), std::string("\x01\0\xff\xff", 4), version)));
    EXPECT_EQ(tensor.name(), "ids");
    EXPECT_EQ(tensor.shape(), Shape{2});
    EXPECT_EQ(tensor.to_doubles(), (std::vector<double>{1, -1}));
  }
}

TEST_F(NumpyFiles, fortran_order_is_turned_into_c_order) {
  const Tensor tensor = read_npy(write("x.npy", npy(dictionary("|u1", "(2, 3, 2)", "True"), "abcdefghijkl")));
  // Element [i, j, k] lies at i + 2 j + 6 k.
  const std::string expected = "agciekbhdjfl";
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(tensor.bytes().data()), 12), expected);
}

TEST_F(NumpyFiles, a_scalar_and_an_empty_array_are_read) {
  EXPECT_EQ(read_npy(write("x.npy", npy(dictionary("<f4", "()"), std::string(4, '\0')))).elements(), 1);
  EXPECT_EQ(read_npy(write("x.npy", npy(dictionary("<f4", "(0, 3)", "True"), ""))).elements(), 0);
}

TEST_F(NumpyFiles, what_can_run_code_or_is_no_plain_array_is_refused) {
  expect_refused("x.npy", npy(dictionary("|O", "(1,)"), "\x80\x04."), "object arrays are pickles");
  expect_refused("x.npy", npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "1234"),
                 "structured");
  expect_refused("x.npy", npy(dictionary(">f4", "(1,)"), "1234"), "big-endian");
  expect_refused("x.npy", npy(dictionary("<U4", "(1,)"), "1234"), "the dtype '<U4' is not read");
  expect_refused("x.npy", npy("__import__('os').system('true')", ""), "expected '{'");
}

TEST_F(NumpyFiles, damaged_headers_are_refused) {
  expect_refused("x.npy", "", "the file is empty");
  expect_refused("x.npy", "\x93NUMPY", "npy version 0");
  expect_refused("x.npy", "\x93NUMPY\x04" + std::string(10, '\0'), "npy version 4, allowed are 1 to 3");
  expect_refused("x.npy", "\x93NUMPY\x01" + std::string("\0\x05", 2), "in the npy header");
  expect_refused("x.npy", npy(dictionary("<f4", "(1,)"), "123"), "needs 4 bytes, but 3 follow");
  expect_refused("x.npy", npy(dictionary("<f4", "(1,)"), "12345"), "needs 4 bytes, but 5 follow");
  expect_refused("x.npy", npy(dictionary("<f4", "(99999999999999999999,)"), ""), "above 2^63");
  expect_refused("x.npy", npy(dictionary("<f4", "(4611686018427387904,)"), ""), "more than 2^63");
  expect_refused("x.npy", npy(dictionary("<f4", "(4294967296, 4294967296)"), ""), "more than 2^63");
  expect_refused("x.npy", npy(dictionary("<f4", "(-1,)"), ""), "expected a dimension");
  expect_refused("x.npy", npy("{'descr': '<f4', 'shape': (1,)}", "1234"),
                 "the key 'fortran_order' is missing");
  expect_refused("x.npy", npy("{'descr': '<f4', 'descr': '<f4'}", "1234"), "duplicate");
  expect_refused("x.npy", "PK\x03\x04", "zip archive");
}

TEST_F(NumpyFiles, a_sparse_file_that_claims_a_terabyte_is_refused_at_once) {
  const auto file = write("x.npy", npy(dictionary("|u1", "(1099511627776,)"), ""));
  std::filesystem::resize_file(file, std::filesystem::file_size(file) + (std::uint64_t{1} << 40));
  EXPECT_NE(refusal(file).find("are allowed for one array"), std::string::npos) << refusal(file);
}

TEST_F(NumpyFiles, a_compressed_npz_of_numpy_is_read) {
  const auto tensors = read_npz(write("x.npz", from_hexadecimal(kNpzOfNumpy)));
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors[0].name(), "ids");
  EXPECT_EQ(tensors[0].shape(), (Shape{1, 3}));
  EXPECT_EQ(tensors[0].to_doubles(), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(tensors[1].type(), DType::Bool);
  EXPECT_EQ(tensors[1].to_doubles(), (std::vector<double>{1, 0, 1, 1}));
}

TEST_F(NumpyFiles, a_stored_npz_is_read) {
  const auto tensors = read_npz(write("x.npz", zip({{"a.npy", npy(dictionary("|u1", "(1,)"), "A")}})));
  ASSERT_EQ(tensors.size(), 1u);
  EXPECT_EQ(tensors[0].to_doubles()[0], 'A');
}

TEST_F(NumpyFiles, a_wrong_checksum_is_noticed) {
  std::string archive = zip({{"a.npy", npy(dictionary("|u1", "(1,)"), "A")}});
  archive[archive.find("PK\x01\x02") - 1] = 'B';
  expect_refused("x.npz", archive, "the checksum of the member 'a.npy'");
}

TEST_F(NumpyFiles, a_directory_that_disagrees_with_a_member_is_refused) {
  const std::string archive = zip({{"a.npy", "x"}});
  std::string renamed = archive;
  renamed[30] = 'b';
  expect_refused("x.npz", renamed, "disagree about the member 'a.npy'");
  std::string resized = archive;
  resized[22] = 2;
  expect_refused("x.npz", resized, "disagree about the member 'a.npy'");
}

TEST_F(NumpyFiles, names_that_are_paths_or_stand_twice_are_refused) {
  expect_refused("x.npz", zip({{"../a.npy", "x"}}), "named as a path");
  expect_refused("x.npz", zip({{"C:a.npy", "x"}}), "named as a path");
  expect_refused("x.npz", zip({{"a.npy", "x"}, {"A.npy", "x"}}), "two members are named 'A.npy'");
  expect_refused("x.npz", zip({{"a.txt", "x"}}), "an npz holds only .npy members");
}

TEST_F(NumpyFiles, bytes_before_the_archive_and_a_cut_archive_are_refused) {
  const std::string archive = zip({{"a.npy", "x"}});
  expect_refused("x.npz", "PK" + archive, "does not fit the file");
  expect_refused("x.npz", archive.substr(0, archive.size() - 1), "the file is cut");
  expect_refused("x.npz", archive.substr(0, 3), "the file is cut");
  expect_refused("x.npz", npy(dictionary("|u1", "(1,)"), "A"), "this is a NumPy npy file");
}

TEST_F(NumpyFiles, members_that_lie_in_one_another_or_behind_other_bytes_are_refused) {
  const Member inner{"b.npy", "y"};
  const Member outer{"a.npy", header(inner)};
  const std::size_t inner_begin = header(outer).size() - outer.bytes.size();
  const std::string directory = entry(outer, 0) + entry(inner, inner_begin);
  expect_refused("x.npz", header(outer) + directory + end_record(2, directory.size(), header(outer).size()),
                 "the member 'b.npy' begins at byte 35, inside another");
  expect_refused("x.npz", zip({inner}, "PK-prefix"), "the member 'b.npy' begins at byte 9 instead of 0");
}

TEST_F(NumpyFiles, an_archive_that_declares_more_than_the_limit_is_refused_before_it_is_inflated) {
  std::string archive = zip({{"a.npy", "x"}});
  const std::size_t entry_begin = archive.find("PK\x01\x02");
  archive.replace(entry_begin + 24, 4, little_endian(std::uint32_t{0x80000001}));
  expect_refused("x.npz", archive, "more than 2.15 GB in all");
}

TEST_F(NumpyFiles, mutated_archives_are_read_or_refused_and_nothing_else) {
  const std::string bytes = from_hexadecimal(kNpzOfNumpy);
  base::Random random(5, "mutated npz");
  int accepted = 0;
  for (int trial = 0; trial < 4000; ++trial) {
    std::string mutated = bytes;
    for (auto changes = random.below(3) + 1; changes-- > 0;) {
      const std::size_t at = random.below(mutated.size());
      switch (random.below(3)) {
        case 0:
          mutated[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          mutated[at] = static_cast<char>(mutated[at] ^ (1 << random.below(8)));
          break;
        default:
          mutated.erase(at, random.below(4));
      }
    }
    accepted += refusal(write("x.npz", mutated)) == "accepted" ? 1 : 0;
  }
  EXPECT_LT(accepted, 1000);  // only fields that nobody reads: times, attributes, versions
}

TEST_F(NumpyFiles, mutated_headers_are_read_or_refused_and_nothing_else) {
  const std::string bytes = npy(dictionary("<f4", "(1, 2)"), "12345678");
  base::Random random(5, "mutated npy");
  for (int trial = 0; trial < 4000; ++trial) {
    std::string mutated = bytes;
    for (auto changes = random.below(3) + 1; changes-- > 0;) {
      mutated[random.below(mutated.size())] = random.below(2) == 0
                                                  ? static_cast<char>(random.below(256))
                                                  : "0123456789-{}()',:<|fiuOTrue"[random.below(28)];
    }
    refusal(write("x.npy", mutated));
  }
}

}  // namespace
}  // namespace inferometer::tensors
