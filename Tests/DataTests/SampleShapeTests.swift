import Foundation
import Norms
import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct SampleShapeTests {
  @Test(
    "How axes are told from each other",
    arguments: [
      ([5, 7], [1, 1, 7]), ([5, 4, 6], [4, 6, 1]), ([5, 4, 1], [4, 1, 1]), ([5, 6, 5, 3], [6, 5, 3]),
      ([5, 4, 6, 3], nil),
      ([5, 3, 4, 6], [4, 6, 3]), ([5, 1, 8, 8], [8, 8, 1]), ([5, 8, 8, 4], [8, 8, 4]), ([5, 9, 1, 7], [9, 1, 7]),
      ([5, 3, 1, 28], [3, 1, 28]), ([5, 1, 1, 7], [1, 1, 7]), ([5, 3, 8, 3], nil), ([5, 1, 8, 3], nil),
      ([5, 8, 8, 2], nil), ([5], nil), ([5, 1, 6], nil), ([5, 2, 2, 2, 2], nil),
    ] as [([Int], [Int]?)])
  func axes(shape: [Int], samples: [Int]?) throws {
    let bytes = (0..<shape.reduce(1, *)).map { UInt8(truncatingIfNeeded: $0) }
    var array = StoredArray(name: "x", shape: shape, type: .uint8, bytes: bytes)
    guard let samples else {
      let error = #expect(throws: HarnessError.self) { try array.arrange() }
      #expect(error?.description.contains("found an array of shape \(StoredArray.text(shape))") == true)
      return
    }
    #expect(try array.arrange() == SampleShape(height: samples[0], width: samples[1], channels: samples[2]))
    guard shape.count == 4, shape[3] == samples[1], shape[2] > 1 else { return #expect(array.bytes == bytes) }
    for place in bytes.indices {
      let (sample, pixel) = place.quotientAndRemainder(dividingBy: samples.reduce(1, *))
      let (position, channel) = pixel.quotientAndRemainder(dividingBy: samples[2])
      #expect(array.bytes[place] == bytes[sample * samples.reduce(1, *) + channel * samples[0] * samples[1] + position])
    }
  }

  /// Three samples whose channels have different moments.
  private func coloured(_ type: String) throws -> Dataset {
    let numbers = (0..<36).map { place -> UInt8 in
      let channels: [Int] = [place, 100 + 2 * (place / 3 % 4), 9]
      return UInt8(channels[place % 3])
    }
    func array(_ count: Int) -> [UInt8] {
      let part = Array(numbers.prefix(12 * count))
      return npy(
        type, [count, 2, 2, 3],
        type == "|u1" ? part : bytes(part.map { (number: UInt8) -> UInt32 in Float(number).bitPattern }))
    }
    return try numpy(xTrain: array(3), xTest: array(2))
  }

  @Test("Each channel is standardized by itself, the same in bytes and in real numbers; a constant one becomes 0")
  func channels() throws {
    let (first, second) = (try coloured("|u1"), try coloured("<f4"))
    for data in [first, second] {
      let values = data.batch(0..<3, of: data.train, on: .serial)
      #expect(values.shape == [3, 2, 2, 3])
      for channel in 0..<3 {
        let own = stride(from: channel, to: 36, by: 3).map { Double(values.scalars[$0]) }
        let mean = own.reduce(0, +) / 12
        let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 12
        #expect(abs(mean) < 1e-6 && abs(variance - (channel == 2 ? 0 : 1)) < 1e-6)
      }
    }
    #expect(first.batch([2, 0], of: first.train, on: .serial) == second.batch([2, 0], of: second.train, on: .serial))
    #expect(first.moments[2] == second.moments[2] && first.moments[2].deviation == 1)
    #expect(first.fingerprint != second.fingerprint)
  }

  @Test("Images with channels train every model; levels can be changed in bytes alone, paint is for grey ones")
  func models() throws {
    let (images, numbers) = (try coloured("|u1"), try coloured("<f4"))
    for model in ModelRecipe.all {
      var run = try RunConfiguration(model: model, norm: #require(Catalogue().normalizer("layer")), data: "x")
      (run[.epochs], run[.batchSize], run[.width]) = (1, 3, 4)
      let results = try [images, numbers].map { try Training(run, on: $0).run(on: .serial).record }
      #expect(results[0][.testLoss] == results[1][.testLoss] && results[0].run != results[1].run)
      #expect(try Training(run.with(.testImages, .inverted), on: images).run(on: .serial).record.status != .diverged)
      for (run, data, text) in [
        (run.with(.testImages, .inverted), numbers, "--test-images inverted is for levels of 0 to 255"),
        (run.with(.paint, .red), images, "--paint red is for grey images of bytes"),
      ] {
        let error = #expect(throws: HarnessError.self) { try Training(run, on: data) }
        #expect(error?.exitCode == 64 && error?.description.contains(text) == true)
      }
    }
  }

  @Test("A model that cannot take the samples says so, and which can")
  func misfits() throws {
    let sequences = try numpy(
      xTrain: npy("|u1", [3, 2, 1, 2], Array(0..<12)), xTest: npy("|u1", [2, 2, 1, 2], Array(0..<8)))
    let vectors = try numpy(xTrain: npy("|u1", [3, 9], Array(0..<27)), xTest: npy("|u1", [2, 9], Array(0..<18)))
    func train(_ model: ModelRecipe, _ data: Dataset) throws -> Tensor<Float> {
      var run = try RunConfiguration(model: model, norm: #require(Catalogue().normalizer("none")), data: "x")
      (run[.epochs], run[.batchSize], run[.width]) = (1, 3, 4)
      _ = try Training(run, on: data).run(on: .serial)
      return model.input(data.batch(0..<3, of: data.train, on: .serial), run)
    }
    #expect(try train(.rnn, sequences).shape == [3, 2, 2] && train(.mlp, sequences).shape == [3, 4])
    #expect(try train(.mlp, vectors).shape == [3, 9])
    for (model, data, takers) in [
      (ModelRecipe.cnn, sequences, "--model rnn and mlp take"), (.cnn, vectors, "--model mlp takes"),
      (.rnn, vectors, "--model mlp takes"),
    ] {
      let error = #expect(throws: HarnessError.self) { try train(model, data) }
      #expect(error?.exitCode == 64 && error?.description.contains("\(takers) them.") == true)
    }
  }

  @Test("Numbers whose variance overflows are refused")
  func overflow() throws {
    let numbers = (0..<12).map { (place: Int) -> UInt64 in (place % 2 == 0 ? 1e300 : -1e300).bitPattern }
    let error = #expect(throws: HarnessError.self) {
      try numpy(
        xTrain: npy("<f8", [3, 2, 2], bytes(numbers)), xTest: npy("<f8", [2, 2, 2], bytes(Array(numbers.prefix(8)))))
    }
    #expect(error?.exitCode == 65 && error?.description.contains("too large to have a variance") == true)
  }

  @Test("IDX files with four axes are images with channels")
  func idxWithChannels() throws {
    let folder = try good(in: "x")
    try FileManager.default.removeItem(atPath: folder.path + "/x/train-images-idx3-ubyte")
    try folder.write(idx([3, 2, 2, 3], Array(0..<36)), to: "x/train-images-idx4-ubyte")
    try folder.write(idx([2, 2, 2, 3], Array(0..<24)), to: "x/t10k-images-idx3-ubyte")
    let data = try #require(try DataSource.named(folder.path + "/x")).load()
    #expect(data.shape == SampleShape(height: 2, width: 2, channels: 3) && data.train.pixels == Array(0..<36))
    try folder.write(idx([2, 2, 2], Array(0..<8)), to: "x/t10k-images-idx3-ubyte")
    let error = #expect(throws: HarnessError.self) { try DataSource.named(folder.path + "/x")?.load() }
    #expect(error?.description.contains("found test images of 2×2, expected images of 2×2×3") == true)
  }

  /// Images of 2×2 that are grey but for one pixel.
  private func grey(_ labels: [Int]) -> LabelledImages {
    let pixels = [7] + [UInt8](repeating: 1, count: 4 * labels.count - 1)
    return LabelledImages(count: labels.count, height: 2, width: 2, pixels: pixels, labels: labels)
  }

  @Test("What samples were made of is recorded once")
  func records() throws {
    let folder = try TemporaryFolder()
    let directory = try ResultsDirectory(path: folder.path)
    let data = try numpy(yTrain: npy("|S1", [3], [99, 97, 98]), yTest: npy("|S1", [2], [97, 97]))
    let other = Dataset(name: "made", train: grey([0, 1, 0]), test: grey([0, 1]), classes: 2)
    for _ in 0..<2 {
      try directory.record(data)
      try directory.record(other)
    }
    let (name, made) = ("\(data.name),\(data.fingerprintText)", other.fingerprintText)
    #expect(
      try folder.text(of: "labels.csv")
        == """
        data,fingerprint,class,label,train_samples,test_samples
        \(name),0,a,1,2
        \(name),1,b,1,0
        \(name),2,c,1,0
        made,\(made),0,0,2,1
        made,\(made),1,1,1,1

        """)
    #expect(
      try folder.text(of: "channels.csv")
        == """
        data,fingerprint,channel,mean,deviation
        \(name),0,5.5,\((143.0 / 12).squareRoot())
        made,\(made),0,1.5,\((33.0 / 12).squareRoot())

        """)
  }
}
