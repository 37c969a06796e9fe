import Harness

/// At ordinary batches, batch ≤ group < layer < instance in error (Wu & He, 2018).
struct Family: Claim {
  let name = "family"
  let sentence = """
    At ordinary batches batch normalization errs least, then group, layer and instance normalization; the number of groups matters \
    little in the middle.
    """
  let source = """
    Wu & He 2018, Table 1, 3: errors of 23.6 % (batch), 24.1 % (group), 25.3 % (layer), 28.4 % (instance); of 2 to 64 groups 24.1 to \
    24.7 %.
    """
  let disputed = """
    Wu & He's training error has group before batch: what batch gains is regularization. In fully connected networks layer is before \
    batch (Ba et al. 2016).
    """
  let standIn = "The small CNN at batches of 32, rate tuned for each; every divisor of its 16 channels."
  let norms = ["batch", "group", "layer", "instance"]

  private let order = ["batch", "group", "layer", "instance"]

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice) -> RunConfiguration {
      study.run("cnn", norm).with(.epochs, study.enough(8, quick: 1)).with(.evaluateEvery, Study.atTheEnd)
    }
    let ranked = order.compactMap { name in study.members.first { $0.name == name } }
    let others = study.members.filter { !order.contains($0.name) }
    let pairs = zip(ranked, ranked.dropFirst()).map { better, worse in
      // Batch and group normalization are said to be about level.
      let isLevel = better.name == "batch" && worse.name == "group"
      return Question(
        "\(better.name) is \(isLevel ? "no less" : "more") accurate than \(worse.name)", about: better, .difference,
        of: .accuracy, .tuned(run(better)), .tuned(run(worse)), .more(than: isLevel ? -0.005 : 0.005))
    }
    let strangers = others.map { norm in
      Question(
        "\(norm.name) beside no normalizer", about: norm, .difference, of: .accuracy, .tuned(run(norm)),
        .tuned(run(study.none)), .shown)
    }
    return pairs + strangers + study.members.filter(\.hasGroups).flatMap { groups(of: $0, run($0), study) }
  }

  /// Every divisor of the first block's channels against the standard number of groups; one, and one for each channel there, are
  /// the ends.
  private func groups(of norm: NormalizerChoice, _ run: RunConfiguration, _ study: Study) -> [Question] {
    let channels = run[.width]
    let divisors = (1...channels).filter { channels % $0 == 0 && $0 != run[.groups] }
    return study.enough(divisors, quick: [2]).map { groups in
      Question(
        "\(norm.name) in \(groups) groups is as accurate as in \(run[.groups])", about: norm, .difference,
        of: .accuracy, .tuned(run.with(.groups, groups)), .tuned(run),
        groups == 1 || groups == channels ? .shown : .equal(within: 0.005))
    }
  }
}
