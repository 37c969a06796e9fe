import Foundation
import TestSupport
import Testing

@testable import Harness

/// Every data file that is not what it should be: what is said of it, and the exit code.
@Suite struct BadDataTests {
  /// A file of a data set whose others are right.
  struct BadFile: CustomTestStringConvertible {
    let name: String
    let content: Content
    /// What the error must say.
    let words: String
    var exitCode: Int32 = 65

    enum Content {
      case bytes([UInt8])
      case nothing, folder, pipe
    }

    init(_ name: String, _ content: Content, _ words: String, exitCode: Int32 = 65) {
      (self.name, self.content, self.words, self.exitCode) = (name, content, words, exitCode)
    }

    var testDescription: String { "\(name): \(words)" }
  }

  // MARK: - The table

  private static let numpyFiles: [BadFile] =
    ([
      ("x_train", [], "nothing"), ("x_train", [0x93, 78, 85], "other bytes at its beginning"),
      ("x_train", [0x93] + Array("NUMPY".utf8), "6 bytes"), ("x_train", [0x80, 4, 0x95], "a pickle"),
      ("x_train", npy("|u1", [3, 2, 2], Array(0..<12), version: 4), "version 4 of the format"),
      ("x_train", Array(npy("|u1", [3, 2, 2], []).dropLast(30)), "a header that breaks off"),
      ("x_train", Array(npy("|u1", [3, 2, 2], []).prefix(9)), "a header that breaks off"),
      ("x_train", [0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255], "a header of 4294967295 bytes"),
      ("x_train", npy("|u1", [3, 2, 2], Array(0..<11)), "11 bytes after the header"),
      ("x_train", npy("|u1", [3, 2, 2], Array(0..<13)), "more bytes after the header"),
      ("x_train", npy("|u1", [3, 0, 2], []), "an array of shape [3, 0, 2]"),
      ("x_train", npy("|u1", [1 << 40, 1 << 40], Array(0..<12)), "12 bytes after the header at the most"),
      ("x_train", npy("<f8", [1 << 62, 2], Array(0..<12)), "12 bytes after the header at the most"),
      ("x_train", npy("|u1", [12], Array(0..<12)), "an array of shape [12]"),
      ("x_train", npy("|u1", [1, 1, 3, 2, 2], Array(0..<12)), "an array of shape [1, 1, 3, 2, 2]"),
      ("x_train", npy("|u1", [3, 1, 4], Array(0..<12)), "an array of shape [3, 1, 4]"),
      ("x_train", npy("|u1", [1, 3, 2, 3], Array(0..<18)), "an array of shape [1, 3, 2, 3]"),
      ("x_train", npy("|u1", [1, 2, 3, 2], Array(0..<12)), "an array of shape [1, 2, 3, 2]"),
      ("x_train", npy("|O", [3, 2, 2], Array(0..<96)), "objects, which is a pickle"),
      ("x_train", npy("<i8", [3, 2, 2], Array(0..<96)), "int64"), ("x_train", npy("|b1", [12], []), "bool"),
      ("x_train", npy("<c8", [3, 2, 2], Array(0..<96)), "complex64"),
      ("x_train", npy("<f16", [3, 2, 2], Array(0..<192)), "float128"),
      ("x_train", npy("<M8[ns]", [3, 2, 2], Array(0..<96)), "dtype M8"),
      ("x_train", npy("nonsense", [3, 2, 2], []), "dtype 'nonsense'"),
      ("x_train", npy(header: "{'descr': [('a', '<f4', (2,))], 'fortran_order': False, 'shape': (3,)}", []), "records"),
      ("x_train", npy(header: "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}", []), "no dictionary"),
      ("x_train", npy(header: "{'descr': '<f4', 'fortran_order': False, 'shape': (3)", []), "no dictionary"),
      ("x_train", npy(header: "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}", []), "no dictionary"),
      ("x_train", npy(header: "{'descr': '<f4', 'fortran_order': 'no', 'shape': (3,)}", []), "makes no sense"),
      (
        "x_train", npy(header: "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}", []),
        "no dictionary"
      ),
      (
        "x_train", npy("<f4", [3, 2, 2], bytes([UInt32](repeating: 0x7F80_0000, count: 12))),
        "in sample 0 that is infinite"
      ),
      ("y_train", npy("|u1", [2], [0, 1]), "2 labels"),
      ("y_train", npy("|u1", [3, 10], Array(0..<30)), "shape [3, 10]"),
      ("y_train", npy("<f4", [3], Array(0..<12)), "labels of float32"),
      ("y_train", npy("<u8", [3], bytes([0, 1, .max] as [UInt64])), "a label 18446744073709551615"),
      ("x_test", npy("|u1", [2, 2, 3], Array(0..<12)), "test images of 2×3"),
      ("x_test", npy("<f4", [2, 2, 2], Array(0..<32)), "test samples of float32"),
      ("y_test", npy("|u1", [2], [3, 1]), "a test label 3"),
      ("y_test", npy("|S1", [2], [65, 66]), "labels of another kind"),
      (
        "x_train", npy(header: "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2, 2)} x", Array(0..<12)),
        "no dictionary"
      ),
      ("y_train", npy("|u1", [1 << 40], [0, 1, 2]), "1099511627776 labels"),
      ("y_train", npy("|S1", [3], [65, 0xFF, 66]), "bytes that are no text"),
      ("y_train", npy("<U1", [3], bytes([65, 0xD800, 66] as [UInt32])), "bytes that are no text"),
      ("y_train", npy("<U1", [3], bytes([65, 0x11_0000, 66] as [UInt32])), "bytes that are no text"),
    ] as [(String, [UInt8], String)]).map { BadFile($0 + ".npy", .bytes($1), $2) }

