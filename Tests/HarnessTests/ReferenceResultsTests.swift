import Foundation
import Tensors
import TestSupport
import Testing

@testable import Harness

/// The results that the project publishes, in `Results/reference`.
@Suite struct ReferenceResultsTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Results/reference").standardizedFileURL.path

  /// The runs of a data set that are recorded there.
  private func records(of data: String) throws -> [RunRecord] {
    let unpacked = try TemporaryFolder()
    let reader = try GzipReader(path: "\(Self.folder)/\(data)/runs.csv.gz")
    try unpacked.write(reader.read(upTo: 1 << 30), to: "runs.csv")
    return try ResultsDirectory(reading: unpacked.path).records()
  }

  @Test("Three of them, drawn anew each time, are trained again to the same bits, unless `numerics` was raised since")
  func trainedAgain() throws {
    let dataset = try #require(try DataSource.named("digits")).load()
    for record in try records(of: "digits").shuffled().prefix(3) {
      guard record.numerics == numerics else {
        print("\(record.run) was made under numerics \(record.numerics), and they are \(numerics) now.")
        continue
      }
      let training = try Training(record.configuration, on: dataset)
      #expect(training.identifier == record.run && dataset.fingerprintText == record.fingerprint)
      let again = try training.run(on: Processor(threads: 2)).record
      #expect(again.status == record.status, "\(record.run)")
      for metric in Metric<Course>.all where ![.seconds, .samplesPerSecond].contains(metric.column) {
        #expect(again.field(metric.column) == record.field(metric.column), "\(record.run), \(metric.column)")
      }
    }
  }

  @Test("Each run of them is there once, and finished: what is published is whole", arguments: ["digits"])
  func whole(data: String) throws {
    let runs = try records(of: data)
    #expect(runs.count > 5000)
    #expect(Set(runs.map(\.run)).count == runs.count)
  }
}

extension String {
  fileprivate static let seconds = Metric<Course>.seconds.column
  fileprivate static let samplesPerSecond = Metric<Course>.samplesPerSecond.column
}
