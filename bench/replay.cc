// Sends the packets of a capture into a network interface again and again, at a rate of calls: what `testigo watch` is measured
// with.
//
//   replay FILE INTERFACE CALLS TIMES RATE     CALLS: how many FILE holds
//
// Each time the packets have other addresses (127.0.1.1, 127.0.2.1, …), so that their connections are new ones. One thread; what it
// sends and how long it takes are bounded.
#include <fmt/format.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <ctime>
#include <deque>
#include <string_view>
#include <thread>

#include "base/environment_error.h"
#include "base/usage_error.h"
#include "capture/capture_file.h"
#include "capture/link_layer.h"
#include "wire/tcp/packet.h"

namespace testigo {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kBatch = 64;
constexpr std::size_t kOctetsMax = std::size_t{1} << 30;  // of the packets in memory
constexpr std::size_t kTimesMax = 250;                    // one octet of the address counts them
constexpr auto kTimeMax = std::chrono::seconds(60);
constexpr std::size_t kThirdOctet = 14;  // of an IPv4 address that is kept as one of IPv6
// To a station that is not there: only who listens to the wire takes it.
constexpr std::array<std::byte, ETH_HLEN> kEthernet = {std::byte{2}, {}, {}, {}, {}, std::byte{2},    {},
                                                       std::byte{2}, {}, {}, {}, {}, std::byte{0x08}, {}};

struct Captured {
  std::deque<std::vector<std::byte>> octets;  // of which the packets borrow
  std::vector<tcp::Packet> packets;
};

Captured packets_of(const std::string& file) {
  Captured captured;
  std::size_t octets = 0;
  const std::array<std::filesystem::path, 1> files = {file};
  capture::CaptureFiles(files, capture::CaptureFiles::Names::Given).read_packets([&](const capture::CapturedPacket& packet) {
    const auto ip = capture::ip_of(packet.link_type, packet.octets);
    octets += packet.octets.size();
    if (!ip || octets > kOctetsMax) throw UsageError("it holds what is no IP packet, or too much");
    const auto& kept = captured.octets.emplace_back(ip->begin(), ip->end());
    tcp::Packet read;
    if (tcp::read_packet(kept, read) != tcp::PacketKind::Tcp || !read.source.is_v4())
      throw UsageError("a packet is not TCP over IPv4");
    captured.packets.push_back(read);
  });
  return captured;
}

class Interface {
 public:
  explicit Interface(const std::string& name) : socket_(::socket(AF_PACKET, SOCK_RAW, 0)) {  // 0: it receives nothing
    sockaddr_ll address = {};
    address.sll_family = AF_PACKET;
    address.sll_ifindex = static_cast<int>(::if_nametoindex(name.c_str()));
    if (socket_ < 0 || ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw EnvironmentError(fmt::format("cannot send on {}: {}", name, std::strerror(errno)));
    }
    const int bypass = 1;  // of the queueing discipline
    ::setsockopt(socket_, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof bypass);
  }
  Interface(const Interface&) = delete;
  Interface& operator=(const Interface&) = delete;
  ~Interface() { ::close(socket_); }

  void send(std::span<const tcp::Packet> packets, std::size_t time) {
    std::array<mmsghdr, kBatch> messages = {};
    std::array<iovec, kBatch> parts;
    for (std::size_t i = 0; i < packets.size(); ++i) {
      parts[i] = frame_of(packets[i], time, frames_[i]);
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    for (std::size_t done = 0; done < packets.size();) {
      const int sent = ::sendmmsg(socket_, &messages[done], static_cast<unsigned>(packets.size() - done), 0);
      if (sent <= 0) ++refused_;
      done += static_cast<std::size_t>(std::max(sent, 1));
      sent_ += static_cast<std::size_t>(std::max(sent, 0));
    }
  }

  std::size_t sent() const { return sent_; }
  std::size_t refused() const { return refused_; }

 private:
  static iovec frame_of(tcp::Packet packet, std::size_t time, std::vector<std::byte>& frame) {
    for (tcp::Address* address : {&packet.source, &packet.destination}) address->octets[kThirdOctet] = static_cast<std::byte>(time);
    frame.assign(kEthernet.begin(), kEthernet.end());
    tcp::append_packet(packet, frame);
    return {frame.data(), frame.size()};
  }

  int socket_;
  std::array<std::vector<std::byte>, kBatch> frames_;
  std::size_t sent_ = 0;
  std::size_t refused_ = 0;
};

// A batch is sent when its first packet is due; who is late hurries.
void replay(const Captured& captured, Interface& interface, std::size_t times, double packets_per_second) {
  const std::clock_t processor_begun = std::clock();
  const auto begun = Steady::now();
  const auto end = begun + kTimeMax;
  std::size_t before = 0;
  for (std::size_t time = 1; time <= times; ++time) {
    for (std::span<const tcp::Packet> rest = captured.packets; !rest.empty() && Steady::now() < end;) {
      const auto batch = rest.first(std::min(kBatch, rest.size()));
      const auto due = std::chrono::duration<double>(static_cast<double>(before) / packets_per_second);
      std::this_thread::sleep_until(begun + std::chrono::duration_cast<Steady::duration>(due));
      interface.send(batch, time);
      before += batch.size();
      rest = rest.subspan(batch.size());
    }
  }
  const double seconds = std::chrono::duration<double>(Steady::now() - begun).count();
  const double processor = static_cast<double>(std::clock() - processor_begun) / CLOCKS_PER_SEC;
  fmt::print("{{\"sent\":{},\"refused\":{},\"seconds\":{:.6f},\"processor\":{:.6f}}}\n", interface.sent(), interface.refused(),
             seconds, processor);
}

std::size_t number(std::string_view text, std::size_t most) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > most) throw UsageError("a number is wrong");
  return value;
}

int run(std::span<char*> arguments) {
  if (arguments.size() != 6) throw UsageError("replay FILE INTERFACE CALLS TIMES RATE");
  constexpr std::size_t kMillions = 100'000'000;
  const auto calls = static_cast<double>(number(arguments[3], kMillions));
  const std::size_t times = number(arguments[4], kTimesMax);
  const auto rate = static_cast<double>(number(arguments[5], kMillions));
  const Captured captured = packets_of(arguments[1]);
  Interface interface(arguments[2]);
  replay(captured, interface, times, static_cast<double>(captured.packets.size()) * rate / calls);
  return 0;
}

}  // namespace
}  // namespace testigo

int main(int count, char** arguments) {
  try {
    return testigo::run({arguments, static_cast<std::size_t>(count)});
  } catch (const std::exception& trouble) {
    fmt::print(stderr, "replay: {}\n", trouble.what());
    return 2;
  }
}
