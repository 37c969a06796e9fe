/// Something about the inside of a model in training that a run can record, in a file of its own.
///
/// It is measured before the first step and at every evaluation, on a copy of the model: a run that is recorded so has the same
/// bits as one that is not. The next one is a declaration and a word in ``all``.
public struct Recording: Sendable {
  public let name: String
  /// What it records, in a few words.
  public let help: String
  /// What there is a row for.
  public let row: String
  /// Those behind the run, its settings and the step.
  public let columns: [Column]
  /// Makes what measures one run, and may remember what it measured at its last moment.
  let begin: @Sendable () -> Measure

  /// The rows of a moment; as many at the last one as at the first, or ``Merge`` takes them for cut.
  public typealias Measure = (Moment) throws -> [Values]

  /// What stands in the columns of a row; a number that is not finite, or not there, is an empty field.
  public typealias Values = [String: Value]

  public struct Column: Sendable {
    public let name: String
    public let help: String
    let isWhole: Bool

    public init(_ name: String, _ help: String, isWhole: Bool = false) {
      (self.name, self.help, self.isWhole) = (name, help, isWhole)
    }
  }

  public enum Value: Sendable, Equatable {
    case text(String)
    case number(Double)
  }

  /// - Parameters:
  ///   - name: the word for `--record`, and the name of the file without its ending.
  ///   - help: what it records, in a few words.
  ///   - row: what there is a row for.
  ///   - columns: those behind the run, its settings and the step.
  ///   - begin: makes what measures one run.
  public init(
    _ name: String, _ help: String, row: String, columns: [Column], begin: @escaping @Sendable () -> Measure
  ) {
    (self.name, self.help, self.row, self.columns, self.begin) = (name, help, row, columns, begin)
  }

  /// Everything that can be recorded, each in its file.
  public static let all = [layers, landscape]

  public static func named(_ name: String) -> Recording? { all.first { $0.name == name } }

  /// The name of the file.
  public var file: String { name + ".csv" }

  var fileColumns: [String] { ["run"] + AnySetting.all.map(\.column) + ["step"] + columns.map(\.name) }
}

/// What was recorded at a moment: a row of the file of a ``Recording``.
public struct RecordedRow: Sendable, Equatable {
  public let run: String
  /// The steps that were trained by then.
  public let step: Int
  private let fields: [String: String]

  init(run: String, configuration: RunConfiguration, step: Int, _ values: Recording.Values, of recording: Recording) {
    (self.run, self.step) = (run, step)
    var fields = ["run": run, "step": String(step)]
    for setting in AnySetting.all { fields[setting.column] = configuration[setting] }
    for column in recording.columns {
      switch values[column.name] {
      case .text(let text): fields[column.name] = text
      case .number(let number): fields[column.name] = CSV.field(number, isWhole: column.isWhole)
      case nil: break
      }
    }
    self.fields = fields.filter { !$0.value.isEmpty }
  }

  init(_ row: CSV.Row, of recording: Recording) throws(CSV.Flaw) {
    run = try row.text("run")
    guard let step = Int(try row.text("step")) else { throw row.flaw("step") }
    self.step = step
    var fields: [String: String] = [:]
    for column in recording.fileColumns { fields[column] = row[column] }
    for setting in AnySetting.all where fields[setting.column] == nil && !setting.absent.isEmpty {
      fields[setting.column] = setting.absent
    }
    self.fields = fields
  }

  /// What stands in a column, empty where nothing does.
  public func text(_ column: String) -> String { fields[column] ?? "" }

  /// NaN where there is no number.
  public func number(_ column: String) -> Double { fields[column].flatMap(Double.init) ?? .nan }
}
