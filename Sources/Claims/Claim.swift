import Harness

/// Something that is said of normalization, as an experiment.
///
/// All of it is stated before anything is measured: which runs, what is measured of them, and what would support or contradict
/// the sentence. The next claim is a file with a conformance and a word in ``Literature/claims``:
///
/// ```swift
/// struct Harmless: Claim {
///   let name = "harmless"
///   let sentence = "Normalization costs no accuracy."
///   let source = "Said in many places."
///   let disputed = "…"
///   let standIn = "The small CNN."
///   let norms = ["batch", "layer"]
///
///   func questions(in study: Study) -> [Question] {
///     study.members.map { norm in
///       Question(
///         "\(norm.name) is as accurate as none", about: norm, .difference, of: .accuracy,
///         .tuned(study.run("cnn", norm)), .tuned(study.run("cnn", study.none)), .equal(within: 0.02))
///     }
///   }
/// }
/// ```
public protocol Claim: Sendable {
  /// One word, by which it is asked for.
  var name: String { get }
  /// What is said.
  var sentence: String { get }
  /// Who says it and where, with the figures that were read there.
  var source: String { get }
  /// What disputes or refines it.
  var disputed: String { get }
  /// What stands here for the set-up of the source.
  var standIn: String { get }
  /// The normalizers that take part unless others are named, at most five.
  var norms: [String] { get }

  /// What is asked, in the order of the table.
  ///
  /// - Throws: `HarnessError.usage` if nothing can be asked of these normalizers and data.
  func questions(in study: Study) throws -> [Question]
}
