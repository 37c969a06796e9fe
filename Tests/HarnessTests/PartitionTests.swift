import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct PartitionTests {
  @Test("Everything is trained on if nothing else is asked for")
  func everything() throws {
    let data = Dataset.made([3, 4])
    for limit in [0, 7] {
      let (train, validation) = data.partition(limit: limit, validation: 0, seed: 1)
      #expect(train == Array(0..<7) && validation == [])
    }
  }

  @Test("A limit keeps the classes in proportion, the same images for every seed, in the order of the file")
  func limits() throws {
    let data = Dataset.made([50, 30, 15, 5])
    let kept = data.partition(limit: 37, validation: 0, seed: 0).train
    // 18.5, 11.1, 5.55 and 1.85 of them.
    #expect(sizes(of: kept, in: data) == [18, 11, 6, 2])
    #expect(kept == Array(Set(kept)).sorted() && kept != Array(kept[0]..<(kept[0] + 37)))
    for seed in 1..<5 as Range<UInt64> {
      #expect(data.partition(limit: 37, validation: 0, seed: seed).train == kept)
      let parts = data.partition(limit: 37, validation: 0.3, seed: seed)
      #expect((parts.train + parts.validation).sorted() == kept)
    }
    for limit in 1...100 {
      let train = data.partition(limit: limit, validation: 0, seed: 0).train
      #expect(train.count == limit)
      for (size, share) in zip(sizes(of: train, in: data), [0.5, 0.3, 0.15, 0.05]) {
        #expect(abs(Double(size) - share * Double(limit)) < 1)
      }
    }
  }

  @Test("What is held out has the classes in proportion, is drawn by the seed, and is not trained on")
  func validation() throws {
    let data = try DataSource.digits.load()
    let (train, validation) = data.partition(limit: 0, validation: 0.2, seed: 0)
    #expect(validation.count == 287 && train.count == 1150)
    #expect((train + validation).sorted() == Array(0..<1437))
    #expect(train == train.sorted() && validation == validation.sorted())
    let all = sizes(of: Array(0..<1437), in: data)
    for (size, part) in zip(all, sizes(of: validation, in: data)) {
      #expect(abs(Double(part) - 287 * Double(size) / 1437) < 1)
    }
    #expect(data.partition(limit: 0, validation: 0.2, seed: 0).validation == validation)
    let other = data.partition(limit: 0, validation: 0.2, seed: 1).validation
    #expect(other != validation && sizes(of: other, in: data) == sizes(of: validation, in: data))
    // By chance, a fifth of one is in the other.
    #expect((30...90).contains(Set(other).intersection(validation).count))
  }

  @Test("Partitions are the same on every machine and in every version")
  func pinned() throws {
    let data = try DataSource.digits.load()
    let texts = [(100, 0), (0, 0.1), (500, 0.25)].map { limit, share in
      let (train, validation) = data.partition(limit: limit, validation: share, seed: 3)
      return "\(train) \(validation)"
    }
    // The hashes are those of another program that draws the same way.
    #expect(
      texts.map { String(StableHash(of: $0.utf8).value, radix: 16) }
        == ["6559310b050d3e02", "54d997a644636098", "7b3383c2eb3a061e"])
  }

  @Test("A class that has two images or more is never held out as a whole")
  func smallClasses() throws {
    let data = Dataset.made([1, 2, 3, 4])
    for percent in 1..<100 {
      let (train, validation) = data.partition(limit: 0, validation: Double(percent) / 100, seed: 5)
      #expect((train + validation).sorted() == Array(0..<10))
      #expect(sizes(of: train, in: data).dropFirst().allSatisfy { $0 >= 1 })
      #expect(validation.count == min((percent + 5) / 10, 7), "\(percent) %")
    }
  }

  @Test("Shares are by largest remainders, the first of equals first, and leave over what a bound does not take")
  func apportioning() {
    #expect(Dataset.apportion(1, to: [2, 2], atMost: [2, 2]) == [1, 0])
    #expect(Dataset.apportion(5, to: [1, 1, 1], atMost: [9, 9, 9]) == [2, 2, 1])
    #expect(Dataset.apportion(10, to: [6, 3, 1], atMost: [6, 3, 1]) == [6, 3, 1])
    #expect(Dataset.apportion(7, to: [49, 33, 18], atMost: [49, 33, 18]) == [4, 2, 1])
    #expect(Dataset.apportion(4, to: [0, 2, 3], atMost: [0, 1, 9]) == [0, 1, 3])
    #expect(Dataset.apportion(9, to: [5, 5], atMost: [2, 3]) == [2, 3])
    #expect(Dataset.apportion(0, to: [5, 5], atMost: [5, 5]) == [0, 0])
  }

  @Test(
    "What cannot be divided is a mistake in an option, with the numbers",
    arguments: [
      (11, 0, "--train-limit 11 is not possible: made has 10 images"),
      (-1, 0, "--train-limit -1 is not possible: made has 10 images"),
      (0, 1, "--validation 1.0 is not a share"),
      (0, -0.1, "--validation -0.1 is not a share"),
      (0, .nan, "--validation nan is not a share"),
      (0, 0.04, "--validation 0.04 of the 10 images of made is less than one image."),
      (4, 0.1, "--validation 0.1 of the 4 images of --train-limit 4 is less than one image."),
      (0, 0.96, "--validation 0.96 of the 10 images of made leaves none to train on."),
      (1, 0.5, "--validation 0.5 of the 1 images of --train-limit 1 leaves none to train on."),
    ] as [(Int, Double, String)])
  func impossible(limit: Int, validation: Double, text: String) {
    let data = Dataset.made([3, 7])
    let error = #expect(throws: HarnessError.self) { try data.checkPartition(limit: limit, validation: validation) }
    #expect(error?.exitCode == 64 && error?.description.hasPrefix(text) == true, "\(error?.description ?? "")")
  }

  @Test("What can be divided is no mistake, and leaves something on both sides")
  func possible() throws {
    let data = Dataset.made([3, 7])
    for limit in 0...10 {
      try data.checkPartition(limit: limit, validation: 0)
      for percent in 1..<100 {
        let share = Double(percent) / 100
        guard (try? data.checkPartition(limit: limit, validation: share)) != nil else { continue }
        let (train, validation) = data.partition(limit: limit, validation: share, seed: 0)
        #expect(!train.isEmpty && !validation.isEmpty, "\(limit), \(share)")
      }
    }
    try data.checkPartition(limit: 2, validation: 0.5)
    try data.checkPartition(limit: 10, validation: 0.05)
  }

  private func sizes(of indices: [Int], in data: Dataset) -> [Int] {
    (0..<data.classes).map { label in indices.count { data.train.labels[$0] == label } }
  }
}
