// swift-tools-version: 6.2
// Every arrow here points the same way, from `redress` down to `EventSourcing`; the build refuses
// an import that this file does not name (--explicit-target-dependency-import-check error).

import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// For the targets that touch C.
let wrapperSettings: [SwiftSetting] = settings + [.strictMemorySafety()]

// libipsec-mb exists for this processor only; on others messages are hashed one after the other.
#if arch(x86_64)
  let hashBatchLibraries: [LinkerSetting] = [.linkedLibrary("IPSec_MB"), .linkedLibrary("pthread")]
#else
  let hashBatchLibraries: [LinkerSetting] = []
#endif

let package = Package(
  name: "redress",
  products: [
    .executable(name: "redress", targets: ["redress"]),
    .executable(name: "online-retail", targets: ["online-retail"]),
  ],
  targets: [
    // The executable and what it composes.
    .executableTarget(
      name: "redress",
      dependencies: [
        "Node", "Service", "CommandHandling", "ProcessManagers", "Projecting", "Projections",
        "Audit", "Gateways", "Domain",
        "Events", "EventLog", "EventSourcing", "Transparency", "HTTP", "Curl", "JSON",
        "Operations", "SQLite", "PersonalData", "Threading", "Cryptography", "HTML", "CJemalloc",
      ],
      swiftSettings: settings,
      // It replaces malloc, in whose C library's version a busy service spends a tenth of its time.
      linkerSettings: [.linkedLibrary("jemalloc")]),
    .target(name: "CJemalloc", path: "Sources/CLibraries/CJemalloc"),
    .target(
      name: "Node",
      dependencies: [
        "Service", "ProcessManagers", "CommandHandling", "Projecting", "Projections", "Audit",
        "Gateways", "Operations", "ErrorClasses", "Events", "EventLog", "EventSourcing", "HTTP",
        "JSON", "PersonalData", "Redis", "Routing", "Threading", "Transparency", "Cryptography",
        "Curl",
      ],
      swiftSettings: settings),
    .target(
      name: "ProcessManagers",
      dependencies: [
        "Audit", "CommandHandling", "Projecting", "Projections", "Operations", "Gateways", "Domain",
        "Events", "EventLog", "EventSourcing", "Curl", "PersonalData", "SQLite", "Threading",
        "Transparency",
      ],
      swiftSettings: settings),
    .target(
      name: "Service",
      dependencies: [
        "Routing", "HTTP", "CommandHandling", "Projecting", "Projections", "Audit", "ErrorClasses",
        "Events", "EventLog", "EventSourcing", "Gateways", "Transparency", "Domain", "HTML", "JSON",
        "Markdown", "Operations", "Redis", "SQLite", "PersonalData", "Cryptography", "Threading",
        "WebTokens",
      ],
      // Pages of problems quote the rule book. The file is a link to its place.
      resources: [.embedInCode("Contract/Enclosed/rule-book")],
      swiftSettings: settings),
    .target(
      name: "Routing", dependencies: ["EventSourcing", "HTML", "JSON"], swiftSettings: settings),
    .target(name: "HTTP", dependencies: ["CHTTPServer"], swiftSettings: wrapperSettings),
    .target(
      name: "CommandHandling",
      dependencies: [
        "Calendars", "Domain", "ErrorClasses", "Events", "EventLog", "EventSourcing", "Gateways",
        "JSON", "Cryptography", "PersonalData", "Threading",
      ],
      swiftSettings: settings),
    .target(name: "Calendars", dependencies: ["EventSourcing"], swiftSettings: settings),
    .target(
      name: "Projections",
      dependencies: [
        "Projecting", "Routing", "Calendars", "Domain", "Events", "EventSourcing", "HTML", "JSON",
        "Markdown", "SQLite",
      ],
      path: "Projections", swiftSettings: settings),
    .target(
      name: "Projecting",
      dependencies: [
        "ErrorClasses", "Events", "EventLog", "EventSourcing", "JSON", "Routing", "SQLite",
        "Cryptography", "PersonalData", "Threading",
      ],
      swiftSettings: settings),
    .target(
      name: "Audit",
      dependencies: [
        "Calendars", "Domain", "Events", "EventLog", "EventSourcing", "Transparency", "Threading",
        "Cryptography", "PersonalData", "JSON", "Zstandard",
      ],
      // What an export encloses is part of the program. Two of the files are links to their places.
      resources: ["README.md", "FORMAT.md", "verify-log"].map {
        .embedInCode("Export/Enclosed/\($0)")
      },
      swiftSettings: settings),
    .target(
      name: "Operations",
      dependencies: [
        "EventSourcing", "Gateways", "JSON", "SQLite", "Transparency", "Cryptography",
      ],
      swiftSettings: settings),
    .target(
      name: "Gateways",
      dependencies: [
        "Domain", "Events", "EventSourcing", "Cryptography", "PersonalData", "Transparency",
      ],
      swiftSettings: settings),

    // The domain and its vocabulary.
    .target(
      name: "Domain", dependencies: ["Events", "EventSourcing", "Cryptography"],
      swiftSettings: settings),
    .target(
      name: "Events", dependencies: ["EventSourcing", "JSON"], swiftSettings: settings,
      plugins: ["GenerateEventsPlugin"]),
    .target(
      name: "PersonalData",
      dependencies: ["Events", "EventSourcing", "Transparency", "Cryptography", "SQLite"],
      swiftSettings: settings),
    .target(
      name: "EventLog",
      dependencies: [
        "LogIndex", "Transparency", "EventSourcing", "Cryptography", "Threading", "Zstandard",
      ],
      exclude: ["FORMAT.md"], swiftSettings: settings),
    .target(
      name: "LogIndex", dependencies: ["EventSourcing", "Cryptography", "SQLite", "Threading"],
      swiftSettings: settings),
    .target(
      name: "Transparency", dependencies: ["Cryptography"], swiftSettings: settings),
    .target(
      name: "JSON",
      swiftSettings: wrapperSettings + [.enableExperimentalFeature("Lifetimes")]),
    .target(
      name: "WebTokens", dependencies: ["Cryptography", "EventSourcing", "JSON"],
      swiftSettings: settings),
    .target(
      name: "ErrorClasses", dependencies: ["EventLog", "PersonalData", "SQLite", "Transparency"],
      swiftSettings: settings),
    .target(name: "HTML", swiftSettings: settings),
    .target(name: "Threading", swiftSettings: settings),
    .target(name: "EventSourcing", swiftSettings: settings),

    // One thin, safe wrapper for each C library.
    .target(
      name: "Cryptography", dependencies: ["CCrypto", "CHashBatch"],
      swiftSettings: wrapperSettings),
    .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: wrapperSettings),
    .target(name: "Zstandard", dependencies: ["CZstd"], swiftSettings: wrapperSettings),
    .target(name: "Curl", dependencies: ["CCurl"], swiftSettings: wrapperSettings),
    .target(name: "Markdown", dependencies: ["CCMark"], swiftSettings: wrapperSettings),
    .target(name: "Redis", dependencies: ["CHiredis"], swiftSettings: wrapperSettings),
    .target(
      name: "CHTTPServer", path: "Sources/CLibraries/CHTTPServer",
      cxxSettings: [.define("BOOST_ERROR_CODE_HEADER_ONLY")],
      linkerSettings: [.linkedLibrary("pthread")]),
    .target(
      name: "CHashBatch", path: "Sources/CLibraries/CHashBatch",
      linkerSettings: hashBatchLibraries),
    .systemLibrary(
      name: "CCrypto", path: "Sources/CLibraries/CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CSQLite", path: "Sources/CLibraries/CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CZstd", path: "Sources/CLibraries/CZstd", pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(
      name: "CCurl", path: "Sources/CLibraries/CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
      name: "CCMark", path: "Sources/CLibraries/CCMark", pkgConfig: "libcmark",
      providers: [.apt(["libcmark-dev"])]),
    // Without its pkg-config file, which has a flag that SwiftPM refuses and leads nowhere else.
    .systemLibrary(
      name: "CHiredis", path: "Sources/CLibraries/CHiredis",
      providers: [.apt(["libhiredis-dev"])]),

    // Tools.
    .target(name: "SeededRandom", path: "tools/seeded-random", swiftSettings: settings),
    .executableTarget(
      name: "generate-events", dependencies: ["JSON"], path: "tools/generate-events",
      swiftSettings: settings),
    .plugin(
      name: "GenerateEventsPlugin", capability: .buildTool(), dependencies: ["generate-events"],
      path: "tools/GenerateEventsPlugin"),
    .executableTarget(
      name: "online-retail", dependencies: ["OnlineRetail", "Curl"],
      path: "tools/online-retail/online-retail", swiftSettings: settings),
    .executableTarget(
      name: "redress-bench",
      dependencies: [
        "Node", "Domain", "Events", "EventLog", "EventSourcing", "PersonalData", "SQLite",
        "SeededRandom",
      ],
      path: "tools/benchmarks/redress-bench", swiftSettings: settings),
    .target(
      name: "OnlineRetail",
      dependencies: ["EventSourcing", "Curl", "JSON", "SeededRandom", "Zstandard"],
      path: "tools/online-retail/OnlineRetail", swiftSettings: settings),
    .executableTarget(
      name: "log-benchmark",
      dependencies: [
        "Node", "CommandHandling", "Cryptography", "Events", "EventLog", "EventSourcing",
        "Gateways", "LogIndex", "PersonalData", "ProcessManagers", "Projections", "SeededRandom",
        "Threading",
      ],
      path: "tools/log-benchmark", swiftSettings: settings),

    // Tests.
    .testTarget(
      name: "EventSourcingTests", dependencies: ["EventSourcing", "OutsideData"],
      swiftSettings: settings),
    .testTarget(
      name: "HTMLTests", dependencies: ["HTML", "OutsideData"], swiftSettings: settings),
    .testTarget(name: "ThreadingTests", dependencies: ["Threading"], swiftSettings: settings),
    .target(name: "JudgedLogs", path: "Tests/JudgedLogs", swiftSettings: settings),
    .target(name: "OutsideData", path: "Tests/OutsideData", swiftSettings: settings),
    .target(
      name: "RunningRedis", dependencies: ["Redis"], path: "Tests/RunningRedis",
      swiftSettings: settings),
    .target(name: "Stepping", path: "Tests/Stepping", swiftSettings: settings),
    .testTarget(
      name: "JSONTests", dependencies: ["JSON", "OutsideData"], swiftSettings: settings),
    .testTarget(
      name: "EventsTests",
      dependencies: [
        "Events", "EventSourcing", "JSON", "Cryptography", "OutsideData", "generate-events",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "EventLogTests",
      dependencies: [
        "EventLog", "LogIndex", "EventSourcing", "Cryptography", "SQLite", "Threading",
        "Zstandard", "JudgedLogs", "SeededRandom",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "LogIndexTests",
      dependencies: [
        "LogIndex", "EventSourcing", "Cryptography", "SQLite", "SeededRandom", "Threading",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "TransparencyTests",
      dependencies: ["Transparency", "Cryptography", "JSON", "OutsideData", "SeededRandom"],
      swiftSettings: settings),
    .executableTarget(
      name: "transparency-fixtures",
      dependencies: ["Transparency", "Cryptography"],
      path: "Tests/Conformance/transparency-fixtures", swiftSettings: settings),
    .testTarget(
      name: "WebTokensTests",
      dependencies: ["WebTokens", "Cryptography", "EventSourcing", "JSON", "OutsideData"],
      swiftSettings: settings),
    .testTarget(
      name: "PersonalDataTests",
      dependencies: [
        "PersonalData", "Events", "EventSourcing", "Cryptography", "SQLite", "Transparency",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "DomainTests",
      dependencies: ["Domain", "Events", "EventSourcing", "JSON", "OutsideData", "SeededRandom"],
      swiftSettings: settings),
    .target(
      name: "RunningRedress",
      dependencies: [
        "Audit", "Node", "ProcessManagers", "CommandHandling", "Projecting", "Projections",
        "Gateways", "Events", "EventLog", "EventSourcing", "HTML", "JSON", "JudgedLogs",
        "PersonalData", "Routing", "Service", "Threading",
      ],
      path: "Tests/RunningRedress", swiftSettings: settings),
    .testTarget(
      name: "ProcessManagersTests",
      dependencies: [
        "RunningRedress", "Stepping", "ProcessManagers", "CommandHandling", "Domain", "Events",
        "EventLog", "EventSourcing", "HTML", "Gateways", "Projecting", "Projections", "SQLite",
        "Threading",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "NodeTests",
      dependencies: [
        "RunningRedress", "Node", "ProcessManagers", "CommandHandling", "EventLog",
        "EventSourcing", "Events", "Gateways", "HTTP", "Operations", "PersonalData", "Projecting",
        "Projections", "Redis", "Routing", "SQLite", "Service", "Threading", "Transparency",
        "Cryptography",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "CommandHandlingTests",
      dependencies: [
        "RunningRedress", "CommandHandling", "Cryptography", "Domain", "Events", "EventLog",
        "EventSourcing", "HTML", "Gateways", "JSON", "Node", "OutsideData", "PersonalData",
        "Projecting", "Projections", "SQLite", "Threading",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ProjectionsTests",
      dependencies: [
        "RunningRedress", "Audit", "CommandHandling", "Domain", "Gateways", "HTML", "JSON",
        "Projections", "Projecting", "Routing", "Events", "EventLog", "EventSourcing",
        "PersonalData", "SQLite", "SeededRandom", "Threading",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ProjectingTests",
      dependencies: [
        "RunningRedress", "Projecting", "Projections", "Routing", "Events", "EventLog",
        "EventSourcing", "HTML", "JSON", "SQLite",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "OperationsTests",
      dependencies: [
        "Operations", "ProcessManagers", "EventSourcing", "Gateways", "JSON", "OutsideData",
        "SQLite",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "GatewaysTests",
      dependencies: [
        "Gateways", "Cryptography", "Domain", "EventSourcing", "JSON", "OutsideData",
        "PersonalData",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "AuditTests",
      dependencies: [
        "RunningRedress", "Audit", "Cryptography", "Events", "EventLog", "EventSourcing",
        "Gateways", "JSON", "Node", "OutsideData", "PersonalData", "SeededRandom", "Threading",
        "Transparency", "Zstandard",
      ],
      swiftSettings: settings),
    .target(
      name: "Simulation",
      dependencies: [
        "Node", "CommandHandling", "ProcessManagers", "Projecting", "Projections", "Audit",
        "Gateways", "Domain", "Events", "EventLog", "EventSourcing", "Cryptography", "SQLite",
        "JudgedLogs", "PersonalData", "SeededRandom", "Stepping", "Threading",
      ],
      path: "Tests/Simulation", swiftSettings: settings),
    .executableTarget(
      name: "simulate", dependencies: ["Simulation"], path: "Tests/Simulator",
      swiftSettings: settings),
    .testTarget(
      name: "SimulationTests",
      dependencies: ["Simulation", "EventLog", "EventSourcing", "SeededRandom"],
      swiftSettings: settings),
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "RunningRedress", "Node", "Service", "Routing", "HTTP", "CommandHandling", "Cryptography",
        "Domain", "Gateways", "Operations",
        "EventLog", "EventSourcing", "Events", "JSON", "OutsideData", "PersonalData",
        "Projecting", "Redis", "RunningRedis", "SQLite", "Threading",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "RoutingTests", dependencies: ["Routing", "EventSourcing", "JSON"],
      swiftSettings: settings),
    .testTarget(
      name: "HTTPTests", dependencies: ["HTTP", "Curl", "SeededRandom"],
      swiftSettings: wrapperSettings),
    .testTarget(
      name: "OnlineRetailTests",
      dependencies: ["OnlineRetail", "EventSourcing", "JSON", "OutsideData"],
      swiftSettings: settings),
    .target(
      name: "Fuzzing",
      dependencies: [
        "RunningRedress", "CommandHandling", "Cryptography", "Events", "EventLog", "EventSourcing",
        "HTTP", "JSON", "Node", "Routing", "Service", "Transparency", "WebTokens",
      ],
      path: "Tests/Fuzz", exclude: ["corpus"], swiftSettings: settings),
    .testTarget(name: "FuzzTests", dependencies: ["Fuzzing"], swiftSettings: settings),
    .testTarget(
      name: "WrappersTests",
      dependencies: [
        "Cryptography", "Curl", "Markdown", "OutsideData", "Redis", "RunningRedis", "SQLite",
        "Zstandard",
      ],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)

// tools/fuzz builds what it fuzzes with libFuzzer's instruments.
if Context.environment["REDRESS_FUZZ"] != nil {
  let read = [
    "JSON", "Events", "EventLog", "LogIndex", "EventSourcing", "Transparency", "WebTokens",
    "Zstandard", "HTTP", "Routing", "Service", "Node", "Fuzzing",
  ]
  for target in package.targets where read.contains(target.name) {
    target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer"]))
  }
  // The generator, which runs while building, has instrumented parts too.
  for target in package.targets where target.name == "generate-events" {
    target.linkerSettings = [
      .unsafeFlags(["-sanitize=fuzzer", "-Xlinker", "--defsym=LLVMFuzzerTestOneInput=0"])
    ]
  }
  package.products.append(.library(name: "Fuzzing", type: .static, targets: ["Fuzzing"]))
}
