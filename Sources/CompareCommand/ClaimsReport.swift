import Claims
import Foundation
import Harness

/// What is printed of claims: the list of them, and what was found.
struct ClaimsReport {
  let findings: [(part: Inquiry.Part, findings: [Finding])]

  // MARK: - The list

  /// The claims that can be asked.
  static func list(_ claims: [any Claim]) -> String {
    let width = (claims.map(\.name.count).max() ?? 0) + 2
    let lines = claims.map { claim in
      claim.name.padding(toLength: width, withPad: " ", startingAt: 0)
        + wrapped(claim.sentence, width: max(Report.width - width, 20)).joined(
          separator: "\n" + String(repeating: " ", count: width))
    }
    return lines.joined(separator: "\n") + "\n\n"
      + wrapped(
        "\(programName) claims NAME… measures, \(programName) claims all every one; --quick tries the machinery first.",
        width: Report.width
      ).joined(separator: "\n")
  }

  /// What is asked, by whom it is said, and what stands in for their set-up.
  static func preface(of part: Inquiry.Part, _ format: TableFormat = .text, width: Int = Report.width) -> String {
    let claim = part.claim
    let remarks =
      [("Said by", claim.source), ("But", claim.disputed), ("Here", claim.standIn)]
      + warnings(of: part).map { ("Note", $0) }
    guard format != .markdown else {
      let lines = remarks.map { "- **\($0)**: \($1)" }
      return "### \(claim.name)\n\n\(claim.sentence)\n\n" + lines.joined(separator: "\n")
    }
    let blocks = remarks.flatMap { title, text in wrapped("\(title): \(text)", width: width - 2).map { "  " + $0 } }
    return (wrapped("\(claim.name): \(claim.sentence)", width: width) + blocks).joined(separator: "\n")
  }

  /// What cannot be asked, and what the data cannot show.
  static func warnings(of part: Inquiry.Part) -> [String] {
    // Questions that cannot be asked for one reason are said in one line.
    let reasons = Dictionary(grouping: part.impossible, by: \.reason)
    let left = part.impossible.filter { reasons[$0.reason]?.first?.title == $0.title }.map { title, reason in
      let others = (reasons[reason]?.count ?? 1) - 1
      return "left out: \(title)\(others > 0 ? ", and \(others) more" : ""): \(reason)"
    }
    let nothing =
      part.questions.isEmpty && left.isEmpty
      ? ["asks nothing of \(part.study.norms.map(\.name).joined(separator: ", ")), which are none of its kind."] : []
    return nothing + left + [part.warning].compactMap(\.self)
  }

  // MARK: - What was found

  func text(_ format: TableFormat) -> String {
    let blocks = findings.map { part, findings in
      // What has no verdict stands behind what has.
      let findings = findings.filter { $0.question.rule != .shown } + findings.filter { $0.question.rule == .shown }
      let table = Self.table(findings).text(format)
      let head = Self.preface(of: part, format) + "\n"
      guard !findings.isEmpty else { return head }
      return [head, table, Report.text(Self.notes(part, findings), format)].filter { !$0.isEmpty }.joined(
        separator: "\n")
    }
    return (blocks + (!isQuick ? [summary.text(format)] : [])).joined(separator: "\n\n")
  }

  private static func table(_ findings: [Finding]) -> Table {
    var table = Table()
    table.add("question", findings.map(\.question.title))
    table.add("quantity", findings.map(\.question.quantity.name))
    table.add(
      "measured",
      findings.map { finding in
        ([finding.firstMean] + [finding.secondMean].compactMap(\.self)).map(number).joined(separator: " vs ")
      })
    table.add("effect", findings.map(effect))
    table.add("claimed", findings.map(claimed))
    table.add("verdict", findings.map(verdict))
    return table
  }

  private static func effect(_ finding: Finding) -> String {
    let question = finding.question
    guard question.form != .value || !finding.low.isNaN else { return "" }
    let sign = question.form == .ratio ? "×" : ""
    func shown(_ effect: Double) -> String {
      let value = question.shown(effect)
      return question.form == .difference ? signed(value) : number(value)
    }
    let middle = finding.effect.isNaN ? "–" : sign + shown(finding.effect)
    return finding.low.isNaN ? middle : "\(middle) [\(shown(finding.low)), \(shown(finding.high))]"
  }

