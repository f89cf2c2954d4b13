// The two things the importer asks of the service, and the Unix socket they go through.

public import Curl
internal import JSON

/// Where commands go and totals come from.
public protocol RetailService {
  /// Submits commands, one line each, and returns as many lines of outcomes.
  mutating func submit(_ commands: [UInt8]) throws(ImportError) -> [UInt8]

  /// Reads a resource.
  ///
  /// - Returns: nil while the service is not yet able to answer (503).
  mutating func get(_ target: String) throws(ImportError) -> [UInt8]?
}

/// A service at the other end of a Unix socket.
public struct SocketService: RetailService {
  private let client: HTTPClient

  public init(_ client: HTTPClient) { self.client = client }

  public mutating func submit(_ commands: [UInt8]) throws(ImportError) -> [UInt8] {
    let response = try send(
      "POST", "/v1/commands", headers: [("Content-Type", "application/x-ndjson")], body: commands)
    return try body(of: response, to: "POST /v1/commands")
  }

  public mutating func get(_ target: String) throws(ImportError) -> [UInt8]? {
    let response = try send("GET", target, headers: [], body: [])
    return response.status == 503 ? nil : try body(of: response, to: "GET \(target)")
  }

  private func send(
    _ method: String, _ target: String, headers: [(name: String, value: String)], body: [UInt8]
  ) throws(ImportError) -> ClientResponse {
    do {
      return try client.send(method: method, target: target, headers: headers, body: body)
    } catch {
      throw .unreachable("\(error)")
    }
  }

  private func body(
    of response: ClientResponse, to request: String
  ) throws(ImportError) -> [UInt8] {
    if response.status == 200 { return response.body }
    let problem = (try? JSONValue(parsing: response.body)).map { Problem($0).description }
    throw .unexpectedAnswer("\(request) answers \(response.status) \(problem ?? "")")
  }
}
