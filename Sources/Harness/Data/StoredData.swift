import Tensors

/// What the files of a data set hold, before anything is made of it.
struct StoredData {
  var train, test: Part

  struct Part {
    var values: StoredArray
    let labels: StoredLabels
  }
}

/// The labels of one part.
struct StoredLabels {
  /// What they are called in an error.
  let name: String
  let values: Values

  enum Values {
    /// The numbers of the classes, from 0.
    case classes([Int])
    /// Any integers.
    case integers([Int])
    case words([String])
  }

  /// Makes sure that there is one label for each sample, before they are read: a file can have more of them than memory.
  static func check(_ count: Int, of name: String, for samples: Int, in values: String) throws {
    guard count == samples else {
      throw HarnessError.badData(
        file: name, found: "\(count) labels", expected: "\(samples), one for each image in \(values)")
    }
  }

  var count: Int {
    switch values {
    case .classes(let labels), .integers(let labels): labels.count
    case .words(let labels): labels.count
    }
  }
}

extension StoredData.Part {
  /// Puts the axes in their order, and says what the samples are.
  ///
  /// - Throws: `HarnessError.badData` if values and labels do not belong together, or no model can take such samples.
  fileprivate mutating func arrange() throws -> SampleShape {
    let shape = try values.arrange()
    let size = shape.height * shape.width * shape.channels
    guard size <= SampleShape.largestSize else {
      throw HarnessError.badData(
        file: values.name, found: shape.text, expected: "samples of at most \(SampleShape.largestSize) numbers")
    }
    try StoredLabels.check(labels.count, of: labels.name, for: values.shape[0], in: values.name)
    if let place = StoredMoments.firstNotFinite(in: values.bytes, storedAs: values.type) {
      throw HarnessError.badData(
        file: values.name, found: "a value in sample \(place / size) that is infinite or no number",
        expected: "finite numbers")
    }
    return shape
  }
}

extension Dataset {
  /// The data set of what was read.
  ///
  /// - Throws: `HarnessError.badData` if parts of it do not belong together.
  init(name: String, _ stored: consuming StoredData) throws {
    var stored = stored
    let shape = try stored.train.arrange()
    let testShape = try stored.test.arrange()
    let (train, test) = (stored.train, stored.test)
    guard shape == testShape else {
      throw HarnessError.badData(
        file: test.values.name, found: "test \(testShape.text)", expected: "\(shape.text), as in \(train.values.name)")
    }
    guard train.values.type == test.values.type else {
      throw HarnessError.badData(
        file: test.values.name, found: "test samples of \(test.values.type)",
        expected: "\(train.values.type), as in \(train.values.name)")
    }
    let labels = try ClassLabels(train: train.labels, test: test.labels)
    func part(_ part: StoredData.Part, _ labels: [Int]) -> LabelledImages {
      LabelledImages(
        count: labels.count, shape: shape, pixels: part.values.bytes, type: part.values.type, labels: labels)
    }
    self.init(
      name: name, train: part(train, labels.train), test: part(test, labels.test), classes: max(labels.names.count, 2),
      labelNames: labels.names)
    if let channel = moments.firstIndex(where: { !$0.mean.isFinite || !$0.variance.isFinite }) {
      throw HarnessError.badData(
        file: train.values.name, found: "values in channel \(channel) too large to have a variance",
        expected: "numbers below 10¹⁵⁰")
    }
    // Of the numbers that the moments are of, none is further from the mean than the deviation times the root of their count.
    let size = shape.height * shape.width * shape.channels
    if let place = StoredMoments.firstTooFar(
      in: test.values.bytes, storedAs: test.values.type, centres: moments.map(\.mean),
      deviations: moments.map(\.deviation))
    {
      throw HarnessError.badData(
        file: test.values.name, found: "a value in sample \(place / size) that is infinite once it is standardized",
        expected: "numbers in the range of those in \(train.values.name)")
    }
  }
}
