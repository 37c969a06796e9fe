import Foundation

/// The folder with `runs.csv` and `curves.csv`.
///
/// A run's row in `runs.csv` is its commit: it is written last, after its curve. What a crash leaves without
/// such a row is removed at the next start. Several processes can write to one folder; each change is made
/// under a lock.
public final class ResultsDirectory: Sendable {
  public let path: String

  private let runs: ResultFile<RunRecord>
  private let curves: ResultFile<CurveRecord>

  public var runsPath: String { runs.path }
  public var curvesPath: String { curves.path }

  /// Makes the folder if it is not there, and repairs what a crash left in it.
  public init(path: String) throws {
    self.path = path
    runs = ResultFile(path: path + "/runs.csv")
    curves = ResultFile(path: path + "/curves.csv")
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw HarnessError.cannotCreate("The results folder \(path) cannot be made: \(error.localizedDescription)")
    }
    try withLock { try repair() }
  }

  /// Every run and every evaluation that is recorded.
  public func read() throws -> (runs: [RunRecord], curves: [CurveRecord]) {
    try withLock { (try runs.read(), try curves.read()) }
  }

  /// Records a run unless another process has recorded it meanwhile; with `replacing`, in the place of what
  /// was recorded.
  public func commit(_ run: RunRecord, curve: [CurveRecord], replacing: Bool = false) throws {
    try withLock {
      try repair()
      let recorded = try runs.read()
      if recorded.contains(where: { $0.run == run.run }) {
        guard replacing else { return }
        try curves.rewrite(try curves.read().filter { $0.run != run.run } + curve)
        try runs.rewrite(recorded.filter { $0.run != run.run } + [run])
      } else {
        try curves.append(curve)
        try runs.append([run])
      }
    }
  }

  private func repair() throws {
    try runs.repairEnd()
    try curves.repairEnd()
    let recorded = Set(try runs.read().map(\.run))
    let rows = try curves.read()
    if rows.contains(where: { !recorded.contains($0.run) }) {
      try curves.rewrite(rows.filter { recorded.contains($0.run) })
    }
  }

  private func withLock<Result>(_ body: () throws -> Result) throws -> Result {
    let lock = path + "/.lock"
    let file = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw HarnessError.cannotCreate(
        "The results folder \(path) cannot be written: \(String(cString: strerror(errno))). Name another one with --results."
      )
    }
    defer { close(file) }
    while flock(file, LOCK_EX) != 0 {
      guard errno == EINTR else {
        throw HarnessError.writeFailed("\(lock) cannot be locked: \(String(cString: strerror(errno))).")
      }
    }
    return try body()
  }
}