  private static let archives: [BadFile] =
    ([
      ([], "nothing"), (Array("no archive, but a text".utf8), "no end of a zip archive"),
      (Array(zip(arrays()).dropLast()), "no end of a zip archive"),
      (Array(zip(arrays()).dropFirst(20)), "a list of files"),
      // The values cannot be unpacked, and are not: the labels are counted first.
      (
        zip(
          arrays { file in
            if file.name == "x_train.npy" { file.checksum = 7 }
            if file.name == "y_train.npy" { file.bytes = npy("|u1", [2], [0, 1]) }
          }), "2 labels, expected 3, one for each image in"
      ),
      (zip([]), "no arrays"), (zip(Array(arrays().dropLast())), "x_test.npy, x_train.npy, y_train.npy"),
      (zip(arrays() + arrays()), "x_train.npy twice"), (zip(arrays { $0.flags = 1 }), "x_train.npy, encrypted"),
      (zip(arrays { $0.method = 12 }), "compression method 12"),
      (zip(arrays { $0.checksum = 7 }), "bytes with another checksum"),
      (zip(arrays { ($0.method, $0.checksum) = (8, 7) }), "bytes with another checksum"),
      (zip(arrays { $0.offset = 3 }), "where the archive has them"),
      (zip(arrays { $0.offset = 1 << 30 }), "where the archive has them"),
      (zip(arrays { $0.offset = .max }, isLong: true), "where the archive has them"),
      (zip(arrays { $0.offset = -1 }, isLong: true), "more than 2⁶³ bytes"),
      (zip(arrays { $0.packedSize = 1 << 30 }), "where the archive has them"),
      (zip(arrays { ($0.size, $0.packedSize) = (.max, .max) }, isLong: true), "where the archive has them"),
      (zip(arrays { $0.size = 1 << 31 }), "a claim of 2147483648 bytes"),
      (zip(arrays { ($0.method, $0.size) = (8, .max) }, isLong: true), "a claim of 9223372036854775807 bytes"),
      (zip(arrays { ($0.method, $0.size) = (8, $0.bytes.count - 1) }), "bytes after the header at the most"),
      (zip(arrays { ($0.method, $0.size) = (8, $0.bytes.count + 1) }), "found 87 bytes, expected the 88"),
      (zip(arrays { ($0.method, $0.packedSize) = (8, $0.packed.count - 1) }), "break off"),
      (zip(arrays { ($0.method, $0.packedSize) = (8, $0.packed.count + 1) }), "bytes"),
      (zip(arrays { $0.bytes[0] = 0 }), "other bytes at its beginning"),
    ] as [([UInt8], String)]).map { BadFile("any.npz", .bytes($0), $1) }

