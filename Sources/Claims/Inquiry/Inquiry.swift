import Harness

/// Claims that are asked of one data set: the runs that this takes, and what they come to.
///
/// Runs are shared: two questions, and two claims, that need the same run train it once.
public struct Inquiry: Sendable {
  public let parts: [Part]

  /// A claim, and what is asked for it.
  public struct Part: Sendable {
    public let claim: any Claim
    public let study: Study
    public let questions: [Question]
    /// Questions that cannot be asked, as of a normalizer that does not fit the model, and why.
    public let impossible: [(title: String, reason: String)]
    let plans: [Arm.Runs: Plan]
  }

  /// Plans the runs of some claims.
  ///
  /// - Parameters:
  ///   - claims: in the order of the report.
  ///   - study: what each is asked with.
  /// - Throws: what `study` and the claims throw.
  public init(_ claims: [any Claim], in study: (any Claim) throws -> Study) throws {
    parts = try claims.map { try Part($0, in: try study($0)) }
  }

  /// Every run that is needed, each once, claim by claim and within a claim seed by seed, so that what is stopped is still
  /// fair; with the recordings that it needs.
  public var trainings: [(training: Training, recordings: Set<String>)] {
    var order: [Training] = []
    var recordings: [String: Set<String>] = [:]
    for part in parts {
      let all = part.questions.flatMap(\.arms).flatMap { runs in
        (part.plans[runs]?.trainings ?? []).map { (training: $0, recordings: runs.recordings) }
      }
      let seeds = Dictionary(grouping: all) { $0.training.configuration[.seed] }
      for (training, wanted) in part.study.seeds.flatMap({ seeds[$0] ?? [] }) {
        if recordings[training.identifier] == nil { order.append(training) }
        recordings[training.identifier, default: []].formUnion(wanted)
      }
    }
    return order.map { ($0, recordings[$0.identifier] ?? []) }
  }

  /// The first claim that needs a run, by the run's identifier.
  public var owners: [String: String] {
    var owners: [String: String] = [:]
    for part in parts {
      for training in part.plans.values.flatMap(\.trainings) where owners[training.identifier] == nil {
        owners[training.identifier] = part.claim.name
      }
    }
    return owners
  }

  /// Records which runs are trials of tuning.
  public func recordTrials(in directory: ResultsDirectory) throws {
    for part in parts {
      for plan in part.plans.values {
        for study in plan.studies { try study.record(in: directory) }
      }
    }
  }

  /// What the recorded runs come to, for each claim.
  public func findings(in directory: ResultsDirectory) throws -> [(part: Part, findings: [Finding])] {
    let archive = try Archive(directory, of: trainings)
    return try parts.map { ($0, try $0.findings(in: archive)) }
  }
}

extension Question {
  /// The runs of the arms that are trained.
  fileprivate var arms: [Arm.Runs] {
    [first, second].compactMap {
      guard case .trained(let runs) = $0 else { return nil }
      return runs
    }
  }
}

/// The runs of an arm, for each seed.
struct Plan: Sendable {
  /// One for each configuration that is tuned.
  let studies: [TuningStudy]
  /// Those of each seed, in the order of the configurations; none where runs are tuned.
  let runs: [[Training]]

  var trainings: [Training] { studies.flatMap(\.trainings) + runs.flatMap(\.self) }

  init(_ arm: Arm.Runs, in study: Study) throws {
    let runs = try study.seeds.map { seed in
      try arm.configurations.map { try Training($0.with(.seed, seed), on: study.dataset, in: study.catalogue) }
    }
    guard let tuned = arm.tuned, let setting = AnySetting.named(tuned.setting) else {
      (self.runs, studies) = (runs, [])
      return
    }
    let tuning = Tuning(
      [Tuning.Dimension(setting, range: tuned.range)], budget: study.enough(tuned.budget, quick: 2))
    self.runs = []
    studies = try arm.configurations.indices.map { index in
      try TuningStudy(tuning, of: runs.map { $0[index] }, in: study.catalogue)
    }
  }
}

