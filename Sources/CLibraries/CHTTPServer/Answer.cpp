// Status line, Date, framing: see Answer.hpp for what must hold.

#include "Answer.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <ostream>  // Beast 1.74 needs it and does not say so.

#include <boost/beast/http/status.hpp>

namespace chs {

namespace {

void append_number(std::string& out, std::size_t number, int base) {
  std::array<char, 20> digits;
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  out.append(digits.data(), end);
}

/// IMF-fixdate (RFC 9110 section 5.6.7), formatted once a second for each thread.
void append_date(std::string& out) {
  thread_local std::time_t cached_time = -1;
  thread_local std::array<char, 48> cached;
  thread_local std::size_t cached_size = 0;
  auto const now = std::time(nullptr);
  if (now != cached_time) {
    static const char* const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char* const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc;
    gmtime_r(&now, &utc);
    auto const size = std::snprintf(cached.data(), cached.size(),
                                    "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                                    days[utc.tm_wday], utc.tm_mday, months[utc.tm_mon],
                                    utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
    cached_size = static_cast<std::size_t>(size);
    cached_time = now;
  }
  out.append(cached.data(), cached_size);
}

void append_head(std::string& out, const AnswerForm& form, int status, chs_bytes fields) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(status), 10);
  out.push_back(' ');
  auto const reason = boost::beast::http::obsolete_reason(
      static_cast<boost::beast::http::status>(status));
  out.append(reason.data(), reason.size());
  out.append("\r\n");
  append_date(out);
  out.append(fields.data, fields.size);
  if (!form.keeps_alive) {
    out.append("Connection: close\r\n");
  } else if (form.is_http_1_0) {
    out.append("Connection: keep-alive\r\n");
  }
}

}  // namespace

void append_answer(std::string& out, const AnswerForm& form, int status, chs_bytes fields,
                   chs_bytes body) {
  out.reserve(out.size() + 192 + fields.size + body.size);
  append_head(out, form, status, fields);
  if (form.has_body(status) || form.is_head_request) {
    out.append("Content-Length: ");
    append_number(out, body.size, 10);
    out.append("\r\n");
  }
  out.append("\r\n");
  if (form.has_body(status)) out.append(body.data, body.size);
}

void append_stream_head(std::string& out, const AnswerForm& form, int status, chs_bytes fields) {
  append_head(out, form, status, fields);
  if (form.has_body(status) && !form.is_http_1_0) out.append("Transfer-Encoding: chunked\r\n");
  out.append("\r\n");
}

void append_chunk(std::string& out, chs_bytes bytes) {
  out.reserve(out.size() + bytes.size + 20);
  append_number(out, bytes.size, 16);
  out.append("\r\n");
  out.append(bytes.data, bytes.size);
  out.append("\r\n");
}

}  // namespace chs
