// `Subject`: the aggregate behind a stream, and the stream's name.

extension SwiftText {
  mutating func subject(_ streams: [Stream]) {
    line()
    documentation("The aggregate that an event belongs to, or that a command is about.")
    block("public enum Subject: Hashable, Sendable") { swift in
      for stream in streams {
        let name = escaped(stream.aggregate.swiftCase)
        swift.line("case \(name)" + (stream.idType.map { "(\($0))" } ?? ""))
      }
    }
    line()
    block("extension Subject") { swift in
      swift.documentation("The stream of the aggregate's events.")
      swift.block("public var stream: StreamName") { swift in
        swift.cases("self") { swift in
          for stream in streams { swift.line(swift.name(of: stream)) }
        }
      }
      swift.line()
      swift.parser(streams)
    }
  }

  private func name(of stream: Stream) -> String {
    let aggregate = stream.aggregate
    return stream.idType == nil
      ? "case .\(aggregate.swiftCase): StreamName(\"\(aggregate.rawValue)\")"
      : "case .\(aggregate.swiftCase)(let id): "
        + "StreamName(\"\(aggregate.rawValue)/\" + id.rawValue)"
  }

  private mutating func parser(_ streams: [Stream]) {
    documentation("- Returns: `nil` for a name that no schema's `x-stream` makes.")
    block("public init?(_ stream: StreamName)") { swift in
      swift.line("let name = stream.rawValue")
      let start = "guard let slash = name.utf8.firstIndex(of: UInt8(ascii: \"/\")) else"
      swift.block(start) { swift in
        swift.cases("name") { swift in
          for stream in streams where stream.idType == nil {
            let aggregate = stream.aggregate
            swift.line("case \"\(aggregate.rawValue)\": self = .\(aggregate.swiftCase)")
          }
          swift.line("default: return nil")
        }
        swift.line("return")
      }
      swift.line("let id = String(name[name.index(after: slash)...])")
      swift.line("guard TenantID.isValid(id.utf8) else { return nil }")
      swift.cases("name[..<slash]") { swift in
        for stream in streams {
          guard let type = stream.idType else { continue }
          let aggregate = stream.aggregate
          swift.line(
            "case \"\(aggregate.rawValue)\": "
              + "self = .\(aggregate.swiftCase)(\(type)(unchecked: id))")
        }
        swift.line("default: return nil")
      }
    }
  }
}
