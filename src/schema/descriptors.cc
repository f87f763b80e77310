#include "schema/descriptors.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <google/protobuf/any.pb.h>
#include <google/protobuf/api.pb.h>
#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include "base/environment_error.h"
#include "base/file.h"
#include "base/inert.h"
#include "base/limits.h"

namespace testigo::schema {
namespace {

namespace protobuf = google::protobuf;

constexpr std::size_t kTextBytesMax = 400;

// The first thing that is wrong, and where.
class FirstError final : public protobuf::DescriptorPool::ErrorCollector, public protobuf::compiler::MultiFileErrorCollector {
 public:
  // Of descriptors.
  void AddError(const std::string& file, const std::string& element, const protobuf::Message*, ErrorLocation,
                const std::string& message) override {
    keep(fmt::format("{}: {}: {}", file, element, message));
  }
  // Of a .proto file; lines count from 0, and -1 is none.
  void AddError(const std::string& file, int line, int column, const std::string& message) override {
    keep(line < 0 ? fmt::format("{}: {}", file, message) : fmt::format("{}:{}:{}: {}", file, line + 1, column + 1, message));
  }
  const std::string& text() const { return text_; }

 private:
  void keep(const std::string& text) {
    if (text_.empty()) text_ = inert(text, kTextBytesMax);
  }
  std::string text_;
};

// Files by name, from protosets; the first one of a name counts.
class FileSet final : public protobuf::DescriptorDatabase {
 public:
  void add(const protobuf::FileDescriptorProto& file) { files_.try_emplace(file.name(), file); }
  bool FindFileByName(const std::string& name, protobuf::FileDescriptorProto* out) override {
    const auto it = files_.find(name);
    if (it == files_.end()) return false;
    *out = it->second;
    return true;
  }
  bool FindFileContainingSymbol(const std::string&, protobuf::FileDescriptorProto*) override { return false; }
  bool FindFileContainingExtension(const std::string&, int, protobuf::FileDescriptorProto*) override { return false; }
  const std::map<std::string, protobuf::FileDescriptorProto>& files() const { return files_; }

 private:
  std::map<std::string, protobuf::FileDescriptorProto> files_;
};

// google/protobuf/*.proto, which every library of protobuf brings along.
void add_well_known(FileSet& to) {
  for (const protobuf::Descriptor* type :
       {protobuf::Any::descriptor(), protobuf::Api::descriptor(), protobuf::Duration::descriptor(), protobuf::Empty::descriptor(),
        protobuf::FieldMask::descriptor(), protobuf::FileDescriptorProto::descriptor(), protobuf::SourceContext::descriptor(),
        protobuf::Struct::descriptor(), protobuf::Timestamp::descriptor(), protobuf::Type::descriptor(),
        protobuf::StringValue::descriptor()}) {
    protobuf::FileDescriptorProto file;
    type->file()->CopyTo(&file);
    to.add(file);
  }
}

std::string shown(const std::filesystem::path& file) { return inert(file.native(), kTextBytesMax); }

void read_protoset(const std::filesystem::path& file, FileSet& to) {
  const std::string octets = read_file(file, Limits{}.protoset_bytes_max);
  protobuf::FileDescriptorSet set;
  if (!set.ParsePartialFromString(octets) || set.file_size() == 0) {
    throw EnvironmentError(fmt::format(
        "{} is no protoset; protoc --include_imports --descriptor_set_out=FILE writes one, and buf build -o FILE", shown(file)));
  }
  for (const protobuf::FileDescriptorProto& proto : set.file()) to.add(proto);
}

// The name below an import path that protobuf's compiler knows a file by.
std::string name_of_proto(protobuf::compiler::DiskSourceTree& tree, const std::string& proto, bool paths_given) {
  std::string name, shadowing;
  using Tree = protobuf::compiler::DiskSourceTree;
  if (tree.DiskFileToVirtualFile(proto, &name, &shadowing) == Tree::SUCCESS) return name;
  const std::unique_ptr<protobuf::io::ZeroCopyInputStream> opened(tree.Open(proto));
  if (opened != nullptr) return proto;
  std::error_code error;
  const std::filesystem::path path(proto);
  if (!std::filesystem::is_regular_file(path, error)) {
    throw EnvironmentError(
        fmt::format("there is no {}{}", shown(path),
                    paths_given ? ", neither by itself nor below an --import-path" : "; --import-path says below what"));
  }
  if (paths_given) throw EnvironmentError(fmt::format("{} lies below no --import-path: name that of its folder, too", shown(path)));
  tree.MapPath("", path.parent_path().string());
  return path.filename().string();
}

}  // namespace

struct DescriptorFiles::Source {
  FirstError error;
  FileSet set;
  protobuf::compiler::DiskSourceTree tree;
  std::unique_ptr<protobuf::DescriptorDatabase> database;
  std::unique_ptr<protobuf::DescriptorPool> pool;
};

DescriptorFiles::DescriptorFiles(std::unique_ptr<Source> source) : source_(std::move(source)) {}
DescriptorFiles::DescriptorFiles(DescriptorFiles&&) noexcept = default;
DescriptorFiles::~DescriptorFiles() = default;

const protobuf::DescriptorPool& DescriptorFiles::pool() const { return *source_->pool; }

// With what it imports, each once.
void DescriptorFiles::add(const protobuf::FileDescriptor* file) {
  std::vector<const protobuf::FileDescriptor*> waiting{file};
  while (!waiting.empty()) {
    const protobuf::FileDescriptor* next = waiting.back();
    waiting.pop_back();
    if (std::ranges::find(all_, next) != all_.end()) continue;
    all_.push_back(next);
    for (int i = 0; i < next->dependency_count(); ++i) waiting.push_back(next->dependency(i));
  }
}

DescriptorFiles DescriptorFiles::load(const Files& files) {
  protobuf::SetLogHandler(nullptr);  // what it has to say is told by FirstError
  DescriptorFiles loaded(std::make_unique<Source>());
  Source& source = *loaded.source_;
  std::vector<std::string> names;
  for (const std::filesystem::path& protoset : files.protosets) read_protoset(protoset, source.set);
  for (const auto& [name, file] : source.set.files()) names.push_back(name);
  add_well_known(source.set);
  if (files.protosets.empty()) {
    for (const std::filesystem::path& path : files.import_paths) source.tree.MapPath("", path.string());
    if (files.import_paths.empty()) source.tree.MapPath("", ".");
    for (const std::string& proto : files.protos) names.push_back(name_of_proto(source.tree, proto, !files.import_paths.empty()));
    auto database = std::make_unique<protobuf::compiler::SourceTreeDescriptorDatabase>(&source.tree, &source.set);
    database->RecordErrorsTo(&source.error);
    source.pool = std::make_unique<protobuf::DescriptorPool>(database.get(), database->GetValidationErrorCollector());
    source.database = std::move(database);
  } else {
    source.pool = std::make_unique<protobuf::DescriptorPool>(&source.set, &source.error);
  }
  for (const std::string& name : names) {
    const protobuf::FileDescriptor* file = source.pool->FindFileByName(name);
    if (file == nullptr) {
      throw EnvironmentError(fmt::format("the descriptors cannot be used: {}; {}",
                                         source.error.text().empty() ? inert(name, kTextBytesMax) : source.error.text(),
                                         files.protosets.empty() ? "--import-path says where imports lie"
                                                                 : "protoc --include_imports writes what they import, too"));
    }
    loaded.add(file);
  }
  return loaded;
}

}  // namespace testigo::schema
