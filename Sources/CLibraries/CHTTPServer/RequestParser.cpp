// What is refused, and what the peer is told: see RequestParser.hpp for what must hold.

#include "RequestParser.hpp"

#include <algorithm>
#include <cstring>

namespace chs {

namespace {

bool is_decimal(char c) { return c >= '0' && c <= '9'; }

/// `uri-host [":" port]` (RFC 9110 section 7.2), without the bytes that only proxies quarrel over.
bool is_host(beast::string_view value) {
  auto const colon = value.rfind(':');
  auto const bracket = value.rfind(']');
  auto host = value;
  if (colon != beast::string_view::npos &&
      (bracket == beast::string_view::npos || colon > bracket)) {
    auto const port = value.substr(colon + 1);
    if (port.size() > 5 || !std::all_of(port.begin(), port.end(), is_decimal)) return false;
    host = value.substr(0, colon);
  }
  bool const is_literal = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (is_literal) host = host.substr(1, host.size() - 2);
  return std::all_of(host.begin(), host.end(), [&](char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_decimal(c)) return true;
    if (c == ':') return is_literal;
    return c != '\0' && std::strchr("-._~!$&'()*+;=%", c) != nullptr;
  });
}

/// Bytes that no form of a request target may hold unescaped (RFC 9112 section 3.2).
bool is_target(beast::string_view target) {
  return std::all_of(target.begin(), target.end(), [](unsigned char c) {
    return c > 0x20 && c < 0x7f && c != '#' && c != '\\' && c != '<' && c != '>' && c != '"';
  });
}

Refusal refusal_for(beast::error_code error) {
  if (error == http::error::header_limit) return {431, "The request head is too large."};
  if (error == http::error::body_limit) return {413, "The request body is too large."};
  if (error == http::error::bad_method) return {400, "The method is not a token."};
  if (error == http::error::bad_target) return {400, "The request target is malformed."};
  if (error == http::error::bad_version) {
    return {400, "The request line does not end with HTTP/1.1 or HTTP/1.0 and CRLF."};
  }
  if (error == http::error::bad_field) return {400, "A header field name is malformed."};
  if (error == http::error::bad_value) return {400, "A header field value is malformed."};
  if (error == http::error::bad_line_ending) return {400, "A line does not end with CRLF."};
  if (error == http::error::bad_content_length) {
    return {400, "Content-Length must be given once, as one decimal number, and without "
                 "Transfer-Encoding."};
  }
  if (error == http::error::bad_transfer_encoding) {
    return {400, "Transfer-Encoding must be given once, as chunked, and without Content-Length."};
  }
  if (error == http::error::bad_chunk || error == http::error::bad_chunk_extension) {
    return {400, "The chunked body is malformed."};
  }
  return {400, "The request is malformed."};
}

}  // namespace

RequestParser::RequestParser(std::size_t head_size_max, std::uint64_t body_size_max, Sink sink,
                             void* context)
    : sink_(sink), context_(context) {
  header_limit(static_cast<std::uint32_t>(head_size_max));
  body_limit(body_size_max);
}

std::size_t RequestParser::parse(const char* head, std::size_t parsed, std::size_t unread) {
  head_ = head;
  error_code error;
  auto const consumed = put(boost::asio::const_buffer(head + parsed, unread), error);
  if (error && error != http::error::need_more && refusal.status == 0) {
    refusal = refusal_for(error);
  }
  return consumed;
}

void RequestParser::check_head(const char* head, std::size_t size) {
  error_code ignored;
  if (!is_target({head + target.offset, target.size})) {
    refuse(400, "The request target holds bytes that must be percent-encoded.", ignored);
  }
  // obs-fold (RFC 9112 section 5.2): Beast joins the lines, other readers may not.
  auto const end = head + size;
  for (auto line = head;;) {
    auto const newline =
        static_cast<const char*>(std::memchr(line, '\n', static_cast<std::size_t>(end - line)));
    if (newline == nullptr || newline + 1 == end) break;
    line = newline + 1;
    if (*line == ' ' || *line == '\t') refuse(400, "A header field is folded.", ignored);
  }
}

void RequestParser::refuse(int status, const char* reason, error_code& error) {
  if (refusal.status == 0) refusal = {status, reason};
  error = http::error::bad_field;
}

void RequestParser::on_request_impl(http::verb verb, string_view method_bytes,
                                    string_view target_bytes, int version, error_code&) {
  method = {static_cast<std::size_t>(method_bytes.data() - head_), method_bytes.size()};
  target = {static_cast<std::size_t>(target_bytes.data() - head_), target_bytes.size()};
  // " HTTP/1.1\r\n" follows the target.
  fields_offset = target.offset + target.size + 11;
  version_minor = version - 10;
  is_head_request = verb == http::verb::head;
}

void RequestParser::on_field_impl(http::field field, string_view, string_view value,
                                  error_code& error) {
  if (in_trailers_) return;  // Trailers are checked and dropped (RFC 9110 section 6.5.1).
  switch (field) {
    case http::field::host:
      host_count_ += 1;
      if (!is_host(value)) refuse(400, "Host is not a host with an optional port.", error);
      break;
    case http::field::transfer_encoding:
      transfer_encoding_count_ += 1;
      if (!beast::iequals(value, "chunked")) {
        refuse(400, "The only Transfer-Encoding served here is chunked.", error);
      }
      break;
    case http::field::content_length:
      content_length_count_ += 1;
      if (!std::all_of(value.begin(), value.end(), is_decimal)) {
        refuse(400, "Content-Length must be one decimal number.", error);
      }
      break;
    case http::field::expect:
      if (!beast::iequals(value, "100-continue")) {
        refuse(417, "The only expectation served here is 100-continue.", error);
      }
      expects_continue = version_minor == 1;
      break;
    default:
      break;
  }
}

void RequestParser::on_header_impl(error_code& error) {
  in_trailers_ = true;
  if (host_count_ > 1 || (host_count_ == 0 && version_minor == 1)) {
    refuse(400, "HTTP/1.1 wants exactly one Host.", error);
  }
  if (transfer_encoding_count_ > 1) {
    refuse(400, "Transfer-Encoding must be given once.", error);
  }
  if (transfer_encoding_count_ > 0 && version_minor == 0) {
    refuse(400, "HTTP/1.0 has no Transfer-Encoding.", error);
  }
  if (content_length_count_ > 1) refuse(400, "Content-Length must be given once.", error);
  if (content_length_count_ > 0 && transfer_encoding_count_ > 0) {
    refuse(400, "Content-Length and Transfer-Encoding exclude each other.", error);
  }
}

void RequestParser::on_chunk_header_impl(std::uint64_t, string_view extensions,
                                         error_code& error) {
  // Beast lets a quoted extension hold anything, line feeds included.
  for (unsigned char c : extensions) {
    if ((c < 0x20 && c != '\t') || c == 0x7f) {
      refuse(400, "A chunk extension holds a control character.", error);
      return;
    }
  }
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code&) {
  sink_(context_, body.data(), body.size());
  return body.size();
}

}  // namespace chs
