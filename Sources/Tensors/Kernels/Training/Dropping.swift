extension Tensor {
  /// Every element divided by 1 − `rate`, or with a probability of `rate` multiplied by 0.
  ///
  /// Which ones follows from `stream` and their places: element 2i by the low half of its i-th number, element 2i + 1 by the
  /// high half. Given the stream it is a linear map of each element by itself, so it is its own way back.
  ///
  /// - Precondition: `rate` is from 0 to below 1.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func dropped(rate: Double, by stream: RandomStream) -> Tensor {
    require((0..<1).contains(rate), "Elements are dropped at a rate from 0 to below 1, and not \(rate).")
    let least = UInt32(min((rate * 0x1p32).rounded(), Double(UInt32.max)))
    let kept = Scalar(1 / (1 - rate))
    @inline(__always) func factor(_ draw: UInt32) -> Scalar { draw < least ? 0 : kept }
    return Tensor(shape: shape, on: processor) { target in
      withPointer { source in
        processor.run(over: (count + 1) / 2, inPiecesOf: 4096, operations: 4 * count) { pairs in
          for pair in pairs {
            let number = stream.number(at: pair)
            let (x, y) = (source + 2 &* pair, target + 2 &* pair)
            // Of an odd count, the last pair ends in the memory past the end.
            y[0] = x[0] * factor(UInt32(truncatingIfNeeded: number))
            y[1] = x[1] * factor(UInt32(truncatingIfNeeded: number &>> 32))
          }
        }
      }
    }
  }
}
