// The messages of services, as their .proto files declare them: by protobuf's descriptors, read from files when a run begins.
//
// What it gives out (methods, types, fields) lives as long as it does. After `load` it does not change; one thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "schema/relation.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace testigo::schema {

using Type = const google::protobuf::Descriptor*;  // of messages
std::string_view name_of(Type type);               // "package.Message"

struct Method {
  bool client_streaming = false;
  bool server_streaming = false;
  Type request = nullptr;
  Type reply = nullptr;
};

// A field inside of a message, from the outside in; a value, for nothing on the way is repeated.
using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

// Where descriptors stand; the options of grpcurl that have the same names.
struct Files {
  std::vector<std::filesystem::path> protosets;  // FileDescriptorSet, as `protoc --descriptor_set_out --include_imports` writes it
  std::vector<std::string> protos;               // .proto files, by themselves or as a name below an import path
  std::vector<std::filesystem::path> import_paths;  // [the current folder]
  bool empty() const { return protosets.empty() && protos.empty(); }
};

class Schema {
 public:
  // Throws EnvironmentError, which names the file and what to do.
  static Schema load(const Files& files);
  Schema(Schema&&) noexcept;
  ~Schema();

  // By the :path of a call, "/package.Service/Method"; null when no file declares it.
  const Method* method(std::string_view path) const;
  const std::map<std::string, Method, std::less<>>& methods() const { return methods_; }

  // The message in protobuf's JSON (protobuf.dev/programming-guides/json), on one line and harmless for a terminal; nothing when it
  // does not parse.
  std::optional<std::string> json(Type type, Bytes message) const;

 private:
  struct Descriptors;
  explicit Schema(std::unique_ptr<Descriptors> descriptors);

  std::unique_ptr<Descriptors> descriptors_;
  std::map<std::string, Method, std::less<>> methods_;
};

// "received.seconds" of a type; nothing when there is no such field, or it is no single value.
std::optional<FieldPath> find_field(Type type, std::string_view names);
// Its value, as text: a string or octets as they are, a number in decimal, an enum by its number. Of a message without it the
// default. The octets may be anything; the value is bounded by them.
std::string value_of(const FieldPath& field, Bytes message);

}  // namespace testigo::schema
