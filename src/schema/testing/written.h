// A schema of a .proto file that a test writes down.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "schema/schema.h"

namespace testigo::schema::testing {

// A folder of its own, gone at the end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "testigo-schema-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path write(const std::string& name, std::string_view content) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline Schema written(std::string_view proto) {
  const Folder folder;
  return Schema::load({.protosets = {}, .protos = {folder.write("written.proto", proto).string()}, .import_paths = {}});
}

// The four kinds of call, and a field of every sort.
constexpr std::string_view kProto = R"(
syntax = "proto3";
package t;
import "google/protobuf/timestamp.proto";
service S {
  rpc Unary(Request) returns (Reply);
  rpc Many(Request) returns (stream Reply);
  rpc All(stream Request) returns (Reply);
  rpc Both(stream Request) returns (stream Reply);
}
enum Colour { RED = 0; BLUE = 1; }
message Inner { string name = 1; sint32 depth = 2; Inner more = 3; }
message Request {
  string client = 1;
  uint64 call = 2;
  Inner inner = 3;
  repeated int32 many = 4;
  map<string, int32> counts = 5;
  oneof either { bool yes = 6; Colour colour = 7; }
  bytes raw = 8;
  double wide = 9;
  fixed32 narrow = 10;
  google.protobuf.Timestamp at = 11;
  repeated fixed32 fours = 12;
  repeated double eights = 13;
}
message Reply { string message = 1; string client = 2; uint64 call = 3; Inner inner = 4; }
)";

}  // namespace testigo::schema::testing
