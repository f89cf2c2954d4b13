// The I/O thread, its doors and its deadlines: see Server.hpp for what must hold.

#include "Server.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>

namespace chs {

namespace asio = boost::asio;

namespace {
/// How many are accepted before others get their turn.
constexpr int accept_batch = 64;

/// The server whose I/O thread this is.
thread_local const Server* running_here = nullptr;

Peer peer_of(int descriptor) {
  ucred credentials = {};
  socklen_t size = sizeof credentials;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return {};
  return {true, credentials.uid, credentials.pid};
}

/// The user that the server runs as, and root, for whom connections are reserved.
bool is_privileged(const Peer& peer) {
  return peer.is_known && (peer.uid == 0 || peer.uid == ::geteuid());
}
}  // namespace

void Operation::perform() {
  switch (kind) {
    case Kind::answer:
      return connection->answer(sequence, std::move(bytes), flag);
    case Kind::start_stream:
      return connection->start_stream(sequence, std::move(bytes), form, flag, notice);
    case Kind::write_stream:
      return connection->write_stream(sequence, std::move(bytes), notice);
    case Kind::finish_stream:
      return connection->finish_stream(sequence);
    case Kind::abort_stream:
      return connection->abort_stream(sequence);
  }
}

Server::Server(std::vector<Listener> listeners, chs_limits given_limits, chs_callbacks callbacks)
    : limits(given_limits),
      budget(given_limits.memory_size_max),
      listeners_(std::move(listeners)),
      callbacks_(callbacks) {
  for (auto const& listener : listeners_) ports_.push_back(listener.port());
  // Deadlines are looked at this often, instead of one timer for each connection.
  auto const shortest =
      std::min({limits.idle_ms, limits.head_ms, limits.body_ms, limits.send_ms});
  tick_ = std::chrono::milliseconds(std::clamp<std::int64_t>(shortest / 4, 10, 1000));
}

Server::~Server() = default;

std::uint16_t Server::port(std::size_t endpoint_index) const {
  return endpoint_index < ports_.size() ? ports_[endpoint_index] : 0;
}

chs_statistics Server::statistics() const {
  return {connection_count_.load(), request_count_.load(), refusal_count_.load(),
          evicted_count_.load(), budget.used()};
}

// The I/O thread's life.

void Server::start() {
  std::lock_guard lock(thread_mutex_);
  if (life_ != Life::new_born) return;
  life_ = Life::running;
  // Signals are for the program's other threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  std::thread([self = shared_from_this()] {
    pthread_setname_np(pthread_self(), "http");
    self->run();
    std::lock_guard ended(self->thread_mutex_);
    self->life_ = Life::ended;
    self->thread_ended_.notify_all();
  }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Server::run() {
  running_here = this;
  open_doors();
  tick();
  io_.run();
  refuse_operations();
  callbacks_.release(callbacks_.context);
}

std::size_t Server::stop(std::int64_t deadline_ms) {
  std::unique_lock lock(thread_mutex_);
  if (life_ == Life::new_born) {
    life_ = Life::ended;
    listeners_.clear();
    callbacks_.release(callbacks_.context);
  } else if (life_ == Life::running) {
    asio::post(io_, [this, deadline_ms] { begin_stop(deadline_ms); });
    // The I/O thread cannot wait for itself.
    if (running_here == this) return 0;
    thread_ended_.wait(lock, [&] { return life_ == Life::ended; });
  }
  return cut_off_count_;
}

void Server::begin_stop(std::int64_t deadline_ms) {
  if (!is_stopping_.exchange(true)) {
    doors_.clear();
    listeners_.clear();
    for (auto const& connection : std::vector(connections_)) {
      if (connection->is_idle()) connection->close();
    }
  }
  stop_timer_.expires_after(std::chrono::milliseconds(std::max<std::int64_t>(deadline_ms, 0)));
  stop_timer_.async_wait([this](auto error) {
    if (!error) cut_off();
  });
  if (connections_.empty()) io_.stop();
}

void Server::cut_off() {
  cut_off_count_ = connections_.size();
  for (auto const& connection : std::vector(connections_)) connection->close();
  io_.stop();
}

// Accepting.

void Server::open_doors() {
  for (auto const& listener : listeners_) {
    // Asio gets its own descriptor, so that the listener stays the one who closes and removes.
    auto const duplicate = ::fcntl(listener.descriptor(), F_DUPFD_CLOEXEC, 0);
    doors_.push_back({asio::posix::stream_descriptor(io_, duplicate), listener.is_unix()});
  }
  for (std::size_t index = 0; index < doors_.size(); ++index) await_connection(index);
}

void Server::await_connection(std::size_t endpoint_index) {
  auto& door = doors_[endpoint_index];
  if (door.is_waiting) return;
  door.is_waiting = true;
  door.descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                             [this, endpoint_index](auto error) {
                               if (error || is_stopping()) return;
                               doors_[endpoint_index].is_waiting = false;
                               accept(endpoint_index);
                             });
}

void Server::accept(std::size_t endpoint_index) {
  for (int count = 0; count < accept_batch; ++count) {
    auto const descriptor = ::accept4(doors_[endpoint_index].descriptor.native_handle(), nullptr,
                                      nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      admit(descriptor, endpoint_index);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return;  // The next tick tries again.
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    }
  }
  await_connection(endpoint_index);
}

