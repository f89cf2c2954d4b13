// How a limit of open files is shared between the service, connections and feeds.

import HTTP
import Testing

@testable import Node

struct `A limit of open files` {
  @Test func `is no limit where it is enough for all connections`() throws {
    #expect(try DescriptorShares(limit: DescriptorShares.wanted) == .all)
    #expect(try DescriptorShares(limit: .max) == .all)
    #expect(DescriptorShares.all.connectionCountMax == 4_096)
    #expect(DescriptorShares.all.feedCountMax == 256)
    #expect(try DescriptorShares(limit: DescriptorShares.wanted - 1) != .all)
  }

  @Test func `is refused where hardly a connection would be left`() throws {
    let fewest = try DescriptorShares(limit: DescriptorShares.needed)
    #expect(fewest.connectionCountMax == 64 && fewest.feedCountMax == 4)
    for limit in [0, 100, DescriptorShares.ownFileCount, DescriptorShares.needed - 1] {
      let error = #expect(throws: TooFewDescriptors.self) { try DescriptorShares(limit: limit) }
      let words = error?.description ?? ""
      #expect(words.hasPrefix("this process may open \(limit) files"))
      #expect(words.contains("\(DescriptorShares.needed) are needed"))
      #expect(words.contains("ulimit -Hn") && words.contains("LimitNOFILE="))
    }
    // What containers and old systems allow has to do.
    #expect(DescriptorShares.needed <= 1_024)
  }

  @Test func `is never given out twice, and more of it is never less for connections`() throws {
    var last = 0
    for limit in DescriptorShares.needed...DescriptorShares.wanted + 100 {
      let shares = try DescriptorShares(limit: limit)
      let given =
        DescriptorShares.ownFileCount + HTTPServer.turnedAwayCountMax + shares.connectionCountMax
        + shares.feedCountMax
      #expect(given <= limit)
      #expect(shares.connectionCountMax >= last)
      last = shares.connectionCountMax
    }
  }

  @Test func `leaves the server's defaults as they are where it is enough`() {
    let standard = HTTPServerConfiguration(endpoints: [])
    var server = standard
    DescriptorShares.all.apply(to: &server)
    #expect(server.connectionCountMax == standard.connectionCountMax)
    #expect(server.peerConnectionCountMax == standard.peerConnectionCountMax)
    #expect(server.reservedConnectionCount == standard.reservedConnectionCount)
  }

  @Test func `keeps connections for the service's user, also where it is small`() throws {
    var server = HTTPServerConfiguration(endpoints: [])
    try DescriptorShares(limit: DescriptorShares.needed).apply(to: &server)
    #expect(server.connectionCountMax == 64)
    #expect(server.peerConnectionCountMax == 16)
    #expect(server.reservedConnectionCount == 4)
  }
}
