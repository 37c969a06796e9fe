import Foundation
import Harness

/// Normalized networks bear larger learning rates (Ioffe & Szegedy, 2015; Bjorck et al., 2018).
struct LearningRate: Claim {
  let name = "learning-rate"
  let sentence =
    "Normalized networks bear larger learning rates; without normalization, activations blow up with depth."
  let source = """
    Ioffe & Szegedy 2015, §3.3, §4.2: 5 times the rate drives plain Inception to infinity, with batch normalization 30 times trains. \
    Bjorck et al. 2018: without it, activations grow with depth in a step that diverges.
    """
  let disputed = """
    A large step grows the weights of a scale-invariant layer and so lowers its effective rate (van Laarhoven 2017): part of it is \
    bookkeeping.
    """
  let standIn = """
    Perceptrons of rectifiers, 4 and 16 layers of 100; twelve rates, each twice the last; a rate trains if the run ends better than \
    guessing, and the largest is the last above the best one before the first that does not.
    """
  let norms = ["none", "batch", "layer", "group"]

  private let rates = (0..<12).map { 0.004 * exp2(Double($0)) }

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice, _ depth: Int) -> RunConfiguration {
      study.run("mlp", norm).with(.activation, .relu).with(.depth, depth).with(.validation, 0.2)
        .with(.epochs, study.enough(5, quick: 1)).with(.evaluateEvery, Study.atTheEnd)
    }
    let depths = study.enough([4, 16], quick: [4])
    let rates = study.enough(rates, quick: [rates[3]])
    return study.members.flatMap { norm in
      depths.map { depth in
        Question(
          "\(norm.name) bears larger rates, \(depth) layers", about: norm, .ratio,
          of: .largest(.learningRate, factor: 2), .sweep(run(norm, depth), .learningRate, over: rates),
          .sweep(run(study.none, depth), .learningRate, over: rates), .more(than: 2))
      }
        + [
          Question(
            "best rate with \(norm.name) and without, \(depths[0]) layers", about: norm, .ratio,
            of: .best(.learningRate, factor: 2),
            .sweep(run(norm, depths[0]), .learningRate, over: rates),
            .sweep(run(study.none, depths[0]), .learningRate, over: rates), .shown),
          blowUp(of: norm, in: study),
        ]
    }
  }

  /// How activations grow with depth over ten steps at a rate that is too large.
  private func blowUp(of norm: NormalizerChoice, in study: Study) -> Question {
    func arm(_ norm: NormalizerChoice) -> Arm {
      let run = study.run("mlp", norm).with(.activation, .relu).with(.depth, 16).with(.learningRate, 1)
      return .run(
        run.with(.batchSize, 100).with(.trainLimit, study.images(1000)).with(.epochs, 1).with(.evaluateEvery, 1),
        recording: ["layers"])
    }
    return Question(
      "activations blow up without \(norm.name), 16 layers", about: norm, .difference,
      of: .blowUp("output_size", "largest layer beside the first"), arm(study.none), arm(norm),
      .more(than: 2))
  }
}
