#include "schema/schema.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include "base/inert.h"
#include "base/utf8.h"
#include "schema/descriptors.h"
#include "schema/one_piece.h"

namespace testigo::schema {
namespace {

namespace protobuf = google::protobuf;

constexpr std::string_view kTypeUrl = "type.googleapis.com";

// RFC 8259 section 7: beyond U+FFFF as a pair of surrogates.
void escape(std::string& out, std::uint32_t code) {
  if (code > 0xffff) {
    escape(out, 0xd7c0 + (code >> 10));
    code = 0xdc00 + (code & 0x3ff);
  }
  out += fmt::format("\\u{:04x}", code);
}

// JSON stays the same JSON; what a terminal might obey is escaped.
std::string harmless(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const auto first = static_cast<unsigned char>(json.front());
    const std::size_t length = utf8_length(json);
    if (length == 0) {
      escape(out, 0xfffd);
    } else if (first < 0x20 || first == 0x7f) {
      escape(out, first);
    } else if (length == 2 && first == 0xc2 && static_cast<unsigned char>(json[1]) < 0xa0) {
      escape(out, static_cast<unsigned char>(json[1]));
    } else if (is_active(json.substr(0, length))) {
      escape(out, utf8_code_point(json.substr(0, length)));
    } else {
      out += json.substr(0, length);
    }
    json.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string path_of(const protobuf::MethodDescriptor& method) {
  return fmt::format("/{}/{}", method.service()->full_name(), method.name());
}

}  // namespace

std::string_view name_of(Type type) { return type->full_name(); }

struct Schema::Descriptors {
  explicit Descriptors(DescriptorFiles from)
      : files(std::move(from)), resolver(protobuf::util::NewTypeResolverForDescriptorPool(std::string(kTypeUrl), &files.pool())) {}

  DescriptorFiles files;
  std::unique_ptr<protobuf::util::TypeResolver> resolver;
  protobuf::DynamicMessageFactory factory;
};

Schema::Schema(std::unique_ptr<Descriptors> descriptors) : descriptors_(std::move(descriptors)) {
  for (const protobuf::FileDescriptor* file : descriptors_->files.all()) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        const protobuf::MethodDescriptor& method = *file->service(i)->method(j);
        methods_[path_of(method)] = {method.client_streaming(), method.server_streaming(), method.input_type(),
                                     method.output_type()};
      }
    }
  }
}

Schema::Schema(Schema&&) noexcept = default;
Schema::~Schema() = default;

Schema Schema::load(const Files& files) { return Schema(std::make_unique<Descriptors>(DescriptorFiles::load(files))); }

const Method* Schema::method(std::string_view path) const {
  const auto it = methods_.find(path);
  return it == methods_.end() ? nullptr : &it->second;
}

std::optional<std::string> Schema::json(Type type, Bytes message) const {
  const auto whole = in_one_piece(descriptors_->factory, type, message);
  if (!whole) return std::nullopt;
  std::string out;
  const std::string url = fmt::format("{}/{}", kTypeUrl, name_of(type));
  const auto status = protobuf::util::BinaryToJsonString(descriptors_->resolver.get(), url, *whole, &out);
  if (!status.ok()) return std::nullopt;
  return harmless(out);
}

}  // namespace testigo::schema
