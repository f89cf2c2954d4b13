// Reads one request with Boost.Beast and refuses what Beast lets through although two readers
// could understand it differently (RFC 9112 sections 2.2, 3.2, 5.2, 6.1, 6.3).
//
// What must always hold: a head that passes has exactly one reading. Its length is known from a
// single Content-Length or from `Transfer-Encoding: chunked` alone, and no line continues another.

#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <functional>

namespace chs {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// Why a request is not served; `status` 0 means that it is.
struct Refusal {
  int status = 0;
  const char* reason = "";
};

/// Where something lies, counted from the first byte of the head.
struct Span {
  std::size_t offset = 0;
  std::size_t size = 0;
};

class RequestParser : public http::basic_parser<true> {
 public:
  /// Takes a piece of a chunked body.
  using Sink = void (*)(void* context, const char* data, std::size_t size);

  RequestParser(std::size_t head_size_max, std::uint64_t body_size_max, Sink sink, void* context);

  /// Parses on. `head` is where the head begins now; `unread` of the bytes after `parsed` are there.
  /// Returns how many it has consumed; wants more bytes unless `is_header_done` (while reading the
  /// head), `is_done` (while reading a chunked body) or `refusal` says otherwise.
  std::size_t parse(const char* head, std::size_t parsed, std::size_t unread);

  /// The checks that need the whole head: call once, when `is_header_done`.
  void check_head(const char* head, std::size_t size);

  Refusal refusal;
  Span method;
  Span target;
  std::size_t fields_offset = 0;
  int version_minor = 1;
  bool is_head_request = false;
  bool expects_continue = false;

 private:
  using string_view = beast::string_view;
  using error_code = beast::error_code;

  void refuse(int status, const char* reason, error_code& error);

  void on_request_impl(http::verb, string_view method, string_view target, int version,
                       error_code& error) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(http::field, string_view name, string_view value, error_code&) override;
  void on_header_impl(error_code&) override;
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, string_view extensions, error_code&) override;
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override;
  void on_finish_impl(error_code&) override {}

  const char* head_ = nullptr;
  Sink sink_;
  void* context_;
  bool in_trailers_ = false;
  int host_count_ = 0;
  int transfer_encoding_count_ = 0;
  int content_length_count_ = 0;
};

}  // namespace chs
