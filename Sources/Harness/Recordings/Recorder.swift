import Layers
import Tensors

/// What measures the recordings of one run as it is trained.
struct Recorder {
  private let run: String
  private let configuration: RunConfiguration
  private let (images, labels): (Tensor<Float>, [Int])
  private let measures: [(recording: Recording, measure: Recording.Measure)]
  private var rows: [String: [RecordedRow]] = [:]

  init(_ recordings: [Recording], of training: Training, images: Tensor<Float>, labels: [Int]) {
    (run, configuration) = (training.identifier, training.configuration)
    (self.images, self.labels) = (images, labels)
    measures = recordings.map { ($0, $0.begin()) }
  }

  /// Measures a model after so many steps, of which the last had the given rate.
  mutating func look(at model: some Classifier<Float>, step: Int, rate: Double) throws {
    let moment = Moment(
      step: step, run: configuration, learningRate: rate, images: images, labels: labels, model: model)
    for (recording, measure) in measures {
      var found = try measure(moment)
      // A run that has no row was not recorded.
      if found.isEmpty { found = [[:]] }
      rows[recording.name, default: []] += found.map {
        RecordedRow(run: run, configuration: configuration, step: step, $0, of: recording)
      }
    }
  }

  /// The rows of each recording, by its name.
  var recorded: [String: [RecordedRow]] { rows }
}
