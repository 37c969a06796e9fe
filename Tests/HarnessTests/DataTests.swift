import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

@Suite struct DataTests {
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
    let data = made([2, 1], test: [0, 1])
    let digits = String(data.fingerprint, radix: 16)
    #expect(data.fingerprintText == "d" + String(repeating: "0", count: 16 - digits.count) + digits)
    #expect(made([2, 1], test: [0, 1], name: "other").fingerprint == data.fingerprint)
    #expect(made([1, 2], test: [0, 1]).fingerprint != data.fingerprint)
    #expect(made([2, 1], test: [1, 1]).fingerprint != data.fingerprint)
    #expect(made([2, 1], test: [0, 1], pixel: 8).fingerprint != data.fingerprint)
  }

  @Test("Guessing comes to the share of the largest class of the test images")
  func guessing() throws {
    #expect(Dataset.largestShare(of: [3, 1, 1, 2, 1]) == 0.6)
    #expect(Dataset.largestShare(of: [4]) == 1 && Dataset.largestShare(of: []).isNaN)
    #expect(made([9, 1], test: [0, 1, 1, 1]).guessAccuracy == 0.75)
    #expect(try DataSource.digits.load().guessAccuracy == 37.0 / 360)
  }
}

extension DataTests {
  @Suite struct Folders {
    @Test("A known name is that data set; a word that is no path is nothing")
    func names() throws {
      for source in DataSource.all { #expect(try DataSource.named(source.name) == source) }
      for word in ["", "digit", "Digits", "no-such-folder", "~no-such-user"] {
        #expect(try DataSource.named(word) == nil, "\(word)")
      }
    }

    @Test("A folder's data set is called what the folder is, however it is spelled")
    func spellings() throws {
      let folder = try good(in: "letters")
      let home = URL(fileURLWithPath: NSHomeDirectory()).resolvingSymlinksInPath().pathComponents.count - 1
      let toRoot = "~/" + String(repeating: "../", count: home)
      try folder.makeFolder("letters/inner")
      let ends = [
        "letters", "letters/", "letters//", "letters/.", "./letters", "letters/inner/..", "letters/inner/../",
      ]
      for end in ends {
        for path in [folder.path + "/" + end, toRoot + folder.path.dropFirst() + "/" + end] {
          let source = try DataSource.named(path)
          #expect(source?.name == "letters", "\(path)")
          #expect(try source?.load().train.count == 3, "\(path)")
        }
      }
      // What is known by name is not looked for in the folder that the program runs in.
      let digits = try good(in: "digits")
      #expect(try DataSource.named(digits.path + "/digits")?.load().name == "digits")
      #expect(try DataSource.named(digits.path + "/digits") != .digits)
    }

    @Test("Files may be plain or gzipped, with - or . before idx, also next to a folder of that name")
    func fileNames() throws {
      let folder = try good(in: "x")
      let path = folder.path + "/x"
      let data = try load(path)
      #expect(data.train.count == 3 && data.test.count == 2 && data.classes == 3)
      for name in DataFolder.fileNames {
        try folder.zip("x/" + name)
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
      }
      #expect(try load(path).fingerprint == data.fingerprint)
      for name in DataFolder.fileNames {
        let spelled = name.replacingOccurrences(of: "-idx", with: ".idx")
        try FileManager.default.moveItem(atPath: "\(path)/\(name).gz", toPath: "\(path)/\(spelled).gz")
        try folder.makeFolder("x/\(name)")
      }
      #expect(try load(path).fingerprint == data.fingerprint)
      for name in DataFolder.fileNames {
        try folder.unzip("x/" + name.replacingOccurrences(of: "-idx", with: ".idx") + ".gz")
      }
      #expect(try load(path).fingerprint == data.fingerprint)
    }

    @Test("Of a plain and a gzipped file, the plain one is read")
    func plainFirst() throws {
      let folder = try good(in: "x")
      try folder.zip("x/train-labels-idx1-ubyte")
      try folder.write(idx([3], [2, 0, 2]), to: "x/train-labels-idx1-ubyte")
      #expect(try load(folder.path + "/x").train.labels == [2, 0, 2])
      // Whichever way it is spelled.
      try FileManager.default.removeItem(atPath: folder.path + "/x/train-labels-idx1-ubyte")
      try folder.write(idx([3], [2, 2, 2]), to: "x/train-labels.idx1-ubyte")
      #expect(try load(folder.path + "/x").train.labels == [2, 2, 2])
    }

    @Test("A path without the four files says which are missing")
    func missingFiles() throws {
      let folder = try good(in: "x")
      func message(_ word: String) -> String {
        let error = #expect(throws: HarnessError.self, "\(word)") { try DataSource.named(word) }
        #expect(error?.exitCode == 66)
        return error?.description ?? ""
      }
      for name in DataFolder.fileNames {
        #expect(message("/nowhere/x").contains(name) && message(folder.path).contains("\(folder.path) has no "))
        #expect(message(folder.path).contains(name) && message(folder.path + "/x/" + name).contains("is not a folder"))
      }
      #expect(message("/nowhere/x").hasPrefix("/nowhere/x is not there. --data takes a folder"))
      #expect(message("~/no/such/folder").hasPrefix("~/no/such/folder is not there."))
      // The folder that the tests run in is one, but has no data.
      #expect(message(".").contains("train-images-idx3-ubyte"))
      let source = try DataSource.named(folder.path + "/x")
      try FileManager.default.removeItem(atPath: folder.path + "/x/t10k-labels-idx1-ubyte")
      #expect(message(folder.path + "/x").contains("/x has no t10k-labels-idx1-ubyte, plain or .gz"))
      #expect(throws: HarnessError.self) { try source?.load() }
      try FileManager.default.removeItem(atPath: folder.path + "/x")
      let gone = #expect(throws: HarnessError.self) { try source?.load() }
      #expect(gone?.exitCode == 66)
    }

    @Test("A known data set is taken from the first folder that has it; one that is nowhere says how to get it")
    func nowhere() throws {
      for known in [DataSource.mnist, .fashionMNIST] {
        let source = DataSource(name: known.name, folders: ["/nowhere/1", "/nowhere/2"], remedy: known.remedy)
        let error = #expect(throws: HarnessError.self) { try source.load() }
        #expect(error?.exitCode == 66)
        let text = error?.description ?? ""
        #expect(text.hasPrefix("\(known.name) is not in /nowhere/1 or /nowhere/2 (no train-images-idx3-ubyte"))
        #expect(text.contains("https://") && text.hasSuffix("name their folder with --data DIR."))
        let folder = try good(in: "x")
        let second = DataSource(name: known.name, folders: ["/nowhere", folder.path + "/x"], remedy: "")
        #expect(try second.load().name == known.name)
      }
    }

    private func load(_ path: String) throws -> Dataset {
      try #require(try DataSource.named(path)).load()
    }
  }
}

extension DataTests {
  @Suite struct Files {
    private static let images = "train-images-idx3-ubyte"
    private static let labels = "train-labels-idx1-ubyte"
    private static let testImages = "t10k-images-idx3-ubyte"
    private static let testLabels = "t10k-labels-idx1-ubyte"
    private static let pixels = [UInt8](repeating: 1, count: 12)

