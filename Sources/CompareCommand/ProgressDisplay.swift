import Tensors

/// The runs in flight on a screen, and all runs of a grid below them: a bar for each on a terminal, a line now and then elsewhere.
///
/// It can be told things by any thread, and writes each change in one piece.
final class ProgressDisplay: Sendable {
  private let screen: Screen
  /// Writes a line where nothing else is shown.
  private let insisted: (@Sendable (String) -> Void)?
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state: Lock<State>

  /// A run in flight.
  private struct Run {
    let identifier: String
    var line: ProgressLine
    /// From one line to the next where there is no terminal.
    let interval: Duration
    var lastLine: ContinuousClock.Instant
    /// Formats what the run has come to, which is not needed after every step.
    var progress: (@Sendable () -> (fraction: Double, fields: [ProgressLine.Field]))?

    mutating func takeProgress() {
      if let (fraction, fields) = progress?() { (line.fraction, line.fields) = (fraction, fields) }
      progress = nil
    }
  }

  private struct State {
    var runs: [Run] = []
    /// That of the whole.
    var grid: Run?
    var lastDraw: ContinuousClock.Instant?
    /// What stands in the place of the bars while the runs in flight come to their end.
    var notice: String?
    var isOver = false
  }

  /// - Parameters:
  ///   - screen: where things are shown.
  ///   - isQuiet: whether nothing is but what must be said.
  ///   - now: the time.
  init(
    on screen: Screen = .standardError, isQuiet: Bool = false,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
  ) {
    (self.screen, self.now) = (isQuiet ? .none : screen, now)
    insisted = isQuiet ? screen.write : nil
    state = Lock(State())
  }

  /// Shows a run that begins, with the most telling part of its title first.
  func begin(_ identifier: String, title: [String]) {
    state.withLock { state in
      let line = ProgressLine(title: title, fields: [.init(.note, "starting")])
      state.runs.append(Run(identifier: identifier, line: line, interval: .seconds(5), lastLine: now()))
      if screen.isTerminal { draw(&state) }
    }
  }

  /// Shows all runs in a line of their own, below those in flight.
  func beginGrid(title: [String]) {
    state.withLock { state in
      state.grid = Run(identifier: "", line: ProgressLine(title: title), interval: .seconds(60), lastLine: now())
    }
  }

  typealias Progress = @Sendable () -> (fraction: Double, fields: [ProgressLine.Field])

  /// Shows how far a run has come, if it is time to: ten times a second on a terminal, every five elsewhere.
  func advance(_ identifier: String, _ progress: @escaping Progress) {
    state.withLock { state in
      guard let index = state.runs.firstIndex(where: { $0.identifier == identifier }) else { return }
      state.runs[index].progress = progress
      if screen.isTerminal { drawIfDue(&state) } else { writeIfDue(&state.runs[index]) }
    }
  }

  /// Shows how far all runs have come, if it is time to: once a minute where there is no terminal.
  func advanceGrid(_ progress: @escaping Progress) {
    state.withLock { state in
      guard var grid = state.grid else { return }
      grid.progress = progress
      if !screen.isTerminal { writeIfDue(&grid) }
      state.grid = grid
      if screen.isTerminal { drawIfDue(&state) }
    }
  }

  private func writeIfDue(_ run: inout Run) {
    let now = now()
    guard run.lastLine.duration(to: now) >= run.interval else { return }
    run.takeProgress()
    run.lastLine = now
    screen.write(
      "\(run.line.title.joined(separator: " ")): \(run.line.fields.map(\.text).joined(separator: "  "))\n")
  }

  private func drawIfDue(_ state: inout State) {
    if state.lastDraw.map({ $0.duration(to: now()) >= .milliseconds(100) }) ?? true { draw(&state) }
  }

  /// Takes a run away and says what it came to.
  func end(_ identifier: String, result: String) {
    state.withLock { state in
      guard let index = state.runs.firstIndex(where: { $0.identifier == identifier }) else { return }
      let run = state.runs.remove(at: index)
      say("\(run.line.title.joined(separator: " ")): \(result)", &state)
    }
  }

  /// Writes a line that stays.
  func say(_ line: String) {
    state.withLock { say(line, &$0) }
  }

  /// Writes a line that stays, even where nothing else is shown.
  func insist(_ line: String) {
    if let insisted { insisted(line + "\n") } else { say(line) }
  }

  /// Writes a line for who watches a terminal.
  func remark(_ line: String) {
    if screen.isTerminal { say(line) }
  }

  /// Says that a stop was asked for, in the place of the bars.
  func announceStop() { replaceBars(with: "Stopping; Ctrl-C again stops at once.") }

  /// Has a notice in the place of the bars, on a terminal.
  func replaceBars(with notice: String) {
    state.withLock { state in
      state.notice = notice
      if screen.isTerminal { draw(&state) }
    }
  }

  /// Takes the bars away for good and leaves the cursor at the beginning of a line, for something else to be written.
  func clear() {
    state.withLock { state in
      state.isOver = true
      // Ctrl-C may have left its echo even where no bar is.
      if screen.isTerminal { screen.write(LiveLines.update(to: [])) }
    }
  }

  private func say(_ line: String, _ state: inout State) {
    if screen.isTerminal {
      draw(&state, below: [line])
    } else {
      screen.write(line + "\n")
    }
  }

  private func draw(_ state: inout State, below finished: [String] = []) {
    guard !state.isOver || !finished.isEmpty else { return }
    state.lastDraw = now()
    screen.write(LiveLines.update(to: lines(&state), below: finished))
  }

  /// What is to be seen at the bottom of the screen now.
  private func lines(_ state: inout State) -> [String] {
    guard !state.isOver else { return [] }
    let (columns, rows) = screen.size()
    // Nothing stands in the last column, where terminals differ in what comes next, and one row is left for the past.
    let (width, height) = (columns - 1, max(rows - 1, 1))
    if let notice = state.notice { return [ProgressLine.cut(notice, to: width)] }
    // The grid keeps its row where there is but one.
    let room = height - (state.grid == nil ? 0 : 1)
    let fitting = state.runs.count <= room ? state.runs.count : max(room - 1, min(room, 1))
    for index in state.runs.indices.prefix(fitting) { state.runs[index].takeProgress() }
    state.grid?.takeProgress()
    let shown = state.runs.prefix(fitting).map(\.line)
    let titleWidth = (shown + [state.grid?.line].compactMap(\.self)).map(\.titleCount).max() ?? 0
    func text(_ line: ProgressLine) -> String {
      var line = line
      line.titleWidth = titleWidth
      return screen.hasColour ? line.styled(width: width) : line.text(width: width)
    }
    var lines = shown.map(text)
    let hidden = state.runs.count - fitting
    if hidden > 0 && room > 1 { lines.append(ProgressLine.cut("+\(hidden) more", to: width)) }
    return lines + [state.grid?.line].compactMap { $0.map(text) }
  }
}
