/// The steps after which a training evaluates its model.
struct EvaluationSteps {
  let epochs: Int
  /// How many steps an epoch has.
  let batches: Int
  /// Steps from one evaluation to the next; 0 for one at the end of each epoch.
  let interval: Int

  /// All that are trained.
  var last: Int { epochs * batches }

  /// There are no more.
  var most: Int { last / period + 1 }

  private var period: Int { interval > 0 ? interval : batches }

  func contain(_ step: Int) -> Bool { step % period == 0 || step == last }

  /// Those up to one before the last.
  func upTo(_ step: Int) -> [Int] { Array(stride(from: period, through: step, by: period)) }

  /// The epoch that a step belongs to, from 1.
  func epoch(of step: Int) -> Int { (step - 1) / batches + 1 }
}