    @Test(
      "A file that is not what it should be is named, with what was found and what was expected",
      arguments: [
        (images, [0, 0, 8], "3 bytes"),
        (images, [], "0 bytes"),
        (images, [0, 0, 8, 3, 0, 0, 0, 3], "8 bytes"),
        (images, idx([3, 2, 2], Array(pixels.dropLast())), "11 bytes after the header"),
        (images, idx([3, 2, 2], pixels + [1]), "more bytes"),
        (images, idx([3], [0, 1, 2]), "the magic number 00 00 08 01 (unsigned bytes along 1 axis)"),
        (images, idx([3, 4], pixels), "the magic number 00 00 08 02 (unsigned bytes along 2 axes)"),
        (images, Array("<!DOCTYPE html><html></html>".utf8), "the magic number 3c 21 44 4f"),
        (images, idx([1 << 24, 1 << 12, 1 << 12], pixels), "claims 16777216 × 4096 × 4096"),
        (images, idx([3, 715_827_883, 1], pixels), "claims 3 × 715827883 × 1 bytes"),
        (images, idx([1 << 29, 2, 2], pixels), "12 bytes after the header"),
        (images, idx([1 << 31, 1 << 31, 1 << 31], pixels), "claims 2147483648 × 2147483648 × 2147483648"),
        (images, idx([0, 2, 2], []), "0 images"),
        (images, idx([12, 1, 1], pixels), "12 images of 1×1"),
        (images, idx([6, 1, 2], pixels), "6 images of 1×2"),
        (images, idx([6, 2, 1], pixels), "6 images of 2×1"),
        (labels, idx([2], [0, 1]), "2 labels"),
        (labels, idx([4], [0, 1, 2, 0]), "4 labels"),
        (labels, idx([3, 1, 1], [0, 1, 2]), "the magic number 00 00 08 03 (unsigned bytes along 3 axes)"),
        (labels, idx([1 << 31 + 1], [0, 1, 2]), "claims 2147483649 bytes"),
        (labels, idx([1 << 31], [0, 1, 2]), "3 bytes after the header"),
        (testImages, idx([2, 3, 2], pixels), "test images of 3×2"),
        (testImages, idx([2, 2, 3], pixels), "test images of 2×3"),
        (testLabels, idx([1], [0]), "1 labels"),
        (testLabels, idx([3], [0, 0, 0]), "3 labels"),
        (testLabels, idx([2], [0, 3]), "a test label 3"),
        (testLabels, idx([2], [255, 0]), "a test label 255"),
      ] as [(String, [UInt8], String)])
    func brokenFiles(file: String, bytes: [UInt8], found: String) throws {
      try expectRefused(file, bytes, found)
    }

