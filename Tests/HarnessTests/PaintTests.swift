import Norms
import Tensors
import Testing

@testable import Harness

@Suite struct PaintTests {
  @Test("Painted images have three channels, standardized by the mean and the deviation of all three together")
  func painted() throws {
    let data = try digits.get()
    for paint in Paint.allCases where paint != .none {
      let images = data.batch(0..<100, of: data.train, levels: data.levels(paint: paint), on: .serial)
      #expect(images.shape == [100, 8, 8, 3] && images.scalars.allSatisfy(\.isFinite))
      let all = data.batch(0..<data.train.count, of: data.train, levels: data.levels(paint: paint), on: .serial).scalars
      let mean = all.reduce(0.0) { $0 + Double($1) } / Double(all.count)
      let variance = all.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(all.count)
      #expect(abs(mean) < 1e-5 && abs(variance - 1) < 1e-4, "\(paint)")
    }
    #expect(data.batch(0..<2, of: data.train, on: .serial).shape == [2, 8, 8, 1])
  }

  @Test("A channel that the colour lacks is black, the others are alike")
  func channels() {
    let data = Dataset.numbered()
    for (paint, lit) in [
      (Paint.red, [true, false, false]), (.cyan, [false, true, true]), (.magenta, [true, false, true]),
    ] {
      let levels = data.levels(paint: paint)
      for (table, isLit) in zip(levels.tables, lit) {
        #expect(Set(table).count == (isLit ? 256 : 1) && table[0] == levels[0][0])
      }
    }
    #expect(Paint.none.channels == 1 && Paint.yellow.channels == 3)
  }

  @Test("A third of a circle from one colour is another, and three are the same")
  func turns() {
    let colours: [(Paint, Paint)] = [
      (.red, .green), (.green, .blue), (.blue, .red), (.yellow, .cyan), (.cyan, .magenta), (.magenta, .yellow),
    ]
    for (paint, next) in colours { #expect(TestImages.repainted.weights(of: paint) == next.weights) }
  }

  @Test("Levels are changed before they are standardized")
  func levels() {
    let data = Dataset.numbered()
    let plain = data.levels()[0]
    // Levels are a line in what they become, which goes on above 255.
    let slope = Double(plain[255] - plain[0]) / 255
    func expect(_ images: TestImages, _ level: (Double) -> Double) {
      let found = data.levels(images: images)[0]
      for index in [0, 1, 100, 255] {
        #expect(abs(Double(found[index]) - (Double(plain[0]) + slope * level(Double(index)))) < 1e-4, "\(images)")
      }
    }
    expect(.inverted) { 255 - $0 }
    expect(.dimmed) { $0 / 2 }
    expect(.brightened) { $0 + 64 }
    expect(.train) { $0 }
    #expect(data.levels(paint: .red, images: .inverted)[0][255] == data.levels(paint: .red)[0][0])
  }

  @Test("Every model takes painted images", arguments: ModelRecipe.all.map(\.name))
  func models(name: String) throws {
    let catalogue = Catalogue()
    let model = try #require(catalogue.model(name))
    var run = RunConfiguration(model: model, norm: choice("layer"))
    (run[.epochs], run[.trainLimit], run[.width]) = (1, 100, 8)
    let data = try digits.get()
    let plain = try Training(run, on: data).run(on: .serial)
    run[.paint] = .yellow
    let results = try TrainingGroup(
      [TestImages.test, .repainted].map { try Training(run.with(.testImages, $0), on: data) }
    ).run(on: .serial)
    #expect(results[0].record[.parameters] > plain.record[.parameters])
    #expect(results[0].record[.testLoss] != results[1].record[.testLoss])
  }

  @Test("Pixels keep their channels together in a sequence, whatever its order")
  func sequences() {
    let images = Tensor<Float>((0..<24).map(Float.init), shape: [2, 2, 2, 3])
    #expect(ImageSequence.rows.sequences(of: images, steps: 0) == images.reshaped(to: [2, 2, 6]))
    #expect(ImageSequence.pixels.sequences(of: images, steps: 0) == images.reshaped(to: [2, 4, 3]))
    let permuted = ImageSequence.permutedPixels.sequences(of: images, steps: 0).scalars
    let order = ImageSequence.permutation(of: 4)
    #expect(Array(permuted[..<12]) == order.flatMap { pixel in (0..<3).map { Float(3 * pixel + $0) } })
  }
}
