// An HTTP/1.1 server on Unix sockets and loopback TCP, behind plain C.
//
// One I/O thread reads, parses and writes. It asks about a request by its head before it waits for a
// body, and hands over complete requests; answers may come from any thread. What must always hold:
// - Each exchange is answered at most once, by chs_answer or by chs_stream_start.
// - Requests of one connection are answered in order: the next one is read only after the answer.
// - Every `taken` and every `closed` callback is called exactly once, also after an error.
// - Callbacks come from the I/O thread, or from the caller's own once the server has stopped.
// - After a request that could be read in two ways the connection is closed (RFC 9112).

#ifndef CHTTPSERVER_H
#define CHTTPSERVER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct chs_server chs_server;
typedef struct chs_exchange chs_exchange;

typedef struct chs_bytes {
  const char *_Nullable data;
  size_t size;
} chs_bytes;

/// Where to listen: `path` for a Unix socket, `host` (an address) and `port` (0: any) for TCP; with
/// neither, `descriptor` listens already, and belongs to the server from now on.
typedef struct chs_endpoint {
  const char *_Nullable path;
  const char *_Nullable host;
  uint16_t port;
  int descriptor;
  int64_t group;  // of the file of `path`; -1 leaves the one that the process creates files with
} chs_endpoint;

/// How many connections above `connection_count_max` are accepted, to be told so.
enum { CHS_TURNED_AWAY_COUNT_MAX = 64 };

/// Sizes are bytes, times milliseconds.
typedef struct chs_limits {
  size_t head_size_max;
  size_t body_size_max;
  size_t connection_count_max;
  size_t peer_connection_count_max;  // for each user of a Unix socket, and each TCP endpoint
  size_t reserved_connection_count;  // for the user that the server runs as, and root
  size_t memory_size_max;            // of all requests and of answers that wait, together
  int64_t idle_ms;
  int64_t head_ms;
  int64_t body_ms;
  int64_t send_ms;
} chs_limits;

/// A request; its bytes are valid only during the callback.
typedef struct chs_request {
  chs_bytes method;
  chs_bytes target;
  chs_bytes fields;  // the header lines as received, each with its CRLF
  chs_bytes body;     // empty while it is only announced
  int64_t body_size;  // -1: it comes in chunks
  int version_minor;  // 0 or 1
  int endpoint_index;
  int has_peer;  // SO_PEERCRED was available (Unix sockets)
  uint32_t peer_uid;
  int32_t peer_pid;
} chs_request;

typedef struct chs_callbacks {
  void *_Nullable context;
  /// The head of a request whose body has not arrived yet: how large the body may be. To refuse the
  /// request, chs_answer must be called before this returns.
  size_t (*_Nonnull head)(void *_Nullable context, chs_exchange *_Nonnull exchange,
                          const chs_request *_Nonnull request);
  /// A complete request. Owns the exchange from now on, until chs_exchange_free.
  void (*_Nonnull request)(void *_Nullable context, chs_exchange *_Nonnull exchange,
                           const chs_request *_Nonnull request);
  /// The server refuses a request by itself: chs_answer must be called before this returns.
  void (*_Nonnull refused)(void *_Nullable context, chs_exchange *_Nonnull exchange, int status,
                           const char *_Nonnull reason);
  /// The last use of `context`.
  void (*_Nonnull release)(void *_Nullable context);
} chs_callbacks;

enum {
  CHS_SYSTEM_ERROR = 0,
  CHS_PATH_TOO_LONG,
  CHS_NOT_A_SOCKET,
  CHS_IN_USE,
  CHS_NOT_LOOPBACK,
  CHS_NOT_LISTENING,
};

typedef struct chs_error {
  int endpoint_index;
  int kind;
  int code;  // errno
} chs_error;

typedef struct chs_statistics {
  uint64_t connection_count;  // open now
  uint64_t request_count;     // handed over since the start
  uint64_t refusal_count;     // refused by the server itself since the start
  uint64_t evicted_count;     // waiting connections that made room for others since the start
  uint64_t memory_size;       // what requests, and answers that wait, take now
} chs_statistics;

/// Binds and listens on all endpoints; serves no request before chs_server_start.
/// Returns NULL and fills `error` if one of them cannot be had (the others are given up, and
/// `callbacks.release` is not called).
chs_server *_Nullable chs_server_create(const chs_endpoint *_Nonnull endpoints, size_t count,
                                        chs_limits limits, chs_callbacks callbacks,
                                        chs_error *_Nonnull error);
void chs_server_start(chs_server *_Nonnull server);
/// The port an endpoint listens on, 0 for a Unix socket.
uint16_t chs_server_port(chs_server *_Nonnull server, size_t endpoint_index);
chs_statistics chs_server_statistics(chs_server *_Nonnull server);
/// Stops accepting, lets exchanges finish for that long, closes what is left, and waits until all
/// of it has happened. Returns how many connections had to be cut off. Never call it on the I/O
/// thread.
size_t chs_server_stop(chs_server *_Nonnull server, int64_t deadline_ms);
/// Stops at once if need be. Exchanges may outlive the server.
void chs_server_free(chs_server *_Nonnull server);

/// `fields` are complete header lines; Content-Length, Connection and Date are added here.
void chs_answer(chs_exchange *_Nonnull exchange, int status, chs_bytes fields, chs_bytes body,
                int close);

/// `closed` tells whether the stream was finished (1) or the peer left before that (0).
void chs_stream_start(chs_exchange *_Nonnull exchange, int status, chs_bytes fields,
                      void (*_Nonnull closed)(void *_Nullable context, int finished),
                      void *_Nullable context);
/// `taken` is called when the kernel has the bytes (1) or they will never be read (0).
void chs_stream_write(chs_exchange *_Nonnull exchange, chs_bytes bytes,
                      void (*_Nonnull taken)(void *_Nullable context, int taken),
                      void *_Nullable context);
void chs_stream_finish(chs_exchange *_Nonnull exchange);
/// Closes the connection, so that the peer can see that the body is not complete.
void chs_stream_abort(chs_exchange *_Nonnull exchange);

void chs_exchange_free(chs_exchange *_Nonnull exchange);

#ifdef __cplusplus
}
#endif

#endif
