import Tensors

extension Dataset {
  /// Which of the training images are trained on, and which are held out to choose settings by.
  ///
  /// Both halves have the classes in proportion (by largest remainders) and are in the order of the file.
  ///
  /// - Parameters:
  ///   - limit: how many images there are to be in all, the same ones for every seed; 0 for every image.
  ///   - validation: the share of these that is held out, 0 ..< 1, rounded to whole images. A class that has two images or
  ///     more keeps one of them to train on, even if less is then held out.
  ///   - seed: what the images that are held out are drawn by.
  /// - Returns: indices into ``train``, none of them twice.
  /// - Precondition: ``checkPartition(limit:validation:)`` does not throw.
  public func partition(limit: Int, validation: Double, seed: UInt64) -> (train: [Int], validation: [Int]) {
    require(
      (0...train.count).contains(limit), "A partition is of 0 to \(train.count) images, and not of \(limit).")
    require(validation >= 0 && validation < 1, "The share of a part is from 0 to below 1, and not \(validation).")
    var kept = Array(0..<train.count)
    if limit > 0 && limit < train.count {
      let sizes = classSizes(of: kept, in: train)
      let shares = Self.apportion(limit, to: sizes, atMost: sizes)
      kept = draw(shares, from: kept, of: train, by: RandomStream(seed: 0, purpose: "train-limit")).drawn
    }
    guard validation > 0 else { return (kept, []) }
    let sizes = classSizes(of: kept, in: train)
    let shares = Self.apportion(
      Self.heldOut(validation, of: kept.count), to: sizes, atMost: sizes.map { $0 >= 2 ? $0 - 1 : $0 })
    let (heldOut, rest) = draw(shares, from: kept, of: train, by: RandomStream(seed: seed, purpose: "validation"))
    return (rest, heldOut)
  }

  /// Which of the test images are tested on: classes in proportion, in the order of the file, the same ones for every seed.
  ///
  /// - Parameter limit: how many there are to be; 0 for every image.
  /// - Returns: indices into ``test``.
  /// - Precondition: there are as many.
  public func tested(limit: Int) -> [Int] {
    require(
      (0...test.count).contains(limit), "Tested are 0 to \(test.count) images, and not \(limit).")
    let all = Array(0..<test.count)
    guard limit > 0 && limit < test.count else { return all }
    let sizes = classSizes(of: all, in: test)
    let shares = Self.apportion(limit, to: sizes, atMost: sizes)
    return draw(shares, from: all, of: test, by: RandomStream(seed: 0, purpose: "test-limit")).drawn
  }

  /// Whether there are as many test images.
  ///
  /// - Throws: `HarnessError.usage` that names the option.
  public func checkTested(limit: Int) throws {
    guard (0...test.count).contains(limit) else {
      throw HarnessError.usage(
        "--test-limit \(limit) is not possible: \(name) has \(test.count) images to test on (0 for all).")
    }
  }

  /// Whether there is such a partition.
  ///
  /// - Throws: `HarnessError.usage` that names the option.
  public func checkPartition(limit: Int, validation: Double) throws {
    guard (0...train.count).contains(limit) else {
      throw HarnessError.usage(
        "--train-limit \(limit) is not possible: \(name) has \(train.count) images to train on (0 for all).")
    }
    guard validation >= 0, validation < 1 else {
      throw HarnessError.usage("--validation \(validation) is not a share: it takes numbers from 0 to below 1.")
    }
    guard validation > 0 else { return }
    let kept = limit == 0 ? train.count : limit
    let images = "the \(kept) images of \(limit == 0 ? name : "--train-limit \(limit)")"
    let heldOut = Self.heldOut(validation, of: kept)
    guard heldOut > 0 else {
      throw HarnessError.usage("--validation \(validation) of \(images) is less than one image. Hold out more, or 0.")
    }
    guard heldOut < kept else {
      throw HarnessError.usage("--validation \(validation) of \(images) leaves none to train on. Hold out less.")
    }
  }

  static func heldOut(_ share: Double, of count: Int) -> Int {
    Int((share * Double(count)).rounded())
  }

  /// How many of the images of a part at `indices` are of each class.
  private func classSizes(of indices: [Int], in part: LabelledImages) -> [Int] {
    indices.reduce(into: [Int](repeating: 0, count: classes)) { sizes, index in sizes[part.labels[index]] += 1 }
  }

  /// Parts of `total` in proportion to `sizes`: each quotient rounded down, then one more for the largest remainders, the
  /// first of equals before the others.
  ///
  /// No part is larger than its bound; what that leaves over goes to the others, as far as they can take it.
  static func apportion(_ total: Int, to sizes: [Int], atMost bounds: [Int]) -> [Int] {
    let whole = max(sizes.reduce(0, +), 1)
    let quotients = sizes.map { (total * $0).quotientAndRemainder(dividingBy: whole) }
    var parts = zip(quotients, bounds).map { min($0.quotient, $1) }
    var left = min(total, bounds.reduce(0, +)) - parts.reduce(0, +)
    let order = quotients.indices.sorted {
      (quotients[$1].remainder, $0) < (quotients[$0].remainder, $1)
    }
    while left > 0 {
      for part in order where left > 0 && parts[part] < bounds[part] {
        parts[part] += 1
        left -= 1
      }
    }
    return parts
  }

  /// As many of `indices` as each class is to have, and the others; both in order.
  private func draw(
    _ shares: [Int], from indices: [Int], of part: LabelledImages, by source: RandomStream
  ) -> (drawn: [Int], others: [Int]) {
    var (stream, missing) = (source, shares)
    var isDrawn = [Bool](repeating: false, count: indices.count)
    for place in stream.permutation(of: indices.count) where missing[part.labels[indices[place]]] > 0 {
      missing[part.labels[indices[place]]] -= 1
      isDrawn[place] = true
    }
    let places = indices.indices
    return (places.filter { isDrawn[$0] }.map { indices[$0] }, places.filter { !isDrawn[$0] }.map { indices[$0] })
  }
}
