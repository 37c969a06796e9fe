import Harness

extension Inquiry.Part {
  func findings(in archive: Archive, unless isStopped: () -> Bool = { false }) throws -> [Finding] {
    try questions.map { question in
      if isStopped() { throw HarnessError.interrupted }
      do {
        return try finding(question, in: archive)
      } catch {
        // What cannot be computed for one question takes nothing from the others.
        let second: [Reading] = question.second == nil ? [] : study.seeds.map { _ in .unknown }
        return Finding(
          question, study.seeds.map { _ in .unknown }, second, comparisons: comparisons, remarks: ["\(error)"],
          isQuick: study.isQuick)
      }
    }
  }

  private func finding(_ question: Question, in archive: Archive) throws -> Finding {
    let first = try side(of: question.first, in: archive)
    let second = try question.second.map { try side(of: $0, in: archive) }
    // A seed counts if all of its runs are there.
    let seeds = study.seeds.indices.filter { seed in
      first.seeds[seed] != nil && (second == nil || second?.seeds[seed] != nil)
    }
    var remarks = first.remarks + (second?.remarks ?? [])
    let missing = study.seeds.count - seeds.count
    if missing > 0 { remarks.append("\(missing) of \(study.seeds.count) seeds are not recorded wholly") }
    func readings(_ side: Side, _ other: Side?) throws -> [Reading] {
      try seeds.map { seed in
        switch side.seeds[seed] {
        case .number(let number): return Reading(number)
        case .runs(let runs): return try question.quantity.measure(runs, other?.runs(seed) ?? [])
        case nil: return .unknown
        }
      }
    }
    var isUndecided = first.isUndecided || second?.isUndecided ?? false
    var accuracy: PairedDifference?
    if question.quantity.isAccuracy, question.form == .difference, let second {
      let pairs = seeds.compactMap { seed -> (Outcomes, Outcomes)? in
        guard let own = first.runs(seed).first?.outcomes, let other = second.runs(seed).first?.outcomes else {
          return nil
        }
        return (own, other)
      }
      accuracy = PairedDifference(pairs.map(\.0), pairs.map(\.1), comparisons: max(comparisons, 1))
      if seeds.count >= 3 && (accuracy == nil || pairs.count < seeds.count) {
        remarks.append("which test images were right is not recorded for all runs")
        isUndecided = true
      }
    }
    if let detail = question.quantity.detail {
      let values = seeds.compactMap { detail.value(first.runs($0), second?.runs($0) ?? []) }
      if let low = values.min(), let high = values.max() {
        func rounded(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
        remarks.append("\(detail.name) \(rounded(low))\(high > low ? " to \(rounded(high))" : "")")
      }
    }
    return Finding(
      question, try readings(first, second), try second.map { try readings($0, first) } ?? [], accuracy: accuracy,
      comparisons: comparisons, remarks: remarks, isUndecided: isUndecided, isQuick: study.isQuick)
  }

  /// What there is of an arm.
  private struct Side {
    enum Content {
      case number(Double)
      case runs([Evidence])
    }

    /// One for each seed of the study; `nil` where a run is missing.
    let seeds: [Content?]
    var remarks: [String] = []

    /// No verdict rests on a rate at the end of its range.
    var isUndecided: Bool { !remarks.isEmpty }

    func runs(_ seed: Int) -> [Evidence] {
      guard case .runs(let runs) = seeds[seed] else { return [] }
      return runs
    }
  }

  private func side(of arm: Arm, in archive: Archive) throws -> Side {
    switch arm {
    case .computed(let number):
      return Side(seeds: try study.seeds.map { .number(try number($0)) })
    case .trained(let runs):
      guard let plan = plans[runs] else { return Side(seeds: study.seeds.map { _ in nil }) }
      return Side(
        seeds: study.seeds.indices.map { plan.evidence(ofSeed: $0, in: archive).map(Side.Content.runs) },
        remarks: (plan.chooser.map { [$0] } ?? plan.studies).flatMap(archive.ends))
    }
  }
}
