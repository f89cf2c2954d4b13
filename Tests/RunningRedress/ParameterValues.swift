// Valid values of the parameters of routes, so that a test of every route needs no list of them.

public import Routing

extension Route {
  /// A target of the route, without a query.
  ///
  /// - Parameter values: by parameter of the path; one that is not named has any valid value.
  public func target(_ values: [String: String]) -> String {
    let any = parameters.map(\.declaration).filter { $0.place == .path }.map { declaration in
      (declaration.name, declaration.someValues.first ?? "x1")
    }
    return path.filled(Dictionary(any) { $1 }.merging(values) { $1 })
  }
}

extension ParameterDeclaration {
  /// Some valid values, as texts; none for a form that only an expectation describes.
  public var someValues: [String] {
    switch form {
    case .identifier: ["x1"]
    case .text(let byteCount): [String(repeating: "x", count: max(1, byteCount.lowerBound))]
    case .choice(let words): words
    case .choices(let words): [words.joined(separator: ",")]
    case .wholeNumber(let bounds): ["\(bounds.lowerBound)", "\(min(bounds.upperBound, 1_000))"]
    case .boolean: ["true"]
    case .time: ["2026-01-16T10:00:00Z", "2026-01-16T11:00:00+01:00"]
    case .matching: []
    }
  }
}
