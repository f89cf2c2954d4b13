// Builds the bytes of an answer: status line, header lines, framing.
//
// What must always hold: the framing that goes out is the one the peer will expect from the request
// (no body after HEAD, 204 and 304; no chunks for HTTP/1.0).

#pragma once

#include <cstddef>
#include <string>

#include "CHTTPServer.h"

namespace chs {

/// What the answer must know of its request.
struct AnswerForm {
  bool is_head_request = false;
  bool is_http_1_0 = false;
  bool keeps_alive = true;

  bool has_body(int status) const {
    return !is_head_request && status >= 200 && status != 204 && status != 304;
  }
};

void append_answer(std::string& out, const AnswerForm& form, int status, chs_bytes fields,
                   chs_bytes body);

/// `form.keeps_alive` must be false for HTTP/1.0, whose streams end with the connection.
void append_stream_head(std::string& out, const AnswerForm& form, int status, chs_bytes fields);

void append_chunk(std::string& out, chs_bytes bytes);

}  // namespace chs
