import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct DatasetTests {
  @Test(
    "Where all training images are one grey, others are that far from it, and no image is infinite",
    arguments: Paint.allCases)
  func oneGrey(paint: Paint) {
    let grey = LabelledImages(count: 2, height: 1, width: 2, pixels: [255, 255, 255, 255], labels: [0, 1])
    let other = LabelledImages(count: 1, height: 1, width: 2, pixels: [0, 255], labels: [0])
    let data = Dataset(name: "grey", train: grey, test: other, classes: 2)
    let images = data.batch(0..<1, of: data.test, levels: data.levels(paint: paint), on: .serial)
    #expect(images.scalars.allSatisfy { $0.isFinite })
    if paint == .none { #expect(images.scalars == [-255, 0]) }
  }

  @Test("The digits are 1,437 images to train on and 360 to test on, stratified")
  func digitsAreThere() throws {
    let data = try DataSource.digits.load()
    #expect(data.train.count == 1437 && data.test.count == 360 && data.classes == 10)
    #expect(data.height == 8 && data.width == 8)
    for digit in 0..<10 {
      let (train, test) = (data.train.labels.count { $0 == digit }, data.test.labels.count { $0 == digit })
      #expect(abs(Double(test) / Double(train + test) - 360.0 / 1797) < 0.005)
    }
  }

  @Test("Images are standardized: over the training set the mean is 0 and the variance 1")
  func standardized() throws {
    let data = try DataSource.digits.load()
    let values = data.batch(0..<data.train.count, of: data.train, on: .serial).doubles
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(abs(mean) < 1e-6)
    #expect(abs(values.reduce(0) { $0 + $1 * $1 } / Double(values.count) - 1) < 1e-5)
  }

  @Test("A fingerprint follows from the bytes alone, and its text is no number")
  func fingerprints() throws {
    let data = Dataset.made([2, 1], test: [0, 1])
    let digits = String(data.fingerprint, radix: 16)
    #expect(data.fingerprintText == "d" + String(repeating: "0", count: 16 - digits.count) + digits)
    #expect(Dataset.made([2, 1], test: [0, 1], name: "other").fingerprint == data.fingerprint)
    #expect(Dataset.made([1, 2], test: [0, 1]).fingerprint != data.fingerprint)
    #expect(Dataset.made([2, 1], test: [1, 1]).fingerprint != data.fingerprint)
    #expect(Dataset.made([2, 1], test: [0, 1], pixel: 8).fingerprint != data.fingerprint)
  }

  @Test("Guessing comes to the share of the largest class of the test images")
  func guessing() throws {
    #expect(Dataset.largestShare(of: [3, 1, 1, 2, 1]) == 0.6)
    #expect(Dataset.largestShare(of: [4]) == 1 && Dataset.largestShare(of: []).isNaN)
    #expect(Dataset.made([9, 1], test: [0, 1, 1, 1]).guessAccuracy == 0.75)
    #expect(try DataSource.digits.load().guessAccuracy == 37.0 / 360)
  }
}
