import Harness
import Tensors

/// Normalization belongs before the activation (Ioffe & Szegedy, 2015).
struct PlacementOrder: Claim {
  let name = "placement"
  let sentence = "Normalization belongs before the activation."
  let source = "Ioffe & Szegedy 2015, §3.2: argued, since W·u + b is nearer to normal; not measured there."
  let disputed = """
    Mishkin et al. 2016, ImageNet at 128 pixels, one run each: CaffeNet 0.474 before, 0.499 after the activation; GoogLeNet 0.603 \
    before, 0.596 after. The order turns with the architecture.
    """
  let standIn = """
    The small CNN, rectifier and sigmoid, rate tuned in each cell. After an activation the layer \
    keeps its bias: 48 parameters more of some 6,000.
    """
  let norms = ["none", "batch", "layer"]

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice, _ activation: Activation, _ place: Placement) -> RunConfiguration {
      study.evaluated(
        22,
        study.run("cnn", norm).with(.activation, activation).with(.placement, place)
          .with(.epochs, study.enough(5, quick: 1)))
    }
    return [Activation.relu, .sigmoid].flatMap { activation in
      study.members.flatMap { norm in
        let (before, after) = (run(norm, activation, .before), run(norm, activation, .after))
        return [
          Question(
            "\(norm.name) before \(activation.rawValue) is more accurate", about: norm, .difference, of: .accuracy,
            .tuned(before), .tuned(after), .more(than: 0.02)),
          Question(
            "\(norm.name) after \(activation.rawValue) takes more steps", about: norm, .ratio, of: .stepsToTarget,
            .tuned(after), .tuned(before), .more(than: 1.25)),
          Question(
            "\(norm.name) before \(activation.rawValue) beside no normalizer", about: norm, .difference, of: .accuracy,
            .tuned(before), .tuned(run(study.none, activation, .before)), .shown),
        ]
      }
    }
  }
}
