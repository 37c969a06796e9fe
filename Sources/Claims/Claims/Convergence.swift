import Harness

/// Normalized networks reach a given accuracy in fewer steps (Ioffe & Szegedy, 2015).
struct Convergence: Claim {
  let name = "convergence"
  let sentence = "Normalized networks reach a given accuracy in fewer steps."
  let source = """
    Ioffe & Szegedy 2015, §4.1: three sigmoid layers of 100 on MNIST, batches of 60. §4.2: Inception takes 31.0 M steps to 72.2 %, \
    with batch normalization 13.3 M, at larger rates 2.1 M.
    """
  let disputed = """
    The size of the effect is the tuning of the baseline: with rates searched, perceptrons on MNIST end level (Garbin et al. 2020).
    """
  let standIn = """
    Three sigmoid layers of 100 and the small CNN. Steps to 90 % on the test images, or to 98 % of what the weaker side comes to; \
    each at the best of eight rates, and both at the rate of the model. What never gets there took at least all steps.
    """
  let norms = ["none", "batch", "layer", "group"]

  func questions(in study: Study) -> [Question] {
    [("mlp", 60, 15), ("cnn", 32, 8)].flatMap { model, batch, epochs in
      func run(_ norm: NormalizerChoice) -> RunConfiguration {
        study.evaluated(
          72, study.run(model, norm).with(.batchSize, batch).with(.epochs, study.enough(epochs, quick: 1)))
      }
      return study.members.flatMap { norm in
        [
          Question(
            "more steps without \(norm.name), \(model), best rates", about: norm, .ratio, of: .stepsToTarget,
            .tuned(run(study.none)), .tuned(run(norm)), .more(than: 1.25)),
          Question(
            "more steps without \(norm.name), \(model), one rate", about: norm, .ratio, of: .stepsToTarget,
            .run(run(study.none)), .run(run(norm)), .more(than: 1.25)),
        ]
      }
    }
  }
}
