// The few functions of ONNX Runtime that we use, declared by ourselves: no SDK is needed to build.
//
// OrtApi is a table of function pointers that only grows at its end. A member here is a name, a position and
// a signature; scripts/ort_api_positions.py compares them with the official header.
#pragma once

#include <cstddef>
#include <cstdint>

namespace inferometer::worker::onnxruntime {

// Objects of the library, only ever held by pointer.
struct Allocator;
struct Env;
struct IoBinding;
struct MemoryPlace;
struct RunOptions;
struct Session;
struct SessionOptions;
struct Status;
struct TensorType;
struct ValueType;
struct Value;

// Values of the library's enumerations; they are part of its ABI.
constexpr int kErrorNotImplemented = 9;
constexpr int kLogWarning = 2;
constexpr int kExecutionSequential = 0;
constexpr int kDeviceAllocator = 0;
constexpr int kMemoryDefault = 0;
constexpr int kTypeTensor = 1;

/// The version of the table that we ask for: the oldest that holds every member below.
constexpr std::uint32_t kApiVersion = 5;

template <typename Function>
struct Member {
  const char* name;
  std::size_t position;
};

constexpr Member<int(const Status*)> kGetErrorCode{"GetErrorCode", 1};
constexpr Member<const char*(const Status*)> kGetErrorMessage{"GetErrorMessage", 2};
constexpr Member<Status*(int severity, const char* log_id, Env**)> kCreateEnv{"CreateEnv", 3};
constexpr Member<Status*(const Env*)> kDisableTelemetryEvents{"DisableTelemetryEvents", 6};
constexpr Member<Status*(const Env*, const char* file, const SessionOptions*, Session**)> kCreateSession{
    "CreateSession", 7};
constexpr Member<Status*(SessionOptions**)> kCreateSessionOptions{"CreateSessionOptions", 10};
constexpr Member<Status*(SessionOptions*, int mode)> kSetSessionExecutionMode{"SetSessionExecutionMode", 13};
constexpr Member<Status*(SessionOptions*, int level)> kSetSessionGraphOptimizationLevel{
    "SetSessionGraphOptimizationLevel", 23};
constexpr Member<Status*(SessionOptions*, int threads)> kSetIntraOpNumThreads{"SetIntraOpNumThreads", 24};
constexpr Member<Status*(SessionOptions*, int threads)> kSetInterOpNumThreads{"SetInterOpNumThreads", 25};
constexpr Member<Status*(const Session*, std::size_t*)> kSessionGetInputCount{"SessionGetInputCount", 30};
constexpr Member<Status*(const Session*, std::size_t*)> kSessionGetOutputCount{"SessionGetOutputCount", 31};
constexpr Member<Status*(const Session*, std::size_t, ValueType**)> kSessionGetInputTypeInfo{
    "SessionGetInputTypeInfo", 33};
constexpr Member<Status*(const Session*, std::size_t, ValueType**)> kSessionGetOutputTypeInfo{
    "SessionGetOutputTypeInfo", 34};
constexpr Member<Status*(const Session*, std::size_t, Allocator*, char**)> kSessionGetInputName{
    "SessionGetInputName", 36};
constexpr Member<Status*(const Session*, std::size_t, Allocator*, char**)> kSessionGetOutputName{
    "SessionGetOutputName", 37};
constexpr Member<Status*(RunOptions**)> kCreateRunOptions{"CreateRunOptions", 39};
constexpr Member<Status*(const MemoryPlace*, void* bytes, std::size_t size_bytes, const std::int64_t* dims,
                         std::size_t rank, int element_type, Value**)>
    kCreateTensorWithDataAsOrtValue{"CreateTensorWithDataAsOrtValue", 49};
constexpr Member<Status*(Value*, void** bytes)> kGetTensorMutableData{"GetTensorMutableData", 51};
constexpr Member<Status*(const ValueType*, const TensorType**)> kCastTypeInfoToTensorInfo{
    "CastTypeInfoToTensorInfo", 55};
constexpr Member<Status*(const ValueType*, int*)> kGetOnnxTypeFromTypeInfo{"GetOnnxTypeFromTypeInfo", 56};
constexpr Member<Status*(const TensorType*, int*)> kGetTensorElementType{"GetTensorElementType", 60};
constexpr Member<Status*(const TensorType*, std::size_t*)> kGetDimensionsCount{"GetDimensionsCount", 61};
constexpr Member<Status*(const TensorType*, std::int64_t*, std::size_t)> kGetDimensions{"GetDimensions", 62};
constexpr Member<Status*(const Value*, TensorType**)> kGetTensorTypeAndShape{"GetTensorTypeAndShape", 65};
constexpr Member<Status*(int allocator, int memory, MemoryPlace**)> kCreateCpuMemoryInfo{
    "CreateCpuMemoryInfo", 69};
constexpr Member<Status*(Allocator*, void*)> kAllocatorFree{"AllocatorFree", 76};
constexpr Member<Status*(Allocator**)> kGetAllocatorWithDefaultOptions{"GetAllocatorWithDefaultOptions", 78};
constexpr Member<void(Env*)> kReleaseEnv{"ReleaseEnv", 92};
constexpr Member<void(Status*)> kReleaseStatus{"ReleaseStatus", 93};
constexpr Member<void(MemoryPlace*)> kReleaseMemoryInfo{"ReleaseMemoryInfo", 94};
constexpr Member<void(Session*)> kReleaseSession{"ReleaseSession", 95};
constexpr Member<void(Value*)> kReleaseValue{"ReleaseValue", 96};
constexpr Member<void(RunOptions*)> kReleaseRunOptions{"ReleaseRunOptions", 97};
constexpr Member<void(ValueType*)> kReleaseTypeInfo{"ReleaseTypeInfo", 98};
constexpr Member<void(TensorType*)> kReleaseTensorTypeAndShapeInfo{"ReleaseTensorTypeAndShapeInfo", 99};
constexpr Member<void(SessionOptions*)> kReleaseSessionOptions{"ReleaseSessionOptions", 100};
constexpr Member<Status*(SessionOptions*, const char* key, const char* value)> kAddSessionConfigEntry{
    "AddSessionConfigEntry", 130};
constexpr Member<Status*(Session*, const RunOptions*, const IoBinding*)> kRunWithBinding{"RunWithBinding",
                                                                                         133};
constexpr Member<Status*(Session*, IoBinding**)> kCreateIoBinding{"CreateIoBinding", 134};
constexpr Member<void(IoBinding*)> kReleaseIoBinding{"ReleaseIoBinding", 135};
constexpr Member<Status*(IoBinding*, const char* name, const Value*)> kBindInput{"BindInput", 136};
constexpr Member<Status*(IoBinding*, const char* name, const MemoryPlace*)> kBindOutputToDevice{
    "BindOutputToDevice", 138};
constexpr Member<Status*(const IoBinding*, Allocator*, Value***, std::size_t*)> kGetBoundOutputValues{
    "GetBoundOutputValues", 140};
constexpr Member<void(IoBinding*)> kClearBoundOutputs{"ClearBoundOutputs", 142};

}  // namespace inferometer::worker::onnxruntime
