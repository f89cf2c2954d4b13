// One connection: reads a request, hands it over, sends its answer, reads the next.
//
// What must always hold:
// - Only the I/O thread touches a connection. Other threads go through Server::submit.
// - At most one read and one wait-for-room are under way; `input_` moves only while none reads.
// - Every `taken` and `closed` callback given to a connection is called exactly once.

#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "Answer.hpp"
#include "Budget.hpp"
#include "Bytes.hpp"
#include "RequestParser.hpp"

namespace chs {

class Server;
using Clock = std::chrono::steady_clock;
using Socket = boost::asio::generic::stream_protocol::socket;

/// A C callback with its context, called at most once.
struct Notice {
  void (*call)(void*, int) = nullptr;
  void* context = nullptr;

  void operator()(bool flag) {
    auto const now = call;
    call = nullptr;
    if (now != nullptr) now(context, flag ? 1 : 0);
  }
};

struct Peer {
  bool is_known = false;
  std::uint32_t uid = 0;
  std::int32_t pid = 0;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Server& server, Socket socket, int endpoint_index, Peer peer);

  void start();
  void refuse(Refusal refusal);
  /// The request timed out: answers 408 if the client can still read it, otherwise closes.
  void expire();
  void close();
  /// No request has begun, so closing the connection loses no answer.
  bool is_idle() const;
  /// No request is complete, so the service knows nothing of it.
  bool is_waiting() const { return phase_ == Phase::head; }
  const Peer& peer() const { return peer_; }
  /// Equal for connections of one user, or of one TCP endpoint, whose users are unknown.
  std::uint64_t peer_key() const;

  // What exchanges ask for. `sequence` names the request; a late call for another one is void.
  void answer(std::uint64_t sequence, std::string bytes, bool must_close);
  void start_stream(std::uint64_t sequence, std::string head, AnswerForm form, bool has_body,
                    Notice closed);
  void write_stream(std::uint64_t sequence, std::string bytes, Notice taken);
  void finish_stream(std::uint64_t sequence);
  void abort_stream(std::uint64_t sequence);
  /// The same as `answer`, during the request callback: the bytes go where they are sent from.
  std::string& answer_inline(std::uint64_t sequence, bool must_close);

  /// The connection whose callback runs on this thread.
  static thread_local Connection* handing_over;

  Clock::time_point deadline = Clock::time_point::max();
  Clock::time_point waiting_since = Clock::now();
  std::size_t index = 0;  // in the server's list

 private:
  enum class Phase {
    head,          // waits for or reads a request head
    sized_body,    // reads a body of known length
    chunked_body,  // reads a chunked body
    handling,      // the request is with the service
    streaming,     // the service sends a body piece by piece
    answering,     // the last bytes of the answer are on their way
    lingering,     // has said everything and lets the peer read it
    closed,
  };

  struct Piece {
    std::string bytes;
    Notice taken;
  };

  // Reading.
  void read_input();
  void read_body();
  void on_read(boost::system::error_code error, std::size_t count, bool into_body);
  void on_peer_left();
  void compact();
  void advance();
  bool advance_head();
  bool begin_body();
  bool is_admitted();
  chs_request request_head() const;
  bool hold(std::size_t body_capacity, std::size_t input_capacity);
  void release_body();
  bool advance_sized_body();
  bool advance_chunked_body();
  bool dispatch(const char* body, std::size_t body_size, std::size_t consumed_end);
  void append_body(const char* data, std::size_t size);

  // Writing.
  void enqueue(std::string bytes, Notice taken);
  bool flush();
  std::size_t waiting_size() const;
  void on_drained();
  bool finish_exchange();
  void linger();
  void watch_peer();
  void allow(std::int64_t milliseconds);

  Server& server_;
  Socket socket_;
  int const endpoint_index_;
  Peer const peer_;
  Phase phase_ = Phase::head;

  // input_[head_begin_ ..< parsed_] is what the parser has seen of this request, and
  // input_[parsed_ ..< end_] is what has been received beyond.
  Bytes input_;
  std::size_t head_begin_ = 0;
  std::size_t head_end_ = 0;
  std::size_t parsed_ = 0;
  std::size_t end_ = 0;
  std::optional<RequestParser> parser_;
  Bytes body_;
  std::size_t body_size_ = 0;
  std::size_t body_size_expected_ = 0;
  std::size_t body_size_max_ = 0;
  Charge held_;  // for input_ and body_
  bool is_reading_ = false;

  std::uint64_t sequence_ = 0;
  AnswerForm form_;
  bool is_answered_ = false;

  std::string output_;
  std::size_t output_sent_ = 0;
  Notice output_taken_;
  std::deque<Piece> output_queue_;
  bool is_waiting_for_room_ = false;
  std::size_t output_sent_since_allowed_ = 0;
  bool is_allowed_ = false;
  Charge waiting_;  // for what the peer has not taken
  bool stream_has_body_ = false;
  Notice stream_closed_;
  std::size_t lingered_size_ = 0;
};

}  // namespace chs
