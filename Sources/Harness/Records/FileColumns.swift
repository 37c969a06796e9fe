/// What the columns of a result file hold, from the declarations that the file is written by.
public struct FileColumns: Sendable {
  public let file: String
  /// What there is a row for.
  public let row: String
  public let columns: [(name: String, help: String)]

  /// - Parameters:
  ///   - file: its name.
  ///   - row: what there is a row for.
  ///   - names: of the columns.
  ///   - help: what a column holds that is no setting.
  public init(_ file: String, row: String, names: [String], help: (String) -> String?) {
    self.file = file
    self.row = row
    columns = names.map { ($0, AnySetting.named($0)?.help ?? help($0) ?? "") }
  }

  /// The files that recording writes.
  public static let all =
    [
      FileColumns("runs.csv", row: "run that is over", names: RunRecord.columns) { name in
        ofRuns[name] ?? Metric<Course>.all.first { $0.column == name }?.help
      },
      FileColumns("curves.csv", row: "evaluation of a run", names: CurveRecord.columns) { name in
        ofRuns[name] ?? Metric<Observation>.all.first { $0.column == name }?.help
      },
      FileColumns("outcomes.csv", row: "run that did not diverge", names: ResultsDirectory.outcomeColumns) {
        ofRuns[$0]
      },
      FileColumns("trials.csv", row: "trial of tuning", names: Trial.columns) { ofRuns[$0] },
      FileColumns(ChosenTrial.file, row: "seed of what was tuned", names: ChosenTrial.columns) {
        ofChosen[$0] ?? ofRuns[$0]
      },
      FileColumns(ResultsDirectory.labelsFile, row: "class of a data set", names: ResultsDirectory.labelColumns) {
        ofData[$0] ?? ofRuns[$0]
      },
      FileColumns(ResultsDirectory.channelsFile, row: "channel of a data set", names: ResultsDirectory.channelColumns) {
        ofData[$0] ?? ofRuns[$0]
      },
      Contradiction.fileColumns,
    ]
    + Recording.all.map { recording in
      FileColumns(recording.file, row: recording.row, names: recording.fileColumns) { name in
        recording.columns.first { $0.name == name }?.help ?? ofRuns[name]
      }
    }

  private static let ofChosen = [
    "run": "the trial that counts: the most accurate one on the images held out",
    "replicate": "the seed",
    "tuned": "the settings that were tuned, with spaces between them",
    "budget": "trials that there were to choose from",
    "chosen_by": "the study whose images held out chose: another one where several configurations share its choice",
  ]

  private static let ofData = [
    "class": "number of the class, from 0",
    "label": "what the files of the data set call it",
    "train_samples": "number of training samples that have it",
    "test_samples": "number of test samples that have it",
    "channel": "number of the channel, from 0; of vectors, of the column",
    "mean": "over all training samples, as they are stored",
    "deviation": "over all training samples; 1 for a channel that is the same everywhere",
  ]

  private static let ofRuns = [
    "run": "name of the run: the same settings, data and numerics have the same name",
    "status": "finished; collapsed: ended no better than guessing; diverged: a loss or gradient was no finite number",
    "version": "of the package",
    "numerics": "raised whenever the same settings come to other numbers: only runs of one are compared",
    "fingerprint": "of the bytes of the data",
    "images": "number of test images",
    "outcomes": "a bit for each test image, 1 if it was right, the first image first, in base 64",
    "study": "name of what was tuned: a configuration with its ranges, over all seeds",
    "replicate": "the seed that the trial is of",
    "trial": "number of the trial, from 1",
    "step": "steps trained so far",
  ]
}
