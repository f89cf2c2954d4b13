// Binding with care: see Listener.hpp for what must hold.

#include "Listener.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace chs {

namespace {

constexpr mode_t socket_mode = 0660;
constexpr mode_t own_mode = 0600;

[[noreturn]] void fail(int kind, int code) { throw Listener::Failure{kind, code}; }
[[noreturn]] void fail() { fail(errno == EADDRINUSE ? CHS_IN_USE : CHS_SYSTEM_ERROR, errno); }

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

/// Keeps two servers from looking for and removing stale sockets in one folder at the same time.
class FolderLock {
 public:
  explicit FolderLock(const std::string& path) {
    auto const slash = path.rfind('/');
    auto const folder = slash == std::string::npos ? std::string(".")
                        : slash == 0               ? std::string("/")
                                                   : path.substr(0, slash);
    descriptor_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor_ < 0) return;
    while (::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  FolderLock(const FolderLock&) = delete;
  ~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  bool is_held() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

/// Removes a socket file without a listener.
void remove_stale_socket(const std::string& path) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return;
    fail();
  }
  if (!S_ISSOCK(status.st_mode)) fail(CHS_NOT_A_SOCKET, EEXIST);
  auto const probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) fail();
  auto const address = unix_address(path);
  auto const result =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  auto const code = result == 0 ? 0 : errno;
  ::close(probe);
  // A full backlog (EAGAIN) means a listener, too.
  if (code == 0 || code == EAGAIN) fail(CHS_IN_USE, EADDRINUSE);
  if (code != ECONNREFUSED) fail(CHS_SYSTEM_ERROR, code);
  if (::unlink(path.c_str()) != 0) fail();
}

}  // namespace

Listener::Listener(const chs_endpoint& endpoint) {
  try {
    if (endpoint.path != nullptr) {
      path_ = endpoint.path;
      listen_on_unix_socket(endpoint.group);
    } else if (endpoint.host == nullptr) {
      adopt(endpoint.descriptor);
    } else {
      listen_on_tcp(endpoint.host, endpoint.port);
    }
  } catch (...) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw;
  }
}

Listener::Listener(Listener&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      is_unix_(other.is_unix_),
      path_(std::move(other.path_)),
      device_(other.device_),
      inode_(other.inode_),
      port_(other.port_) {}

Listener::~Listener() { close(); }

void Listener::bind_and_listen(const void* address, std::size_t size) {
  if (::bind(descriptor_, static_cast<const sockaddr*>(address),
             static_cast<socklen_t>(size)) != 0) {
    fail();
  }
  if (::listen(descriptor_, SOMAXCONN) != 0) fail();
}

void Listener::listen_on_unix_socket(std::int64_t group) {
  if (path_.size() >= sizeof(sockaddr_un::sun_path)) fail(CHS_PATH_TOO_LONG, ENAMETOOLONG);
  if (path_.empty()) fail(CHS_SYSTEM_ERROR, ENOENT);
  auto const lock = FolderLock(path_);
  if (!lock.is_held()) fail();
  remove_stale_socket(path_);
  descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor_ < 0) fail();
  // On Linux the file that bind makes takes its mode from the socket, less the umask, so that it
  // never has wider rights. It is this user's alone until it has its group.
  if (::fchmod(descriptor_, own_mode) != 0) fail();
  auto const address = unix_address(path_);
  bind_and_listen(&address, sizeof address);
  struct stat status;
  if ((group >= 0 && ::lchown(path_.c_str(), -1, static_cast<gid_t>(group)) != 0) ||
      ::chmod(path_.c_str(), socket_mode) != 0 || ::lstat(path_.c_str(), &status) != 0) {
    auto const code = errno;
    ::unlink(path_.c_str());
    fail(CHS_SYSTEM_ERROR, code);
  }
  is_unix_ = true;
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

void Listener::adopt(int descriptor) {
  int listens = 0;
  int kind = 0;
  socklen_t size = sizeof listens;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
    fail(CHS_NOT_LISTENING, errno);
  }
  size = sizeof kind;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) != 0 || kind != SOCK_STREAM) {
    fail(CHS_NOT_LISTENING, errno);
  }
  sockaddr_storage address = {};
  auto const v4 = reinterpret_cast<const sockaddr_in*>(&address);
  auto const v6 = reinterpret_cast<const sockaddr_in6*>(&address);
  size = sizeof address;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) fail();
  is_unix_ = address.ss_family == AF_UNIX;
  auto const is_loopback =
      (address.ss_family == AF_INET && (ntohl(v4->sin_addr.s_addr) >> 24) == 127) ||
      (address.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr));
  if (!is_unix_ && !is_loopback) fail(CHS_NOT_LOOPBACK, EADDRNOTAVAIL);
  if (!is_unix_) port_ = ntohs(address.ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
  auto const flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0 ||
      ::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) {
    fail();
  }
  descriptor_ = descriptor;
}

void Listener::listen_on_tcp(const char* host, std::uint16_t port) {
  sockaddr_storage address = {};
  auto const v4 = reinterpret_cast<sockaddr_in*>(&address);
  auto const v6 = reinterpret_cast<sockaddr_in6*>(&address);
  auto const name = std::strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
  socklen_t size = 0;
  if (::inet_pton(AF_INET, name, &v4->sin_addr) == 1) {
    if ((ntohl(v4->sin_addr.s_addr) >> 24) != 127) fail(CHS_NOT_LOOPBACK, EADDRNOTAVAIL);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    size = sizeof *v4;
  } else if (::inet_pton(AF_INET6, name, &v6->sin6_addr) == 1 &&
             IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr)) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    size = sizeof *v6;
  } else {
    fail(CHS_NOT_LOOPBACK, EADDRNOTAVAIL);
  }
  descriptor_ = ::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor_ < 0) fail();
  int const on = 1;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  bind_and_listen(&address, size);
  if (::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) != 0) fail();
  port_ = ntohs(address.ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
}

void Listener::close() {
  if (descriptor_ < 0) return;
  if (!path_.empty()) {
    auto const lock = FolderLock(path_);
    struct stat status;
    if (::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ &&
        status.st_ino == inode_) {
      ::unlink(path_.c_str());
    }
  }
  ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace chs
