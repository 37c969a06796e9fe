import Foundation

extension ResultsDirectory {
  static let labelsFile = "labels.csv"
  static let channelsFile = "channels.csv"
  static let labelColumns = ["data", "fingerprint", "class", "label", "train_samples", "test_samples"]
  static let channelColumns = ["data", "fingerprint", "channel", "mean", "deviation"]

  /// Records the data sets of some runs, each once, in their order.
  public func record(datasetsOf trainings: [Training]) throws {
    var seen: Set<[String]> = []
    for training in trainings
    where seen.insert([training.dataset.name, training.dataset.fingerprintText]).inserted {
      try record(training.dataset)
    }
  }

  /// Records what a data set's samples were made of: which label each class is, and what each channel was standardized by.
  ///
  /// What is recorded already stays as it is.
  public func record(_ dataset: Dataset) throws {
    let name = ["data": dataset.name, "fingerprint": dataset.fingerprintText]
    func sizes(_ part: LabelledImages) -> [Int] {
      part.labels.reduce(into: [Int](repeating: 0, count: dataset.classes)) { $0[$1] += 1 }
    }
    let (train, test) = (sizes(dataset.train), sizes(dataset.test))
    try add(
      dataset.labelNames.enumerated().map { number, label in
        [
          "class": String(number), "label": label, "train_samples": String(train[number]),
          "test_samples": String(test[number]),
        ].merging(name) { $1 }
      }, columns: Self.labelColumns, to: Self.labelsFile)
    try add(
      dataset.moments.enumerated().map { number, channel in
        [
          "channel": String(number), "mean": CSV.field(channel.mean), "deviation": CSV.field(channel.deviation),
        ].merging(name) { $1 }
      }, columns: Self.channelColumns, to: Self.channelsFile)
  }

  /// Adds rows of one data set to a file that has none of it.
  private func add(_ rows: [[String: String]], columns: [String], to file: String) throws {
    func isOther(_ row: [String: String]) -> Bool {
      row["data"] != rows[0]["data"] || row["fingerprint"] != rows[0]["fingerprint"]
    }
    guard !rows.isEmpty, try self.rows(of: file, columns: columns).allSatisfy(isOther) else { return }
    try write(rows, columns: columns, to: file, keeping: isOther)
  }
}
