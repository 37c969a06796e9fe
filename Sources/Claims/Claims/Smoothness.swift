import Harness

/// Normalization makes loss and gradient change less along a step (Santurkar et al., 2018).
struct Smoothness: Claim {
  let name = "smoothness"
  let sentence = "Normalization makes loss and gradient change less along a step."
  let source = """
    Santurkar et al. 2018, §3, Fig. 4: along steps of ½ to 4 times the rate the loss of a plain VGG ranges up to 10, with batch \
    normalization from about 4 to 0.7; the gradient changes by up to 250, against 10-40.
    """
  let disputed = """
    At initialization deep plain networks with batch normalization have exploding gradients (Yang et al. 2019). Their effective β is \
    pinned by the smallest step, and only its spikes tell anything.
    """
  let standIn = """
    The small CNN, medians over training: along steps of ½ to 4 times the rate, at one rate and at the best of each, and along steps \
    of equal length beside the weights, where the scale of the weights counts for nothing.
    """
  let norms = ["none", "batch", "layer"]

  func questions(in study: Study) -> [Question] {
    func run(_ norm: NormalizerChoice) -> RunConfiguration {
      study.evaluated(22, study.run("cnn", norm).with(.epochs, study.enough(3, quick: 1)))
    }
    func watched(_ norm: NormalizerChoice, isTuned: Bool) -> Arm {
      isTuned
        ? .tuned(run(norm), recording: ["landscape"]) : .run(run(norm), recording: ["landscape"])
    }
    return study.members.flatMap { norm in
      func question(_ title: String, _ quantity: Quantity, isTuned: Bool, _ rule: Rule) -> Question {
        Question(
          "\(title) without \(norm.name), \(isTuned ? "best rates" : "one rate")", about: norm, .ratio, of: quantity,
          watched(study.none, isTuned: isTuned), watched(norm, isTuned: isTuned), rule)
      }
      let range = Quantity.landscape("loss_range", along: "rate")
      let change = Quantity.landscape("gradient_change", along: "rate")
      let relative = Quantity.landscape("gradient_change_relative", along: "relative")
      let spikes = Quantity.landscape("smoothness", along: "rate", percentile: 0.95)
      return [
        question("the loss ranges wider", range, isTuned: false, .more(than: 1.25)),
        question("the loss ranges wider", range, isTuned: true, .more(than: 1.25)),
        question("the gradient changes more", change, isTuned: false, .more(than: 1.25)),
        question("the gradient changes more", change, isTuned: true, .shown),
        question("the gradient changes more in relative steps", relative, isTuned: false, .more(than: 1.25)),
        question("the gradient changes more in relative steps", relative, isTuned: true, .more(than: 1.25)),
        question("spikes of the effective β", spikes, isTuned: false, .shown),
      ]
    }
  }
}
