// The writing half of a connection: answers and streams become bytes on their way.

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "Connection.hpp"
#include "Server.hpp"

namespace chs {

namespace {
constexpr std::size_t output_size_kept = 64 * 1024;
constexpr std::int64_t linger_ms = 5000;
/// How much of an answer must be taken for the peer to be allowed more time.
constexpr std::size_t sent_size_min = 64 * 1024;
}  // namespace

void Connection::allow(std::int64_t milliseconds) {
  deadline = Clock::now() + std::chrono::milliseconds(milliseconds);
}

std::string& Connection::answer_inline(std::uint64_t sequence, bool must_close) {
  if (sequence == sequence_ && phase_ == Phase::handling && !is_answered_) {
    is_answered_ = true;
    if (must_close) form_.keeps_alive = false;
    return output_;
  }
  static thread_local std::string nowhere;
  nowhere.clear();
  return nowhere;
}

void Connection::answer(std::uint64_t sequence, std::string bytes, bool must_close) {
  if (sequence != sequence_ || phase_ != Phase::handling) return;
  if (must_close) form_.keeps_alive = false;
  enqueue(std::move(bytes), {});
  phase_ = Phase::answering;
  if (flush()) on_drained();
}

void Connection::start_stream(std::uint64_t sequence, std::string head, AnswerForm form,
                              bool has_body, Notice closed) {
  if (sequence != sequence_ || phase_ != Phase::handling) return closed(false);
  phase_ = Phase::streaming;
  form_ = form;
  stream_has_body_ = has_body;
  stream_closed_ = closed;
  enqueue(std::move(head), {});
  flush();
  if (phase_ != Phase::streaming) return;
  compact();
  watch_peer();
}

void Connection::write_stream(std::uint64_t sequence, std::string bytes, Notice taken) {
  if (sequence != sequence_ || phase_ != Phase::streaming) return taken(false);
  if (!stream_has_body_) bytes.clear();
  enqueue(std::move(bytes), taken);
  if (flush()) on_drained();
}

void Connection::finish_stream(std::uint64_t sequence) {
  if (sequence != sequence_ || phase_ != Phase::streaming) return;
  phase_ = Phase::answering;
  if (stream_has_body_ && !form_.is_http_1_0) enqueue("0\r\n\r\n", {});
  if (flush()) on_drained();
}

void Connection::abort_stream(std::uint64_t sequence) {
  if (sequence == sequence_ && phase_ == Phase::streaming) close();
}

void Connection::enqueue(std::string bytes, Notice taken) {
  if (output_.empty() && output_taken_.call == nullptr && output_queue_.empty()) {
    output_ = std::move(bytes);
    output_taken_ = taken;
  } else {
    output_queue_.push_back({std::move(bytes), taken});
  }
}

/// What the peer has not taken yet.
std::size_t Connection::waiting_size() const {
  auto size = output_.capacity();
  for (auto const& piece : output_queue_) size += piece.bytes.capacity();
  return size;
}

/// Sends what the kernel takes at once. True if that was everything; otherwise goes on by itself
/// when there is room, and on_drained follows.
bool Connection::flush() {
  if (is_waiting_for_room_) {
    if (!waiting_.resize(waiting_size())) close();
    return false;
  }
  for (;;) {
    while (output_sent_ < output_.size()) {
      auto const sent = ::send(socket_.native_handle(), output_.data() + output_sent_,
                               output_.size() - output_sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) {
        output_sent_ += static_cast<std::size_t>(sent);
        output_sent_since_allowed_ += static_cast<std::size_t>(sent);
        continue;
      }
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        close();
        return false;
      }
      // Memory is short: a peer that does not take its answer gives up its own.
      if (!waiting_.resize(waiting_size())) {
        close();
        return false;
      }
      is_waiting_for_room_ = true;
      if (output_sent_since_allowed_ >= sent_size_min || !is_allowed_) {
        allow(server_.limits.send_ms);
        output_sent_since_allowed_ = 0;
        is_allowed_ = true;
      }
      socket_.async_wait(Socket::wait_write, [self = shared_from_this()](auto error) {
        self->is_waiting_for_room_ = false;
        if (self->phase_ == Phase::closed) return;
        if (error) return self->close();
        if (self->flush()) self->on_drained();
      });
      return false;
    }
    output_sent_ = 0;
    if (output_.capacity() > output_size_kept) {
      output_ = std::string();
    } else {
      output_.clear();
    }
    auto taken = output_taken_;
    output_taken_ = {};
    taken(true);
    if (output_queue_.empty()) {
      waiting_.resize(0);
      is_allowed_ = false;
      return true;
    }
    output_ = std::move(output_queue_.front().bytes);
    output_taken_ = output_queue_.front().taken;
    output_queue_.pop_front();
  }
}

void Connection::on_drained() {
  switch (phase_) {
    case Phase::streaming:
      deadline = Clock::time_point::max();
      break;
    case Phase::answering:
      if (finish_exchange()) advance();
      break;
    case Phase::sized_body:
    case Phase::chunked_body:
      allow(server_.limits.body_ms);
      break;
    default:
      break;
  }
}

/// The answer is out. True if the connection goes on with the next request.
bool Connection::finish_exchange() {
  auto closed = stream_closed_;
  stream_closed_ = {};
  closed(true);
  if (!form_.keeps_alive || server_.is_stopping()) {
    linger();
    return false;
  }
  phase_ = Phase::head;
  waiting_since = Clock::now();
  allow(server_.limits.idle_ms);
  return true;
}

/// Closing at once would throw away what the peer has not read yet, if it is still sending.
void Connection::linger() {
  phase_ = Phase::lingering;
  allow(linger_ms);
  boost::system::error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) return close();
  if (is_reading_) return;
  release_body();
  head_begin_ = parsed_ = end_ = 0;
  read_input();
}

void Connection::expire() {
  switch (phase_) {
    case Phase::head:
      if (is_idle()) return close();
      return refuse({408, "The request head took too long."});
    case Phase::sized_body:
    case Phase::chunked_body:
      return refuse({408, "The request body took too long."});
    default:
      return close();
  }
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  auto const keep = shared_from_this();
  boost::system::error_code ignored;
  socket_.close(ignored);
  output_taken_(false);
  for (auto& piece : output_queue_) piece.taken(false);
  output_queue_.clear();
  output_ = std::string();
  // An exchange may keep a closed connection for long.
  release_body();
  waiting_.resize(0);
  stream_closed_(false);
  server_.remove(*this);
}

}  // namespace chs
