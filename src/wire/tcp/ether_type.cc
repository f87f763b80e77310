#include "wire/tcp/ether_type.h"

#include <algorithm>
#include <array>

#include "wire/tcp/checksum.h"

namespace testigo::tcp {
namespace {

constexpr int kHeadersMax = 8;              // between the first EtherType and IP
constexpr int kLabelsMax = 16;              // of MPLS; the longest stacks of segment routing have about ten
constexpr std::uint64_t kLengthMax = 1500;  // a larger number is a type (IEEE 802.3 3.2.6)

struct Named {
  std::uint64_t number;
  std::string_view name;
};

constexpr std::array kUnreadTypes = {
    Named{0x4305, "batman-adv"},
    Named{0x6559, "Frame Relay"},
    Named{0x8870, "jumbo frames of 802.2"},
    Named{0x8903, "FabricPath"},
    Named{0x8909, "Cisco MetaData"},
    Named{0x8926, "VN-Tag"},
    Named{0x892f, "HSR"},
    Named{0x893f, "802.1BR (E-Tag)"},
    Named{0x22eb, "ERSPAN"},
    Named{0x22f3, "TRILL"},
    Named{0x880b, "PPP"},
    Named{0x883e, "WCCP"},
    Named{0x88be, "ERSPAN"},
    Named{0x88e5, "MACsec"},
    Named{0x88e7, "802.1ah (PBB)"},
    Named{0x894f, "NSH"},
};

// Of PPP: in parts, compressed or encrypted.
constexpr std::array kUnreadPpp = {
    Named{0x002d, "PPP with compressed headers"},
    Named{0x002f, "PPP with compressed headers"},
    Named{0x003d, "PPP in parts"},
    Named{0x0053, "PPP that is encrypted"},
    Named{0x0055, "PPP that is encrypted"},
    Named{0x00fb, "PPP that is compressed"},
    Named{0x00fd, "PPP that is compressed"},
};

std::uint64_t number(Bytes octets, std::size_t at, std::size_t size) { return load_number(octets.data() + at, size); }

template <std::size_t size>
std::string_view name_in(const std::array<Named, size>& all, std::uint64_t number) {
  const auto at = std::ranges::find(all, number, &Named::number);
  return at == all.end() ? std::string_view() : at->name;
}

bool is_version(Bytes octets, std::uint64_t version) { return !octets.empty() && number(octets, 0, 1) >> 4 == version; }

// When the version in the first octet is what was announced.
Inside ip(Bytes octets, std::uint64_t version) {
  if (octets.empty()) return {{}, kCutHeader};
  if (!is_version(octets, version)) return {};
  return {octets, {}};
}

// An address of Ethernet may begin as IP does. One that was cut inside its header is told of later.
bool is_plausible_v4(Bytes octets) {
  constexpr std::size_t kHeaderMin = 20;
  const std::size_t header = 4 * (number(octets, 0, 1) & 0xf);
  if (header < kHeaderMin) return false;
  if (octets.size() < header) return true;
  return number(octets, 2, 2) >= header && folded(sum_words(octets.first(header))) == 0xffff;
}

// Where an Ethernet frame, of which nothing says so, would have its type.
bool has_ether_type(Bytes octets) {
  constexpr std::size_t kTypeAt = 12, kHeader = 14;
  if (octets.size() < kHeader) return false;
  constexpr std::array<std::uint64_t, 8> kTypes = {0x8100, 0x88a8, 0x9100, 0x9200, 0x9300, 0x8847, 0x8848, 0x8864};
  const std::uint64_t type = number(octets, kTypeAt, 2);
  if (type == kEtherIpv4) return is_version(octets.subspan(kHeader), 4);
  if (type == kEtherIpv6) return is_version(octets.subspan(kHeader), 6);
  return std::ranges::find(kTypes, type) != kTypes.end();
}

// It has no checksum. Behind it may be padding, or a checksum of the link's; where octets are lacking it may have been cut.
bool is_plausible_v6(Bytes octets) {
  constexpr std::size_t kHeader = 40, kPaddingMax = 64;
  if (octets.size() < kHeader) return !has_ether_type(octets);
  const std::size_t length = number(octets, 4, 2), there = octets.size() - kHeader;
  return length == there || (there <= length + kPaddingMax && !has_ether_type(octets));
}

// Nothing says what follows the labels but its first bits. Where they are no version of IP, it is a pseudowire, with a control word
// or without one, or its control channel, which begins with 1 (RFC 4385).
Inside behind_labels(Bytes octets) {
  for (int labels = 0; labels < kLabelsMax; ++labels) {
    if (octets.size() < 5) return {{}, kCutHeader};
    const bool last = (number(octets, 2, 1) & 1) != 0;
    octets = octets.subspan(4);
    if (!last) continue;
    const std::uint64_t version = number(octets, 0, 1) >> 4;
    if (version == 4 ? is_plausible_v4(octets) : version == 6 && is_plausible_v6(octets)) return {octets, {}};
    return {{}, version == 1 ? std::string_view() : "MPLS without IP behind its labels"};
  }
  return {{}, "MPLS with too many labels"};
}

Inside behind_pppoe(Bytes octets) {
  constexpr std::size_t kHeader = 8;  // with the protocol of PPP
  constexpr std::uint64_t kIpv4 = 0x0021, kIpv6 = 0x0057, kMpls = 0x0281;
  if (octets.size() < kHeader) return {{}, kCutHeader};
  if (number(octets, 0, 2) != 0x1100) return {};  // version, type; code
  const std::uint64_t protocol = number(octets, 6, 2);
  octets = octets.subspan(kHeader);
  if (protocol == kIpv4) return ip(octets, 4);
  if (protocol == kIpv6) return ip(octets, 6);
  return protocol == kMpls ? behind_labels(octets) : Inside{{}, name_in(kUnreadPpp, protocol)};
}

constexpr std::size_t kSnapHeader = 8;

// With the numbers of EtherTypes, or in the form of 802.1H.
bool is_snap(Bytes octets) {
  if (octets.size() < kSnapHeader || number(octets, 0, 3) != 0xaaaa03) return false;
  return number(octets, 3, 3) == 0 || number(octets, 3, 3) == 0x0000f8;
}

// It was to have `length` octets, and what is there of its header begins as that of SNAP does.
bool may_be_cut_snap(Bytes octets, std::uint64_t length) {
  if (octets.size() >= kSnapHeader || length < kSnapHeader) return false;
  const std::size_t seen = std::min<std::size_t>(octets.size(), 3);
  return seen == 0 || number(octets, 0, seen) == std::uint64_t{0xaaaa03} >> 8 * (3 - seen);
}

struct Typed {
  std::uint64_t type;
  Bytes octets;
  // The header ends after `size` octets, and the type of what follows stands in it. False where it was cut.
  bool pass(std::size_t type_at, std::size_t size) {
    if (octets.size() < size) return false;
    type = number(octets, type_at, 2);
    octets = octets.subspan(size);
    return true;
  }
};

}  // namespace

Inside ip_behind(std::uint64_t type, Bytes octets) {
  Typed at{type, octets};
  for (int headers = 0; headers <= kHeadersMax; ++headers) {
    switch (at.type) {
      case kEtherIpv4:
        return ip(at.octets, 4);
      case kEtherIpv6:
        return ip(at.octets, 6);
      case 0x8100:  // IEEE 802.1Q, 802.1ad, and before it
      case 0x88a8:
      case 0x9100:
      case 0x9200:
      case 0x9300:
        if (!at.pass(2, 4)) return {{}, kCutHeader};
        break;
      case kEtherBridged:
        if (!at.pass(12, 14)) return {{}, kCutHeader};
        break;
      case 0x8847:
      case 0x8848:
        return behind_labels(at.octets);
      case 0x8864:
        return behind_pppoe(at.octets);
      default:
        if (at.type > kLengthMax) return {{}, name_in(kUnreadTypes, at.type)};
        if (may_be_cut_snap(at.octets, at.type)) return {{}, kCutHeader};
        if (!is_snap(at.octets)) return {};
        at.pass(6, 8);
    }
  }
  return {{}, "too many headers in each other"};
}

}  // namespace testigo::tcp
