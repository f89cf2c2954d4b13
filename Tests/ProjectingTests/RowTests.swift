// One type serves SQL and JSON, without a column's number.

import JSON
import Projecting
import SQLite
import Testing

struct `A row type` {
  private struct Note: Row, Hashable {
    struct Place: Codable, Hashable {
      var cityName: String
      var zip: String?
    }

    static let table = "notes"
    static let expressions = ["place.zip": "zip", "shout": "upper(body)"]

    var noteID: String
    var body: String
    var shout: String
    var place: Place?
    var isOpen: Bool
    var sha256: String?
  }

  private func database() throws -> Database {
    let database = try Database(path: ":memory:", mode: .readWrite)
    try database.execute(
      """
      CREATE TABLE notes (
        sha256 TEXT, is_open INTEGER NOT NULL, zip TEXT, place_city_name TEXT, body TEXT NOT NULL,
        note_id TEXT PRIMARY KEY) STRICT;
      INSERT INTO notes VALUES ('ab', 1, NULL, 'Leith', 'one', 'n1');
      INSERT INTO notes VALUES (NULL, 0, NULL, NULL, 'two', 'n2');
      """)
    return database
  }

  @Test func `is read by the columns' names, in any order of the table`() throws {
    let rows = try database().rows(Note.self, "WHERE note_id >= ? ORDER BY note_id", "n1")
    #expect(rows.count == 2)
    #expect(
      rows[0]
        == Note(
          noteID: "n1", body: "one", shout: "ONE", place: .init(cityName: "Leith"), isOpen: true,
          sha256: "ab"))
    #expect(rows[1].place == nil && rows[1].sha256 == nil && !rows[1].isOpen)
  }

  @Test func `is written as JSON in the order of its properties, without missing values`() throws {
    let rows = try database().rows(Note.self, "ORDER BY note_id")
    let texts = rows.map { String(decoding: $0.json.json, as: UTF8.self) }
    #expect(
      texts == [
        #"{"noteId":"n1","body":"one","shout":"ONE","place":{"cityName":"Leith"},"isOpen":true,"#
          + #""sha256":"ab"}"#,
        #"{"noteId":"n2","body":"two","shout":"TWO","isOpen":false}"#,
      ])
  }
}
