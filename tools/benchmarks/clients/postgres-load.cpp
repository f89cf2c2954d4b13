// Writes recorded events into a message store in PostgreSQL: one statement, and so one transaction and
// one round trip, for each command. One thread, epoll, prepared statements and libpq without blocking.
//
// postgres-load CONNINFO FILE CONNECTIONS: FILE has a line for each event, the number of its command,
// its stream, type, revision and JSON, with tabs in between.

#include <libpq-fe.h>
#include <sys/epoll.h>

#include <array>
#include <random>

#include "Measuring.hpp"

namespace {

constexpr std::size_t parameters_per_event = 5;
constexpr std::size_t event_count_max = 8;

struct Event {
  std::string id, stream, type, expected_version, json;
};

using Command = std::vector<Event>;

std::string random_uuid() {
  static std::mt19937_64 random(42);
  char text[37];
  auto const a = random(), b = random();
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-%04x-%012llx", unsigned(a >> 32),
                unsigned(a >> 16 & 0xffff), unsigned(a & 0xfff),
                unsigned(0x8000 | (b >> 48 & 0x3fff)), (unsigned long long)(b & 0xffffffffffff));
  return text;
}

std::vector<Command> commands_of(const char* path) {
  std::vector<Command> commands;
  std::string last;
  for (auto const& line : lines_of(path)) {
    std::array<std::string, 5> fields;
    std::size_t begin = 0;
    for (std::size_t index = 0; index < 5; ++index) {
      auto const end = index < 4 ? line.find('\t', begin) : line.size();
      fields[index] = line.substr(begin, end - begin);
      begin = end + 1;
    }
    if (commands.empty() || fields[0] != last) commands.emplace_back();
    last = fields[0];
    // A category ends at the first dash; ids may hold more of them.
    auto stream = fields[1];
    if (auto const slash = stream.find('/'); slash != std::string::npos) stream[slash] = '-';
    commands.back().push_back({random_uuid(), stream, fields[2],
                               std::to_string(std::stol(fields[3]) - 1), fields[4]});
    if (commands.back().size() > event_count_max) fail("a command with too many events");
  }
  return commands;
}

struct Connection {
  PGconn* handle;
  std::size_t next = 0, end = 0;
  double start = 0;
};

PGconn* connect_to(const char* conninfo) {
  auto const handle = PQconnectdb(conninfo);
  if (PQstatus(handle) != CONNECTION_OK) fail(PQerrorMessage(handle));
  std::string calls;
  for (std::size_t count = 1; count <= event_count_max; ++count) {
    calls += count == 1 ? "SELECT " : ", ";
    auto const first = (count - 1) * parameters_per_event;
    auto const parameter = [&](std::size_t number) { return "$" + std::to_string(first + number); };
    calls += "write_message(" + parameter(1) + "::uuid, " + parameter(2) + "::text, " +
             parameter(3) + "::text, " + parameter(4) + "::jsonb, NULL, " + parameter(5) +
             "::bigint)";
    auto const result =
        PQprepare(handle, ("write" + std::to_string(count)).c_str(), calls.c_str(), 0, nullptr);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail(PQerrorMessage(handle));
    PQclear(result);
  }
  PQsetnonblocking(handle, 1);
  return handle;
}

void send(Connection& connection, const Command& command) {
  std::array<const char*, event_count_max * parameters_per_event> values;
  std::size_t count = 0;
  for (auto const& event : command) {
    for (auto const* value :
         {&event.id, &event.stream, &event.type, &event.json, &event.expected_version}) {
      values[count++] = value->c_str();
    }
  }
  connection.start = now();
  auto const name = "write" + std::to_string(command.size());
  if (PQsendQueryPrepared(connection.handle, name.c_str(), static_cast<int>(count), values.data(),
                          nullptr, nullptr, 0) == 0) {
    fail(PQerrorMessage(connection.handle));
  }
  // A command is smaller than the socket's buffer, so this does not spin.
  while (PQflush(connection.handle) == 1) {
  }
}

}  // namespace

int main(int argument_count, char** words) {
  if (argument_count != 4) fail("usage: postgres-load CONNINFO FILE CONNECTIONS");
  auto const commands = commands_of(words[2]);
  auto const connection_count = std::stoul(words[3]);
  auto const share = commands.size() / connection_count;
  std::vector<Connection> connections(connection_count);
  auto const poll = epoll_create1(0);
  for (std::size_t index = 0; index < connection_count; ++index) {
    connections[index] = {connect_to(words[1]), index * share, (index + 1) * share, 0};
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(poll, EPOLL_CTL_ADD, PQsocket(connections[index].handle), &event);
  }
  std::vector<double> latencies;
  std::size_t refused = 0;
  auto open = connection_count;
  auto const start = now();
  auto const processor_start = now(CLOCK_PROCESS_CPUTIME_ID);
  for (auto& connection : connections) send(connection, commands[connection.next]);
  std::vector<epoll_event> events(256);
  while (open > 0) {
    auto const count = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 60000);
    if (count == 0) fail("no answer for a minute");
    for (int number = 0; number < count; ++number) {
      auto& connection = connections[events[static_cast<std::size_t>(number)].data.u64];
      if (PQconsumeInput(connection.handle) == 0) fail(PQerrorMessage(connection.handle));
      auto is_done = false;
      while (!is_done && PQisBusy(connection.handle) == 0) {
        auto const result = PQgetResult(connection.handle);
        is_done = result == nullptr;
        if (!is_done && PQresultStatus(result) != PGRES_TUPLES_OK) {
          if (refused++ == 0) std::fputs(PQresultErrorMessage(result), stderr);
        }
        PQclear(result);
      }
      if (!is_done) continue;
      latencies.push_back(now() - connection.start);
      if (++connection.next < connection.end) {
        send(connection, commands[connection.next]);
      } else {
        --open;
      }
    }
  }
  print_result(now() - start, now(CLOCK_PROCESS_CPUTIME_ID) - processor_start,
               latencies.size() - refused, refused, latencies);
  for (auto& connection : connections) PQfinish(connection.handle);
}
