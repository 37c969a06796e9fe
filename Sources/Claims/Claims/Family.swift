import Harness

/// At ordinary batches, batch ≤ group < layer < instance in error (Wu & He, 2018).
struct Family: Claim {
  let name = "family"
  let sentence =
    "At ordinary batches batch normalization errs least, then group, layer, instance; the number of groups matters little."
  let source = "Wu & He 2018, Table 1, 3: error 23.6 % (batch), 24.1 % (group), 25.3 % (layer), 28.4 % (instance)."
  let disputed = "Wu & He's own training errors have group before batch: what batch gains is regularization."
  let standIn = "The small CNN at batches of 32, rate tuned for each; every divisor of its 16 channels."
  let norms = ["batch", "group", "layer", "instance"]

  func questions(in study: Study) -> [Question] {
    func arm(_ norm: NormalizerChoice) -> Arm {
      .tuned(study.run("cnn", norm).with(.epochs, study.enough(10, quick: 1)))
    }
    return zip(study.members, study.members.dropFirst()).map { better, worse in
      Question(
        "\(better.name) is more accurate than \(worse.name)", about: better, .difference, of: .accuracy, arm(better),
        arm(worse), .more(than: 0.005))
    }
  }
}
