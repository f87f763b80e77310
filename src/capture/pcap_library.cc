#include "capture/pcap_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include "base/environment_error.h"

namespace testigo::capture {
namespace {

// libpcap's own name, and Debian's.
constexpr const char* kNames[] = {"libpcap.so.1", "libpcap.so.0.8"};

class Functions {
 public:
  Functions() {
    for (const char* name : kNames) {
      if (library_ == nullptr) library_ = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
    }
    if (library_ == nullptr) fail();
  }

  // Converts to whatever function it is said to be.
  struct Found {
    void* address;
    template <typename Function>
    operator Function*() const {
      return reinterpret_cast<Function*>(address);
    }
  };
  Found operator[](const char* name) const {
    void* address = ::dlsym(library_, name);
    if (address == nullptr) fail();
    return {address};
  }

 private:
  [[noreturn]] static void fail() {
    throw EnvironmentError(fmt::format("cannot listen: {}; it needs libpcap 1.5 or newer (Debian: libpcap0.8)", ::dlerror()));
  }

  void* library_ = nullptr;
};

PcapLibrary load() {
  const Functions of;
  return {
      .activate = of["pcap_activate"],
      .close = of["pcap_close"],
      .compile = of["pcap_compile"],
      .create = of["pcap_create"],
      .datalink = of["pcap_datalink"],
      .dispatch = of["pcap_dispatch"],
      .fileno = of["pcap_fileno"],
      .freecode = of["pcap_freecode"],
      .get_selectable_fd = of["pcap_get_selectable_fd"],
      .get_tstamp_precision = of["pcap_get_tstamp_precision"],
      .geterr = of["pcap_geterr"],
      .open_dead = of["pcap_open_dead"],
      .set_buffer_size = of["pcap_set_buffer_size"],
      .set_datalink = of["pcap_set_datalink"],
      .set_promisc = of["pcap_set_promisc"],
      .set_snaplen = of["pcap_set_snaplen"],
      .set_timeout = of["pcap_set_timeout"],
      .set_tstamp_precision = of["pcap_set_tstamp_precision"],
      .setfilter = of["pcap_setfilter"],
      .setnonblock = of["pcap_setnonblock"],
      .stats = of["pcap_stats"],
      .statustostr = of["pcap_statustostr"],
  };
}

}  // namespace

const PcapLibrary& pcap() {
  static const PcapLibrary library = load();
  return library;
}

}  // namespace testigo::capture