    @Test(
      "Values that are not unsigned bytes are refused",
      arguments: [
        (9, "signed bytes"), (11, "16-bit integers"), (12, "32-bit integers"), (13, "32-bit floats"),
        (14, "64-bit floats"), (0, "00 00 00"), (10, "00 00 0a"),
      ] as [(UInt8, String)])
    func elementTypes(element: UInt8, text: String) throws {
      for (file, extents) in [(Self.images, [3, 2, 2]), (Self.labels, [3]), (Self.testImages, [2, 2, 2])] {
        var bytes = idx(extents, [UInt8](repeating: 0, count: extents.reduce(1, *)))
        bytes[2] = element
        try expectRefused(file, bytes, text)
      }
    }

    @Test("A gzip stream that is cut, damaged or followed by something else is refused")
    func brokenStreams() throws {
      let values = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 13) }
      let whole = try gzipped(idx([3, 400, 500], values))
      func expect(_ bytes: [UInt8], _ found: String) throws { try expectRefused(Self.images, bytes, found, gz: true) }
      for length in [2, 9, 11, whole.count / 2, whole.count - 9, whole.count - 8, whole.count - 1] {
        try expect(Array(whole.prefix(length)), "a gzip stream that breaks off")
      }
      for garbage in [[0], [0x1f], [0, 0], Array("garbage".utf8), [UInt8](repeating: 0, count: 1 << 19)] {
        try expect(whole + garbage, "other bytes after a gzip stream")
      }
      try expect(whole + whole, "more bytes after the header")
      try expect(whole + whole.prefix(whole.count / 2), "more bytes after the header")
      var damaged = whole
      damaged[whole.count - 6] ^= 1
      try expect(damaged, "a damaged gzip stream (incorrect data check)")
      try expect([0x1f, 0x8b, 7] + whole.dropFirst(3), "a damaged gzip stream (unknown compression method)")
    }

