// Every buffer, table and queue of Testigo has its bound here. Reaching one is reported, never passed over in silence.
#pragma once

#include <cstddef>

namespace testigo {

struct Limits {
  // wire/tcp
  std::size_t tcp_held_bytes_max = std::size_t{1} << 20;       // one direction of one connection: came out of order
  std::size_t tcp_held_bytes_max_all = std::size_t{64} << 20;  // all connections together
  std::size_t tcp_connections_max = 100'000;                   // open at once in one capture
  std::size_t tcp_compared_bytes_max = std::size_t{1} << 16;   // one direction: told and not acknowledged, for copies that differ
  std::size_t tcp_compared_bytes_max_all = std::size_t{64} << 20;  // all connections together
  std::size_t ip_fragment_bytes_max = std::size_t{16} << 20;       // parts of IP packets, until they are whole, and a while after
  std::size_t ip_fragmented_packets_max = 10'000;                  // as many at once

  // wire/http2
  std::size_t block_bytes_max = std::size_t{1} << 20;          // one header block, encoded
  std::size_t block_decoded_bytes_max = std::size_t{1} << 20;  // one header block, decoded: names + values
  std::size_t block_fields_max = 4096;                         // fields of one header block
  std::size_t string_bytes_max = std::size_t{1} << 16;         // one name or value, decoded
  std::size_t history_bytes_max = std::size_t{1} << 20;        // insertions remembered for one direction (RFC 7541 4.1 size)
  std::size_t history_bytes_max_all = std::size_t{256} << 20;  // what the directions open at a time have for a share
  std::size_t history_bytes_least = std::size_t{16} << 10;     // the least share of a direction
  std::size_t resync_chains_max = 1024;                        // followed at once behind a gap, one direction
  std::size_t resync_bytes_kept = std::size_t{1} << 16;        // passed over behind a gap, to tell what they may have inserted
  std::size_t insertions_lost_max = 4096;                      // behind a gap: candidates for how many header fields were lost
  std::size_t recovery_steps_max = 4'000'000;                  // taken behind a gap to find out; then what is unknown stays so

  // wire/tls
  std::size_t tls_hello_bytes_max = std::size_t{1} << 15;  // one ClientHello or ServerHello
  std::size_t tls_offers_kept = 64;                        // versions, cipher suites, protocols of a ClientHello, each

  // wire/rpc
  std::size_t message_bytes_kept = std::size_t{1} << 16;        // of one message; the rest is counted
  std::size_t whole_message_bytes_kept = std::size_t{4} << 20;  // in its place, of one that only as a whole says anything
  std::size_t message_bytes_kept_all = std::size_t{256} << 20;  // of the messages that are not whole yet, of all connections
  std::size_t decompressed_bytes_max = std::size_t{4} << 20;    // of one message; beyond it nobody looks, but
  std::size_t decompressed_times_max = 16;                      // up to so many times its own octets

  // schema
  std::size_t protoset_bytes_max = std::size_t{64} << 20;  // one file of descriptors
  std::size_t message_text_bytes_max = 4096;               // of one message that is shown

  // call
  std::size_t streams_max = 100'000;        // open at once on one connection
  std::size_t streams_max_all = 1'000'000;  // on all connections together
  std::size_t text_bytes_kept = 1024;       // of a path, a status message, an id
  std::size_t pending_settings_max = 1024;  // SETTINGS of one side without their ACK
  std::size_t unknown_methods_max = 1000;   // told apart on one connection

  // check
  std::size_t findings_kept = 100;  // of one check in one run; all are counted
  std::size_t streams_remembered =
      1000;  // of one connection, by a check to which something about them matters; older ones are let go
  std::size_t request_values_held = 100'000;  // of fields that replies are held against, of all open calls
  std::size_t request_values_kept = 1000;     // of the latest requests, open or not, to tell whose answer a wrong one is
  std::size_t methods_undeclared_max = 100;   // named that no descriptor has

  std::size_t hop_bytes_kept = std::size_t{256} << 20;  // of the calls of one side of a hop, until they are paired
  std::size_t failed_calls_kept = 1000;                 // of a run, that a client may send again; older ones are let go
  std::size_t dials_kept = 1000;  // of a run, clients and servers between which attempts to connect are told apart

  // verdict
  std::size_t methods_summed_max = 1000;  // told apart in a summary; what is beyond counts together

  // capture
  std::size_t tap_buffer_bytes = std::size_t{1} << 16;      // one direction of one tapped connection
  std::size_t tap_queue_bytes_max = std::size_t{64} << 20;  // seen, not yet judged; a full queue slows the tap down
  std::size_t tap_connections_max = 10'000;
  std::size_t capture_block_bytes_max = std::size_t{16} << 20;  // one block of a capture file
  std::size_t held_packet_bytes_max = std::size_t{16} << 20;    // taken, not yet written: what they carry is not decoded yet
  std::size_t held_packets_max = 100'000;
  std::size_t masked_bytes_kept = std::size_t{1} << 20;       // of one direction, as written, for packets that come again
  std::size_t masked_bytes_kept_all = std::size_t{64} << 20;  // of all directions; beyond it each keeps the least
  std::size_t masked_bytes_kept_least = std::size_t{64} << 10;
  std::size_t masked_values_max = 100;  // distinct names, and distinct values, that are told apart in a report

  // statement
  std::size_t statement_line_bytes_max = std::size_t{1} << 16;

  // ledger
  std::size_t ledger_findings_max = 1'000'000;               // of one ledger; what is beyond is counted
  std::size_t ledger_text_bytes_max = std::size_t{1} << 16;  // of one text that is read back
  std::size_t ledger_queue_rows_max = std::size_t{1} << 16;  // taken beside a run, not yet written
};

}  // namespace testigo
