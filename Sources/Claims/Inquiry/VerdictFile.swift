import Harness

/// `verdicts.csv`: a row for each question that was asked, for plots and reports.
public enum VerdictFile {
  public static let name = "verdicts.csv"

  /// The columns, and what they hold.
  public static let columns: [(name: String, help: String)] = [
    ("claim", "name of the claim"),
    ("question", "what was asked, in the words of the table"),
    ("norm", "the normalizer that it is about; empty where it is about none"),
    ("data", "the data set"),
    ("fingerprint", "of the bytes of the data"),
    ("train_limit", "images to train on, unless the claim says otherwise; 0 for all"),
    ("test_limit", "images to test on, unless the claim says otherwise; 0 for all"),
    ("quantity", "what was measured"),
    ("unit", "of it; empty for a share or a plain number"),
    ("first", "its mean over the seeds for the side that is claimed to have more of it"),
    ("second", "that for the other side; empty where the number stands by itself"),
    ("form", "how they become an effect: value, difference, ratio"),
    ("effect", "mean over the seeds; of a ratio, the factor of the mean logarithm"),
    ("low", "lower end of its interval, which holds for all verdicts of the claim at once at 95 %"),
    ("high", "upper end"),
    ("rule", "more: the interval must be at delta or above; equal: within ± delta; shown: no verdict"),
    ("delta", "the least effect that matters; of a ratio, a factor"),
    ("verdict", "supported, contradicted, inconclusive, or measured, where there is none to be given"),
    ("comparisons", "verdicts of the claim for which the intervals hold at once"),
    ("seeds", "how many seeds were asked for"),
    ("remarks", "what limits the verdict"),
    ("version", "of the package"),
    ("numerics", "those that the runs were made under"),
  ]

  /// Writes the rows of some claims, in the place of what was written of the same questions, normalizers, data and number of seeds before.
  public static func write(
    _ findings: [(part: Inquiry.Part, findings: [Finding])], in directory: ResultsDirectory
  ) throws {
    let rows = findings.flatMap { part, findings in findings.map { row($0, of: part) } }
    func key(_ row: [String: String]) -> [String] {
      // An older file has no limit of the test images.
      ["claim", "fingerprint", "train_limit", "seeds", "norm", "question"].map { row[$0] ?? "" }
        + [row["test_limit"].flatMap { $0.isEmpty ? nil : $0 } ?? "0"]
    }
    let asked = Set(rows.map(key))
    try directory.write(rows, columns: columns.map(\.name), to: name) { !asked.contains(key($0)) }
  }

  /// Makes sure that the file, if there is one, is one that rows can be added to: before hours of training, not after.
  public static func check(in directory: ResultsDirectory) throws {
    _ = try directory.rows(of: name, columns: columns.map(\.name))
  }

  private static func row(_ finding: Finding, of part: Inquiry.Part) -> [String: String] {
    let question = finding.question
    func shown(_ effect: Double) -> String { CSV.field(question.shown(effect)) }
    var row = [
      "claim": part.claim.name, "question": question.title, "norm": question.norm, "data": part.study.data,
      "fingerprint": part.study.dataset.fingerprintText, "train_limit": String(part.study.trainLimit),
      "test_limit": String(part.study.testLimit),
      "comparisons": String(part.comparisons), "quantity": question.quantity.name,
      "unit": question.quantity.unit, "first": CSV.field(finding.firstMean), "form": question.form.rawValue,
      "effect": shown(finding.effect), "low": shown(finding.low), "high": shown(finding.high),
      "delta": question.rule.delta.map { CSV.field($0) } ?? "", "verdict": finding.verdict.rawValue,
      "seeds": String(part.study.seeds.count), "remarks": finding.remarks.joined(separator: "; "),
      "version": packageVersion, "numerics": String(numerics),
    ]
    row["second"] = finding.secondMean.map { CSV.field($0) } ?? ""
    row["rule"] =
      switch question.rule {
      case .more: "more"
      case .equal: "equal"
      case .shown: "shown"
      }
    return row
  }
}

extension Finding {
  /// The mean over the seeds of what was measured of the first arm.
  public var firstMean: Double { Self.mean(first) }

  /// That of the second, if there is one.
  public var secondMean: Double? { question.second == nil ? nil : Self.mean(second) }

  private static func mean(_ readings: [Reading]) -> Double {
    let known = readings.map(\.value).filter(\.isFinite)
    return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
  }
}
