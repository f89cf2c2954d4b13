// Which Redress this is, for --version and the metrics; a report of an audit has the digest of the
// whole program besides.

/// The version of the product.
public enum ProductVersion {
  /// By Semantic Versioning.
  public static let text = "1.0.0"
}
