// The bodies of operational records: JSON, at most 256 KiB.

import JSON
import Operations
import Routing

extension RequestBody {
  /// The body of an operational record.
  static func record<Body: RecordBody>(_: Body.Type) -> RequestBody {
    RequestBody(Body.noun, mediaTypes: ["application/json"], byteCountMax: 256 * 1024)
  }
}

extension RecordBody {
  /// - Throws: ``Problem`` with the place that is wrong.
  init(body: [UInt8]) throws(Problem) {
    do throws(JSONError) {
      var reader = JSONReader(body.span)
      self = try Self(json: &reader)
      try reader.finish()
    } catch { throw .malformedBody(error, Self.noun) }
  }
}
