import Tensors
import Testing

@testable import CompareCommand

/// A display on a modelled screen, with a clock that stands still until it is moved.
private final class Stage: Sendable {
  struct State {
    var screen: ScreenModel
    var time = ContinuousClock.now
    var written: [String] = []
  }

  let state: Lock<State>

  init(columns: Int = 100, rows: Int = 24) {
    state = Lock(State(screen: ScreenModel(columns: columns, rows: rows)))
  }

  func display(isTerminal: Bool = true, hasColour: Bool = true) -> ProgressDisplay {
    let screen = Screen(
      isTerminal: isTerminal, hasColour: hasColour,
      size: { self.state.withLock { ($0.screen.columns, $0.screen.rows) } },
      write: { text in
        self.state.withLock {
          $0.written.append(text)
          $0.screen.feed(text)
        }
      })
    return ProgressDisplay(on: screen, now: { self.state.withLock(\.time) })
  }

  func wait(_ duration: Duration) {
    state.withLock { $0.time += duration }
  }

  func change(_ body: (inout ScreenModel) -> Void) {
    state.withLock { body(&$0.screen) }
  }

  var screen: ScreenModel { state.withLock(\.screen) }
  var written: [String] { state.withLock(\.written) }
}

/// The text of a run that is half done and has a figure to show.
private func half(_ figure: String) -> @Sendable () -> (fraction: Double, fields: [ProgressLine.Field]) {
  { (0.5, [.init(.epoch, "epoch 1/2"), .init(.accuracy, figure), .init(.timeLeft, "9 s left", brief: "9 s")]) }
}

@Suite struct ProgressDisplayTests {
  @Test("Bars stand below what is finished, each run once, however many are in flight")
  func runs() {
    let stage = Stage()
    let display = stage.display()
    display.say("2 runs are recorded already.")
    for run in ["a", "b", "c"] { display.begin(run, title: [run]) }
    #expect(stage.screen.text.map { String($0.prefix(1)) } == ["2", "a", "b", "c"])
    display.end("b", result: "accuracy 0.9")
    #expect(stage.screen.text.map { $0.suffix(11) } == ["ed already.", "ccuracy 0.9", "░  starting", "░  starting"])
    stage.wait(.seconds(1))
    display.advance("c", half("accuracy 0.5"))
    display.end("a", result: "diverged")
    display.end("c", result: "diverged")
    #expect(stage.screen.text == ["2 runs are recorded already.", "b: accuracy 0.9", "a: diverged", "c: diverged"])
    #expect(stage.screen.column == 0 && stage.screen.row == 4)
  }

  @Test("Every change is one write")
  func writes() {
    let stage = Stage()
    let display = stage.display()
    for run in ["a", "b", "c"] { display.begin(run, title: [run]) }
    display.end("a", result: "done")
    stage.wait(.seconds(1))
    display.advance("b", half("1"))
    display.clear()
    #expect(stage.written.count == 6)
  }

  @Test("More runs than rows are counted, and nothing scrolls", arguments: 1...12)
  func manyRuns(rows: Int) {
    let stage = Stage(rows: rows)
    let display = stage.display()
    for run in 1...9 { display.begin("\(run)", title: ["run \(run)"]) }
    for _ in 0..<3 {
      stage.wait(.seconds(1))
      display.advance("1", half("1"))
    }
    #expect(stage.screen.scrolled == 0)
    let text = stage.screen.text
    #expect(text.count == min(9, max(1, rows - 1)))
    #expect(text[0].hasPrefix("run 1"))
    #expect(text.last == (rows > 9 ? text[8] : rows > 2 ? "+\(9 - (rows - 2)) more" : text[0]))
  }

  @Test("All runs have a line below those in flight, which keeps its place when there is little", arguments: 1...12)
  func grid(rows: Int) {
    let stage = Stage(rows: rows)
    let display = stage.display()
    display.beginGrid(title: ["all 20"])
    for run in 1...9 { display.begin("\(run)", title: ["run \(run)"]) }
    for _ in 0..<3 {
      stage.wait(.seconds(1))
      display.advanceGrid(half("2/20"))
      display.advance("1", half("1"))
    }
    let text = stage.screen.text
    #expect(stage.screen.scrolled == 0 && text.count == min(10, max(1, rows - 1)))
    #expect(text.last?.hasPrefix("all 20") == true && text.last?.contains("2/20") == true)
    #expect(text.count < 2 || text[0].hasPrefix("run 1"))
    #expect(rows > 10 || rows < 4 || text[text.count - 2] == "+\(9 - (rows - 3)) more")
    display.end("1", result: "done")
    #expect(stage.screen.text.contains("run 1: done"))
    display.clear()
    #expect(!stage.screen.text.contains { $0.contains("all 20") })
  }

  @Test("A file has a line for all runs once a minute")
  func gridInAFile() {
    let stage = Stage()
    let display = stage.display(isTerminal: false, hasColour: false)
    display.beginGrid(title: ["all 20"])
    stage.wait(.seconds(59))
    display.advanceGrid(half("1/20"))
    #expect(stage.written == [])
    stage.wait(.seconds(1))
    display.advanceGrid(half("2/20"))
    stage.wait(.seconds(59))
    display.advanceGrid(half("3/20"))
    #expect(stage.written == ["all 20: epoch 1/2  2/20  9 s left\n"])
  }

