// A listening socket: a Unix socket that only its user and group may open, or loopback TCP.
//
// What must always hold:
// - A Unix socket never has wider rights than 0660, not even between bind and chmod, and no group
//   can connect before the socket has the group that it is to have.
// - A socket with a listener is never removed; of two servers that start at once, one wins.

#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "CHTTPServer.h"

namespace chs {

class Listener {
 public:
  /// Throws a Failure.
  explicit Listener(const chs_endpoint& endpoint);
  Listener(Listener&& other) noexcept;
  Listener(const Listener&) = delete;
  ~Listener();

  struct Failure {
    int kind;
    int code;
  };

  int descriptor() const { return descriptor_; }
  bool is_unix() const { return is_unix_; }
  std::uint16_t port() const { return port_; }
  /// Stops listening and removes the socket file, if it is still this one's.
  void close();

 private:
  void listen_on_unix_socket(std::int64_t group);
  void listen_on_tcp(const char* host, std::uint16_t port);
  void adopt(int descriptor);
  void bind_and_listen(const void* address, std::size_t size);

  int descriptor_ = -1;
  bool is_unix_ = false;
  /// Of the socket file that close() removes.
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::uint16_t port_ = 0;
};

}  // namespace chs
