// Owns the I/O thread, the listeners and the connections.
//
// What must always hold:
// - Connections are made, used and closed on the I/O thread only; `submit` is the way in for others.
// - What is submitted is either done or refused: nothing is lost when the server stops.

#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "Budget.hpp"
#include "Connection.hpp"
#include "Listener.hpp"

namespace chs {

/// What another thread wants of a connection.
struct Operation {
  enum class Kind { answer, start_stream, write_stream, finish_stream, abort_stream };
  Kind kind;
  std::shared_ptr<Connection> connection;
  std::uint64_t sequence;
  std::string bytes;
  AnswerForm form;
  bool flag = false;  // answer: must close; start_stream: has a body
  Notice notice;      // start_stream: closed; write_stream: taken

  void perform();
};

class Server : public std::enable_shared_from_this<Server> {
 public:
  Server(std::vector<Listener> listeners, chs_limits limits, chs_callbacks callbacks);
  ~Server();

  void start();
  std::size_t stop(std::int64_t deadline_ms);
  void submit(Operation operation);
  bool is_stopping() const { return is_stopping_.load(std::memory_order_relaxed); }
  std::uint16_t port(std::size_t endpoint_index) const;
  chs_statistics statistics() const;

  // For connections.
  /// How large the body of a request may be; the connection has its answer if it is refused.
  std::size_t ask(Connection& connection, std::uint64_t sequence, const AnswerForm& form,
                  const chs_request& request);
  void hand_over(Connection& connection, std::uint64_t sequence, const AnswerForm& form,
                 const chs_request& request, Charge charge);
  void hand_over_refusal(Connection& connection, std::uint64_t sequence, const AnswerForm& form,
                         Refusal refusal);
  void remove(Connection& connection);

  const chs_limits limits;
  Budget budget;

 private:
  struct Door {
    boost::asio::posix::stream_descriptor descriptor;
    bool is_unix;
    bool is_waiting = false;
  };

  void run();
  void open_doors();
  void await_connection(std::size_t endpoint_index);
  void accept(std::size_t endpoint_index);
  void admit(int descriptor, std::size_t endpoint_index);
  bool has_room(const Connection& connection) const;
  bool make_room(const Connection& newcomer);
  void tick();
  void begin_stop(std::int64_t deadline_ms);
  void cut_off();
  void drain_operations();
  void refuse_operations();

  std::vector<Listener> listeners_;
  std::vector<std::uint16_t> ports_;
  chs_callbacks callbacks_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer ticker_{io_};
  boost::asio::steady_timer stop_timer_{io_};
  std::chrono::milliseconds tick_;
  std::vector<Door> doors_;
  std::vector<std::shared_ptr<Connection>> connections_;
  std::unordered_map<std::uint64_t, std::size_t> counts_by_peer_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<std::uint64_t> connection_count_ = 0;
  std::atomic<std::uint64_t> request_count_ = 0;
  std::atomic<std::uint64_t> refusal_count_ = 0;
  std::atomic<std::uint64_t> evicted_count_ = 0;

  std::mutex operations_mutex_;
  std::vector<Operation> operations_;
  std::vector<Operation> operations_under_way_;
  bool takes_operations_ = true;

  std::mutex thread_mutex_;
  std::condition_variable thread_ended_;
  enum class Life { new_born, running, ended } life_ = Life::new_born;
  std::size_t cut_off_count_ = 0;
};

}  // namespace chs

/// One request and the right to answer it. It keeps what it needs alive, the server included.
struct chs_exchange {
  std::shared_ptr<chs::Server> server;
  std::shared_ptr<chs::Connection> connection;
  std::uint64_t sequence;
  chs::AnswerForm form;
  /// What the service's copy of the request takes until it lets go of the exchange.
  chs::Charge charge;
};
