extension TrainingGroup {
  /// How many multiplications its weights take: counted from configuration and data, and the same on every machine.
  ///
  /// A step takes three for each use of a weight by a sample (forward, and backward to the input and to the weight) and one for
  /// its update, a test one for each use. Normalizers and activations are not counted. A number of any size: it may be rounded.
  package var operations: Double {
    // In one order, whatever that of the runs: sums of large numbers are rounded.
    runs[0].operationsOfTraining + runs.map(\.operationsOfTests).sorted().reduce(0, +)
  }
}

extension Training {
  /// Those of a step, for each of its samples.
  var operationsForSample: Double {
    operationsOfTraining / Double(configuration[.epochs]) / Double(batchSizes(of: samplesTrainedOn).reduce(0, +))
  }

  fileprivate var operationsOfTraining: Double {
    let sizes = batchSizes(of: samplesTrainedOn)
    let maps = linearMaps
    let forSample = Self.uses(maps)
    let forEpoch =
      3 * forSample * Double(sizes.reduce(0, +)) + Double(sizes.count) * maps.reduce(0) { $0 + Double($1.weights) }
    return forEpoch * Double(configuration[.epochs])
  }

  fileprivate var operationsOfTests: Double {
    let run = configuration
    let (samples, batches) = (samplesTrainedOn, batchSizes(of: samplesTrainedOn).count)
    let tested =
      run[.testImages] == .train ? samples : run[.testLimit] == 0 ? dataset.test.count : run[.testLimit]
    let calibrated =
      run[.inferenceStatistics] == .population
      ? min(samples / run[.batchSize], Examiner.populationBatches) * run[.batchSize] : 0
    let (steps, every) = (Double(run[.epochs]) * Double(batches), Double(run[.evaluateEvery]))
    let tests = every > 0 ? (steps / every).rounded(.up) : Double(run[.epochs])
    return tests * Double(tested + samplesHeldOut + calibrated) * Self.uses(linearMaps)
  }

  private static func uses(_ maps: [LinearMap]) -> Double {
    maps.reduce(0) { $0 + Double($1.weights) * Double($1.uses) }
  }
}
