import Harness

/// Full whitening costs d³ and cancels a bias; normalization by feature does not pay that (Ioffe & Szegedy, 2015).
struct WhiteningCost: Claim {
  let name = "whitening"
  let sentence = "Full whitening costs the cube of the features, normalization by feature does not; both cancel a bias."
  let source = "Ioffe & Szegedy 2015, §2: argued, not measured. Huang et al. 2018: whitening in groups of features."
  let disputed = """
    Whitening improves on batch normalization where its cost is borne (Huang et al. 2018, 2019); with few samples it costs d² more \
    than d³.
    """
  let standIn = """
    ZCA whitening of 64 samples, counted in multiplications, forward, against those of batch normalization, for 16 to 512 features; \
    the exponent is fitted to the upper half. The bias is added to every sample.
    """
  let norms = ["batch"]

  func questions(in study: Study) -> [Question] {
    let sizes = study.enough([16, 32, 64, 128, 256, 512], quick: [8, 16, 32, 64])
    return [
      Question(
        "whitening costs the cube of the features", of: .number("exponent"),
        .computed { ZCAWhitening.exponent(over: sizes, seed: $0) }, .more(than: 2.5)),
      Question(
        "normalization by feature costs the features", of: .number("exponent − 1"),
        .computed { ZCAWhitening.exponentOfNormalizing(over: sizes, seed: $0) - 1 }, .shown),
      Question(
        "seconds of whitening beside those of normalization, \(sizes.last ?? 0) features", .ratio,
        of: .number("seconds"),
        .computed { try ZCAWhitening.seconds(features: sizes.last ?? 0, seed: $0) },
        .computed { try ZCAWhitening.secondsOfNormalizing(features: sizes.last ?? 0, seed: $0) }, .shown),
    ]
      + [
        Question(
          "with centring outside the gradient a bias grows", of: .number("bias after 100 steps over that after 50"),
          .computed { UnseenBias.growth(seed: $0, isSeen: false) }, .more(than: 1.5)),
        Question(
          "with centring in the gradient it stays", of: .number("change of the bias in 100 steps"),
          .computed { UnseenBias.growth(seed: $0, isSeen: true) }, .equal(within: 1e-6)),
      ]
      + [1.0, 1000, 1e6].flatMap { bias in
        [
          Question(
            "whitening cancels a bias of \(bias)", of: .number("largest change"),
            .computed { ZCAWhitening.change(byBias: bias, seed: $0) }, .equal(within: 1e-3)),
          Question(
            "normalization by feature cancels a bias of \(bias)", of: .number("largest change"),
            .computed { try ZCAWhitening.changeOfNormalized(byBias: bias, seed: $0) }, .equal(within: 1e-3)),
        ]
      }
  }
}
