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
  /// - Parameter claims: in the order of the report, each with what it is asked with.
  /// - Throws: `HarnessError.usage` with the name of a claim that cannot say what it asks.
  public init(_ claims: [(claim: any Claim, study: Study)]) throws {
    parts = try claims.map { try Part($0.claim, in: $0.study) }
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
    for plan in plans {
      for study in plan.studies + [plan.chooser].compactMap(\.self) { try study.record(in: directory) }
    }
  }

  /// Records which trials count.
  public func recordChosen(in directory: ResultsDirectory) throws {
    try directory.record(
      chosenIn: plans.flatMap { plan in plan.studies.map { (study: $0, chooser: plan.chooser) } })
  }

  /// Those of all claims, in the order of their questions.
  private var plans: [Plan] {
    parts.flatMap { part in
      var seen: Set<Arm.Runs> = []
      return part.questions.flatMap(\.arms).filter { seen.insert($0).inserted }.compactMap { part.plans[$0] }
    }
  }

  /// What the recorded runs come to, for each claim.
  ///
  /// - Parameters:
  ///   - directory: where they are recorded.
  ///   - isStopped: whether to give up, asked before each question: some take seconds to compute.
  /// - Returns: the findings of each claim, in the order of its questions.
  /// - Throws: `HarnessError`, `.interrupted` if `isStopped` says so.
  public func findings(
    in directory: ResultsDirectory, unless isStopped: () -> Bool = { false }
  ) throws -> [(part: Part, findings: [Finding])] {
    let archive = try Archive(directory, of: trainings)
    return try parts.map { ($0, try $0.findings(in: archive, unless: isStopped)) }
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

extension Inquiry.Part {
  init(_ claim: any Claim, in study: Study) throws {
    (self.claim, self.study) = (claim, study)
    var plans: [Arm.Runs: Plan] = [:]
    var questions: [Question] = []
    var impossible: [(String, String)] = []
    let asked: [Question]
    do {
      asked = try claim.questions(in: study)
    } catch {
      throw HarnessError.usage("\(claim.name) cannot say what it asks: \(error)")
    }
    for question in asked {
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

  /// What the data cannot show, if a question asks for it.
  ///
  /// Two runs that are about as accurate still disagree on some images, here taken to be 4 % of them. What is left of that in
  /// a mean over as many images no number of seeds takes away; what seeds vary in comes on top.
  public var warning: String? {
    let images = study.testLimit == 0 ? study.dataset.test.count : study.testLimit
    guard images > 1 else { return "One test image shows nothing." }
    let share = 1 - 0.025 / Double(max(comparisons, 1))
    let quantile = StudentT.quantile(share, degreesOfFreedom: Double(images - 1))
    let floor = quantile * (0.04 / Double(images)).squareRoot()
    let deltas = questions.filter { $0.quantity.isAccuracy }.compactMap { $0.rule.delta.map(abs) }.filter { $0 > 0 }
    guard let least = deltas.min(), least < floor else { return nil }
    func rounded(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
    return "\(images) test images show differences down to about \(rounded(floor)) in \(comparisons) comparisons, and "
      + "\(rounded(least)) is asked for: a larger test set, as --data fashion-mnist, can decide what this one cannot."
  }
}
