// What "type" says for each message. Private to the codec.
#pragma once

#include "protocol/messages.h"

namespace inferometer::protocol {

template <typename Message>
constexpr const char* kTypeName = nullptr;
template <>
inline constexpr const char* kTypeName<Hello> = "hello";
template <>
inline constexpr const char* kTypeName<Load> = "load";
template <>
inline constexpr const char* kTypeName<Bind> = "bind";
template <>
inline constexpr const char* kTypeName<Sample> = "sample";
template <>
inline constexpr const char* kTypeName<Generate> = "generate";
template <>
inline constexpr const char* kTypeName<Outputs> = "outputs";
template <>
inline constexpr const char* kTypeName<Release> = "release";
template <>
inline constexpr const char* kTypeName<Close> = "close";
template <>
inline constexpr const char* kTypeName<HelloReply> = "hello";
template <>
inline constexpr const char* kTypeName<LoadReply> = "loaded";
template <>
inline constexpr const char* kTypeName<SampleReply> = "sampled";
template <>
inline constexpr const char* kTypeName<GenerateReply> = "generated";
template <>
inline constexpr const char* kTypeName<Done> = "done";
template <>
inline constexpr const char* kTypeName<Failed> = "failed";
template <>
inline constexpr const char* kTypeName<Phase> = "phase";
template <>
inline constexpr const char* kTypeName<Description> = "description";

}  // namespace inferometer::protocol
