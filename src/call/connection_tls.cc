// What is encrypted: what its handshake shows is told, and nothing behind it can be read.
#include "call/connection.h"

namespace testigo::call {

// `octets` follow those by which it was recognised.
void Connection::begin_tls(const Chunk& chunk, Bytes octets) {
  if (!tls_) tls_ = std::make_unique<tls::Handshake>(limits_);
  view_.tls = &tls_->seen();
  read_tls(chunk, half(chunk.direction).opening);
  read_tls(chunk, octets);
}

// Where one side alone speaks TLS, what the other one says is none.
void Connection::read_tls(const Chunk& chunk, Bytes octets) {
  if (opening(chunk.direction) != http2::Opening::Tls) return;
  tls_->feed(chunk.direction, octets);
  tls::Step step{};
  while (tls_->next(chunk.direction, step) == tls::Decoded::Done) {
    sink_.on_tls(
        {view_,
         {{chunk.packet, view_.number, 0}, chunk.direction, chunk.time, tls_->offset(), tls_->end(), half(chunk.direction).acked},
         step});
  }
}

}  // namespace testigo::call
