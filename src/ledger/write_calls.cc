#include "call/outcome.h"
#include "ledger/writer_open.h"

namespace testigo::ledger {

std::optional<MethodId> Writer::Open::method(const call::Call& call) {
  if (call.path_known != http2::Known::Unknown) return methods.id(statement::as_stated(call.path));
  if (call.unknown_method == 0) return std::nullopt;
  return methods.id(fmt::format("unknown#{}", call.unknown_method));
}

void Writer::add(const call::ConnectionClosed& closed) {
  adding(*open_, [&] {
    const call::ConnectionView& view = closed.connection;
    const std::string client = tcp::to_text(view.client);
    const std::string server = tcp::to_text(view.server);
    open_->begin_row();
    open_->note(view.opened);
    open_->note(closed.ended);
    Insert& insert = open_->connections;
    insert.put(view.number).put(client).put(server).put(view.opened).put(closed.ended).put(view.packet);
    insert.put(view.from_start).put(view.gap_to_server).put(view.gap_to_client);
    insert.put(kOpenings.of(view.client_opening)).put(kOpenings.of(view.server_opening));
    insert.put(view.calls).put(view.calls_not_followed).put(view.octets_to_server).put(view.octets_to_client);
    if (closed.closing) {
      insert.put(kClosings.of(closed.closing->closing)).put(kSides.of(closed.closing->direction));
      insert.put(closed.closing->packet);
    } else {
      insert.null().null().null();
    }
    insert.put(closed.goaway).put(closed.calls_open).run();
  });
}

void Writer::add(const call::CallClosed& closed, const verdict::WireStream* stream) {
  adding(*open_, [&] {
    const call::Call& call = closed.call;
    const bool reset = call.ending == call::Ending::ResetByClient || call.ending == call::Ending::ResetByServer;
    const std::string message = statement::as_stated(call.status_message);
    const auto kind = *statement::parse_kind(call::kind_seen(call));
    const auto method = open_->method(call);
    const CallerId caller = stream != nullptr ? open_->caller(stream->id).id : 0;
    open_->begin_row();
    open_->note(call.started);
    open_->note(call.ended);
    Insert& insert = open_->wire_calls;
    insert.put(call.place.connection).put(call.place.stream).put(call.place.packet).put(call.end_packet);
    insert.put(call.started).put(call.ended).put(call.ended - call.started).put(call.timeout);
    insert.put(method).put(kKnown.of(call.path_known)).put(kKinds.of(kind));
    insert.put(call.http_status == 0 ? std::nullopt : std::optional(call.http_status)).put(call.status).put(message);
    insert.put(kEndings.of(call.ending)).put(reset ? std::optional(call.error_code) : std::nullopt);
    insert.put(kStates.of(stream != nullptr ? stream->state : verdict::state_of(call, false)));
    insert.put(call.request.messages).put(call.response.messages).put(call.request.bytes).put(call.response.bytes);
    if (stream != nullptr) {
      insert.put(caller).put(stream->id.number).put(stream->reply);
    } else {
      insert.null().null().null().null().null();
    }
    insert.run();
  });
}

}  // namespace testigo::ledger
