#include "capture/tap_queue.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace testigo::capture {
namespace {

using namespace std::chrono_literals;

// Chunks that come close together are handed over together: waking a thread costs more than handing one over.
constexpr auto kLinger = 1ms;
// How long what was handed over may stay in the sink's buffers.
constexpr auto kIdleEvery = 5ms;
// A batch that was larger gives its memory back.
constexpr std::size_t kBatchBytesKept = 4 << 20;

}  // namespace

void TapQueue::Batch::clear() {
  if (cost() > kBatchBytesKept) *this = {};
  events.clear();
  bytes.clear();
}

TapQueue::TapQueue(tcp::ConnectionSink& sink, std::size_t bytes_max, std::function<void()> drained)
    : sink_(sink),
      batch_bytes_max_(std::max<std::size_t>(bytes_max / 2, 1)),
      drained_(std::move(drained)),
      thread_([this] { run(); }) {}

void TapQueue::push(const tcp::ConnectionOpened& opened) {
  const std::lock_guard lock(mutex_);
  waiting_.events.emplace_back(opened);
}

void TapQueue::push(tcp::ConnectionNumber connection, const Chunk& chunk) {
  const std::lock_guard lock(mutex_);
  append(waiting_.bytes, chunk.bytes);
  waiting_.events.emplace_back(Carried{connection, chunk, chunk.bytes.size()});
}

void TapQueue::push(const tcp::ConnectionClosing& closing) {
  const std::lock_guard lock(mutex_);
  waiting_.events.emplace_back(closing);
}

void TapQueue::wake() {
  const std::lock_guard lock(mutex_);
  if (sleeping_ && !waiting_.events.empty()) changed_.notify_one();
}

bool TapQueue::must_wait() {
  const std::lock_guard lock(mutex_);
  if (waiting_.cost() < batch_bytes_max_) return false;
  full_ = true;
  changed_.notify_one();
  return true;
}

void TapQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void TapQueue::run() {
  auto told = std::chrono::steady_clock::now();
  for (Batch batch; take(batch); batch.clear()) {
    hand_over(batch);
    const bool more = linger();
    if (more && std::chrono::steady_clock::now() - told < kIdleEvery) continue;
    sink_.on_idle();
    told = std::chrono::steady_clock::now();
  }
  sink_.on_end();
}

// Waits for what there is to hand over; false when nothing comes any more.
bool TapQueue::take(Batch& batch) {
  bool room = false;
  {
    std::unique_lock lock(mutex_);
    sleeping_ = true;
    changed_.wait(lock, [this] { return closed_ || !waiting_.events.empty(); });
    sleeping_ = false;
    std::swap(batch, waiting_);
    room = std::exchange(full_, false);
  }
  if (room) drained_();
  return !batch.events.empty();
}

void TapQueue::hand_over(const Batch& batch) {
  Bytes rest = batch.bytes;
  for (const Event& event : batch.events) {
    if (const auto* carried = std::get_if<Carried>(&event)) {
      Chunk chunk = carried->chunk;
      chunk.bytes = rest.first(carried->size);
      rest = rest.subspan(carried->size);
      sink_.on_chunk(carried->connection, chunk);
    } else if (const auto* opened = std::get_if<tcp::ConnectionOpened>(&event)) {
      sink_.on_opened(*opened);
    } else {
      sink_.on_closing(std::get<tcp::ConnectionClosing>(event));
    }
  }
}

// Gives more a little time to come; true when it did.
bool TapQueue::linger() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kLinger, [this] { return closed_ || full_; });
  return !waiting_.events.empty();
}

}  // namespace testigo::capture