    @Test("Large files are the same plain, gzipped, and gzipped in pieces")
    func largeFiles() throws {
      let values = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 13) }
      let bytes = idx([3, 400, 500], values)
      let pieces = try gzipped(Array(bytes[..<300_001])) + gzipped([]) + gzipped(Array(bytes[300_001...]))
      for content in [bytes, try gzipped(bytes), try gzipped([]) + gzipped(bytes), pieces] {
        let folder = try TemporaryFolder()
        try folder.write(content, to: "file")
        let file = try IDXFile(path: folder.path + "/file", axes: 3)
        #expect(file.bytes == values && file.extents == [3, 400, 500])
      }
    }

    @Test("Memory grows with what is in a file and not with what is asked of it")
    func claims() throws {
      for content in [Self.pixels, try gzipped(Self.pixels)] {
        let folder = try TemporaryFolder()
        try folder.write(content, to: "file")
        let bytes = try GzipReader(path: folder.path + "/file").read(upTo: IDXFile.largestSize)
        #expect(bytes == Self.pixels && bytes.capacity < 1 << 20)
      }
    }

    @Test("A file that cannot be read is named")
    func unreadable() throws {
      let folder = try TemporaryFolder()
      try folder.makeFolder("folder")
      for path in [folder.path + "/nothing", folder.path + "/folder"] {
        let error = #expect(throws: HarnessError.self) { try IDXFile(path: path, axes: 3) }
        #expect(error?.exitCode == 66 && error?.description.contains("\(path) cannot be read") == true)
      }
    }

    /// Puts the file into a folder that is right but for it.
    private func expectRefused(_ file: String, _ bytes: [UInt8], _ found: String, gz: Bool = false) throws {
      let folder = try good(in: "x")
      if gz { try FileManager.default.removeItem(atPath: "\(folder.path)/x/\(file)") }
      try folder.write(bytes, to: "x/\(file)\(gz ? ".gz" : "")")
      let error = #expect(throws: HarnessError.self, "\(file): \(found)") {
        try DataSource.named(folder.path + "/x")?.load()
      }
      #expect(error?.exitCode == 65)
      let text = error?.description ?? ""
      #expect(text.hasPrefix("\(folder.path)/x/\(file)") && text.contains("expected"), "\(text)")
      #expect(text.contains(found), "\(text)")
    }
  }
}

extension DataTests {
  @Suite struct Partitions {
    @Test("Everything is trained on if nothing else is asked for")
    func everything() throws {
      let data = made([3, 4])
      for limit in [0, 7] {
        let (train, validation) = data.partition(limit: limit, validation: 0, seed: 1)
        #expect(train == Array(0..<7) && validation == [])
      }
    }

    @Test("A limit keeps the classes in proportion, the same images for every seed, in the order of the file")
    func limits() throws {
      let data = made([50, 30, 15, 5])
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
      let data = made([1, 2, 3, 4])
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
      let data = made([3, 7])
      let error = #expect(throws: HarnessError.self) { try data.checkPartition(limit: limit, validation: validation) }
      #expect(error?.exitCode == 64 && error?.description.hasPrefix(text) == true, "\(error?.description ?? "")")
    }

    @Test("What can be divided is no mistake, and leaves something on both sides")
    func possible() throws {
      let data = made([3, 7])
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
}

/// A data set of images of 2×2 with so many of each class, the classes in turn as long as they last.
private func made(_ sizes: [Int], test: [Int] = [0], name: String = "made", pixel: UInt8 = 7) -> Dataset {
  func images(_ labels: [Int]) -> LabelledImages {
    let pixels = [pixel] + [UInt8](repeating: 1, count: 4 * labels.count - 1)
    return LabelledImages(count: labels.count, height: 2, width: 2, pixels: pixels, labels: labels)
  }
  let turns = (0..<(sizes.max() ?? 0)).flatMap { turn in sizes.indices.filter { turn < sizes[$0] } }
  return Dataset(name: name, train: images(turns), test: images(test), classes: sizes.count)
}

/// A data set that is right, in a folder of that name.
private func good(in name: String) throws -> TemporaryFolder {
  let folder = try TemporaryFolder()
  try folder.makeFolder(name)
  try folder.write(idx([3, 2, 2], Array(0..<12)), to: name + "/train-images-idx3-ubyte")
  try folder.write(idx([3], [0, 1, 2]), to: name + "/train-labels-idx1-ubyte")
  try folder.write(idx([2, 2, 2], Array(0..<8)), to: name + "/t10k-images-idx3-ubyte")
  try folder.write(idx([2], [2, 1]), to: name + "/t10k-labels-idx1-ubyte")
  return folder
}

private func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
  let folder = try TemporaryFolder()
  try folder.write(bytes, to: "file")
  try folder.zip("file")
  return Array(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/file.gz")))
}

extension TemporaryFolder {
  fileprivate func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
  }

  /// Puts a gzipped file beside a plain one.
  fileprivate func zip(_ name: String) throws { try gzip("-k", name) }

  /// Replaces a gzipped file by a plain one.
  fileprivate func unzip(_ name: String) throws { try gzip("-d", name) }

  private func gzip(_ option: String, _ name: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", option, path + "/" + name]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
