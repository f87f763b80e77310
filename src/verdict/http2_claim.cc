#include "verdict/http2_claim.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "call/first_octets.h"
#include "verdict/connection_scope.h"
#include "verdict/wording.h"

namespace testigo::verdict {
namespace {

Exhibit about(const WireConnection& connection, std::uint64_t packet, std::string text) {
  Exhibit exhibit;
  exhibit.text = std::move(text);
  exhibit.wire.push_back({packet, connection.view.number, 0});
  return exhibit;
}

class Judge {
 public:
  explicit Judge(Docket& docket) : docket_(docket), claim_(docket.claims[6]), scope_(docket) {}

  std::string run() {
    for (const WireConnection& connection : docket_.evidence.wire->connections) judge(connection);
    if (shown_ == 0 && !docket_.wire.tls()) claim_.doubt("no connection showed all of it");
    return fmt::format("{} showed preface, SETTINGS and their acknowledgements both ways, HEADERS, DATA and trailers{}",
                       count_text(shown_, "connection"),
                       part_ == 0 ? "" : fmt::format("; {} ended before", count_text(part_, "other")));
  }

 private:
  void judge(const WireConnection& connection) {
    if (is_tls(connection)) return claim_.doubt("the wire shows TLS, whose octets it cannot read");
    if (!connection.view.from_start || !scope_.judged(connection)) return;  // counted in the notes
    if (not_http2(connection) || !connection.carried_call) return;
    if (has_gap(connection)) return claim_.doubt(fmt::format("octets of connection {} were not seen", connection.view.number));
    http2(connection);
  }

  bool not_http2(const WireConnection& connection) {
    const call::ConnectionView& view = connection.view;
    const auto what = [](http2::Opening opening) {
      return opening == http2::Opening::Http1 ? "HTTP/1.1" : opening == http2::Opening::Tls ? "TLS" : "not HTTP/2";
    };
    const auto is_other = [](http2::Opening opening) {
      return opening != http2::Opening::NeedMore && opening != http2::Opening::Http2;
    };
    if (!is_other(view.server_opening)) return false;
    claim_.broken([&] {
      Exhibit made = about(connection, view.server_first_packet,
                           fmt::format("the server of connection {} speaks {}: its first octets are {}", view.number,
                                       what(view.server_opening), call::first_octets_text(view.server_first)));
      made.octets = call::first_octets_hex(view.server_first);
      return made;
    });
    return true;
  }

  void http2(const WireConnection& connection) {
    const bool answered = connection.trailers_packet != 0;
    // An acknowledgement is due from a side that went on to send after the first answer, which the other's SETTINGS precede. A
    // connection that was cut right after it had no time for one.
    const auto went_on = [&](std::uint64_t last_packet) {
      return answered && !connection.lost && last_packet > connection.trailers_packet;
    };
    std::vector<std::string_view> missing;  // though the connection went on
    std::vector<std::string_view> unseen;   // and may have been on its way
    const auto look = [&](std::uint64_t packet, bool due, std::string_view what) {
      if (packet == 0) (due ? missing : unseen).push_back(what);
    };
    look(connection.preface_packet, true, "the client's preface");
    look(connection.client_settings_packet, true, "the client's SETTINGS");
    look(connection.server_settings_packet, answered, "the server's SETTINGS");
    look(connection.client_ack_packet, went_on(connection.client_last_packet), "the client's acknowledgement of SETTINGS");
    look(connection.server_ack_packet, went_on(connection.server_last_packet), "the server's acknowledgement of SETTINGS");
    look(connection.data_packet, false, "DATA");
    look(connection.trailers_packet, false, "trailers");
    if (!missing.empty()) {
      claim_.broken([&] {
        return about(connection, connection.headers_packet,
                     fmt::format("connection {} carried calls without {}", connection.view.number, fmt::join(missing, ", ")));
      });
    } else if (!unseen.empty()) {
      ++part_;
    } else {
      ++shown_;
      claim_.support([&] { return shown(connection); });
    }
  }

  static Exhibit shown(const WireConnection& c) {
    Exhibit made =
        about(c, c.preface_packet,
              fmt::format("connection {}: preface in packet {}, SETTINGS in {} and {}, acknowledged in {} and {}, HEADERS in {}, "
                          "DATA in {}, trailers in {}",
                          c.view.number, c.preface_packet, c.client_settings_packet, c.server_settings_packet, c.server_ack_packet,
                          c.client_ack_packet, c.headers_packet, c.data_packet, c.trailers_packet));
    for (const std::uint64_t packet : {c.client_settings_packet, c.server_settings_packet, c.server_ack_packet, c.client_ack_packet,
                                       c.headers_packet, c.data_packet, c.trailers_packet}) {
      made.wire.push_back({packet, c.view.number, 0});
    }
    return made;
  }

  Docket& docket_;
  ClaimDraft& claim_;
  ConnectionScope scope_;
  std::uint64_t shown_ = 0;
  std::uint64_t part_ = 0;
};

}  // namespace

std::string judge_http2(Docket& docket) {
  if (!docket.evidence.wire) return {};
  return Judge(docket).run();
}

}  // namespace testigo::verdict
