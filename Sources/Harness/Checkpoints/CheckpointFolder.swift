import Foundation
import Tensors

/// The checkpoints of a results folder: a file for each training that a time limit stopped, until it is recorded.
struct CheckpointFolder: Sendable {
  /// A checkpoint as a file has it.
  private struct Content: Codable {
    let checkpoint: Data
    /// Of the bytes of the checkpoint.
    let hash: UInt64
  }

  let path: String

  private func file(of identifier: String) -> String { "\(path)/\(identifier).checkpoint" }

  /// That of a training; `nil` if it has none.
  ///
  /// - Throws: `HarnessError` for a file that is not one, or is of other runs.
  func checkpoint(of group: TrainingGroup) throws -> Checkpoint? {
    let file = file(of: group.identifier)
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw HarnessError.noInput("\(file) cannot be read; without it, the run begins anew.")
    }
    let decoder = PropertyListDecoder()
    guard let content = try? decoder.decode(Content.self, from: data),
      StableHash(of: content.checkpoint).value == content.hash,
      let checkpoint = try? decoder.decode(Checkpoint.self, from: content.checkpoint)
    else { throw flaw(file, "\(data.count) bytes that are no checkpoint") }
    return checkpoint
  }

  /// What is wrong with the file of a group.
  func flaw(_ group: TrainingGroup, _ found: String) -> HarnessError { flaw(file(of: group.identifier), found) }

  private func flaw(_ file: String, _ found: String) -> HarnessError {
    .badData(
      file: file, found: found,
      expected: "what a run that was stopped by --time-limit left behind; without this file, it begins anew")
  }

  /// Writes one, in the place of an earlier one, wholly or not at all.
  func save(_ checkpoint: Checkpoint, of group: TrainingGroup) throws {
    let file = file(of: group.identifier)
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    let data = try encoder.encode(checkpoint)
    let content = try encoder.encode(Content(checkpoint: data, hash: StableHash(of: data).value))
    func write() throws {
      if let reason = OutputFolder.make(path) { throw HarnessError.cannotCreate("\(path) cannot be made: \(reason).") }
      try OutputFile.replace(file, with: content)
    }
    // Whoever records the last run beside this one removes the empty folder.
    do { try write() } catch { try write() }
  }

  /// Removes those of runs that are recorded, and the folder after the last one.
  func remove(of recorded: [Training], except missing: [Training] = []) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let missing = Set(missing.map(\.identifier))
    for run in recorded where !missing.contains(run.identifier) {
      try? FileManager.default.removeItem(atPath: file(of: run.identifier))
    }
    // A folder that is not empty stays.
    rmdir(path)
  }
}
