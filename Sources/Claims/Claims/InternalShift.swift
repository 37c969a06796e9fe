import Harness

/// Hidden distributions drift less under batch normalization (Ioffe & Szegedy, 2015), and that is not why it helps
/// (Santurkar et al., 2018).
struct InternalShift: Claim {
  let name = "internal-shift"
  let sentence =
    "Hidden distributions drift less in normalized networks; but the benefit is not from that: noise that brings the drift back costs little."
  let source = """
    Ioffe & Szegedy 2015, Fig. 1b, c: the 15th, 50th and 85th percentile of a unit over training. Santurkar et al. 2018, §2: with \
    noise after it, batch normalization trains nearly as well, and the same noise stops the plain network.
    """
  let disputed = """
    The noise is mild: at most half a deviation of mean, a quarter of scale. What is normalized has no drift by construction, so it is \
    measured after γ and β.
    """
  let standIn = """
    Three sigmoid layers of 100, batches of 60, all units: mean change of their percentiles over 100 steps, in deviations of the \
    layer. Drift at the rate of the model, accuracy at tuned rates; noise as in Santurkar et al., and four times that.
    """
  let norms = ["none", "batch", "layer"]

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice, noise: Double = 0) -> RunConfiguration {
      study.run("mlp", norm).with(.batchSize, 60).with(.epochs, study.enough(15, quick: 1)).with(.normNoise, noise)
        .with(.evaluateEvery, Study.atTheEnd)
    }
    func watched(_ norm: NormalizerChoice, noise: Double = 0) -> Arm {
      .run(run(norm, noise: noise).with(.evaluateEvery, study.enough(20, quick: 10)), recording: ["layers"])
    }
    let drift = Quantity.mean("drift", .course, "drift, in deviations in 100 steps")
    return study.members.flatMap { norm in
      [
        Question(
          "more drift without \(norm.name)", about: norm, .ratio, of: drift, watched(study.none), watched(norm),
          .more(than: 1.25)),
        Question(
          "noise after \(norm.name) brings the drift back", about: norm, .ratio, of: drift, watched(norm, noise: 1),
          watched(study.none), .more(than: 1)),
        Question(
          "\(norm.name) with the noise is no worse than without", about: norm, .difference, of: .accuracy,
          .tuned(run(norm, noise: 1)), .tuned(run(norm)), .more(than: -0.02)),
        Question(
          "\(norm.name) with the noise is more accurate than no normalizer", about: norm, .difference, of: .accuracy,
          .tuned(run(norm, noise: 1)), .tuned(run(study.none)), .more(than: 0)),
        Question(
          "\(norm.name) with the noise × 4 beside without", about: norm, .difference, of: .accuracy,
          .tuned(run(norm, noise: study.enough(4, quick: 1))), .tuned(run(norm)), .shown),
      ]
    } + [
      Question(
        "without a normalizer the noise costs accuracy", about: study.none, .difference, of: .accuracy,
        .tuned(run(study.none)),
        .tuned(run(study.none, noise: 1)), .more(than: 0.02))
    ]
  }
}
