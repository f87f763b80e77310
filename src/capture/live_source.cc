#include "capture/live_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <net/if.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/environment_error.h"
#include "base/inert.h"
#include "base/usage_error.h"
#include "capture/capture_permission.h"
#include "capture/link_layer.h"
#include "capture/pcap_library.h"

namespace testigo::capture {
namespace {

constexpr int kSnapLength = 262'144;  // no packet is longer, offloading included
constexpr int kReadTimeoutMs = 20;    // how long the kernel may keep a block of its ring that is not full
constexpr std::size_t kRingBytesLeast = std::size_t{2} << 20;
constexpr int kBatchPackets = 4096;

struct Close {
  void operator()(pcap_t* handle) const { pcap().close(handle); }
};
using Handle = std::unique_ptr<pcap_t, Close>;

std::string shown(const std::string& interface) { return inert(interface, 64); }

std::vector<std::string> interfaces() {
  std::vector<std::string> names;
  struct if_nameindex* all = ::if_nameindex();
  for (const auto* at = all; at != nullptr && at->if_index != 0; ++at) names.emplace_back(at->if_name);
  ::if_freenameindex(all);
  names.emplace_back("any");
  return names;
}

[[noreturn]] void cannot_listen(const std::string& interface, int error, const std::string& words) {
  switch (error) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      throw EnvironmentError(
          fmt::format("there is no interface {}; there are {}", shown(interface), fmt::join(interfaces(), ", ")));
    case PCAP_ERROR_PERM_DENIED:
      throw EnvironmentError(fmt::format("cannot listen on {}: {}", shown(interface), missing_capture_permission()));
    case PCAP_ERROR_IFACE_NOT_UP:
      throw EnvironmentError(fmt::format("cannot listen on {}: the interface is down; `ip link set {} up` starts it",
                                         shown(interface), shown(interface)));
    default:
      throw EnvironmentError(fmt::format("cannot listen on {}: {}", shown(interface), inert(words, 300)));
  }
}

std::string words_of(pcap_t* handle, int error) {
  const std::string_view said = pcap().geterr(handle);
  return said.empty() ? pcap().statustostr(error) : std::string(said);
}

Handle create(const std::string& interface, std::size_t ring_bytes) {
  std::array<char, PCAP_ERRBUF_SIZE> trouble{};
  Handle handle(pcap().create(interface.c_str(), trouble.data()));
  if (!handle) cannot_listen(interface, PCAP_ERROR, trouble.data());
  pcap().set_snaplen(handle.get(), kSnapLength);
  pcap().set_promisc(handle.get(), 0);
  pcap().set_timeout(handle.get(), kReadTimeoutMs);
  pcap().set_buffer_size(handle.get(), static_cast<int>(ring_bytes));
  pcap().set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);  // where it is not offered, times are in microseconds
  return handle;
}

// With the largest ring that the system grants. Nothing else is worth a second attempt.
Handle activate(const LiveOptions& options) {
  for (std::size_t ring_bytes = options.ring_bytes;; ring_bytes /= 2) {
    Handle handle = create(options.interface, ring_bytes);
    const int result = pcap().activate(handle.get());
    if (result >= 0) return handle;
    if (result != PCAP_ERROR || ring_bytes / 2 < kRingBytesLeast) {
      cannot_listen(options.interface, result, words_of(handle.get(), result));
    }
  }
}

// Of "any", the newer form says on which interface a packet passed.
void choose_link_type(pcap_t* handle) {
  if (pcap().datalink(handle) == DLT_LINUX_SLL) pcap().set_datalink(handle, DLT_LINUX_SLL2);
}

class Program {
 public:
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() { pcap().freecode(&program_); }

  bool compile(pcap_t* handle, const std::string& filter) {
    pcap().freecode(&program_);
    return pcap().compile(handle, &program_, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0;
  }
  bpf_program* get() { return &program_; }

 private:
  bpf_program program_{};
};

std::string only_tcp(const std::string& filter) { return filter.empty() ? "tcp" : fmt::format("({}) and tcp", filter); }

// "vlan" moves what follows it behind the tag; not every link type knows it.
std::string tagged_too(const std::string& filter) { return fmt::format("({0}) or (vlan and {0})", filter); }

[[noreturn]] void wrong_filter(const std::string& filter, std::string_view words) {
  throw UsageError(fmt::format("\"{}\" is no filter: {}; see pcap-filter(7)", inert(filter, 200), inert(words, 300)));
}

}  // namespace

