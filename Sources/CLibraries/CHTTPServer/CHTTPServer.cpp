// The C face of the server.

#include "include/CHTTPServer.h"

#include <cerrno>
#include <exception>

#include "Server.hpp"

using chs::Operation;

struct chs_server {
  std::shared_ptr<chs::Server> core;
};

namespace {
void submit(chs_exchange* exchange, Operation::Kind kind, std::string bytes = {},
            bool flag = false, chs::Notice notice = {}) {
  exchange->server->submit({kind, exchange->connection, exchange->sequence, std::move(bytes),
                            exchange->form, flag, notice});
}
}  // namespace

chs_server* chs_server_create(const chs_endpoint* endpoints, size_t count, chs_limits limits,
                              chs_callbacks callbacks, chs_error* error) {
  std::vector<chs::Listener> listeners;
  try {
    for (size_t index = 0; index < count; ++index) {
      error->endpoint_index = static_cast<int>(index);
      listeners.emplace_back(endpoints[index]);
    }
    auto core = std::make_shared<chs::Server>(std::move(listeners), limits, callbacks);
    return new chs_server{std::move(core)};
  } catch (chs::Listener::Failure failure) {
    error->kind = failure.kind;
    error->code = failure.code;
  } catch (boost::system::system_error const& failure) {
    error->kind = CHS_SYSTEM_ERROR;
    error->code = failure.code().value();
  } catch (std::exception const&) {
    error->kind = CHS_SYSTEM_ERROR;
    error->code = ENOMEM;
  }
  return nullptr;
}

void chs_server_start(chs_server* server) { server->core->start(); }

uint16_t chs_server_port(chs_server* server, size_t endpoint_index) {
  return server->core->port(endpoint_index);
}

chs_statistics chs_server_statistics(chs_server* server) { return server->core->statistics(); }

size_t chs_server_stop(chs_server* server, int64_t deadline_ms) {
  return server->core->stop(deadline_ms);
}

void chs_server_free(chs_server* server) {
  server->core->stop(0);
  delete server;
}

void chs_answer(chs_exchange* exchange, int status, chs_bytes fields, chs_bytes body, int close) {
  auto form = exchange->form;
  if (close != 0 || exchange->server->is_stopping()) form.keeps_alive = false;
  if (chs::Connection::handing_over == exchange->connection.get()) {
    auto& output = exchange->connection->answer_inline(exchange->sequence, !form.keeps_alive);
    return chs::append_answer(output, form, status, fields, body);
  }
  std::string bytes;
  chs::append_answer(bytes, form, status, fields, body);
  submit(exchange, Operation::Kind::answer, std::move(bytes), !form.keeps_alive);
}

void chs_stream_start(chs_exchange* exchange, int status, chs_bytes fields,
                      void (*closed)(void* context, int finished), void* context) {
  auto& form = exchange->form;
  if (form.is_http_1_0 || exchange->server->is_stopping()) form.keeps_alive = false;
  std::string head;
  chs::append_stream_head(head, form, status, fields);
  submit(exchange, Operation::Kind::start_stream, std::move(head), form.has_body(status),
         {closed, context});
}

void chs_stream_write(chs_exchange* exchange, chs_bytes bytes,
                      void (*taken)(void* context, int taken), void* context) {
  std::string framed;
  // A chunk without bytes would end the body.
  if (exchange->form.is_http_1_0) {
    framed.assign(bytes.data, bytes.size);
  } else if (bytes.size > 0) {
    chs::append_chunk(framed, bytes);
  }
  submit(exchange, Operation::Kind::write_stream, std::move(framed), false, {taken, context});
}

void chs_stream_finish(chs_exchange* exchange) { submit(exchange, Operation::Kind::finish_stream); }

void chs_stream_abort(chs_exchange* exchange) { submit(exchange, Operation::Kind::abort_stream); }

void chs_exchange_free(chs_exchange* exchange) { delete exchange; }
