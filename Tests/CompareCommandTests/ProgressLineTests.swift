import Testing

@testable import CompareCommand

/// A run of Fashion-MNIST in its second epoch.
private let fashion = ProgressLine(
  title: ["[1/3]", "cnn", "layer", "fashion-mnist", "seed 0"], fraction: 0.55,
  fields: [
    .init(.epoch, "epoch 2/3"), .init(.loss, "loss 0.2113"), .init(.accuracy, "accuracy 0.8912", brief: "0.8912"),
    .init(.speed, "17520 samples/s"), .init(.timeLeft, "31 min left", brief: "31 min"),
  ])

@Suite struct ProgressLineTests {
  @Test(
    "A line says as much as there is room for",
    arguments: [
      (
        200,
        "[1/3] cnn layer fashion-mnist seed 0  ███████████░░░░░░░░░  epoch 2/3  loss 0.2113  accuracy 0.8912  17520 samples/s  31 min left"
      ),
      (
        113,
        "[1/3] cnn layer fashion-mnist seed 0  ███████████░░░░░░░░░  epoch 2/3  loss 0.2113  accuracy 0.8912  31 min left"
      ),
      (
        111,
        "[1/3] cnn layer fashion-mnist seed 0  ███████████░░░░░░░░░  epoch 2/3  accuracy 0.8912  31 min left"
      ),
      (85, "[1/3] cnn layer fashion-mnist seed 0  ███░░░  epoch 2/3  accuracy 0.8912  31 min left"),
      (79, "[1/3] cnn layer fashion-mnist seed 0  ██████░░░░░  accuracy 0.8912  31 min left"),
      (70, "[1/3] cnn layer fashion-mnist seed 0  accuracy 0.8912  31 min left"),
      (58, "[1/3] cnn layer…  accuracy 0.8912  31 min left"),
      (39, "[1/3]…  accuracy 0.8912  31 min left"),
      (35, "[1/3] cnn layer…  0.8912  31 min"),
      (19, "0.8912  31 min"),
      (10, "0.8912"),
      (5, "0.89…"),
      (1, "…"),
      (0, ""),
    ])
  func sizes(width: Int, text: String) {
    #expect(fashion.text(width: width) == text)
  }

  @Test("A line is never longer than the width, and colour takes no room and ends where it began", arguments: 0...200)
  func everyWidth(width: Int) {
    for fraction in [-1, 0, 0.05, 0.5, 1, 7, .nan] {
      var line = fashion
      line.fraction = fraction
      for fields in [fashion.fields, [.init(.note, "starting")], []] {
        line.fields = fields
        line.titleWidth = width % 60
        let text = line.text(width: width)
        #expect(text.count <= width)
        let styled = line.styled(width: width)
        let plain = styled.replacing("\u{1B}[36m", with: "").replacing("\u{1B}[0m", with: "")
        #expect(plain == text)
        #expect(styled.contains("\u{1B}[36m") == text.contains("█"))
        var screen = ScreenModel(columns: 300)
        screen.feed(styled)
        #expect(!screen.isColoured && screen.unknown.isEmpty)
      }
    }
  }

  @Test("What there is room for there is room for on a wider screen; accuracy and time left go last")
  func order() {
    func shown(_ width: Int) -> [Bool] {
      let text = fashion.text(width: width)
      return ["samples/s", "loss", "epoch", "█", "seed 0", "31 min", "0.8912"].map(text.contains)
    }
    for width in 10..<200 {
      for (narrow, wide) in zip(shown(width), shown(width + 1)) { #expect(!narrow || wide, "\(width)") }
      for (first, last) in zip(shown(width), shown(width).dropFirst()) { #expect(!first || last, "\(width)") }
    }
    #expect(shown(80).suffix(4) == [true, true, true, true] && shown(40).suffix(2) == [true, true])
  }

  @Test("Titles of one width have their bars below one another")
  func aligned() {
    var (short, long) = (fashion, fashion)
    short.title = ["[2/3]", "cnn", "rms"]
    for width in [90, 120, 200] {
      (short.titleWidth, long.titleWidth) = (36, 36)
      let (a, b) = (Array(short.text(width: width)), Array(long.text(width: width)))
      #expect(a.firstIndex(of: "█") == b.firstIndex(of: "█") && a.count == b.count)
    }
  }
}
