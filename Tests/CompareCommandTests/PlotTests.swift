import Foundation
import Harness
import TestSupport
import Testing

@testable import CompareCommand
@testable import Harness

@Suite struct PlotTests {
  private func axis(_ values: [Double], _ label: String = "accuracy") -> PlotAxis {
    PlotAxis(round: values, label: label, leastSpan: 0.1, limits: 0...1)
  }

  // MARK: - Axes

  @Test(
    "An axis goes from one round number to another, is not too short, and leaves no limit",
    arguments: [
      ([0.13, 0.92], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      ([0.971, 0.975], ["0.90", "0.92", "0.94", "0.96", "0.98", "1.00"]),
      ([0.5, 0.5], ["0.44", "0.46", "0.48", "0.50", "0.52", "0.54", "0.56"]),
      ([0.0, 0.01], ["0.00", "0.02", "0.04", "0.06", "0.08", "0.10"]),
    ])
  func round(values: [Double], labels: [String]) {
    #expect(axis(values).tickLabels == labels)
  }

  @Test(
    "A sweep has a tick at each value, and is logarithmic if that spreads them more evenly",
    arguments: [
      ([0.1, 0.001, 0.01], true, 0.5), ([1, 2, 3], false, 0.5), ([2, 8, 32], true, 0.5), ([0, 8, 64], false, 0.125),
      ([4, 8], false, 0.0),
    ])
  func sweep(values: [Double], isLogarithmic: Bool, middle: Double) {
    let axis = PlotAxis(sweep: values, label: "")
    #expect(axis.isLogarithmic == isLogarithmic && axis.ticks == values.sorted())
    let place = axis.place(of: axis.ticks[(values.count - 1) / 2])
    #expect(abs(place - middle) < 1e-12, "\(place)")
  }

  @Test("Epochs are labelled at the first and at round ones, and never between two")
  func counts() {
    #expect(PlotAxis(counts: [1, 20], label: "", steps: 10).ticks == [1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
    #expect(PlotAxis(counts: [1, 2, 3], label: "", steps: 10).ticks == [1, 2, 3])
    #expect(PlotAxis(counts: [1], label: "", steps: 10).place(of: 1) == 0.5)
  }

  @Test("Every name has a letter of its own, whatever else is drawn")
  func marks() {
    let marks = PlotMarks(NormalizerChoice.all.map(\.name) + ["batch", "bell", "x"])
    let letters = NormalizerChoice.all.map { marks[$0.name] }
    #expect(letters == ["N", "B", "L", "I", "G", "R", "E", "D"])
    #expect(marks["bell"] == "A" && marks["x"] == "X")
    #expect(PlotMarks(["a", "aa", "aaa"])["aaa"] == "C")
  }

  // MARK: - Drawing

  private func line(_ name: String, _ mark: Character, _ values: [Double], isLevel: Bool = false) -> Plot.Line {
    Plot.Line(
      name: name, mark: mark, points: values.enumerated().map { (x: Double($0 + 1), y: $1) }, isLevel: isLevel)
  }

  private func plot(_ lines: [Plot.Line]) -> Plot {
    let points = lines.flatMap(\.points)
    return Plot(
      title: "cnn on digits", horizontal: PlotAxis(counts: points.map(\.x), label: "epoch", steps: 10),
      vertical: axis(points.map(\.y)), lines: lines)
  }

  @Test("A plot has a title, axes with units, dots between the marks, and a legend beside the ends of the lines")
  func drawn() {
    let text = plot([line("batch", "B", [0.2, 0.9, 1]), line("none", "N", [0, 0.1, 0.1])]).text(width: 50)
    #expect(
      text == """
        cnn on digits
        accuracy
        1.0 ┤                          ......··B   B batch
            │                 .B··˙˙˙˙˙
        0.8 ┤               .˙
            │            .·˙
        0.6 ┤          .·
            │        ·˙
        0.4 ┤     .·˙
            │   .˙
        0.2 ┤ B˙
            │          ......··N···············N   N none
        0.0 ┤ N··˙˙˙˙˙˙
            └─┬────────────────┬───────────────┬─
              1                2               3
                            epoch
        """)
  }

  @Test("Marks of one place stand side by side, and a steep line has no gaps")
  func collisions() {
    let same = plot(["A", "B", "C"].map { line($0.lowercased(), Character($0), [0, 1]) }).text(width: 40)
    #expect(same.contains("CAB"))
    var canvas = PlotCanvas(columns: 4, rows: 9)
    canvas.draw([(0, 0), (1, 1)])
    let filled = (0..<9).filter { canvas.row($0).contains { $0 != " " } }
    #expect(filled == Array(0..<9))
  }

  @Test("A line of many points has marks at some, and others at others")
  func manyPoints() {
    let lines = ["A", "B"].map { name in line(name, Character(name), (0..<60).map { _ in 0.5 }) }
    let row = plot(lines).text(width: 80).split(separator: "\n").first { $0.contains("A") && $0.contains("·") }
    let marks = row.map { $0.prefix(74).filter { "AB".contains($0) } } ?? ""
    #expect((8...20).contains(marks.count) && marks.hasPrefix("AB") || marks.hasPrefix("BA"), "\(row ?? "")")
  }

  @Test("Lines that end in one place are named in rows of their own", arguments: [0.0, 0.5, 1.0])
  func legend(end: Double) {
    let names = (0..<14).map { "line \($0)" }
    let text = plot(names.map { line($0, "x", [0.5, end]) } + [line("last", "z", [0, 1])]).text(width: 80)
    for name in names { #expect(text.split(separator: "\n").count { $0.hasSuffix("x \(name)") } == 1, "\(text)") }
  }

  @Test("A plot keeps to its width, down to 40 columns", arguments: [40, 47, 60, 80, 100], [5, 30])
  func width(_ width: Int, nameLength: Int) {
    let name = String(repeating: "n", count: nameLength)
    let plot = plot([line(name, "N", [0.1, 0.9]), line("b", "B", [0.5, 0.6, 0.7])])
    let lines = plot.text(width: width).split(separator: "\n")
    #expect(lines.map(\.count).max() ?? 0 <= width && lines.contains { $0.contains("N \(name)") }, "\(lines)")
    if width == 80 { #expect(lines.map(\.count).max() ?? 0 > 70 || nameLength == 30) }
  }

  @Test("What does not depend on the setting is level all along")
  func level() {
    let swept = Plot(
      title: "", horizontal: PlotAxis(sweep: [1, 2, 4], label: "groups"), vertical: axis([0, 1]),
      lines: [line("group", "G", [1, 1, 1]), line("none", "N", [0], isLevel: true)])
    let row = swept.text(width: 60).split(separator: "\n").first { $0.hasPrefix("0.0") } ?? ""
    #expect(row.count { $0 == "N" } == 4, "\(row)")
  }
}