void check_filter(const std::string& filter) {
  std::string words;
  for (const int link_type : {DLT_LINUX_SLL2, DLT_EN10MB}) {
    const Handle handle(pcap().open_dead(link_type, kSnapLength));
    Program program;
    if (program.compile(handle.get(), filter)) return;
    words = pcap().geterr(handle.get());
  }
  wrong_filter(filter, words);
}

struct LiveSource::State {
  explicit State(const LiveOptions& options) : interface(options.interface), handle(activate(options)) {
    choose_link_type(handle.get());
    nanoseconds = pcap().get_tstamp_precision(handle.get()) == PCAP_TSTAMP_PRECISION_NANO;
    std::array<char, PCAP_ERRBUF_SIZE> words{};
    if (pcap().setnonblock(handle.get(), 1, words.data()) != 0) cannot_listen(interface, PCAP_ERROR, words.data());
    ::fcntl(pcap().fileno(handle.get()), F_SETFD, FD_CLOEXEC);  // children need not hear
  }

  void hand_over(const pcap_pkthdr& header, const u_char* octets) {
    const auto fraction = nanoseconds ? std::chrono::nanoseconds(header.ts.tv_usec) : std::chrono::microseconds(header.ts.tv_usec);
    (*take)({Time(std::chrono::seconds(header.ts.tv_sec) + fraction), std::as_bytes(std::span(octets, header.caplen)), header.len});
  }

  // Waits until there is something to read, or to say.
  void wait(Duration patience) const {
    pollfd waiting = {pcap().get_selectable_fd(handle.get()), POLLIN, 0};
    ::poll(&waiting, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(patience).count()));
  }

  int dispatch() {
    return pcap().dispatch(
        handle.get(), kBatchPackets,
        [](u_char* self, const pcap_pkthdr* header, const u_char* octets) {
          reinterpret_cast<State*>(self)->hand_over(*header, octets);
        },
        reinterpret_cast<u_char*>(this));
  }

  std::string interface;
  Handle handle;
  bool nanoseconds = false;
  const Take* take = nullptr;  // during `read`
  std::uint64_t read = 0;
  std::optional<std::string> trouble;
};

LiveSource::LiveSource(const LiveOptions& options) : state_(std::make_unique<State>(options)) {
  if (!is_known_link_type(link_type())) {
    throw EnvironmentError(
        fmt::format("cannot read the packets of {}: their link type is {}", shown(options.interface), link_type()));
  }
  set_filter(options.filter);
}

LiveSource::~LiveSource() = default;

std::uint16_t LiveSource::link_type() const {
  const auto link_type = static_cast<std::uint16_t>(pcap().datalink(state_->handle.get()));
  const auto raw = static_cast<std::uint16_t>(LinkType::Raw);
  const bool old_raw =
      link_type == static_cast<std::uint16_t>(LinkType::OldRaw) || link_type == static_cast<std::uint16_t>(LinkType::OldRawBsd);
  return old_raw ? raw : link_type;
}

void LiveSource::set_filter(const std::string& filter) {
  pcap_t* handle = state_->handle.get();
  Program program;
  if (!filter.empty() && !program.compile(handle, filter)) wrong_filter(filter, pcap().geterr(handle));
  if (!program.compile(handle, tagged_too(only_tcp(filter))) && !program.compile(handle, only_tcp(filter))) {
    wrong_filter(filter, pcap().geterr(handle));
  }
  if (pcap().setfilter(handle, program.get()) != 0) cannot_listen(state_->interface, PCAP_ERROR, pcap().geterr(handle));
}

std::size_t LiveSource::read(Duration patience, const Take& take) {
  if (state_->trouble) return 0;
  state_->take = &take;
  int packets = state_->dispatch();
  if (packets == 0 && patience > Duration::zero()) {
    state_->wait(patience);
    packets = state_->dispatch();
  }
  state_->take = nullptr;
  if (packets < 0) {
    state_->trouble = fmt::format("{} cannot be listened to any more: {}", shown(state_->interface),
                                  inert(words_of(state_->handle.get(), packets), 300));
    return 0;
  }
  state_->read += static_cast<std::uint64_t>(packets);
  return static_cast<std::size_t>(packets);
}

const std::optional<std::string>& LiveSource::trouble() const { return state_->trouble; }

LiveSource::Counts LiveSource::counts() const {
  pcap_stat statistics = {};
  if (pcap().stats(state_->handle.get(), &statistics) != 0) return {state_->read, 0};
  return {state_->read, std::uint64_t{statistics.ps_drop} + statistics.ps_ifdrop};
}

}  // namespace testigo::capture
