// The reading half of a connection: bytes become a request, and the request is handed over.

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cassert>

#include "Connection.hpp"
#include "Server.hpp"

namespace chs {

namespace {
constexpr std::size_t input_size_min = 4096;
/// How much of a chunked body is read at once.
constexpr std::size_t chunk_window = 64 * 1024;
/// A body's memory grows with what has arrived, not with what was announced.
constexpr std::size_t body_size_first = 256 * 1024;
/// How much of it is kept for the next request.
constexpr std::size_t body_size_kept = 16 * 1024;
constexpr Refusal no_memory = {
    503, "The requests and answers of all connections take as much memory as they may."};
/// What a refused peer may still send before it is cut off.
constexpr std::size_t lingered_size_max = 64 * 1024 * 1024;
/// The shortest end of a chunked body: "0\r\n\r\n". Beast wants that many bytes at least.
constexpr std::size_t chunk_end_size = 5;
}  // namespace

thread_local Connection* Connection::handing_over = nullptr;

Connection::Connection(Server& server, Socket socket, int endpoint_index, Peer peer)
    : server_(server),
      socket_(std::move(socket)),
      endpoint_index_(endpoint_index),
      peer_(peer),
      held_(server.budget),
      waiting_(server.budget) {
  // A read without room would succeed at once, for ever.
  input_.reserve(std::min(input_size_min, server_.limits.head_size_max));
  hold(0, input_.capacity());
}

void Connection::start() {
  allow(server_.limits.idle_ms);
  read_input();
}

std::uint64_t Connection::peer_key() const {
  auto const kind = peer_.is_known ? 0 : static_cast<std::uint64_t>(endpoint_index_) + 1;
  return kind << 32 | (peer_.is_known ? peer_.uid : 0);
}

/// Takes memory from all connections' budget, or gives it back.
bool Connection::hold(std::size_t body_capacity, std::size_t input_capacity) {
  return held_.resize(body_capacity + input_capacity);
}

void Connection::release_body() {
  body_.release();
  hold(0, input_.capacity());
}

bool Connection::is_idle() const {
  return phase_ == Phase::head && !parser_ && head_begin_ == end_;
}

void Connection::read_input() {
  if (is_reading_) return;
  assert(end_ < input_.capacity());
  is_reading_ = true;
  socket_.async_read_some(
      boost::asio::buffer(input_.data() + end_, input_.capacity() - end_),
      [self = shared_from_this()](auto error, auto count) { self->on_read(error, count, false); });
}

void Connection::read_body() {
  if (is_reading_) return;
  is_reading_ = true;
  auto const room = std::min(body_.capacity(), body_size_expected_) - body_size_;
  assert(room > 0);
  socket_.async_read_some(
      boost::asio::buffer(body_.data() + body_size_, room),
      [self = shared_from_this()](auto error, auto count) { self->on_read(error, count, true); });
}

void Connection::on_read(boost::system::error_code error, std::size_t count, bool into_body) {
  is_reading_ = false;
  if (phase_ == Phase::closed) return;
  if (error) return on_peer_left();
  if (phase_ == Phase::lingering) {
    lingered_size_ += count;
    if (lingered_size_ > lingered_size_max) return close();
    release_body();
    end_ = 0;
    return read_input();
  }
  (into_body ? body_size_ : end_) += count;
  if (phase_ == Phase::streaming) return watch_peer();
  advance();
}

void Connection::on_peer_left() {
  switch (phase_) {
    case Phase::head:
      if (is_idle()) return close();
      [[fallthrough]];
    case Phase::sized_body:
    case Phase::chunked_body:
      // It may have closed only its sending side.
      return refuse({400, "The request ends before it is complete."});
    case Phase::handling:
    case Phase::answering:
    case Phase::closed:
      return;
    case Phase::streaming:
    case Phase::lingering:
      return close();
  }
}

/// A stream may have nothing to send for hours: reading tells when the peer leaves. What it sends
/// meanwhile is kept for later, as far as there is room.
void Connection::watch_peer() {
  if (!is_reading_ && end_ < input_.capacity()) read_input();
}

/// Moves what has been received of the next request to the front.
void Connection::compact() {
  if (is_reading_ || head_begin_ == 0) return;
  std::memmove(input_.data(), input_.data() + head_begin_, end_ - head_begin_);
  parsed_ -= head_begin_;
  end_ -= head_begin_;
  head_begin_ = 0;
}

void Connection::advance() {
  for (bool more = true; more;) {
    switch (phase_) {
      case Phase::head:
        more = advance_head();
        break;
      case Phase::sized_body:
        more = advance_sized_body();
        break;
      case Phase::chunked_body:
        more = advance_chunked_body();
        break;
      default:
        more = false;
    }
  }
}

// Each of these returns true if the next phase can go on with what is there already.

bool Connection::advance_head() {
  auto const head_size_max = server_.limits.head_size_max;
  if (head_begin_ == end_) {
    compact();
    if (!is_reading_ && input_.capacity() > head_size_max) {
      input_.release();
      input_.reserve(std::min(input_size_min, head_size_max));
      hold(body_.capacity(), input_.capacity());
    }
    read_input();
    return false;
  }
  if (!parser_) {
    parser_.emplace(
        head_size_max, server_.limits.body_size_max,
        [](void* self, const char* data, std::size_t size) {
          static_cast<Connection*>(self)->append_body(data, size);
        },
        this);
    parsed_ = head_begin_;
    allow(server_.limits.head_ms);
  }
  auto const head = input_.data() + head_begin_;
  parsed_ += parser_->parse(head, parsed_ - head_begin_, end_ - parsed_);
  auto const is_done = parser_->is_header_done();
  if (parser_->refusal.status == 0 &&
      (parsed_ - head_begin_ > head_size_max ||
       (!is_done && end_ - head_begin_ >= head_size_max))) {
    parser_->refusal = {431, "The request head is too large."};
  }
  if (parser_->refusal.status == 0 && is_done) {
    parser_->check_head(head, parsed_ - head_begin_);
  }
  if (parser_->refusal.status != 0) {
    refuse(parser_->refusal);
    return false;
  }
  if (is_done) return begin_body();
  compact();
  if (!is_reading_ && end_ == input_.capacity()) {
    auto const capacity = std::min(input_.capacity() * 2, head_size_max);
    if (!hold(body_.capacity(), capacity)) {
      refuse(no_memory);
      return false;
    }
    input_.reserve(capacity);
  }
  read_input();
  return false;
}

/// What is known of the request before its body.
chs_request Connection::request_head() const {
  auto const head = input_.data() + head_begin_;
  chs_request request;
  request.method = {head + parser_->method.offset, parser_->method.size};
  request.target = {head + parser_->target.offset, parser_->target.size};
  // Without the empty line that ends the head.
  auto const fields_size = head_end_ - head_begin_ - parser_->fields_offset - 2;
  request.fields = {head + parser_->fields_offset, fields_size};
  request.body = {nullptr, 0};
  request.body_size = parser_->chunked() ? -1 : static_cast<std::int64_t>(body_size_expected_);
  request.version_minor = parser_->version_minor;
  request.endpoint_index = endpoint_index_;
  request.has_peer = peer_.is_known ? 1 : 0;
  request.peer_uid = peer_.uid;
  request.peer_pid = peer_.pid;
  return request;
}

/// Asks the service whether it wants the body. False if the request has been refused.
bool Connection::is_admitted() {
  auto const phase = phase_;
  phase_ = Phase::handling;
  sequence_ += 1;
  is_answered_ = false;
  auto form = form_;
  // The body is not read, so nothing can follow it.
  form.keeps_alive = false;

  handing_over = this;
  body_size_max_ = server_.ask(*this, sequence_, form, request_head());
  handing_over = nullptr;

  if (!is_answered_) {
    phase_ = phase;
    return true;
  }
  parser_.reset();
  phase_ = Phase::answering;
  if (flush()) finish_exchange();
  return false;
}

bool Connection::begin_body() {
  head_end_ = parsed_;
  form_.is_head_request = parser_->is_head_request;
  form_.is_http_1_0 = parser_->version_minor == 0;
  form_.keeps_alive = parser_->keep_alive();
  body_size_ = 0;
  auto const is_chunked = parser_->chunked();
  auto const content_length = parser_->content_length().value_or(0);
  body_size_expected_ = static_cast<std::size_t>(content_length);
  if (!is_chunked && body_size_expected_ <= end_ - parsed_) {
    return dispatch(input_.data() + parsed_, body_size_expected_, parsed_ + body_size_expected_);
  }
  if (!is_admitted()) return false;
  allow(server_.limits.body_ms);
  phase_ = is_chunked ? Phase::chunked_body : Phase::sized_body;
  if (parser_->expects_continue && parsed_ == end_) {
    enqueue("HTTP/1.1 100 Continue\r\n\r\n", {});
    flush();
  }
  return phase_ != Phase::closed;
}

bool Connection::advance_sized_body() {
  auto const available = std::min(end_ - parsed_, body_size_expected_ - body_size_);
  if (available > 0) {
    append_body(input_.data() + parsed_, available);
    if (parser_->refusal.status != 0) {
      refuse(parser_->refusal);
      return false;
    }
    parsed_ += available;
  }
  if (body_size_ == body_size_expected_) return dispatch(body_.data(), body_size_, parsed_);
  if (body_size_ == body_.capacity()) {
    auto const capacity =
        std::min(std::max(body_size_first, body_.capacity() * 2), body_size_expected_);
    if (!hold(capacity, input_.capacity())) {
      refuse(no_memory);
      return false;
    }
    body_.reserve(capacity);
  }
  read_body();
  return false;
}

bool Connection::advance_chunked_body() {
  while (end_ - parsed_ >= chunk_end_size) {
    auto const head = input_.data() + head_begin_;
    auto const consumed = parser_->parse(head, parsed_ - head_begin_, end_ - parsed_);
    parsed_ += consumed;
    if (parser_->refusal.status != 0) {
      refuse(parser_->refusal);
      return false;
    }
    if (parser_->is_done()) return dispatch(body_.data(), body_size_, parsed_);
    if (consumed == 0) break;
  }
  // What is left is a piece of a chunk's head or of the trailers.
  if (end_ - parsed_ >= server_.limits.head_size_max) {
    refuse({431, "A chunk's extensions or the trailers are too large."});
    return false;
  }
  if (!is_reading_) {
    auto const capacity = head_end_ + server_.limits.head_size_max + chunk_window;
    if (!hold(body_.capacity(), std::max(capacity, input_.capacity()))) {
      refuse(no_memory);
      return false;
    }
    input_.reserve(capacity);
    std::memmove(input_.data() + head_end_, input_.data() + parsed_, end_ - parsed_);
    end_ -= parsed_ - head_end_;
    parsed_ = head_end_;
  }
  read_input();
  return false;
}

/// Adds to the body, or says in the parser why not.
void Connection::append_body(const char* data, std::size_t size) {
  if (parser_->refusal.status != 0) return;
  if (size > body_size_max_ - body_size_) {
    parser_->refusal = {413, "The request body is too large."};
    return;
  }
  if (body_.capacity() - body_size_ < size) {
    auto const capacity = std::max(body_size_ + size, body_.capacity() * 2);
    if (!hold(capacity, input_.capacity())) {
      parser_->refusal = no_memory;
      return;
    }
    body_.reserve(capacity);
  }
  std::memcpy(body_.data() + body_size_, data, size);
  body_size_ += size;
}

/// Hands the request over. True if it has been answered on the spot and the next may be read.
bool Connection::dispatch(const char* body, std::size_t body_size, std::size_t consumed_end) {
  phase_ = Phase::handling;
  deadline = Clock::time_point::max();
  sequence_ += 1;
  is_answered_ = false;
  auto request = request_head();
  request.body = {body, body_size};
  request.body_size = static_cast<std::int64_t>(body_size);
  // The service has a copy of its own, which a body of the usual size does not make large.
  Charge copy(server_.budget);
  if (body_size > body_size_kept && !copy.resize(body_size)) {
    refuse(no_memory);
    return false;
  }

  handing_over = this;
  server_.hand_over(*this, sequence_, form_, request, std::move(copy));
  handing_over = nullptr;

  parser_.reset();
  head_begin_ = parsed_ = consumed_end;
  if (body_.capacity() > body_size_kept) release_body();
  if (!is_answered_) return false;
  phase_ = Phase::answering;
  return flush() && finish_exchange();
}

void Connection::refuse(Refusal refusal) {
  phase_ = Phase::handling;
  deadline = Clock::time_point::max();
  sequence_ += 1;
  is_answered_ = false;
  form_.keeps_alive = false;
  form_.is_head_request = parser_ && parser_->is_head_request;
  form_.is_http_1_0 = false;

  handing_over = this;
  server_.hand_over_refusal(*this, sequence_, form_, refusal);
  handing_over = nullptr;

  parser_.reset();
  if (!is_answered_) return close();
  phase_ = Phase::answering;
  if (flush()) finish_exchange();
}

}  // namespace chs
