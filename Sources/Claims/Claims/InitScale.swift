import Foundation
import Harness

/// Normalized networks depend little on the scale of the initial weights (Saito, "Deep Learning from Scratch").
struct InitScale: Claim {
  let name = "init-scale"
  let sentence = "Normalized networks depend little on the scale of the initial weights."
  let source = """
    Saito, "Deep Learning from Scratch", ch. 6: of 16 scales from 1 to 1e-4, a plain network learns at 2 (80 % of the training images \
    and more), one with batch normalization at 9.
    """
  let disputed = "At the scales where the plain network learns at all it is ahead there; rates were not tuned."
  let standIn = """
    As in the book: 1,000 images, five rectifier layers of 100, rate 0.01 without momentum, batches of 100, 190 steps, 16 scales of \
    all weights, given as those of a layer of 100 inputs; paired weights here. At four scales also with tuned rates.
    """
  let norms = ["none", "batch", "layer"]

  /// The deviation of the weights of a layer of 100 inputs where the setting is 1.
  private let standard = (2.0 / 100).squareRoot()

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice) -> RunConfiguration {
      study.run("mlp", norm).with(.activation, .relu).with(.depth, 5).with(.learningRate, 0.01).with(.momentum, 0)
        .with(.batchSize, 100).with(.trainLimit, study.images(1000))
        .with(.epochs, study.enough(19, quick: 1))
    }
    func scaled(_ deviation: Double) -> Double { Double(String(format: "%.4e", deviation / standard)) ?? deviation }
    let factor = pow(10, 4.0 / 15)
    let scales = study.enough(
      (0..<16).map { scaled(pow(10, -4 * Double($0) / 15)) }, quick: [scaled(0.1), scaled(0.01)])
    return study.members.flatMap { norm in
      [
        Question(
          "\(norm.name) learns over more decades", about: norm, .difference,
          of: .decades(.initialScale, factor: factor, "learn") { $0.record[.trainAccuracy] >= 0.8 },
          .sweep(run(norm), .initialScale, over: scales), .sweep(run(study.none), .initialScale, over: scales),
          .more(than: 1))
      ]
        + study.enough([1, 0.1, 0.01, 0.001], quick: [0.01]).map { deviation in
          Question(
            "\(norm.name) is ahead at weights of \(deviation), tuned", about: norm, .difference, of: .accuracy,
            .tuned(run(norm).with(.initialScale, scaled(deviation)), rate: 1e-6...100),
            .tuned(run(study.none).with(.initialScale, scaled(deviation)), rate: 1e-6...100), .more(than: 0.02))
        }
    }
  }
}
