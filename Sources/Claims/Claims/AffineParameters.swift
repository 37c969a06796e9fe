import Harness

/// Without γ and β a sigmoid stays in its linear part; γ = σ, β = μ is the identity (Ioffe & Szegedy, 2015).
struct AffineParameters: Claim {
  let name = "affine"
  let sentence =
    "Without γ and β a sigmoid stays in its linear part; with γ = σ and β = μ a normalizer is the identity."
  let source = "Ioffe & Szegedy 2015, §3; no experiment there."
  let disputed = """
    Where a rectifier follows, the next layer takes the place of γ (Ioffe 2017); layer normalization without gain and bias can be \
    better (Xu et al. 2019).
    """
  let standIn = """
    Three sigmoid layers of 100, batches of 60, rate tuned for each; linear part: |x| < 1, which holds 0.683 of a standard normal \
    variable.
    """
  let norms = ["batch", "layer"]

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice, _ affine: LearnedParameters, gamma: Double = 1) -> RunConfiguration {
      study.run("mlp", norm).with(.batchSize, 60).with(.epochs, study.enough(12, quick: 1)).with(.affine, affine)
        .with(.initialGamma, gamma).with(.evaluateEvery, Study.atTheEnd)
    }
    func arm(_ norm: NormalizerChoice, _ affine: LearnedParameters, gamma: Double = 1) -> Arm {
      .tuned(run(norm, affine, gamma: gamma), recording: ["layers"])
    }
    let share = Quantity.mean("linear_share", .end, "share in the linear part")
    return study.members.flatMap { norm in
      [
        Question(
          "\(norm.name) without γ, β stays in the linear part", about: norm, of: share, arm(norm, .off),
          .more(than: 0.6)),
        Question(
          "\(norm.name) with γ, β leaves the linear part", about: norm, .difference, of: share, arm(norm, .off),
          arm(norm, .on),
          .more(than: 0.1)),
        Question(
          "\(norm.name) with γ, β is more accurate", about: norm, .difference, of: .accuracy, arm(norm, .on),
          arm(norm, .off), .more(than: 0.02)),
        Question(
          "\(norm.name) with γ alone is more accurate", about: norm, .difference, of: .accuracy, arm(norm, .scale),
          arm(norm, .off),
          .more(than: 0.02)),
        Question(
          "\(norm.name) with β alone is more accurate", about: norm, .difference, of: .accuracy, arm(norm, .shift),
          arm(norm, .off),
          .more(than: 0.02)),
        Question(
          "γ that begins at 3 beside 1, \(norm.name)", about: norm, .difference, of: .accuracy,
          arm(norm, .on, gamma: study.enough(3, quick: 1)), arm(norm, .on), .shown),
        Question(
          "γ = √(σ² + ε), β = μ is the identity, \(norm.name)", about: norm, of: .number("largest error"),
          .computed { try AffineIdentity.error(of: norm, seed: $0, withEpsilon: true) }, .equal(within: 1e-5)),
        Question(
          "γ = σ leaves ε behind, \(norm.name)", about: norm, of: .number("largest error"),
          .computed { try AffineIdentity.error(of: norm, seed: $0, withEpsilon: false) }, .shown),
      ]
    }
  }
}
