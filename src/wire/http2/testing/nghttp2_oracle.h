// nghttp2's HPACK, the second opinion of the tests and the fuzz target.
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "wire/http2/testing/fields.h"

namespace testigo::http2::testing {

class Inflater {
 public:
  Inflater() {
    nghttp2_hd_inflater* inflater = nullptr;
    if (nghttp2_hd_inflate_new(&inflater) != 0) throw std::bad_alloc();
    inflater_.reset(inflater);
  }

  void set_table_size_limit(std::uint32_t octets) { nghttp2_hd_inflate_change_table_size(inflater_.get(), octets); }

  // The fields of one block; nothing when nghttp2 refuses it, after which it is of no more use.
  std::optional<std::vector<Field>> inflate(Bytes block) {
    std::vector<Field> fields;
    const auto* at = reinterpret_cast<const std::uint8_t*>(block.data());
    std::size_t left = block.size();
    while (true) {
      nghttp2_nv field;
      int flags = 0;
      const ssize_t used = nghttp2_hd_inflate_hd2(inflater_.get(), &field, &flags, at, left, 1);
      if (used < 0) return std::nullopt;
      at += used;
      left -= static_cast<std::size_t>(used);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) fields.push_back(own(field));
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_.get());
    return fields;
  }

  std::size_t table_entries() const { return nghttp2_hd_inflate_get_num_table_entries(inflater_.get()) - 61; }
  std::size_t table_bytes() const { return nghttp2_hd_inflate_get_dynamic_table_size(inflater_.get()); }

 private:
  static Field own(const nghttp2_nv& field) {
    return {std::string(reinterpret_cast<const char*>(field.name), field.namelen),
            std::string(reinterpret_cast<const char*>(field.value), field.valuelen), (field.flags & NGHTTP2_NV_FLAG_NO_INDEX) != 0};
  }

  struct Delete {
    void operator()(nghttp2_hd_inflater* inflater) const { nghttp2_hd_inflate_del(inflater); }
  };
  std::unique_ptr<nghttp2_hd_inflater, Delete> inflater_;
};

class Deflater {
 public:
  explicit Deflater(std::size_t table_bytes_max) {
    nghttp2_hd_deflater* deflater = nullptr;
    if (nghttp2_hd_deflate_new(&deflater, table_bytes_max) != 0) throw std::bad_alloc();
    deflater_.reset(deflater);
  }

  void resize(std::size_t table_octets) { nghttp2_hd_deflate_change_table_size(deflater_.get(), table_octets); }

  std::vector<std::byte> deflate(std::vector<Field> fields) {
    std::vector<nghttp2_nv> list;
    for (Field& field : fields) {
      const std::uint8_t flags = field.never_indexed ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
      list.push_back({reinterpret_cast<std::uint8_t*>(field.name.data()), reinterpret_cast<std::uint8_t*>(field.value.data()),
                      field.name.size(), field.value.size(), flags});
    }
    std::vector<std::byte> block(nghttp2_hd_deflate_bound(deflater_.get(), list.data(), list.size()));
    const ssize_t size = nghttp2_hd_deflate_hd(deflater_.get(), reinterpret_cast<std::uint8_t*>(block.data()), block.size(),
                                               list.data(), list.size());
    if (size < 0) throw std::runtime_error("nghttp2 does not deflate");
    block.resize(static_cast<std::size_t>(size));
    return block;
  }

 private:
  struct Delete {
    void operator()(nghttp2_hd_deflater* deflater) const { nghttp2_hd_deflate_del(deflater); }
  };
  std::unique_ptr<nghttp2_hd_deflater, Delete> deflater_;
};

}  // namespace testigo::http2::testing