  private static let tables: [BadFile] =
    ([
      ("", "nothing"), ("1,2,3\n4,5,6\n", "a first line of 1,2,3"), ("label\n1\n", "a first line of label"),
      ("a,label,label\n1,2,3\n", "a first line of a,label,label"), ("a,label,b\n", "no line but the first"),
      ("a,label,b\n1,x,-2\n1,x\n", "line 3 with 2 fields"), ("a,label,b\n1,x,-2,4\n", "line 2 with 4 fields"),
      ("a,label,b\n1,x,two\n", "'two' as b in line 2"), ("a,label,b\n,x,2\n", "'' as a in line 2"),
      ("a,label,b\n1,,2\n", "no label in line 2"), ("a,label,b\n1,\"x,2\n3,y,4\n", "a quotation that begins in line 2"),
      ("a,label,b\n1,x,nan\n", "in sample 0 that is infinite or no number"),
      ("a,label,b\n1,x,2\n1,y,1e999\n", "in sample 1 that is infinite or no number"),
      ("a,label,b\n0x10,x,2\n", "'0x10' as a in line 2"), ("a,label,a\n1,x,2\n", "two columns called 'a'"),
      ("a,label,b\n1,1.0,2\n", "the label 1.0 in line 2, expected integers or words"),
      ("a,label,c\n1,x,2\n", "other columns"), ("a,b,label\n1,2,x\n", "other columns"),
      ("a,label,b\n1,x,2\n", "a test label y"),
      ("a,b\u{7}\nlabel\n1,2\n", "a first line of a,b\\u{07}, expected"),
    ] as [(String, String)]).map { BadFile("train.csv", .bytes(Array($0.utf8)), $1) }
    + [
      BadFile("train.csv", .bytes(Array("a,label,b\n1\0x,y,2\n".utf8)), "as a in line 2"),
      BadFile(
        "train.csv", .bytes(Array("a,label,b\n1,".utf8) + [0xFF, 44, 50, 10]), "bytes in line 2 that are no text"),
      BadFile(
        "train.csv", .bytes(Array("a,label,b\n1,\(String(repeating: "x", count: 1 << 16)),2\n".utf8)), "a test label x"),
      BadFile("test.csv", .bytes([0xC3, 44]), "bytes in line 1 that are no text"),
      BadFile("test.csv", .bytes(Array("a,label,b\n1,z,2\n".utf8)), "a test label z"),
    ]

  private static let images = "train-images-idx3-ubyte"
  private static let labels = "train-labels-idx1-ubyte"
  private static let testImages = "t10k-images-idx3-ubyte"
  private static let testLabels = "t10k-labels-idx1-ubyte"
  private static let pixels = [UInt8](repeating: 1, count: 12)

  private static let idxFiles: [BadFile] =
    ([
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
      (labels, idx([1 << 31], [0, 1, 2]), "2147483648 labels"),
      (testImages, idx([2, 3, 2], pixels), "test images of 3×2"),
      (testImages, idx([2, 2, 3], pixels), "test images of 2×3"),
      (testLabels, idx([1], [0]), "1 labels"),
      (testLabels, idx([3], [0, 0, 0]), "3 labels"),
      (testLabels, idx([2], [0, 3]), "a test label 3"),
      (testLabels, idx([2], [255, 0]), "a test label 255"),
    ] as [(String, [UInt8], String)]).map { BadFile($0, .bytes($1), $2) }

  /// Values that are not unsigned bytes.
  private static let elements: [BadFile] =
    ([
      (9, "signed bytes"), (11, "16-bit integers"), (12, "32-bit integers"), (13, "32-bit floats"),
      (14, "64-bit floats"), (0, "00 00 00"), (10, "00 00 0a"),
    ] as [(UInt8, String)]).flatMap { element, words in
      [(images, [3, 2, 2]), (labels, [3]), (testImages, [2, 2, 2])].map { file, extents in
        var bytes = idx(extents, [UInt8](repeating: 0, count: extents.reduce(1, *)))
        bytes[2] = element
        return BadFile(file, .bytes(bytes), words)
      }
    }

