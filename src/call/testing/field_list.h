// Header fields of a usual gRPC call, and how to change one of them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace testigo::call::testing {

using FieldList = std::vector<std::pair<std::string, std::string>>;

inline FieldList request_fields(std::string path = "/testigo.greeter.v1.Greeter/Greet") {
  return {{":method", "POST"},
          {":scheme", "http"},
          {":path", std::move(path)},
          {":authority", "127.0.0.1:50051"},
          {"te", "trailers"},
          {"content-type", "application/grpc"},
          {"user-agent", "grpc-c++/1.51.1"}};
}

inline FieldList response_fields() { return {{":status", "200"}, {"content-type", "application/grpc"}}; }

inline FieldList trailer_fields(std::string status = "0") { return {{"grpc-status", std::move(status)}}; }

inline FieldList trailers_only_fields(std::string status = "12") {
  return {{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-status", std::move(status)}};
}

// The same with that value in place of every one of the name.
inline FieldList with(FieldList fields, std::string_view name, const std::string& value) {
  for (auto& field : fields) {
    if (field.first == name) field.second = value;
  }
  return fields;
}

inline FieldList without(FieldList fields, std::string_view name) {
  std::erase_if(fields, [&](const auto& field) { return field.first == name; });
  return fields;
}

inline FieldList plus(FieldList fields, std::string name, std::string value) {
  fields.emplace_back(std::move(name), std::move(value));
  return fields;
}

// The same with one more at the beginning, where pseudo-headers stand.
inline FieldList before(FieldList fields, std::string name, std::string value) {
  fields.emplace(fields.begin(), std::move(name), std::move(value));
  return fields;
}

}  // namespace testigo::call::testing
