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
    layer. Noise as in Santurkar et al., and twice and four times that; rates tuned.
    """
  let norms = ["none", "batch", "layer"]

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice, noise: Double = 0) -> RunConfiguration {
      study.run("mlp", norm).with(.batchSize, 60).with(.epochs, study.enough(15, quick: 1)).with(.normNoise, noise)
        .with(.evaluateEvery, Study.atTheEnd)
    }
    func watched(_ norm: NormalizerChoice) -> Arm {
      .run(run(norm).with(.evaluateEvery, study.enough(20, quick: 10)), recording: ["layers"])
    }
    return study.members.flatMap { norm in
      [
        Question(
          "none drifts more than \(norm.name)", about: norm, .ratio,
          of: .mean("drift", .course, "drift, in deviations in 100 steps"), watched(study.none), watched(norm),
          .more(than: 1.25))
      ]
        + study.enough([1.0, 2, 4], quick: [1.0]).map { amount in
          Question(
            "\(norm.name) bears the noise × \(Int(amount))", about: norm, .difference, of: .accuracy,
            .tuned(run(norm, noise: amount)), .tuned(run(norm)), .equal(within: 0.02))
        }
    } + [
      Question(
        "the noise stops none", about: study.none, .difference, of: .accuracy, .tuned(run(study.none)),
        .tuned(run(study.none, noise: 1)), .more(than: 0.02))
    ]
  }
}
