// Descriptors from files: of FileDescriptorSets, or of .proto files, which protobuf's own compiler reads. Inside of this room only.
#pragma once

#include <memory>
#include <vector>

#include <google/protobuf/descriptor.h>

#include "schema/schema.h"

namespace testigo::schema {

class DescriptorFiles {
 public:
  // Throws EnvironmentError.
  static DescriptorFiles load(const Files& files);
  DescriptorFiles(DescriptorFiles&&) noexcept;
  ~DescriptorFiles();

  const google::protobuf::DescriptorPool& pool() const;
  // Those that were asked for, and what they import.
  const std::vector<const google::protobuf::FileDescriptor*>& all() const { return all_; }

 private:
  struct Source;
  explicit DescriptorFiles(std::unique_ptr<Source> source);
  void add(const google::protobuf::FileDescriptor* file);

  std::unique_ptr<Source> source_;
  std::vector<const google::protobuf::FileDescriptor*> all_;
};

}  // namespace testigo::schema