  private static func claimed(_ finding: Finding) -> String {
    let sign = finding.question.form == .ratio ? "×" : ""
    return switch finding.question.rule {
    case .more(let delta): "≥ \(sign)\(number(delta))"
    case .equal(let delta): sign.isEmpty ? "within ±\(number(delta))" : "within ×\(number(delta)) either way"
    case .shown: ""
    }
  }

  private static func verdict(_ finding: Finding) -> String {
    guard finding.verdict == .contradicted else {
      return finding.verdict == .measured ? "–" : finding.verdict.rawValue
    }
    return switch finding.question.rule {
    case .more(let delta): "contradicted: < \(finding.question.form == .ratio ? "×" : "")\(number(delta))"
    default: "contradicted: not equal"
    }
  }

  private static func notes(_ part: Inquiry.Part, _ findings: [Finding]) -> [String] {
    // What is said of several questions alike is said once.
    let remarks = findings.flatMap { finding in finding.remarks.map { (remark: $0, title: finding.question.title) } }
    var order: [String] = []
    for (remark, _) in remarks where !order.contains(remark) { order.append(remark) }
    var notes = order.map { remark in
      let titles = remarks.filter { $0.remark == remark }.map(\.title)
      let sentence = remark.hasSuffix(".") ? remark : remark + "."
      return titles.count == 1 ? "\(titles[0]): \(sentence)" : "\(titles.count) questions: \(sentence)"
    }
    if part.study.isQuick {
      notes.append("--quick tries the machinery with as little training as it takes: these numbers say nothing.")
    } else {
      notes.append(
        "\(part.study.data), \(part.study.seeds.count) seeds; intervals hold for all \(part.comparisons) verdicts of the claim "
          + "at 95 %, and are wider the more are asked. supported: wholly where it is claimed to be; contradicted: wholly "
          + "elsewhere; –: measured beside it, without a verdict. Effects are means over the seeds, of ratios by logarithms."
      )
    }
    return notes
  }

  private var isQuick: Bool { findings.contains { $0.part.study.isQuick } }

  private var summary: Table {
    var table = Table()
    table.add("claim", findings.map(\.part.claim.name))
    for verdict in [Verdict.supported, .contradicted, .inconclusive] {
      table.add(verdict.rawValue, findings.map { _, findings in String(findings.count { $0.verdict == verdict }) })
    }
    return table
  }

  // MARK: - For programs

  /// Everything, with numbers in full.
  var json: String {
    func number(_ value: Double) -> Any { value.isFinite ? value : NSNull() }
    let claims = findings.map { part, findings -> [String: Any] in
      let claim = part.claim
      return [
        "name": claim.name, "sentence": claim.sentence, "source": claim.source, "disputed": claim.disputed,
        "stand_in": claim.standIn, "data": part.study.data, "seeds": part.study.seeds.map { Int($0) },
        "quick": part.study.isQuick, "comparisons": part.comparisons,
        "impossible": part.impossible.map { ["question": $0.title, "reason": $0.reason] },
        "questions": findings.map { finding -> [String: Any] in
          let question = finding.question
          func readings(_ all: [Reading]) -> [Any] { all.map { number($0.value) } }
          var object: [String: Any] = [
            "question": question.title, "norm": question.norm, "quantity": question.quantity.name,
            "unit": question.quantity.unit, "form": question.form.rawValue, "first": readings(finding.first),
            "second": readings(finding.second), "effect": number(question.shown(finding.effect)),
            "low": number(question.shown(finding.low)), "high": number(question.shown(finding.high)),
            "verdict": finding.verdict.rawValue, "remarks": finding.remarks,
          ]
          object["delta"] = question.rule.delta.map(number) ?? NSNull()
          object["claimed"] = Self.claimed(finding)
          return object
        },
      ]
    }
    return jsonText(["version": packageVersion, "numerics": numerics, "claims": claims])
  }
}

/// A number to three digits, without an exponent where it can be read without.
private func number(_ value: Double) -> String {
  guard value.isFinite else { return "–" }
  let size = abs(value)
  if size == 0 { return "0" }
  if value < 0 { return "−" + number(size) }
  if size >= 1000 && size < 1e6 { return String(format: "%.0f", value) }
  if size < 1e-3 || size >= 1e6 { return String(format: "%.1e", value) }
  return String(format: "%.\(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 4)f", value)
}
