import Foundation
import TestSupport
import Testing

/// The program as it is used: in a terminal, at some width, with keys pressed.
@Suite(.serialized) struct PseudoterminalTests {
  private static let long = "--norm layer,batch --model cnn --epochs 100000 --jobs 2"

  private func start(
    _ line: String = long, in folder: TemporaryFolder, columns: Int = 80, rows: Int = 10, output: Int32? = nil
  ) throws -> Pseudoterminal {
    let arguments = line.split(separator: " ").map(String.init) + ["--results", folder.path]
    return try Pseudoterminal([compareProgram] + arguments, columns: columns, rows: rows, output: output)
  }

  /// Whether two runs are on the screen, each once and with its figures, the grid below them, and nothing else; where it is very
  /// narrow, the figures are all there is.
  private func showsTwoRuns(_ screen: ScreenModel) -> Bool {
    screen.text.count == 3
      && (screen.columns < 35
        || zip(screen.text, ["[1/2]", "[2/2]", "all 2"]).allSatisfy { $0.hasPrefix($1) })
      && screen.text.allSatisfy { $0.count < screen.columns && !$0.contains("starting") }
  }

  @Test("Bars have one line each at any width, and Ctrl-C leaves nothing behind", arguments: [20, 40, 80, 200])
  func interrupted(columns: Int) throws {
    let folder = try TemporaryFolder()
    let terminal = try start(in: folder, columns: columns)
    try #require(terminal.see(showsTwoRuns), "\(terminal.screen.text)")
    terminal.type("\u{03}")
    #expect(terminal.end() == 130)
    #expect(
      terminal.screen.text.joined() == "compare: interrupted; 0 of 2 runs are recorded, and the same command goes on.")
    #expect(terminal.screen.column == 0 && !terminal.screen.isColoured && terminal.screen.unknown.isEmpty)
  }

  @Test("A window that changes its size is right again", arguments: ScreenModel.Resizing.allCases)
  func resized(resizing: ScreenModel.Resizing) throws {
    let folder = try TemporaryFolder()
    let terminal = try start(in: folder, columns: 120)
    for columns in [120, 50, 35, 90] {
      terminal.resize(columns: columns, rows: 10, resizing)
      try #require(terminal.see { showsTwoRuns($0) && $0.text[0].count > columns / 2 }, "\(terminal.screen.text)")
    }
    terminal.type("\u{03}")
    #expect(terminal.end() == 130)
  }

  @Test("The second Ctrl-C ends the program at once, whatever it waits for")
  func secondInterruption() throws {
    let folder = try TemporaryFolder()
    // Standard output is a pipe that is full: what is finished cannot be printed, and the program waits.
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    let flags = fcntl(descriptor, F_GETFL)
    _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
    let filler = [UInt8](repeating: 0, count: 4096)
    while write(descriptor, filler, filler.count) > 0 {}
    while write(descriptor, filler, 1) > 0 {}
    _ = fcntl(descriptor, F_SETFL, flags)
    let first = try start("--norm layer --model rnn --epochs 1", in: folder)
    #expect(first.end() == 0)
    let terminal = try start("--norm layer --model rnn --epochs 1,100000", in: folder, output: descriptor)
    try #require(terminal.see { $0.text.last?.contains("left") == true }, "\(terminal.screen.text)")
    terminal.type("\u{03}")
    // The bar goes when the first Ctrl-C has been heard.
    try #require(terminal.see { $0.text.last?.contains("left") == false }, "\(terminal.screen.text)")
    // Two that come within a tenth of a second count as one.
    _ = terminal.see(within: 0.2) { _ in false }
    terminal.type("\u{03}")
    #expect(terminal.end() == 130)
    #expect(!terminal.screen.text.joined().contains("interrupted"))
    #expect(terminal.screen.column == 0 && !terminal.screen.isColoured)
    #expect(try folder.text(of: "runs.csv").split(separator: "\n").count == 2)
  }

  @Test("A request to end has the exit code of its signal", arguments: [(SIGTERM, 143), (SIGHUP, 129), (SIGINT, 130)])
  func signals(signal: Int32, code: Int) throws {
    let folder = try TemporaryFolder()
    let terminal = try start(in: folder)
    try #require(terminal.see(showsTwoRuns), "\(terminal.screen.text)")
    terminal.send(signal)
    #expect(terminal.end() == Int32(code))
    #expect(terminal.screen.text == ["compare: interrupted; 0 of 2 runs are recorded, and the same command goes on."])
  }

  @Test("A signal that is ignored when the program begins stays ignored")
  func nohup() throws {
    let folder = try TemporaryFolder()
    let line = "trap '' HUP; exec '\(compareProgram)' \(Self.long) --results '\(folder.path)'"
    let terminal = try Pseudoterminal(["/bin/sh", "-c", line], columns: 80, rows: 10)
    try #require(terminal.see(showsTwoRuns), "\(terminal.screen.text)")
    terminal.send(SIGHUP)
    terminal.send(SIGTERM)
    #expect(terminal.end() == 143)
  }
}
