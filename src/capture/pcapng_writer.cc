#include "capture/pcapng_writer.h"

#include "capture/pcapng.h"

namespace testigo::capture {
namespace {

using namespace pcapng;

void put32(std::vector<std::byte>& out, std::size_t at, std::size_t value) {
  for (int i = 0; i < 4; ++i) out[at + i] = static_cast<std::byte>(value >> (24 - 8 * i));
}

// A block from its type to its second length, which the destructor writes.
class Block {
 public:
  Block(std::vector<std::byte>& out, BlockType type) : out_(out), from_(out.size()) {
    append_number(out_, static_cast<std::uint32_t>(type), 4);
    append_number(out_, 0, 4);
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() {
    const std::size_t length = out_.size() - from_ + 4;
    append_number(out_, length, 4);
    put32(out_, from_ + 4, length);
  }

 private:
  std::vector<std::byte>& out_;
  std::size_t from_;
};

void append_padding(std::vector<std::byte>& out, std::size_t size) { out.resize(out.size() + padded(size) - size); }

void append_option(std::vector<std::byte>& out, Option option, Bytes value) {
  append_number(out, static_cast<std::uint16_t>(option), 2);
  append_number(out, value.size(), 2);
  append(out, value);
  append_padding(out, value.size());
}

void append_end_of_options(std::vector<std::byte>& out) { append_option(out, Option::End, {}); }

void append_section_header(std::vector<std::byte>& out, std::string_view comment) {
  const Block block(out, BlockType::SectionHeader);
  append_number(out, kByteOrderMagic, 4);
  append_number(out, kMajor, 2);
  append_number(out, 0, 2);
  append_number(out, ~std::uint64_t{0}, 8);  // the length of the section is not told
  append_option(out, Option::Comment, as_octets(comment));
  append_option(out, Option::Application, as_octets(kApplication));
  append_end_of_options(out);
}

void append_interface(std::vector<std::byte>& out, std::uint16_t link_type) {
  const Block block(out, BlockType::InterfaceDescription);
  append_number(out, link_type, 2);
  append_number(out, 0, 2);
  append_number(out, 0, 4);  // no snap length is told: a packet that was cut says so itself
  const std::byte nanoseconds{9};
  append_option(out, Option::TimeResolution, Bytes(&nanoseconds, 1));
  append_end_of_options(out);
}

void append_time(std::vector<std::byte>& out, Time time) {
  append_number(out, static_cast<std::uint64_t>(time.time_since_epoch().count()), 8);
}

}  // namespace

PcapngWriter::PcapngWriter(std::vector<std::byte>& out, std::string_view comment, std::uint16_t link_type) : out_(out) {
  append_section_header(out_, comment);
  append_interface(out_, link_type);
}

std::span<std::byte> PcapngWriter::packet(Time time, Bytes octets, std::size_t original_length, std::string_view comment) {
  std::size_t at = 0;
  {
    const Block block(out_, BlockType::EnhancedPacket);
    append_number(out_, 0, 4);
    append_time(out_, time);
    append_number(out_, octets.size(), 4);
    append_number(out_, original_length, 4);
    at = out_.size();
    append(out_, octets);
    append_padding(out_, octets.size());
    if (!comment.empty()) {
      append_option(out_, Option::Comment, as_octets(comment));
      append_end_of_options(out_);
    }
  }
  last_ = time;
  ++packets_;
  return std::span(out_).subspan(at, octets.size());
}

void PcapngWriter::end() {
  const Block block(out_, BlockType::InterfaceStatistics);
  append_number(out_, 0, 4);
  append_time(out_, last_);
  std::vector<std::byte> count;
  append_number(count, packets_, 8);
  append_option(out_, Option::PacketsReceived, count);
  append_option(out_, Option::Comment, as_octets("the capture is whole"));
  append_end_of_options(out_);
}

}  // namespace testigo::capture
