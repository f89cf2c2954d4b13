// What the log's index is measured against: a SQLite table WITHOUT ROWID, and LMDB. The same
// entries and look-ups as tools/log-benchmark/IndexBenchmark.swift, under keys of the same length,
// stored in transactions of as many commits.
//
//   index-load sqlite|lmdb FILE EVENTS STREAMS LOOKUPS

#include <lmdb.h>
#include <openssl/sha.h>
#include <sqlite3.h>

#include <cstring>
#include <memory>

#include "Measuring.hpp"

namespace {

constexpr int commits_in_transaction = 50'000;

struct Key {
  unsigned char bytes[16];
};

struct Random {
  std::uint64_t state;

  std::uint64_t next() {
    std::uint64_t value = (state += 0x9E3779B97F4A7C15);
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
    value = (value ^ value >> 27) * 0x94D049BB133111EB;
    return value ^ value >> 31;
  }
};

/// The first half of the name's SHA-256, as the log's index has it.
Key key(const char* kind, std::uint64_t number) {
  auto const name = kind + std::to_string(number);
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(name.data()), name.size(), hash);
  Key key;
  std::memcpy(key.bytes, hash, sizeof key.bytes);
  return key;
}

Key stream(std::uint64_t number) { return key("acme/refund/srf_", number); }
Key command(std::uint64_t number) { return key("acme/cmd-", number); }

struct Store {
  virtual ~Store() = default;
  virtual void begin() = 0;
  virtual void add(const Key& stream, const Key& command, std::uint64_t ordinal) = 0;
  virtual void commit() = 0;
  /// How many events a stream has, all of whose positions are read.
  virtual std::size_t events(const Key& stream) = 0;
  virtual bool outcome(const Key& command) = 0;
};

class SQLiteStore : public Store {
 public:
  explicit SQLiteStore(const char* path) {
    check(sqlite3_open(path, &database_));
    execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "PRAGMA wal_autocheckpoint = 2000; PRAGMA cache_size = -65536;"
            "CREATE TABLE IF NOT EXISTS event (stream BLOB NOT NULL, position INTEGER NOT NULL,"
            " ordinal INTEGER NOT NULL, PRIMARY KEY (stream, position)) WITHOUT ROWID;"
            "CREATE TABLE IF NOT EXISTS command (id BLOB PRIMARY KEY, ordinal INTEGER NOT NULL,"
            " position INTEGER NOT NULL, count INTEGER NOT NULL) WITHOUT ROWID");
    prepare("INSERT INTO event VALUES (?, ?, ?)", &add_event_);
    prepare("INSERT INTO command VALUES (?, ?, ?, 1)", &add_command_);
    prepare("SELECT position, ordinal FROM event WHERE stream = ?", &events_);
    prepare("SELECT ordinal, position, count FROM command WHERE id = ?", &outcome_);
  }

  ~SQLiteStore() override {
    for (auto statement : {add_event_, add_command_, events_, outcome_}) {
      sqlite3_finalize(statement);
    }
    sqlite3_close(database_);
  }

  void begin() override { execute("BEGIN"); }
  void commit() override { execute("COMMIT"); }

  void add(const Key& stream, const Key& command, std::uint64_t ordinal) override {
    auto const number = static_cast<sqlite3_int64>(ordinal);
    for (auto [statement, key] : {std::pair{add_event_, &stream}, {add_command_, &command}}) {
      sqlite3_bind_blob(statement, 1, key->bytes, sizeof key->bytes, SQLITE_STATIC);
      sqlite3_bind_int64(statement, 2, number);
      sqlite3_bind_int64(statement, 3, number);
      if (sqlite3_step(statement) != SQLITE_DONE) fail(sqlite3_errmsg(database_));
      sqlite3_reset(statement);
    }
  }

  std::size_t events(const Key& stream) override {
    sqlite3_bind_blob(events_, 1, stream.bytes, sizeof stream.bytes, SQLITE_STATIC);
    std::size_t count = 0;
    sqlite3_int64 sum = 0;
    while (sqlite3_step(events_) == SQLITE_ROW) {
      sum += sqlite3_column_int64(events_, 0) + sqlite3_column_int64(events_, 1);
      ++count;
    }
    sqlite3_reset(events_);
    return sum >= 0 ? count : 0;
  }

  bool outcome(const Key& command) override {
    sqlite3_bind_blob(outcome_, 1, command.bytes, sizeof command.bytes, SQLITE_STATIC);
    bool const found = sqlite3_step(outcome_) == SQLITE_ROW;
    sqlite3_reset(outcome_);
    return found;
  }

 private:
  void check(int code) {
    if (code != SQLITE_OK) fail(sqlite3_errmsg(database_));
  }
  void execute(const char* sql) { check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }
  void prepare(const char* sql, sqlite3_stmt** statement) {
    check(sqlite3_prepare_v2(database_, sql, -1, statement, nullptr));
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* add_event_ = nullptr;
  sqlite3_stmt* add_command_ = nullptr;
  sqlite3_stmt* events_ = nullptr;
  sqlite3_stmt* outcome_ = nullptr;
};

