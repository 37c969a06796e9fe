import Harness

extension Quantity {
  /// The median over training of a column of `landscape.csv`, or another percentile.
  ///
  /// `along` is `rate` for steps in multiples of the learning rate, and `relative` for steps of equal length beside the weights.
  static func landscape(_ column: String, along: String, percentile share: Double = 0.5) -> Quantity {
    let name = column.replacing("_", with: " ")
    return Quantity(share == 0.5 ? name : "\(name), \(Int((100 * share).rounded()))th percentile") { runs, _ in
      let rows = (runs[0].rows["landscape"] ?? []).filter { $0.text("along") == along }
      // What is no number any more has changed more than any number says.
      let values = rows.map {
        column == "loss_range" ? $0.number("loss_high") - $0.number("loss_low") : $0.number(column)
      }
      .map { $0.isNaN ? .infinity : $0 }.sorted()
      guard let largest = values.last(where: \.isFinite) else { return .unknown }
      let place = share * Double(values.count - 1)
      let (low, rest) = (values[Int(place)], place - place.rounded(.down))
      let high = rest > 0 ? values[Int(place) + 1] : low
      guard high.isFinite else { return Reading(largest, .atLeast) }
      return Reading(low + (high - low) * rest)
    }
  }
}
