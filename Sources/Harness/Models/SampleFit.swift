extension Dataset {
  /// The channels of the images that a model is given in a run: those that are stored, or those of the paint.
  public func channels(in run: RunConfiguration) -> Int {
    run[.paint] == .none ? channels : run[.paint].channels
  }

  /// What is wrong with these samples for a model of ours that takes some kinds; `nil` if nothing.
  func flaw(for run: RunConfiguration, takes kinds: [SampleShape.Kind]) -> String? {
    guard !kinds.contains(shape.kind) else { return nil }
    let takers = shape.kind == .vectors ? "--model mlp takes" : "--model rnn and mlp take"
    return "The \(run[.model]) takes \(kinds.map(\.rawValue).joined(separator: " and ")), and \(name) has "
      + "\(shape.text); \(takers) them."
  }

  /// What in a run is for images of bytes, where these are others; `nil` if nothing.
  func flaw(ofImages run: RunConfiguration) -> String? {
    let (isGrey, isBytes) = (channels == 1 && train.type == .uint8, train.type == .uint8)
    if run[.paint] != .none && !isGrey {
      return "--paint \(run[.paint].rawValue) is for grey images of bytes; \(name) has \(shape.text) in \(train.type)."
    }
    if shape.height * shape.width * channels(in: run) > SampleShape.largestSize {
      return
        "--paint \(run[.paint].rawValue) makes more than \(SampleShape.largestSize) numbers of each of the \(shape.text)."
    }
    if ![.test, .train].contains(run[.testImages]) && !isBytes {
      return "--test-images \(run[.testImages].rawValue) is for levels of 0 to 255; \(name) has numbers in "
        + "\(train.type)."
    }
    return nil
  }
}