void Server::admit(int descriptor, std::size_t endpoint_index) {
  if (connections_.size() >= limits.connection_count_max + CHS_TURNED_AWAY_COUNT_MAX) {
    ::close(descriptor);
    return;
  }
  Peer peer;
  auto family = AF_UNIX;
  if (doors_[endpoint_index].is_unix) {
    peer = peer_of(descriptor);
  } else {
    int const on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    family = AF_INET;
  }
  boost::system::error_code error;
  Socket socket(io_);
  socket.assign(asio::generic::stream_protocol(family, 0), descriptor, error);
  if (error) {
    ::close(descriptor);
    return;
  }
  auto const connection = std::make_shared<Connection>(
      *this, std::move(socket), static_cast<int>(endpoint_index), peer);
  auto const is_admitted = has_room(*connection) || make_room(*connection);
  connection->index = connections_.size();
  connections_.push_back(connection);
  counts_by_peer_[connection->peer_key()] += 1;
  connection_count_ = connections_.size();
  if (is_admitted) {
    connection->start();
  } else {
    connection->refuse({503, "Too many connections are open."});
  }
}

/// One peer cannot take the connections of all, and none takes those that are reserved.
bool Server::has_room(const Connection& connection) const {
  if (is_privileged(connection.peer())) {
    return connections_.size() < limits.connection_count_max;
  }
  auto const same = counts_by_peer_.find(connection.peer_key());
  if (same != counts_by_peer_.end() && same->second >= limits.peer_connection_count_max) {
    return false;
  }
  return connections_.size() + limits.reserved_connection_count < limits.connection_count_max;
}

/// Closes the connection of the same peer that has waited longest for a request, so that those who
/// hold connections without using them keep no one out.
bool Server::make_room(const Connection& newcomer) {
  std::shared_ptr<Connection> longest;
  for (auto const& connection : connections_) {
    if (!connection->is_waiting() || connection->peer_key() != newcomer.peer_key()) continue;
    if (!longest || connection->waiting_since < longest->waiting_since) longest = connection;
  }
  if (!longest) return false;
  evicted_count_.fetch_add(1, std::memory_order_relaxed);
  longest->close();
  return has_room(newcomer);
}

void Server::remove(Connection& connection) {
  auto const same = counts_by_peer_.find(connection.peer_key());
  if (--same->second == 0) counts_by_peer_.erase(same);
  auto const index = connection.index;
  std::swap(connections_[index], connections_.back());
  connections_[index]->index = index;
  connections_.pop_back();
  connection_count_ = connections_.size();
  if (connections_.empty() && is_stopping()) io_.stop();
}

void Server::tick() {
  auto const now = Clock::now();
  std::vector<std::shared_ptr<Connection>> expired;
  for (auto const& connection : connections_) {
    if (connection->deadline <= now) expired.push_back(connection);
  }
  for (auto const& connection : expired) connection->expire();
  for (std::size_t index = 0; index < doors_.size(); ++index) await_connection(index);
  ticker_.expires_after(tick_);
  ticker_.async_wait([this](auto error) {
    if (!error) tick();
  });
}

// Requests out, answers in.

std::size_t Server::ask(Connection& connection, std::uint64_t sequence, const AnswerForm& form,
                        const chs_request& request) {
  chs_exchange exchange{shared_from_this(), connection.shared_from_this(), sequence, form,
                        Charge(budget)};
  return callbacks_.head(callbacks_.context, &exchange, &request);
}

void Server::hand_over(Connection& connection, std::uint64_t sequence, const AnswerForm& form,
                       const chs_request& request, Charge charge) {
  request_count_.fetch_add(1, std::memory_order_relaxed);
  auto const exchange = new chs_exchange{shared_from_this(), connection.shared_from_this(),
                                         sequence, form, std::move(charge)};
  callbacks_.request(callbacks_.context, exchange, &request);
}

void Server::hand_over_refusal(Connection& connection, std::uint64_t sequence,
                               const AnswerForm& form, Refusal refusal) {
  refusal_count_.fetch_add(1, std::memory_order_relaxed);
  chs_exchange exchange{shared_from_this(), connection.shared_from_this(), sequence, form,
                        Charge(budget)};
  callbacks_.refused(callbacks_.context, &exchange, refusal.status, refusal.reason);
}

void Server::submit(Operation operation) {
  std::unique_lock lock(operations_mutex_);
  if (!takes_operations_) {
    lock.unlock();
    return operation.notice(false);
  }
  operations_.push_back(std::move(operation));
  auto const is_first = operations_.size() == 1;
  lock.unlock();
  // One wake-up for all that arrive until the I/O thread gets to them.
  if (is_first) asio::post(io_, [this] { drain_operations(); });
}

void Server::drain_operations() {
  {
    std::lock_guard lock(operations_mutex_);
    operations_.swap(operations_under_way_);
  }
  for (auto& operation : operations_under_way_) operation.perform();
  operations_under_way_.clear();
}

void Server::refuse_operations() {
  std::vector<Operation> refused;
  {
    std::lock_guard lock(operations_mutex_);
    takes_operations_ = false;
    refused.swap(operations_);
  }
  for (auto& operation : refused) operation.notice(false);
}

}  // namespace chs
