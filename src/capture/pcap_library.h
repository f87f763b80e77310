// libpcap, loaded by whoever listens first. It brings half a dozen other libraries, which have no place in a process that reads the
// file of a stranger, and a start of the program need not wait for.
#pragma once

#include <pcap/pcap.h>

namespace testigo::capture {

// Its functions, named as in pcap(3).
struct PcapLibrary {
  decltype(&::pcap_activate) activate;
  decltype(&::pcap_close) close;
  decltype(&::pcap_compile) compile;
  decltype(&::pcap_create) create;
  decltype(&::pcap_datalink) datalink;
  decltype(&::pcap_dispatch) dispatch;
  decltype(&::pcap_fileno) fileno;
  decltype(&::pcap_freecode) freecode;
  decltype(&::pcap_get_selectable_fd) get_selectable_fd;
  decltype(&::pcap_get_tstamp_precision) get_tstamp_precision;
  decltype(&::pcap_geterr) geterr;
  decltype(&::pcap_open_dead) open_dead;
  decltype(&::pcap_set_buffer_size) set_buffer_size;
  decltype(&::pcap_set_datalink) set_datalink;
  decltype(&::pcap_set_promisc) set_promisc;
  decltype(&::pcap_set_snaplen) set_snaplen;
  decltype(&::pcap_set_timeout) set_timeout;
  decltype(&::pcap_set_tstamp_precision) set_tstamp_precision;
  decltype(&::pcap_setfilter) setfilter;
  decltype(&::pcap_setnonblock) setnonblock;
  decltype(&::pcap_stats) stats;
  decltype(&::pcap_statustostr) statustostr;
};

// The same for everybody, and never unloaded. Throws EnvironmentError when there is none on this system.
const PcapLibrary& pcap();

}  // namespace testigo::capture
