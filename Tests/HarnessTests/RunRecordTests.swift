import Testing

@testable import Harness

@Suite struct RunRecordTests {
  @Test("A record comes back from its row as it was")
  func roundTrip() throws {
    let result = RunResult.made(seed: 3)
    let record = result.record
    #expect(try RunRecord(row(RunRecord.columns, record.field)) == record)
    #expect(try CurveRecord(row(CurveRecord.columns, result.curve[1].field)) == result.curve[1])
    let diverged = RunRecord.made(.made(), status: .diverged, [(.testAccuracy, .nan), (.trainLoss, .infinity)])
    #expect(diverged.field("test_accuracy").isEmpty && diverged.field("train_loss").isEmpty)
    #expect(try RunRecord(row(RunRecord.columns, diverged.field))[.testAccuracy].isNaN)
  }

  @Test("The columns are what the documentation promises")
  func headers() {
    let settings = "run,\(AnySetting.all.map(\.column).joined(separator: ",")),"
    #expect(
      RunRecord.columns.joined(separator: ",") == settings
        + "status,steps,train_loss,train_accuracy,validation_loss,validation_accuracy,test_loss,test_accuracy,"
        + "guess_accuracy,best_validation_accuracy,best_epoch,test_accuracy_at_best,epochs_to_90,reached_90,parameters,"
        + "seconds,samples_per_second,first_loss,version,numerics,fingerprint")
    #expect(
      CurveRecord.columns.joined(separator: ",") == settings
        + "step,epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,test_loss,test_accuracy,"
        + "gradient_norm,elapsed_seconds")
  }

  @Test("No clipping is 0, whole numbers have no point, and what is unknown to a record is empty")
  func fields() {
    let record = RunRecord.made(.made(.cnn))
    #expect(
      record.field("clip") == "0.0" && record.field("steps") == "90" && record.field("samples_per_second") == "12345")
    #expect(record.field("validation_loss").isEmpty && record.field("note").isEmpty)
    #expect(record.field("numerics") == "\(numerics)" && record.field("fingerprint") == "d1")
    #expect(record.field("version") == packageVersion && record.field("momentum") == "0.9")
  }

  @Test("A run that diverged counts as guessing, and no other does")
  func counted() {
    let values: [(Metric<Course>, Double)] = [(.testAccuracy, 0.4), (.guessAccuracy, 0.2)]
    #expect(RunRecord.made(.made(), status: .diverged, values).countedAccuracy == 0.2)
    #expect(RunRecord.made(.made(), status: .collapsed, values).countedAccuracy == 0.4)
    #expect(RunRecord.made(.made(), status: .finished, values).countedAccuracy == 0.4)
  }

  @Test(
    "A value that a column cannot have is named with its line",
    arguments: [
      ("status", "fine"), ("model", ""), ("learning_rate", "fast"), ("test_loss", "low"), ("run", ""),
      ("momentum", "1.5"), ("steps", "many"),
    ])
  func flaws(column: String, value: String) {
    let record = RunRecord.made(.made())
    let flawed = row(RunRecord.columns) { $0 == column ? value : record.field($0) }
    guard column != "model" else {
      // What a file leaves empty is absent.
      #expect((try? RunRecord(flawed))?.configuration[.model] == "")
      return
    }
    let flaw = #expect(throws: CSV.Flaw.self) { try RunRecord(flawed) }
    #expect(flaw?.line == 5 && flaw?.text == "\(column) '\(value)'")
  }

  private func row(_ columns: [String], _ field: (String) -> String) -> CSV.Row {
    CSV.Row(columns: CSV.Columns(columns), fields: columns.map(field), line: 5)
  }
}