class LMDBStore : public Store {
 public:
  explicit LMDBStore(const char* path) {
    check(mdb_env_create(&environment_));
    check(mdb_env_set_mapsize(environment_, std::size_t{4} << 30));
    check(mdb_env_set_maxdbs(environment_, 2));
    // A power failure may lose the last transaction, as with the others, and never consistency.
    check(mdb_env_open(environment_, path, MDB_NOSUBDIR | MDB_NOMETASYNC, 0640));
    begin();
    check(mdb_dbi_open(transaction_, "event", MDB_CREATE | MDB_DUPSORT | MDB_DUPFIXED, &event_));
    check(mdb_dbi_open(transaction_, "command", MDB_CREATE, &command_));
    commit();
  }

  ~LMDBStore() override { mdb_env_close(environment_); }

  void begin() override { check(mdb_txn_begin(environment_, nullptr, 0, &transaction_)); }
  void commit() override { check(mdb_txn_commit(transaction_)); }

  void add(const Key& stream, const Key& command, std::uint64_t ordinal) override {
    std::uint64_t const numbers[] = {__builtin_bswap64(ordinal), ordinal, 1};
    put(event_, stream, numbers, 16);
    put(command_, command, numbers, 24);
  }

  std::size_t events(const Key& stream) override {
    std::size_t count = 0;
    reading([&](MDB_txn* transaction) {
      MDB_cursor* cursor;
      check(mdb_cursor_open(transaction, event_, &cursor));
      MDB_val name = value(stream), data;
      std::uint64_t sum = 0;
      for (int code = mdb_cursor_get(cursor, &name, &data, MDB_SET); code == 0;
           code = mdb_cursor_get(cursor, &name, &data, MDB_NEXT_DUP)) {
        std::uint64_t numbers[2];
        std::memcpy(numbers, data.mv_data, sizeof numbers);
        sum += numbers[1];
        ++count;
      }
      mdb_cursor_close(cursor);
      if (sum == ~std::uint64_t{0}) fail("impossible");
    });
    return count;
  }

  bool outcome(const Key& command) override {
    bool found = false;
    reading([&](MDB_txn* transaction) {
      MDB_val name = value(command), data;
      found = mdb_get(transaction, command_, &name, &data) == 0;
    });
    return found;
  }

 private:
  static void check(int code) {
    if (code != 0) fail(mdb_strerror(code));
  }
  static MDB_val value(const Key& key) {
    return {sizeof key.bytes, const_cast<unsigned char*>(key.bytes)};
  }
  void put(MDB_dbi table, const Key& key, const void* bytes, std::size_t count) {
    MDB_val name = value(key), data = {count, const_cast<void*>(bytes)};
    check(mdb_put(transaction_, table, &name, &data, 0));
  }
  template <typename Body>
  void reading(Body body) {
    if (reader_) {
      check(mdb_txn_renew(reader_));
    } else {
      check(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &reader_));
    }
    body(reader_);
    mdb_txn_reset(reader_);
  }

  MDB_env* environment_ = nullptr;
  MDB_txn* transaction_ = nullptr;
  MDB_txn* reader_ = nullptr;
  MDB_dbi event_ = 0;
  MDB_dbi command_ = 0;
};

std::unique_ptr<Store> open(const std::string& kind, const char* path) {
  if (kind == "sqlite") return std::make_unique<SQLiteStore>(path);
  if (kind == "lmdb") return std::make_unique<LMDBStore>(path);
  fail("sqlite or lmdb");
}

void report(const char* what, std::uint64_t count, double start) {
  std::printf("%s: %.0f\n", what, static_cast<double>(count) / (now() - start));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) fail("usage: index-load sqlite|lmdb FILE EVENTS STREAMS LOOKUPS");
  std::uint64_t const events = std::stoull(argv[3]), streams = std::stoull(argv[4]);
  std::uint64_t const lookups = std::stoull(argv[5]);
  double start = now();
  {
    auto store = open(argv[1], argv[2]);
    Random random{1};
    for (std::uint64_t ordinal = 0; ordinal < events; ++ordinal) {
      if (ordinal % commits_in_transaction == 0) store->begin();
      store->add(stream(random.next() % streams), command(ordinal), ordinal);
      if ((ordinal + 1) % commits_in_transaction == 0 || ordinal + 1 == events) store->commit();
    }
  }
  report("load", events, start);
  auto store = open(argv[1], argv[2]);
  Random random{2};
  std::size_t found = 0;
  start = now();
  for (std::uint64_t i = 0; i < lookups; ++i) found += store->events(stream(random.next() % streams));
  report("streams", lookups, start);
  start = now();
  for (std::uint64_t i = 0; i < lookups; ++i) found += store->outcome(command(random.next() % events));
  report("commands", lookups, start);
  start = now();
  for (std::uint64_t i = 0; i < lookups; ++i) found += store->outcome(command(events + i));
  report("new commands", lookups, start);
  if (found <= lookups) fail("entries are missing");
}
