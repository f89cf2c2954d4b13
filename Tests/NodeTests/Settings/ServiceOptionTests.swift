// What a service is started with: one key for the file, the flag and the variable.

import Testing

@testable import Node

struct `An option of the service` {
  @Test func `has a flag and a variable that follow from its key`() {
    #expect(ServiceOption.mailFrom.key == "mailFrom")
    #expect(ServiceOption.mailFrom.flag == "--mail-from")
    #expect(ServiceOption.mailFrom.variable == "REDRESS_MAIL_FROM")
    let keys = ServiceOption.all.map(\.key)
    #expect(Set(keys).count == keys.count)
  }

  @Test(arguments: ServiceOption.all)
  func `takes its default, and not an empty text`(option: ServiceOption) {
    if let fallback = option.fallback { #expect(option.fault(of: fallback) == nil) }
    #expect(option.fault(of: "") == "is empty")
  }

  @Test(arguments: [
    ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:0", "::1", 0),
    ("localhost:65535", "localhost", 65_535),
  ])
  func `for pages is a loopback address`(text: String, host: String, port: Int) throws {
    let address = try LoopbackAddress(text)
    #expect(address.host == host && address.port == port)
  }

  @Test(arguments: [
    "8080", ":8080", "127.0.0.1:65536", "10.0.0.1:80", "example.com:80", "127.0.0.1:",
  ])
  func `for pages is no other address`(text: String) {
    #expect(ServiceOption.http.fault(of: text) != nil)
  }

  @Test func `in the file is judged like everywhere, with its place`() throws {
    let error = #expect(throws: SettingsError.self) {
      try Settings(Array(#"{"http":"10.0.0.1:80"}"#.utf8), file: "d/redress.json")
    }
    #expect(error?.path == "$.http")
    #expect(error?.problem.contains("10.0.0.1:80 is no loopback address") == true)
    let settings = try Settings(
      Array(#"{"socket":"a.sock","publish":"https://x/y"}"#.utf8), file: "d/redress.json")
    #expect(settings.options == ["socket": "d/a.sock", "publish": "https://x/y"])
  }
}
