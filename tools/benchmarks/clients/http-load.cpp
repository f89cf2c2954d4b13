// Sends commands to a running service and measures how long the answers take. One thread, epoll and
// requests that were built beforehand, so that the service is what is measured.
//
// http-load SOCKET FILE CONNECTIONS BATCH: each connection sends its own contiguous part of the lines
// of FILE, one request after another, BATCH lines in each.

#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

#include "Measuring.hpp"

namespace {

struct Request {
  std::string bytes;
  std::size_t command_count;
};

struct Connection {
  int socket;
  std::size_t next, end;  // its requests
  std::size_t sent = 0;
  bool waits_for_room = false;
  double start = 0;
  std::string answer;
};

Request request_of(const std::vector<std::string>& lines, std::size_t begin, std::size_t end,
                   bool is_one) {
  std::string body;
  for (auto index = begin; index < end; ++index) {
    body += lines[index];
    if (!is_one) body += '\n';
  }
  return {"POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/" +
              std::string(is_one ? "json" : "x-ndjson") +
              "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
          end - begin};
}

int connect_to(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (strlen(path) >= sizeof address.sun_path) fail("the socket's path is too long");
  strcpy(address.sun_path, path);
  auto const socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fail(std::string("cannot connect to ") + path + ": " + strerror(errno));
  }
  fcntl(socket, F_SETFL, O_NONBLOCK);
  return socket;
}

class Load {
 public:
  Load(const std::vector<std::string>& lines, const char* path, std::size_t connection_count,
       std::size_t batch) {
    auto const share = lines.size() / connection_count;
    if (share == 0) fail("there are fewer commands than connections");
    for (std::size_t number = 0; number < connection_count; ++number) {
      auto const first = requests_.size();
      for (auto line = number * share; line < (number + 1) * share; line += batch) {
        requests_.push_back(
            request_of(lines, line, std::min(line + batch, (number + 1) * share), batch == 1));
      }
      connections_.push_back({connect_to(path), first, requests_.size(), 0, false, 0, {}});
    }
    latencies_.reserve(requests_.size());
  }

  void run() {
    for (std::size_t index = 0; index < connections_.size(); ++index) {
      watch(EPOLL_CTL_ADD, index, EPOLLIN);
    }
    auto const start = now();
    auto const processor_start = now(CLOCK_PROCESS_CPUTIME_ID);
    open_ = connections_.size();
    for (auto& connection : connections_) begin(connection);
    std::vector<epoll_event> events(1024);
    while (open_ > 0) {
      auto const count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 60000);
      if (count == 0) fail("no answer for a minute");
      for (int number = 0; number < count; ++number) {
        auto& connection = connections_[events[static_cast<std::size_t>(number)].data.u64];
        if (events[static_cast<std::size_t>(number)].events & EPOLLOUT) send(connection);
        if (events[static_cast<std::size_t>(number)].events & ~EPOLLOUT) receive(connection);
      }
    }
    print_result(now() - start, now(CLOCK_PROCESS_CPUTIME_ID) - processor_start, accepted_,
                 refused_, latencies_);
  }

 private:
  void watch(int operation, std::size_t index, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = index;
    epoll_ctl(poll_, operation, connections_[index].socket, &event);
  }

  void begin(Connection& connection) {
    if (connection.next == connection.end) {
      --open_;
      return;
    }
    connection.sent = 0;
    connection.start = now();
    send(connection);
  }

  void send(Connection& connection) {
    auto const& bytes = requests_[connection.next].bytes;
    if (connection.sent == bytes.size()) return;
    auto const count = ::send(connection.socket, bytes.data() + connection.sent,
                              bytes.size() - connection.sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) fail(std::string("sending failed: ") + strerror(errno));
    if (count > 0) connection.sent += static_cast<std::size_t>(count);
    auto const waits_for_room = connection.sent < bytes.size();
    if (waits_for_room != connection.waits_for_room) {
      connection.waits_for_room = waits_for_room;
      watch(EPOLL_CTL_MOD, static_cast<std::size_t>(&connection - connections_.data()),
            waits_for_room ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
  }

  void receive(Connection& connection) {
    static char buffer[1 << 18];
    auto const count = recv(connection.socket, buffer, sizeof buffer, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) fail("the service closed a connection");
    connection.answer.append(buffer, static_cast<std::size_t>(count));
    if (!judge(connection.answer, requests_[connection.next].command_count)) return;
    connection.answer.clear();
    latencies_.push_back(now() - connection.start);
    ++connection.next;
    begin(connection);
  }

  /// Counts what an answer says, if all of it is here.
  bool judge(const std::string& answer, std::size_t command_count) {
    static const std::string field = "Content-Length: ", word = "\"outcome\":\"accepted\"";
    auto const head_end = answer.find("\r\n\r\n");
    if (head_end == std::string::npos) return false;
    auto const length = answer.find(field);
    if (length > head_end) fail("an answer without a length");
    auto const size = head_end + 4 + std::strtoul(answer.data() + length + field.size(), nullptr, 10);
    if (answer.size() < size) return false;
    if (answer.size() > size) fail("more than one answer to one request");
    std::size_t count = 0;
    if (answer.compare(0, 12, "HTTP/1.1 200") == 0) {
      auto place = head_end;
      while ((place = answer.find(word, place)) != std::string::npos) ++count, ++place;
    }
    if (count != command_count && refused_ == 0) {
      std::fprintf(stderr, "not accepted: %.*s\n", 2000, answer.c_str());
    }
    accepted_ += count;
    refused_ += command_count - count;
    return true;
  }

  int const poll_ = epoll_create1(0);
  std::vector<Request> requests_;
  std::vector<Connection> connections_;
  std::vector<double> latencies_;
  std::size_t open_ = 0, accepted_ = 0, refused_ = 0;
};

}  // namespace

int main(int count, char** words) {
  if (count != 5) fail("usage: http-load SOCKET FILE CONNECTIONS BATCH");
  auto const lines = lines_of(words[2]);
  Load(lines, words[1], std::stoul(words[3]), std::stoul(words[4])).run();
}
