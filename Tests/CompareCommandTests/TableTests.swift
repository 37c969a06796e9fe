import Harness
import Testing

@testable import CompareCommand

extension Table {
  fileprivate func sorted(by title: String?, top: Int?) throws -> Table { try rows(order(by: title, top: top)) }
}

@Suite struct TableTests {
  private func table() -> Table {
    var table = Table()
    table.add("norm", ["layer", "none", "batch", "rms"])
    table.add("test accuracy", ["0.9 ± 0.1", "0.95 ± 0.2", "–", "0.9 ± 0.3"])
    table.add("difference", ["−0.05 ± 0.01", "baseline", "+0.01 ± 0.02", "−0.20 ± 0.1"])
    table.add("epochs to 90 %", ["≥ 12.0 (1 of 3)", "9.5", "≥ 9.0 (0 of 3)", "10.0"])
    return table
  }

  @Test("Words stand to the left, numbers to the right")
  func plain() {
    #expect(
      table().text(.text) == """
        norm   test accuracy    difference   epochs to 90 %
        ─────  ─────────────  ────────────  ───────────────
        layer      0.9 ± 0.1  −0.05 ± 0.01  ≥ 12.0 (1 of 3)
        none      0.95 ± 0.2      baseline              9.5
        batch              –  +0.01 ± 0.02   ≥ 9.0 (0 of 3)
        rms        0.9 ± 0.3   −0.20 ± 0.1             10.0
        """)
  }

  @Test(
    "Rows are sorted by numbers, the best first, what has none last; by words in the order of the alphabet",
    arguments: [
      ("test-accuracy", ["none", "layer", "rms", "batch"]), ("test accuracy", ["none", "layer", "rms", "batch"]),
      ("difference", ["batch", "layer", "rms", "none"]), ("epochs_to_90_%", ["batch", "none", "rms", "layer"]),
      ("norm", ["batch", "layer", "none", "rms"]),
    ])
  func sorted(title: String, norms: [String]) throws {
    #expect(try table().sorted(by: title, top: nil)["norm"] == norms)
    #expect(try table().sorted(by: title, top: 2)["norm"] == Array(norms.prefix(2)))
  }

  @Test("The first rows are as many as there are; rows that are alike keep their order")
  func top() throws {
    #expect(try table().sorted(by: nil, top: 3)["norm"] == ["layer", "none", "batch"])
    #expect(try table().sorted(by: nil, top: 9).count == 4)
  }

  @Test("A column that is not there is named, with the nearest and all that are")
  func unknownColumn() {
    let error = #expect(throws: HarnessError.self) { try table().sorted(by: "test-acuracy", top: nil) }
    #expect(
      error
        == .usage(
          "Unknown column 'test-acuracy' of --sort. Did you mean 'test-accuracy'? Valid: norm, test-accuracy, difference, "
            + "epochs-to-90-%."))
  }

  @Test("Words that could be numbers are still words")
  func numberLike() throws {
    var table = Table()
    table.add("data", ["nan", "infinity", "a"])
    #expect(try table.sorted(by: "data", top: nil)["data"] == ["a", "infinity", "nan"])
  }

  @Test("Markdown and LaTeX escape what they would take for something else")
  func escapes() {
    var table = Table()
    table.add("data", [#"a_b|50%&#${}\~^"#])
    table.add("difference", ["−0.1 ± 0.2"])
    table.add("epochs", ["≥ 3.0 (1–2)"])
    table.add("best", ["="])
    #expect(
      table.text(.markdown) == #"""
        | data | difference | epochs | best |
        | :-- | --: | --: | --: |
        | a_b\|50%&#${}\~^ | −0.1 ± 0.2 | ≥ 3.0 (1–2) | = |
        """#)
    #expect(
      table.text(.latex) == ##"""
        \begin{tabular}{lrrr}
        \toprule
        data & difference & epochs & best \\
        \midrule
        a\_b|50\%\&\#\$\{\}\textbackslash{}\textasciitilde{}\textasciicircum{} & $-$0.1 $\pm$ 0.2 & $\geq$ 3.0 (1--2) & $=$ \\
        \bottomrule
        \end{tabular}
        """##)
  }
}