  @Test("A window that changes its size is right again at the next drawing", arguments: ScreenModel.Resizing.allCases)
  func resize(resizing: ScreenModel.Resizing) {
    let stage = Stage(columns: 100, rows: 10)
    let display = stage.display()
    display.say("A line that was here before.")
    for run in ["a", "b"] { display.begin(run, title: ["[1/2]", run, "fashion-mnist", "seed 0"]) }
    for (columns, rows) in [(40, 10), (120, 10), (21, 5), (60, 3), (7, 20), (200, 20)] {
      stage.change { $0.resize(columns: columns, rows: rows, resizing) }
      stage.wait(.seconds(1))
      display.advance("a", half("0.1234"))
      stage.wait(.seconds(1))
      display.advance("b", half("0.1234"))
      let text = stage.screen.text
      #expect(text.suffix(2).allSatisfy { $0.contains("0.12") && $0.count < columns }, "\(text)")
      #expect(text.filter { $0.contains("0.12") }.count == 2, "\(text)")
      #expect(text.dropLast(2).joined().hasPrefix("A line") && text.dropLast(2).joined().count <= 28, "\(text)")
    }
  }

  @Test("No line reaches the last column, whatever the width", arguments: 2...130)
  func widths(columns: Int) {
    let stage = Stage(columns: columns)
    let display = stage.display()
    for run in ["a", "b"] { display.begin(run, title: [run, "fashion-mnist", "seed 0"]) }
    stage.wait(.seconds(1))
    display.advance("a", half("accuracy 0.1234"))
    #expect(stage.screen.text.count <= 2)
    #expect(stage.screen.text.allSatisfy { $0.count <= max(1, columns - 1) })
    display.replaceBars(with: "Stopping, which is a long word for a narrow window.")
    #expect(stage.screen.text.count == 1)
    #expect(stage.screen.text.allSatisfy { $0.count <= max(1, columns - 1) })
  }

  @Test("A notice takes the place of the bars, and clearing takes it away, with the echo of Ctrl-C")
  func clear() {
    let stage = Stage()
    let display = stage.display()
    display.say("before")
    for run in ["a", "b"] { display.begin(run, title: [run]) }
    stage.change { $0.feed("^C") }
    display.replaceBars(with: "Stopping.")
    #expect(stage.screen.text == ["before", "Stopping."])
    stage.wait(.seconds(1))
    display.advance("b", half("1"))
    display.end("a", result: "done")
    #expect(stage.screen.text == ["before", "a: done", "Stopping."])
    stage.change { $0.feed("^C") }
    display.clear()
    #expect(stage.screen.text == ["before", "a: done"])
    #expect(stage.screen.row == 2 && stage.screen.column == 0)
    #expect(!stage.screen.isColoured && stage.screen.unknown.isEmpty)
    // Runs in other threads can go on for a step.
    let count = stage.written.count
    stage.wait(.seconds(1))
    display.advance("b", half("2"))
    display.begin("c", title: ["c"])
    display.replaceBars(with: "Stopping.")
    #expect(stage.written.count == count)
  }

  @Test("Bars are redrawn ten times a second, with the latest of every run")
  func pace() {
    let stage = Stage()
    let display = stage.display()
    for run in ["fast", "slow"] { display.begin(run, title: [run]) }
    stage.wait(.milliseconds(90))
    display.advance("slow", half("0.7"))
    #expect(stage.written.count == 2)
    stage.wait(.milliseconds(10))
    display.advance("fast", half("0.8"))
    #expect(stage.written.count == 3)
    #expect(stage.screen.text[0].contains("0.8") && stage.screen.text[1].contains("0.7"))
  }

  @Test("A file has plain lines: one for a run every five seconds, and one at its end")
  func file() {
    let stage = Stage()
    let display = stage.display(isTerminal: false, hasColour: false)
    display.begin("a", title: ["[1/1]", "cnn", "layer"])
    stage.wait(.milliseconds(4900))
    display.advance("a", half("accuracy 0.1"))
    #expect(stage.written == [])
    stage.wait(.milliseconds(100))
    display.advance("a", half("accuracy 0.2"))
    stage.wait(.milliseconds(4900))
    display.advance("a", half("accuracy 0.3"))
    display.replaceBars(with: "Stopping.")
    display.end("a", result: "test accuracy 0.4")
    display.clear()
    #expect(
      stage.written == [
        "[1/1] cnn layer: epoch 1/2  accuracy 0.2  9 s left\n", "[1/1] cnn layer: test accuracy 0.4\n",
      ])
  }

  @Test("Without colour there is none")
  func colour() {
    let stage = Stage()
    let display = stage.display(hasColour: false)
    display.begin("a", title: ["a"])
    stage.wait(.seconds(1))
    display.advance("a", half("1"))
    #expect(stage.screen.text[0].contains("█") && !stage.written.contains { $0.contains("m") && $0.contains("[36") })
  }
}