extension Inquiry.Part {
  init(_ claim: any Claim, in study: Study) throws {
    (self.claim, self.study) = (claim, study)
    var plans: [Arm.Runs: Plan] = [:]
    var questions: [Question] = []
    var impossible: [(String, String)] = []
    for question in try claim.questions(in: study) {
      do {
        for arm in question.arms where plans[arm] == nil { plans[arm] = try Plan(arm, in: study) }
        questions.append(question)
      } catch let error as HarnessError {
        guard case .usage(let reason) = error else { throw error }
        impossible.append((question.title, reason))
      }
    }
    (self.plans, self.questions, self.impossible) = (plans, questions, impossible)
  }

  /// How many questions have a verdict: intervals hold for all of them at once.
  public var comparisons: Int { questions.count { $0.rule != .shown } }

  func findings(in archive: Archive) throws -> [Finding] {
    try questions.map { question in
      let first = try sides(of: question.first, in: archive)
      let second = try question.second.map { try sides(of: $0, in: archive) }
      // A seed counts if all of its runs are there.
      let seeds = study.seeds.indices.filter {
        first.seeds[$0] != nil && (second.map { $0.seeds } ?? first.seeds)[$0] != nil
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
      var accuracy: PairedDifference?
      if question.quantity.isAccuracy, question.form == .difference, let second {
        let pairs = seeds.map { (first.runs($0).first?.outcomes, second.runs($0).first?.outcomes) }
        accuracy = PairedDifference(
          pairs.compactMap(\.0), pairs.compactMap(\.1), comparisons: max(comparisons, 1))
      }
      return Finding(
        question, try readings(first, second), try second.map { try readings($0, first) } ?? [], accuracy: accuracy,
        comparisons: comparisons, remarks: remarks, isUndecided: first.isUndecided || second?.isUndecided ?? false,
        isQuick: study.isQuick)
    }
  }

  /// What there is of an arm.
  private struct Side {
    enum Content {
      case number(Double)
      case runs([Evidence])
    }

    /// One for each seed of the study; `nil` where a run is missing.
    var seeds: [Content?]
    var remarks: [String] = []
    var isUndecided = false

    func runs(_ seed: Int) -> [Evidence] {
      guard case .runs(let runs) = seeds[seed] else { return [] }
      return runs
    }
  }

  private func sides(of arm: Arm, in archive: Archive) throws -> Side {
    switch arm {
    case .computed(let number):
      return Side(seeds: try study.seeds.map { .number(try number($0)) })
    case .trained(let runs):
      guard let plan = plans[runs] else { return Side(seeds: study.seeds.map { _ in nil }) }
      guard !plan.studies.isEmpty else {
        return Side(seeds: plan.runs.map { archive.evidence(of: $0).map(Side.Content.runs) })
      }
      var side = Side(
        seeds: study.seeds.indices.map { seed in
          let chosen = plan.studies.compactMap { study in
            archive.evidence(of: study.replicates[seed].trials).flatMap(archive.best)
          }
          return chosen.count == plan.studies.count ? .runs(chosen) : nil
        })
      for study in plan.studies {
        for end in archive.ends(of: study) {
          side.remarks.append(end)
          side.isUndecided = true
        }
      }
      return side
    }
  }
}

extension Inquiry.Part {
  /// What the data cannot show, if a question asks for it.
  ///
  /// Two runs that are about as accurate still disagree on some images, here taken to be 4 % of them; what is left of that in a
  /// mean over as many images no number of seeds takes away.
  public var warning: String? {
    let images = study.dataset.test.count
    let floor = StudentT.quantile(0.975, degreesOfFreedom: Double(images - 1)) * (0.04 / Double(images)).squareRoot()
    let deltas = questions.filter { $0.quantity.isAccuracy }.compactMap(\.rule.delta)
    guard let least = deltas.min(), least < floor else { return nil }
    return
      "\(images) test images show differences down to about \(rounded(floor)), and \(rounded(least)) is asked for: a larger "
      + "test set, as --data fashion-mnist, can decide what this one cannot."
  }

  private func rounded(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
}
