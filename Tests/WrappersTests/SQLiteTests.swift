import Foundation
import SQLite
import Testing

@Suite struct SQLiteTests {
  private func database() throws -> Database {
    let database = try Database(path: ":memory:", mode: .readWrite)
    try database.execute(
      """
      CREATE TABLE refund (id TEXT PRIMARY KEY, amount INTEGER NOT NULL) STRICT;
      INSERT INTO refund VALUES ('a', 10), ('b', 20);
      """)
    return database
  }

  @Test func `every type goes in and comes out`() throws {
    let database = try database()
    let select = try database.prepare("SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 AS last")
    select.bind(1, Int.min)
    select.bind(2, Int64.max)
    select.bind(3, "ä\0ö")
    select.bind(4, "")
    select.bind(5, [0, 255] as [UInt8])
    select.bind(6, [] as [UInt8])
    select.bind(7, 1.5)
    select.bindNull(8)
    #expect(try select.step())
    #expect(select.columnCount == 8)
    #expect(select.columnName(7) == "last")
    let types = (0..<8).map(select.columnType)
    #expect(types == [.integer, .integer, .text, .text, .blob, .blob, .real, .null])
    #expect(select.int(0) == Int.min)
    #expect(select.int(1) == Int.max)
    #expect(select.text(2) == "ä\0ö")
    #expect(select.optionalText(3) == "")
    #expect(select.blob(4) == [0, 255])
    #expect(select.optionalBlob(5) == [])
    #expect(select.double(6) == 1.5)
    #expect(select.isNull(7))
    #expect(select.optionalInt(7) == nil)
    #expect(select.withTextBytes(2) { Array($0) } == Array("ä\0ö".utf8))
    #expect(try !select.step())
  }

  @Test func `nil is NULL`() throws {
    let select = try database().prepare("SELECT ?1, ?2, ?3, ?4, ?5")
    select.bind(1, nil as Int?)
    select.bind(2, nil as Int64?)
    select.bind(3, nil as String?)
    select.bind(4, nil as [UInt8]?)
    select.bind(5, 2.5 as Double?)
    #expect(try select.step())
    #expect((0..<4).allSatisfy(select.isNull))
    #expect(select.optionalDouble(4) == 2.5)
  }

  @Test func `statements are kept, and one that is being read is not disturbed`() throws {
    let database = try database()
    let sql = "SELECT id FROM refund ORDER BY id"
    let outer = try database.prepare(sql)
    #expect(try outer.step())
    let inner = try database.prepare(sql)
    #expect(inner !== outer)
    #expect(try inner.step())
    #expect(inner.text(0) == "a")
    #expect(try outer.step())
    #expect(outer.text(0) == "b")
    #expect(try !outer.step())
    #expect(try database.prepare(sql) === outer)
  }

  @Test func `a transaction is undone when its body throws`() throws {
    struct Cancelled: Error {}
    let database = try database()
    #expect(throws: Cancelled.self) {
      try database.transaction {
        try database.execute("DELETE FROM refund")
        #expect(database.changes == 2)
        throw Cancelled()
      }
    }
    #expect(!database.isInTransaction)
    let count = try database.transaction {
      let count = try database.prepare("SELECT count(*) FROM refund")
      #expect(try count.step())
      return count.int(0)
    }
    #expect(count == 2)
  }

  @Test func `an error names the statement and never its arguments`() throws {
    let database = try database()
    let insert = try database.prepare("INSERT INTO refund VALUES (?, ?)")
    insert.bind(1, "a")
    insert.bind(2, 77_123)
    let error = try #require(throws: SQLiteError.self) { try insert.run() }
    #expect(error.code == 19)
    #expect(error.extendedCode == 1555)
    #expect(error.isConstraintViolation)
    #expect(error.sql == "INSERT INTO refund VALUES (?, ?)")
    #expect(!error.description.contains("77"))
    insert.bind(1, "c")
    try insert.run()
    #expect(throws: SQLiteError.self) { try database.execute("SELEC 1") }
    #expect(throws: SQLiteError.self) { try database.prepare("SELECT * FROM nowhere") }
  }

  @Test func `a read-only database refuses changes and missing files`() throws {
    let path = NSTemporaryDirectory() + "sqlite-\(UUID()).sqlite"
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: SQLiteError.self) { try Database(path: path, mode: .readOnly) }
    try Database(path: path, mode: .readWrite).execute("CREATE TABLE t (x)")
    let reader = try Database(path: path, mode: .readOnly)
    #expect(throws: SQLiteError.self) { try reader.execute("INSERT INTO t VALUES (1)") }
    try Data("this is no database at all".utf8)
      .write(to: URL(fileURLWithPath: path))
    let error = try #require(throws: SQLiteError.self) {
      try Database(path: path, mode: .readWrite).execute("SELECT * FROM t")
    }
    #expect(error.isCorrupt)
  }
}