  /// What is not there, or is no file.
  private static let absent: [BadFile] = ["x_train.npy", "y_test.npy", "train.csv", "test.csv", images, testLabels]
    .flatMap {
      [
        BadFile($0, .nothing, "has no ", exitCode: 66),
        BadFile($0, .pipe, "cannot be read: it is no file", exitCode: 66),
      ]
        + ($0.contains("idx") ? [] : [BadFile($0, .folder, "cannot be read: it is no file", exitCode: 66)])
    }

  // MARK: - The test

  @Test(
    "A data file that is not what it should be is named, with what was found and what was expected",
    arguments: numpyFiles + archives + tables + idxFiles + elements + absent)
  func refused(_ bad: BadFile) throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in Self.right(besides: bad.name) { try folder.write(bytes, to: name) }
    let path = "\(folder.path)/\(bad.name)"
    unlink(path)
    switch bad.content {
    case .bytes(let bytes): try folder.write(bytes, to: bad.name)
    case .nothing: break
    case .folder: try folder.makeFolder(bad.name)
    case .pipe: #expect(mkfifo(path, 0o644) == 0)
    }
    let error = #expect(throws: HarnessError.self, "\(bad)") { try DataSource.named(folder.path + "/")?.load() }
    let text = error?.description ?? ""
    #expect(error?.exitCode == bad.exitCode && text.contains(bad.words) && !text.contains("\n"), "\(text)")
    #expect(text.utf8.count < 1000)
    if bad.exitCode == 65 {
      #expect(text.hasPrefix("\(folder.path)/") && text.contains(": found ") && text.contains(", expected "), "\(text)")
    } else {
      #expect(text.contains(folder.path) && text.contains(bad.name), "\(text)")
    }
  }

  /// The files of a data set that has one of this name.
  private static func right(besides name: String) -> [(name: String, bytes: [UInt8])] {
    if name.hasSuffix(".npy") { return arrays().map { ($0.name, $0.bytes) } }
    if name.hasSuffix(".csv") {
      return ["train.csv", "test.csv"].map { ($0, Array("a,label,b\n1,x,-2\n3.5,y,1e3\n2,x,0\n".utf8)) }
    }
    guard name.hasSuffix("ubyte") else { return [] }
    let files = [
      idx([3, 2, 2], Array(0..<12)), idx([3], [0, 1, 2]), idx([2, 2, 2], Array(0..<8)), idx([2], [2, 1]),
    ]
    return Swift.zip(DataFolder.fileNames, files).map { ($0, $1) }
  }

  @Test("Two data sets in one folder are an error that names the files of both")
  func two() throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in Self.right(besides: "x_train.npy") { try folder.write(bytes, to: name) }
    #expect(throws: Never.self) { try DataSource.named(folder.path + "/")?.load() }
    try folder.write(zip(arrays()), to: "any.npz")
    let error = #expect(throws: HarnessError.self) { try DataSource.named(folder.path + "/")?.load() }
    #expect(error?.exitCode == 65)
    #expect(
      error?.description.contains("found x_train.npy, y_train.npy, x_test.npy, y_test.npy; and one .npz with") ?? false)
  }

  @Test("A number that is finite in its file, and not once it is standardized, is told with its sample")
  func tooFar() throws {
    func array(_ count: Int, last: Double) -> [UInt8] {
      npy("<f8", [count, 4], bytes(((1..<4 * count).map(Double.init) + [last]).map(\.bitPattern)))
    }
    #expect(try numpy(xTrain: array(3, last: 1e30), xTest: array(2, last: 1e60)).train.count == 3)
    let error = #expect(throws: HarnessError.self) {
      try numpy(xTrain: array(3, last: 1e30), xTest: array(2, last: 1e100))
    }
    let text = error?.description ?? ""
    #expect(
      error?.exitCode == 65 && text.contains("x_test.npy: found a value in sample 1 that is infinite once"), "\(text)")
  }
}
