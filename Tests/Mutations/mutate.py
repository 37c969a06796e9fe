#!/usr/bin/env python3
"""Breaks the code on purpose, one line at a time, and reports which breaks the tests do not notice.

    python3 Tests/Mutations/mutate.py            # all of them, about a minute each; writes Tests/Mutations/REPORT.md
    python3 Tests/Mutations/mutate.py --list     # check that every mutation still fits the code
    python3 Tests/Mutations/mutate.py 3 17       # only these; writes nothing
    python3 Tests/Mutations/mutate.py --races    # races that the thread sanitizer must report, and none without them
    python3 Tests/Mutations/mutate.py --races 3  # only this one, and none without it

Works on a clone in a temporary folder. Each mutation replaces one piece of text, which must stand exactly once
in its file. The quick tests run first; a mutation that survives them meets all the others.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
STAGES = (
    "NormalizerReferenceTests|ModelReferenceTests|TrainingReferenceTests|NormsTests|LayersTests",
    "TensorsTests|CNNTests|RNNTests|MLPTests|ModelTests",
    "DoorTests|DataTests|HarnessTests|ClaimsTests|CompareCommandTests",
    "StressTests",
)

KERNELS = "Sources/Tensors/Kernels/"
NORM = KERNELS + "Normalization/"
NORMS = "Sources/Norms/"
TENSORS = "Sources/Tensors/"
DATA = "Sources/Harness/Data/"
SETTINGS = "Sources/Harness/Settings/"
CHECKPOINTS = "Sources/Harness/Checkpoints/"
TRAINING = "Sources/Harness/Training/"
RECORDS = "Sources/Harness/Records/"
STATISTICS = "Sources/Harness/Statistics/"
TUNING = "Sources/Harness/Tuning/"
COMPARE = "Sources/CompareCommand/"
CLAIMS = "Sources/Claims/"
MUTATIONS = [
    # -- Strides and walks
    (NORMS + "StridedAxes.swift", "guard extent > 1 else { return }", "", "axes of extent 1 stay"),
    (NORMS + "StridedAxes.swift", "channelStrides[last] == channel * extent {", "true {", "neighbours merge though their channels differ"),
    (NORMS + "StridedAxes.swift", "statistic &-= digits[last] &* statisticStride", "", "a run begins where the last one ended"),
    (NORMS + "StridedAxes.swift", "if digits[axis] < extents[axis] { break }", "break", "outer axes never count on"),
    (NORMS + "StridedAxes.swift", "while leading < count - 1 && statisticStrides[leading] != 0", "while leading < count - 1",
     "chunks that need each other"),
    (NORMS + "Walk.swift", "blocksShareCells: rows > 0 && (0..<rows).allSatisfy(isSummed))", "blocksShareCells: rows > 0)",
     "every sample is normalized like the first"),
    (NORMS + "Walk.swift", "columns == leading && axes.statisticStrides[count - 1] == 0", "columns == leading",
     "values with statistics of their own are walked as rows of one"),
    (NORMS + "Walk.swift", "statistic: isKept(axis) ? statistics(Array(inner)) : 0", "statistic: isKept(axis) ? 1 : 0",
     "every kept axis steps by one statistic"),
    (NORMS + "Walk.swift", "channel: axis == .group ? channels / groups", "channel: axis == .group ? 1", "groups a channel apart"),
    (NORMS + "Walk.swift", "!axes.isEmpty && !axes.contains(axis)", "!axes.contains(axis)", "no axes is one value per statistic"),
    (NORM + "Panels.swift", "for part in parts { body(line..<line &+ 1, part) }", "body(line..<line &+ 1, 0)",
     "only the first part of a cut cell"),
    (NORMS + "Walk.swift", "let part = index % parts", "let part = 0", "only the first part of a cut cell, all statistics at once"),
    (NORMS + "NormalizerState.swift", "plan.layout == layout, plan.shape == shape", "plan.layout == layout",
     "an input of another shape is walked like the last"),
    (NORMS + "NormalizerState.swift", "plan.axes == axes, plan.layout == layout", "plan.axes == axes",
     "an input in another layout is walked like the last"),
    (NORMS + "TensorLayout.swift", "case .timeMajor: [.position, .batch, .group, .channel]", "case .timeMajor: [.batch, .position, .group, .channel]",
     "time-major in the order of channels-last"),
    # -- Moments
    (NORM + "Moments.swift", "mean[index] += sum * reciprocal", "mean[index] -= sum * reciprocal",
     "sign of the mean's correction"),
    (NORM + "Moments.swift", "max(distances[index] - sum * sum * reciprocal, 0)", "max(distances[index], 0)",
     "missing correction of the sum of squares"),
    (NORM + "Moments.swift", "      squares.addProduct(distance, distance)\n    }\n    return",
     "      squares.addProduct(distance, estimate)\n    }\n    return", "squares of something else"),
    (NORM + "Moments.swift", "padding: estimate) - estimate\n      sum", ") - estimate\n      sum",
     "padding of the last vector counts"),
    (NORM + "Moments.swift", "let target = part * panels.cells", "let target = 0", "moments of one part overwrite another's"),
    (NORM + "Panels.swift", "start &+= count &* columns\n    }\n    for", "start &+= columns\n    }\n    for",
     "rows of very wide panels are counted twice"),
    (NORM + "Panels.swift", "for _ in 0..<count % 4 { addBlock(rows: 1) }", "", "the last rows of very wide panels are left out"),
    (NORM + "Panels.swift", "if remainder == period { remainder = 0 }", "", "rows run past the coefficients of the first block"),
    (NORM + "Panels.swift", "var remainder = lines.lowerBound % period", "var remainder = 0",
     "every piece begins with the first row of a sample"),
    (NORMS + "Statistics.swift", "length * reciprocal * parts.mean[part]", "reciprocal * parts.mean[part]",
     "parts of unequal length weigh the same"),
    (NORMS + "Statistics.swift", "(parts.squares[part] + length * distance * distance) * reciprocal", "parts.squares[part] * reciprocal",
     "missing term between the parts' means"),
    (NORMS + "Statistics.swift", "reciprocal = 1 / Double(values)", "reciprocal = 1 / Double(values - 1)", "n − 1 for n"),
    (NORMS + "Statistics.swift", "1 / (variance[$0] + epsilon).squareRoot()", "1 / variance[$0].squareRoot()", "dropped ε"),
    (TENSORS + "SharedSlice.swift", "values + SIMD4(repeating: epsilon)", "values", "dropped ε, four at a time"),
    (TENSORS + "SharedSlice.swift", "1 / (source[index] + epsilon).squareRoot()", "1 / source[index].squareRoot()",
     "dropped ε in the last few"),
    (NORMS + "Statistics.swift", "if dependOnInput && !rule.centres {", "if false {", "everybody centres"),
    (NORMS + "Statistics.swift", "variance[$0] += mean[$0] * mean[$0]", "", "a variance for a mean square"),
    (NORMS + "Statistics.swift", "factor[$0] *= correction.factor", "", "r is forgotten"),
    (NORMS + "Statistics.swift", "offset[$0] = correction.offset", "", "d is forgotten"),
    (NORMS + "Statistics.swift", "if dependOnInput, let correct = rule.correction {", "if let correct = rule.correction {",
     "recorded statistics are corrected, too"),
    # -- Forward
    (NORMS + "Statistics.swift", "offset[statistic] - (mean[statistic] - Double(centre)) * factor)", "offset[statistic])",
     "what the centre cannot hold of the mean is lost"),
    (NORMS + "Normalization.swift", "factor[place] = Scalar(x.factor * scale)", "factor[place] = Scalar(x.factor)", "no scale"),
    (NORMS + "Normalization.swift", "x.constant * scale + forward.shift(of: channel)", "x.constant + forward.shift(of: channel)",
     "the scale misses what the centre left out"),
    (NORM + "NormalizationForward.swift", "let result = constant.addingProduct(centred, factor)", "let result = (-constant).addingProduct(centred, factor)",
     "sign of the shift"),
    (NORM + "NormalizationForward.swift", "let channel = rowOfSample &* panels.columns", "let channel = 0",
     "every group has the scales of the first"),
    (KERNELS + "Elementwise/Activation.swift", "repeating: self == .relu ? 0 : -Scalar.infinity", "repeating: 0",
     "every normalizer is followed by a rectifier"),
    (NORMS + "Normalization.swift", "if mixesSamples { try record(statistics, centres: rule.centres, mode: mode) }",
     "try record(statistics, centres: rule.centres, mode: mode)", "everybody records running statistics"),
    (NORMS + "Normalization.swift", "mode == .inference && mixesSamples", "mode == .inference",
     "inference by running statistics for all"),
    (KERNELS + "Elementwise/VectorMemory.swift", "_mm256_stream_ps(target + 8, halves.highHalf)", "_mm256_stream_ps(target + 8, halves.lowHalf)",
     "half of a vector is written past the caches twice"),
    (TENSORS + "TensorScalar.swift", "where: lanes .< Vector(repeating: Double(count)))",
     "where: lanes .<= Vector(repeating: Double(count)))", "one lane too many at the end of a row"),
    (TENSORS + "TensorScalar.swift", "toByteOffset: 4 * (count & 12)", "toByteOffset: 4 * (count & 8)",
     "the ends of rows are stored over each other"),
    (TENSORS + "Processor.swift", "min(max(count, 1), threads)", "threads", "a limit of threads that is none"),
    # -- Running statistics
    (NORMS + "NormalizerState.swift", "kept * Double(old) + taken * new(index)",
     "taken * Double(old) + kept * new(index)", "the decay is the other one's"),
    (NORMS + "NormalizerState.swift", "statistics.variance[$0] * bessel", "statistics.variance[$0]",
     "biased running variance"),
    (NORMS + "NormalizerState.swift", "recordedBatches += 1", "", "mini-batches are not counted"),
    (NORMS + "NormalizerState.swift", "!($0 >= 0 && $0.isFinite)", "!$0.isFinite", "negative running variances are taken"),
    # -- Members
    (NORMS + "LayerNorm.swift", "[.group, .channel, .position]", "[.group, .channel]", "a missing axis"),
    (NORMS + "GroupNorm.swift", "[.channel, .position]", "[.group, .position]", "a wrong axis"),
    (NORMS + "BatchNorm.swift", "[.batch, .position]", "[.batch]", "a missing axis"),
    (NORMS + "RMSNorm.swift", "var centres: Bool { false }", "var centres: Bool { true }", "RMSNorm centres"),
    (NORMS + "BatchRenorm.swift", "min(max(factor, 1 / bounds.factor), bounds.factor)", "min(factor, bounds.factor)",
     "r has no lower bound"),
    (NORMS + "BatchRenorm.swift", "let factor = (variance + epsilon).squareRoot() / deviation",
     "let factor = deviation / (variance + epsilon).squareRoot()", "r is upside down"),
    (NORMS + "BatchRenorm.swift", "batches < warmUp ? 0 :", "", "no warm-up"),
    (NORMS + "DynamicTanh.swift", "slope.gradient[0] += Scalar(inner.dot(saved.input))", "slope.gradient[0] += Scalar(inner.dot(saved.saturated))",
     "the slope's gradient"),
    (NORMS + "DynamicTanh.swift", "return inner.scaled(by: saved.slope)", "return inner", "no slope on the way back"),
    (NORMS + "Normalizer.swift", "mixesSamples || reducedAxes == .position", "mixesSamples",
     "instance normalization within a time step"),
    (NORMS + "Normalizer.swift", "return (activation.forward(output), cache)", "return (output, cache)",
     "no activation after a forward pass of one's own"),
    # -- Backward
    (NORM + "GradientSums.swift", "product.addProduct(upstream, x.vector(at: index, lanes: lanes) - centre)",
     "product.addProduct(upstream, x.vector(at: index, lanes: lanes))", "products with the input as it is"),
    (NORM + "GradientSums.swift", "product.addProduct(upstream, centred)", "product.addProduct(upstream, upstream)",
     "products with something else in very wide panels"),
    (NORM + "GradientSums.swift", "sum += scaled", "sum += upstream", "γ missing in a row's mean(g)"),
    (NORM + "GradientSums.swift", "constant.addingProduct(centred, factor)", "centred", "a row's dγ without 1/σ"),
    (NORMS + "NormalizationGradient.swift", "sums.product[cell] * factor + sums.sum[cell] * constant", "sums.product[cell] * factor",
     "the residue is forgotten in dγ"),
    (NORMS + "NormalizationGradient.swift", "{ scale($0) * sums.sum[run.first &+ $0] }", "{ sums.sum[run.first &+ $0] }",
     "γ missing in mean(g)"),
    (NORMS + "NormalizationGradient.swift", "{ scale($0) * sums.product[run.first &+ $0] }", "{ sums.product[run.first &+ $0] }",
     "γ missing in mean(g·x̂)"),
    (NORM + "GradientSums.swift", "product[cell] += product[start &+ cell]", "",
     "only the first part's products"),
    (NORMS + "Statistics.swift", "guard dependOnInput else { return (0, 0) }", "", "inference back-propagates through the statistics"),
    (NORMS + "Statistics.swift", "let input = -factor * inverse * meanProduct", "let input = -factor * meanProduct", "one 1/σ missing"),
    (NORMS + "Statistics.swift", "-factor * meanGradient - residue * input", "-factor * meanGradient", "the residue is forgotten in dx"),
    (NORMS + "Statistics.swift", "rule.centres ? sum * reciprocal : 0", "sum * reciprocal", "mean(g) though nothing was centred"),
    (NORM + "NormalizationBackward.swift", "fromInput.addingProduct(scaled, upstream)", "fromInput.addingProduct(scaled, centre)",
     "a row's dx with a wrong factor"),
    (NORMS + "NormalizationGradient.swift", "if isAffine { addParameterGradients(sums, plan) }", "addParameterGradients(sums, plan)",
     "what is not learned has gradients"),
    # -- State
    (TENSORS + "Snapshot.swift", "if let error { throw error }\n    self = restored", "self = restored\n    if let error { throw error }",
     "a snapshot that does not fit is taken over in part"),
    (TENSORS + "Snapshot.swift", "guard own == found else {", "guard own.isSubset(of: found) else {", "unknown names are ignored"),
    (TENSORS + "Trainable.swift", "prefix: prefix + name + \".\"", "prefix: name + \".\"", "parts of parts lose their name"),
    ("Sources/Layers/Optimizer.swift", "(self.steps, memories) = (steps, restored)", "memories = restored", "Adam forgets its step"),
    ("Sources/Layers/Optimizer.swift", "second: own[own.count - 1]))", "second: own[0]))", "Adam's squares are its means"),
    (TENSORS + "RandomStream.swift", "epoch.map { \"epoch\\($0)\" }", "epoch.map { _ in \"epoch\" }", "every epoch has the same draws"),
    (TENSORS + "Slices.swift", "strides[axis] = strides[axis + 1] * shape[axis + 1]", "strides[axis] = strides[axis + 1] * shape[axis]",
     "a transpose with the strides of another shape"),
    # -- Threads
    (TENSORS + "ThreadPool.swift", "guard piece < end else", "guard piece <= end else", "a piece is done twice, and one that is none"),
    (TENSORS + "ThreadPool.swift", "if asked.inside > 0 {", "if asked.inside > 1 {", "a thread that is still at work is not waited for"),
    (TENSORS + "ThreadPool.swift", "guard given.isEmpty || !others.isEmpty || job.body == nil", "guard others.isEmpty || job.body == nil", "sleepers are left asleep"),
    (TENSORS + "AvailableThreads.swift", "path.removeLast()", "return found", "the quota of the groups above does not count"),
    (TENSORS + "AvailableThreads.swift", ".rounded(.up)", ".rounded(.down)", "half a core is none"),
    (TENSORS + "ThreadPlace.swift", "cores.bits &= ~others.bits", "cores.bits &= others.bits", "without some cores is with them alone"),
    # -- Products and convolutions
    (KERNELS + "Products/ProductTile.swift", "c3.addProduct(Vector(repeating: a.3[k]), row)",
     "c3.addProduct(Vector(repeating: a.2[k]), row)", "a wrong row in the tile"),
    (KERNELS + "Products/ProductTile.swift", "c4 += start.vector(at: min(4, last) &* stride, lanes: lanes)", "c4 += start.vector(at: min(3, last) &* stride, lanes: lanes)",
     "a wrong row added to"),
    (KERNELS + "Products/ProductTile.swift", "if height > 4 {", "if height > 5 {", "the fifth row is not stored"),
    (KERNELS + "Products/ProductTile.swift", "first &+= height", "first &+= self.height", "rows are left out after a tile of four"),
    (KERNELS + "Products/ProductTile.swift", "isHigh) = (b.rowStride, height > 4)", "isHigh) = (b.rowStride, height > 5)", "a fifth row that is not computed"),
    ("Sources/Norms/Normalization.swift", "run.forEach { _, channel, place in body(found, channel, place) }",
     "run.forEach { _, channel, place in body(found, run.channel, place) }", "every channel of a sample is scaled like the first"),
    (KERNELS + "Elementwise/VectorMemory.swift", "&& rowLength &* stride % 32 == 0", "", "vectors are streamed to where they cannot be"),
    (KERNELS + "Products/VectorColumns.swift", "(rowStride, columnStride) = (width, rows)", "(rowStride, columnStride) = (width, 1)",
     "packed columns are read as if they were not"),
    (KERNELS + "Products/VectorColumns.swift", "Rows(start: start + count &* rowStride,", "Rows(start: start + count,", "a block of rows begins elsewhere"),
    (KERNELS + "Products/MatrixProduct.swift", "plus: start > first ? .init(UnsafePointer(c), rowStride: n) : nil", "plus: nil",
     "only the last block of a long sum"),
    (KERNELS + "Products/MatrixProduct.swift", "let end = min(first + chunkLength, p)", "let end = min(chunkLength, p)",
     "only the first chunk of a long sum"),
    (KERNELS + "Convolution/ConvolutionKernels.swift", "to: partial + piece * size, adding: sample > first)",
     "to: partial + piece * size, adding: false)", "only the last sample's weight gradient"),
    (KERNELS + "Convolution/ConvolutionKernels.swift", "target[((8 &- tap) &* k", "target[(tap &* k", "the kernel is not flipped"),
    (KERNELS + "Convolution/MaxPooling.swift", "Scalar.select(all - toA, where: b,", "Scalar.select(all, where: b,",
     "equal values in a window all get the gradient"),
    (KERNELS + "Convolution/MaxPooling.swift", "rectified ? Scalar.gate(upstream, wherePositive: largest) : upstream", "upstream",
     "no way back through the rectifier before pooling"),
    # -- Layers and optimizers
    (KERNELS + "Elementwise/Activation.swift", "gradient * (one - y * y)", "gradient * (one - y)", "derivative of tanh"),
    (KERNELS + "Training/SoftmaxKernel.swift", "Scalar(1 / (sum * Double(rows)))", "Scalar(1 / sum)",
     "the gradient of the sum instead of the mean"),
    (KERNELS + "Training/OptimizerSteps.swift", "let rootOfBias = vector(1 / bias(decays.1).squareRoot())",
     "let rootOfBias = vector(1)", "Adam without its second bias correction"),
    (KERNELS + "Training/OptimizerSteps.swift", "v.store(step, at: index)", "v.store(g.vector(at: index), at: index)",
     "a velocity that forgets"),
    ("Sources/Layers/Linear.swift", "bias?.gradient.add(gradient.sumOfRows())", "bias?.gradient.add(gradient.slice(0))",
     "the bias's gradient of one sample"),
    (TENSORS + "Trainable.swift", "parameter.gradient.scale(by: Scalar(limit / norm))",
     "parameter.gradient.scale(by: Scalar(limit))", "clipping by the wrong factor"),
    # -- Images as sequences
    ("Sources/Harness/Models/ImageSequence.swift", "if self == .permutedPixels {", "if false {", "permuted pixels in their old order"),
    ("Sources/Harness/Models/ImageSequence.swift", "return self == .rows ? height : height * width",
     "return height", "pixels by the row"),
    (SETTINGS + "Setting.swift", "(isOfEveryModel || model.settings.contains { $0.name == name }) &&", "",
     "settings of one model rename the runs of all"),
    (TRAINING + "Training.swift", " ?? recipe.flaw(run, dataset)", "",
     "time steps that do not divide the pixels"),
    # -- Recurrence
    ("Sources/RNN/RecurrentLayer.swift", "lag: batch))", "lag: 0))", "W_h's gradient from the states of the wrong step"),
    ("Sources/RNN/TimeLoop.swift", "let cache = caches[step]", "let cache = caches[0]", "a stale cache"),
    ("Sources/RNN/TimeLoop.swift", "ofStep: step + 1, in: paths, intoStep: step, of: sequence, adding: adding)",
     "ofStep: step + 1, in: paths, intoStep: step, of: sequence, adding: false)", "states lose the gradient from above"),
    (TENSORS + "Trainable.swift", "parameter.gradient.add(others[index].parameter.gradient)",
     "parameter.gradient = others[index].parameter.gradient", "only the last piece of the batch moves the normalizer"),
    ("Sources/RNN/StepNormalizers.swift", "$0.normalizer.mixesSamples || $0.normalizer.records", "$0.normalizer.mixesSamples",
     "pieces of a batch record behind each other's back"),
    ("Sources/RNN/TimeLoop.swift", "if pieces.count > 1 { normalizers.clearGradients() }", "",
     "gradients from before are added once for each piece"),
    ("Sources/RNN/TimeLoop.swift", "ofStep: step + 1, in: paths, intoStep", "ofStep: step + 1, intoStep",
     "states have the gradient of the path of the input"),
    ("Sources/RNN/TimeLoop.swift", "activation: seen == nil ? recurrence.activation : nil)", "activation: recurrence.activation)",
     "the activation of who is watched is there twice"),
    ("Sources/RNN/TimeLoop.swift", "let sum = recurrence.copy(rows, ofStep: step, of: sequence).plus(start.slices(rows))",
     "let sum = recurrence.copy(rows, ofStep: step, of: sequence)", "noise that leads nowhere"),
    ("Sources/RNN/StepNormalizer.swift", "let place = min(step, ", "let place = min(0, ", "statistics of each step are shared"),
    ("Sources/RNN/StepNormalizer.swift", "defer { exchange(place) }", "", "statistics of a step stay in the normalizer"),
    ("Sources/RNN/StepNormalizer.swift", "resize(to: count)\n", "", "a snapshot of more steps than were seen is refused"),
    ("Sources/RNN/InitialNoise.swift", "step: passes)", "step: 0)", "the same noise in every pass"),
    ("Sources/RNN/InitialNoise.swift", "guard mode == .training else { return nil }", "", "noise in inference"),
    ("Sources/RNN/RecurrentLayer.swift", "if let start = cache.start {", "if let start = cache.start, false {",
     "W_h's gradient without the initial state"),
    ("Sources/RNN/RNN.swift", "seed: seed, name: \"layer\\(index)\")", "seed: seed, name: \"layer\")", "the same noise in every layer"),
    (TENSORS + "Snapshot.swift", "try Self.checkNames(tensors, Set(snapshot.tensors.keys))", "", "tensors that a snapshot lacks are not missed"),
    (COMPARE + "Option.swift", "words.filter { !setting.onlyIfNamed.contains($0) || values.contains($0) }", "words",
     "all means what is only for who asks for it"),
    ("Sources/Layers/NormalizedActivation.swift", "if placement == .after { denormalize(&gradient, cache.normalizer) }", "",
     "no way back through a normalizer after the activation"),
    ("Sources/Layers/NormalizedActivation.swift", "signal = activation.forward(signal)\n", "", "what somebody looks at is not activated"),
    ("Sources/Layers/NormalizedActivation.swift", "activation == .relu && (normalizer == nil || placement == .before)", "activation == .relu",
     "a rectifier before the normalizer counts as one at the end"),
    ("Sources/Layers/Observer.swift", 'layer.isEmpty ? name : "\\(layer).\\(name)"', "name", "a part forgets the whole that it is of"),
    ("Sources/CNN/ConvolutionBlock.swift", "watch?.see(output, .output", "watch?.see(poolInput, .output", "what is seen of a block is from before the pooling"),
    ("Sources/MLP/MLP.swift", "configuration.activation.initialBound(inputs: inputs) * scale", "configuration.activation.initialBound(inputs: inputs)",
     "the scale of a perceptron's weights has no effect"),
    ("Sources/MLP/MLP.swift", "normalizer == nil || configuration.placement == .after", "true", "a bias before a normalizer"),
    ("Sources/MLP/DenseBlock.swift", "return activation?.forward(result) ?? result", "return result", "no activation in an MLP without a normalizer"),
    # -- Recordings
    ("Sources/Harness/Recordings/LayerRecording.swift", "* 100 / Double(steps)", "* 100", "drift is not for each step"),
    ("Sources/Harness/Recordings/LayerRecording.swift", "deviation * 100", "100", "drift is not in deviations"),
    ("Sources/Harness/Recordings/LayerRecording.swift", 'place.layer + "."', "place.layer", "layer1 has the weights of layer10"),
    ("Sources/Harness/Recordings/LayerRecording.swift", "share * Double(sorted.count - 1)", "share * Double(sorted.count)", "percentiles are too high"),
    ("Sources/Harness/Recordings/LandscapeRecording.swift", "scaled(by: Float(-step))", "scaled(by: Float(step))", "steps go up"),
    ("Sources/Harness/Recordings/LandscapeRecording.swift", "size / start.gradientNorm", "1", "relative steps are not relative"),
    ("Sources/Harness/Recordings/Moment.swift", "      model.clearGradients()\n", "", "gradients of training are in those that are recorded"),
    ("Sources/Harness/Recordings/Recorder.swift", "found = [[:]]", "found = []", "a model that shows nothing is trained again"),
    (RECORDS + "ResultsDirectory.swift", "isRecorded ? missing : own + missing + last", "own + missing + last",
     "a run that lacked a recording is there twice"),
    (RECORDS + "ResultsDirectory.swift", "|| names(training).contains { !(listed[$0]?.contains(training.identifier) ?? false) }", "",
     "what lacks a recording is not trained"),
    (TRAINING + "GroupTraining.swift", "guard !isDiverged else { return }\n      try recorder", "try recorder",
     "the inside of a run that diverged is recorded"),
    # -- Elementary functions
    (KERNELS + "Elementwise/Elementary.swift", "let half = rounded(n * Vector(repeating: 0.5))", "let half = n",
     "no way to subnormal results"),
    (KERNELS + "Elementwise/Elementary.swift", ".addingProduct(n, Vector(repeating: -naturalLogarithmOfTwo.low))", "",
     "the low part of ln 2 is dropped"),
    (KERNELS + "Elementwise/Elementary.swift", "let n = exponent - shift", "let n = exponent", "the logarithm of subnormal numbers"),
    # -- Data
    (DATA + "IDXFile.swift", "guard magic == right else {", "guard magic.count == 4, magic[3] == right[3] else {",
     "values of any type are read as bytes"),
    (DATA + "IDXFile.swift", "guard count <= Self.largestSize else {", "guard count < Int.max else {", "any claim is believed"),
    (DATA + "GzipReader.swift", "var bytes: [UInt8] = []\n", "var bytes: [UInt8] = []\n    bytes.reserveCapacity(count)\n",
     "memory for whatever a header claims"),
    (DATA + "GzipReader.swift", "guard inflater.isOver else {", "guard inflater.isOver || !inflater.isAtStart else {",
     "a gzip stream may lack its end"),
    (DATA + "GzipReader.swift", "guard !inflater.input.isEmpty else {", "guard !inflater.input.isEmpty, !inflater.isOver else {",
     "what follows a gzip stream is passed over"),
    (DATA + "StoredData.swift", "guard count == values.shape.first else {", "guard count >= values.shape.first ?? 0 else {",
     "more labels than images"),
    (DATA + "NPYFile.swift", "try StoredLabels.check(header.shape[0], of: reader.name, for: values)\n", "",
     "labels are counted once they are read"),
    (DATA + "NPYFile.swift", "guard let character = Unicode.Scalar(code) else { return nil }",
     "let character = Unicode.Scalar(code) ?? \"?\"", "labels that are no text are one class"),
    (DATA + "ClassLabels.swift", "one.description.utf8.elementsEqual(other.description.utf8)", "one.description == other.description",
     "words that look alike are one class"),
    (DATA + "ClassLabels.swift", "$0.description.prefix(40)", "$0.description", "an error is as long as a label"),
    (DATA + "Inflater.swift", "case Z_STREAM_END: isOver = true", "case Z_STREAM_END: break", "no stream has an end"),
    ("Sources/Harness/HarnessError.swift", "[.control, .lineSeparator, .paragraphSeparator].contains", "[.format].contains",
     "an error ends its line, or moves the cursor"),
    (KERNELS + "Training/StoredMoments.swift", "Float((value - centres[channel]) / deviations[channel]).isFinite",
     "Float(value).isFinite", "what is too far is told by its size alone"),
    (DATA + "ClassLabels.swift", "$0 >= classes", "$0 > classes", "a test label one past the classes"),
    (DATA + "StoredData.swift", "guard shape == testShape else {", "guard shape.height == testShape.height else {",
     "parts of different widths"),
    (DATA + "NPYHeader.swift", 'order == ">"', 'order == "<"', "bytes are turned around the wrong way"),
    (DATA + "NPYFile.swift", "guard count <= reader.most else {", "guard count < .max else {", "a claim is compared with nothing"),
    (DATA + "NPYFile.swift", "guard header.isFortran && header.shape.count > 1 else {", "guard header.shape.count > 32 else {",
     "the order of axes is not heeded"),
    (DATA + "SampleShape.swift", "guard isFirst != isLast else {", "guard isFirst || isLast else {",
     "channels at either end are taken for those in front"),
    (DATA + "ZipArchive.swift", "guard flags & 1 == 0 else {", "guard flags & 2 == 0 else {", "encrypted bytes are read"),
    (DATA + "ZipMember.swift", "guard checksum == UInt(entry.checksum) else {", "guard checksum > 0 else {",
     "a checksum is not compared"),
    (DATA + "ZipMember.swift", "overflow || entry.size <= largest", "entry.size >= 0", "more than deflate can make is believed"),
    (DATA + "CSVFormat.swift", "String(validating: record, as: UTF8.self) != nil", "reader.line > 0", "bytes that are no text are one label"),
    (DATA + "CSVFormat.swift", "first.count == train.labels.count && second", "second", "words among the labels are left out"),
    (DATA + "ChannelMoments.swift", "variance > 0 ? variance.squareRoot() : 1", "variance.squareRoot()",
     "a constant channel has no number"),
    (KERNELS + "Training/StoredMoments.swift", "isConstant[$0] ? first[$0] : sums[$0] / rows", "sums[$0] / rows",
     "a constant channel varies by rounding"),
    (KERNELS + "Training/Gathering.swift", "(isInterleaved ? channel : 0)", "0", "all channels are the first"),
    ("Sources/Harness/Models/SampleFit.swift", "guard !kinds.contains(shape.kind) else {", "guard kinds.isEmpty else {",
     "any model takes anything"),
    (RECORDS + "DataRecords.swift", "keeping: isOther", "keeping: { _ in false }", "labels of other data sets are lost"),
    (DATA + "DataSource.swift", "URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent",
     'String(path.split(separator: "/").last ?? "")', "a folder that is called . or .."),
    (DATA + "DataFolder.swift", "(spellings + spellings.map { $0 + \".gz\" })", "(spellings.map { $0 + \".gz\" } + spellings)",
     "a gzipped file before a plain one"),
    (DATA + "DataFolder.swift", "isDirectory: &isFolder) && !isFolder.boolValue", "isDirectory: &isFolder)",
     "a folder is taken for the file"),
    (DATA + "Partition.swift", "RandomStream(seed: 0, purpose: \"train-limit\")", "RandomStream(seed: seed, purpose: \"train-limit\")",
     "another limit for every seed"),
    (DATA + "Partition.swift", "draw(shares, from: all, of: test,", "draw(shares, from: all, of: train,",
     "classes of the test images are counted in the training images"),
    (TRAINING + "Examiner.swift", "(dataset.test, dataset.tested(limit: examination.limit))", "(dataset.test, dataset.tested(limit: 0))",
     "--test-limit does nothing"),
    (DATA + "Partition.swift", "RandomStream(seed: seed, purpose: \"validation\")", "RandomStream(seed: 0, purpose: \"validation\")",
     "one validation set for every seed"),
    (DATA + "Partition.swift", "sizes.map { $0 >= 2 ? $0 - 1 : $0 }", "sizes", "a class is held out as a whole"),
    (DATA + "Partition.swift", "(quotients[$1].remainder, $0) < (quotients[$0].remainder, $1)", "$0 < $1",
     "what is left over goes to the first classes"),
    (DATA + "Partition.swift", "guard heldOut < kept else {", "guard heldOut <= kept else {", "nothing left to train on"),
    (DATA + "Dataset.swift", "Self.largestShare(of: test.labels)", "Self.largestShare(of: train.labels)",
     "guessing on the training images"),
    (DATA + "Dataset.swift", "for byte in 0..<bytes {", "for byte in 0..<0 {", "labels are no part of the fingerprint"),
    # -- Decay, smoothing and dropout
    ("Sources/Layers/Optimizer.swift", "parameter.value.shape.count > 1", "parameter.value.shape.count > 0", "biases decay"),
    ("Sources/Layers/Optimizer.swift", "parameter.decay(by: learningRate * weightDecay)", "parameter.decay(by: weightDecay)",
     "decay regardless of the learning rate"),
    ("Sources/Layers/Optimizer.swift", "decays: (momentum, 0.999)", "decays: (0.9, 0.999)", "Adam does not hear of its momentum"),
    (KERNELS + "Training/OptimizerSteps.swift", "weights.addingProduct(part, weights)", "weights * (Vector(repeating: 1) + part)",
     "a small decay is rounded"),
    (KERNELS + "Training/SoftmaxKernel.swift", "if smoothing > 0 {", "if true {", "0 · ∞ where nothing is smoothed"),
    (KERNELS + "Training/SoftmaxKernel.swift", "g[label] -= Scalar(own / Double(rows))", "g[label] -= Scalar(1 / Double(rows))",
     "the label's gradient is not smoothed"),
    (KERNELS + "Training/Dropping.swift", "number &>> 32", "number", "neighbours are dropped together"),
    (KERNELS + "Training/Dropping.swift", "Scalar(1 / (1 - rate))", "Scalar(1)", "what is kept does not make up for what is dropped"),
    ("Sources/Layers/Dropout.swift", "passes += 1", "passes += 0", "every pass has the first one's mask"),
    ("Sources/Layers/Dropout.swift", "guard mode == .training && rate > 0", "guard rate > 0", "dropout in inference"),
    ("Sources/Layers/DropoutLayers.swift", "place == .layers ? rate : 0", "rate", "dropout everywhere"),
    ("Sources/CNN/CNN.swift", "dropout.backward(&gradient, at: index, cache.dropout)", "",
     "no way back through the dropout after a block"),
    ("Sources/RNN/RNN.swift", "dropout.backward(&next, at: index - 1, cache.dropout)", "dropout.backward(&next, at: index, cache.dropout)",
     "the way back through another layer's dropout"),
    ("Sources/RNN/RNN.swift", "    dropout.visitState(visitor)\n", "", "an RNN that stopped goes on with other masks"),
    # -- Statistics of a comparison
    (STATISTICS + "Distributions.swift", "above + weights[least - 1] <= limit", "above + weights[least - 1] < limit",
     "a probability of exactly 1 − level is too large"),
    (STATISTICS + "Distributions.swift", "polynomial(3, 19, 17, -15) / 384,", "", "a term of the expansion is left out"),
    (STATISTICS + "IncompleteBeta.swift", "steps *= a / (a + 0.5)", "steps *= 1", "Γ is not stepped back"),
    (STATISTICS + "Outcomes.swift", "UInt8(7 - image % 8)", "UInt8(image % 8)", "the first image in the lowest bit"),
    (STATISTICS + "Outcomes.swift", "if count % 8 != 0, let last", "if false, let last", "images beyond the last are taken"),
    (STATISTICS + "Outcomes.swift", "guard data.base64EncodedString() == text else { return nil }", "",
     "several texts for the same outcomes"),
    (STATISTICS + "MeanSquares.swift", "second[seed].values).map { $0 - $1 - origin }", "second[seed].values).map { $0 - $1 }",
     "equal differences are not exactly equal"),
    (STATISTICS + "MeanSquares.swift", "residual = rest / ((seedCount - 1) * (imageCount - 1))", "residual = rest / (seedCount * imageCount)",
     "n for n − 1 in the residual"),
    (STATISTICS + "PairedDifference.swift", "Interval(squares.seeds / size, degreesOfFreedom: ofSeeds, share: share),", "",
     "seeds that are close by chance count as known"),
    (STATISTICS + "PairedDifference.swift", "Interval(squares.images / size, degreesOfFreedom: ofImages, share: share),", "",
     "narrower than the images alone allow"),
    (STATISTICS + "PairedDifference.swift", "squares.seeds + squares.images - squares.residual", "squares.seeds",
     "other images would have given the same"),
    (STATISTICS + "PairedDifference.swift", "(1 - level) / (2 * Double(comparisons))", "(1 - level) / 2", "many intervals at the level of one"),
    (STATISTICS + "PairedDifference.swift", "max(squares.images - squares.residual, 0)", "squares.images",
     "seeds without end leave what they would take away"),
    (STATISTICS + "PairedDifference.swift", "low > 0 || high < 0", "low > 0", "the first is never the worse"),
    (STATISTICS + "Estimate.swift", "degreesOfFreedom: count - 1", "degreesOfFreedom: count", "n for n − 1 degrees of freedom"),
    # -- The command
    (COMPARE + "Words.swift", "max(letters / 3, 1)", "max(letters / 2, 2)", "guesses where nothing is near"),
    (COMPARE + "Words.swift", "if isSwapped { fewest = min(fewest, before[j - 1] + 1) }", "", "swapped letters are two mistakes"),
    (COMPARE + "Words.swift", "word.hasPrefix(candidate + \"-\") ? 0 : distances.min() ?? 0", "distances.min() ?? 0",
     "--data-dir does not lead to --data"),
    (COMPARE + "Words.swift", "line.count + 1 + word.count <= width", "line.count + word.count <= width", "lines of notes one too long"),
    (COMPARE + "Command.swift", "inline != nil || !value.hasPrefix(\"--\")", "inline != nil || !value.isEmpty",
     "the next option is taken for a value"),
    (COMPARE + "Command.swift", "!norms.contains(baseline)", "norms.isEmpty", "a baseline that is not there is passed over"),
    (COMPARE + "Command.swift", "given.contains(\"budget\") && request.tuned.isEmpty", "given.contains(\"budgets\")",
     "a budget without tuning is ignored"),
    (COMPARE + "Option.swift", "guard !parts[1].contains(\"...\"), ends.count == 2,", "guard ends.count == 2,", "0.1...2 is 0.1 to 0.2"),
    (COMPARE + "Option.swift", "let high = ends[1], low > 0,", "let high = ends[1],", "a logarithmic range from 0"),
    (COMPARE + "Option.swift", "guard Set(names).count == names.count else {", "guard !names.isEmpty else {", "a setting is tuned twice"),
    (COMPARE + "Option.swift", "guard !names.contains(source.name) || request.sources[source.name] == nil else {",
     "guard !source.name.isEmpty else {", "two folders of one name are one data set"),
    (COMPARE + "Option.swift", "AnySetting.all.filter { $0.name != \"seed\" }", "AnySetting.all", "a pivot with means over seeds as one seed's"),
    (COMPARE + "Completion.swift", "compgen -P \"$list\" -W \"$words\"", "compgen -W \"$words\"", "completion forgets what stands before the comma"),
    (COMPARE + "Completion.swift", "before=\"${COMP_WORDS[COMP_CWORD-2]}\"", "before=\"\"", "no completion behind the equals sign"),
    (COMPARE + "Table.swift", "if isWords { return (column.cells[a], a) < (column.cells[b], b) }", "", "words are sorted as numbers"),
    (COMPARE + "Table.swift", "cell.replacing(\"−\", with: \"-\").drop", "cell.drop", "negative differences are no numbers"),
    (COMPARE + "Table.swift", "\"%\": \"\\\\%\", ", "", "a comment in the middle of a LaTeX table"),
    (COMPARE + "Report.swift", "wrapped(note, width: width - 2).map { \"% \" + $0 }", "wrapped(note, width: width - 2)",
     "notes stand in the paper"),
    (COMPARE + "Report.swift", "abs(value) < 1000 || value.isNaN", "abs(value) < 1e16 || value.isNaN", "a loss of 6e15 in full"),
    (COMPARE + "Report.swift", "row.count(status) > 0 ?", "row.count(status) > 9 ?", "a pivot hides what diverged"),
    (COMPARE + "Report.swift", "guard mixed.count > 1 else { continue }", "guard mixed.isEmpty else { continue }",
     "a pivot averages over a third setting"),
    (COMPARE + "Report.swift", "guard floor != fixed(0, 4) else {", "guard !floor.isEmpty else {", "differences down to 0.0000"),
    (COMPARE + "Report.swift", "if (rows.map(\\.runs.count).max() ?? 0) < 3 {", "if (rows.map(\\.runs.count).max() ?? 0) < 2 {",
     "two seeds do not hear of a third"),
    (COMPARE + "Report.swift", "(models.count > 1 ? [run[.model]] : [])", "[]", "a warning that does not say which model"),
    (COMPARE + "Report.swift", "range.upperBound * (isUpper ? 10 : 1)", "range.upperBound", "a wider range that is as narrow"),
    (COMPARE + "Report.swift", "value < 0 ? \"−\" : \"+\"", "value < 0 ? \"\" : \"+\"", "a difference without its sign"),
    (COMPARE + "Report.swift", "fixed($0.smallerBudgets[index].accuracy.mean, 4)", "plusMinus($0.smallerBudgets[index].accuracy, 4)",
     "intervals of smaller budgets wider than all there is"),
    (COMPARE + "ReportJSON.swift", "value.isFinite ? value : NSNull()", "value.isFinite ? value : 0", "a number that is not there is 0"),
    (COMPARE + "ReportJSON.swift", "where !isTuned(setting) { fields[setting.column]", "where true { fields[setting.column]",
     "a tuned rate of 0 in differences.csv"),
    (COMPARE + "Titles.swift", "+ varying.map { setting in", "+ [].map { (setting: AnySetting) in", "runs are not told apart by what varies"),
    (COMPARE + "Request.swift", "budget ?? Self.defaultBudget", "budget ?? 2", "tuning looks at two points"),
    (COMPARE + "PlotAxis.swift", "let room = max(leastSpan - (high - low), 0)", "let room = 0.0", "an axis as short as what hardly differs"),
    (COMPARE + "PlotAxis.swift", "unevenness(values.map { log($0) }) < unevenness(values)", "false", "no axis is logarithmic"),
    (COMPARE + "PlotCanvas.swift", "fill(column, from: before, to: now)", "", "steep lines have gaps"),
    (COMPARE + "PlotCanvas.swift", "&& !marked[row][$0]", "", "marks of one place hide each other"),
    (COMPARE + "PlotMarks.swift", "let mark = letters.first { !taken.contains($0) } ?? \"?\"", "let mark = letters.first ?? \"?\"",
     "two normalizers have one letter"),
    (COMPARE + "PlotMeasure.swift", "ofDiverged: { $0[.guessAccuracy] },", "", "the curve leaves out what diverged"),
    (COMPARE + "Plot.swift", "(taken.last ?? rows) - 1", "rows", "lines that end in one place are named in one row"),
    (COMPARE + "CommandFile.swift", "{ $0 != row }", "{ _ in true }", "a command that is given again stands there twice"),
    (COMPARE + "ReportPlots.swift", "+ words.map { row.configuration[$0] }", "", "runs that differ in a word are drawn as one"),
    (COMPARE + "ReportPlots.swift", "guard varying.count == 1 else {", "guard varying.count >= 1 else {", "two settings in one line"),
    (COMPARE + "PythonReport.swift", '].first { works([$0, "-c"', '].first { _ in works(["true"',
     "a script is run without what it imports"),
    (COMPARE + "CompareCommand.swift", "wanted.filter { !trials.contains($0.run) }", "wanted", "trials are rows of the plain table"),
    (COMPARE + "CompareCommand.swift", "guard !analysis.rows.isEmpty else {", "guard !analysis.rows.isEmpty || true else {",
     "an empty table of a tuning that never was"),
    ("Sources/Harness/Tuning/Tuning.swift", "1 / Double(max(budget, 8))", "1 / Double(max(budget, 2))",
     "a small budget warns of an end whatever was chosen"),
    ("Sources/Harness/Settings/RunConfiguration.swift", "(setting.isOfNormalizer ? norms : models).contains", "norms.contains",
     "what tells normalizers apart stays hidden"),
    ("Sources/Harness/Settings/Grid.swift", "meant.allSatisfy(given.contains) ? given.filter { !meant.contains($0) } : given", "given", "all places are too many for one model"),
    # -- Settings and their grid
    (SETTINGS + "Setting.swift", "Int(text).map(range.contains) ?? false", "Int(text) != nil", "any whole number is a value"),
    (SETTINGS + "Setting.swift", "{ $0 >= 0 && $0 < 1 }", "{ $0 >= 0 && $0 <= 1 }", "a share may be all"),
    (SETTINGS + "RunConfiguration.swift", "newValue == setting.absent ? nil : newValue", "newValue",
     "a setting that is absent renames runs"),
    (SETTINGS + "RunConfiguration.swift", ", \"numerics=\\(numerics)\"]", "]", "runs of other numerics are taken for recorded"),
    (SETTINGS + "RunConfiguration.swift", "[\"fingerprint=\\(fingerprint)\", ", "[", "runs on other bytes are taken for recorded"),
    (SETTINGS + "RunConfiguration.swift", "if text == \"nan\" { continue }", "", "version 1 without clipping is not read"),
    (SETTINGS + "RunConfiguration.swift", "!text.isEmpty, text != setting.absent else", "!text.isEmpty else",
     "a file without a width is not read again"),
    (SETTINGS + "Grid.swift", "count <= Double(largestCount)", "count < Double(largestCount)",
     "one run less than are promised"),
    (SETTINGS + "Grid.swift", "if seen.insert(training.configuration).inserted { trainings.append(training) }",
     "trainings.append(training)", "a run that is the same is trained twice"),
    (SETTINGS + "Grid.swift", "let configuration = configuration.canonical(in: catalogue)", "",
     "what cannot be is named for every setting that changes nothing"),
    (SETTINGS + "Grid.swift", "if trainings.isEmpty, let first = impossible.first { throw first.reason }", "",
     "a grid of nothing is no mistake"),
    # -- Training and what is observed of it
    (TRAINING + "Trainer.swift", "guard step.isFinite else { return step }", "", "a step is taken along an infinite gradient"),
    (TRAINING + "Trainer.swift", "{ loss.isFinite && gradientNorm.isFinite }", "{ loss.isFinite }",
     "an infinite gradient is no divergence"),
    (TRAINING + "Trainer.swift", "loss.isFinite && gradientNorm", "gradientNorm", "an infinite loss is no divergence"),
    (TRAINING + "Trainer.swift", "of: rule.steps, warmUp: rule.warmUp)", "of: rule.steps, warmUp: 0)", "no warm-up"),
    (TRAINING + "Trainer.swift", "sum.samples += step.samples", "sum.samples = step.samples", "the loss of an epoch over the last batch"),
    (TRAINING + "GroupTraining.swift", "|| [result?.validation, result?.test].contains { $0.map { !$0.loss.isFinite } ?? false }", "",
     "a divergence in evaluation goes unnoticed"),
    (TRAINING + "GroupTraining.swift", "if isOver { return }", "", "training goes on after a divergence"),
    (TRAINING + "GroupTraining.swift", "permutation(of: examiner.samples.count).map { examiner.samples[$0] }[...]",
     "permutation(of: examiner.samples.count)[...]",
     "what is held out is trained on"),
    (TRAINING + "GroupTraining.swift", "purpose: \"batches\", epoch: epoch)", "purpose: \"batches\", epoch: 1)", "every epoch in one order"),
    (TRAINING + "Training.swift", "rest > 0 && configuration[.lastBatch] == .keep", "rest > 0", "the last batch is never dropped"),
    (TRAINING + "GroupTraining.swift", "step % interval == 0 || step == steps :", "step % interval == 0 || step == 1 :",
     "no evaluation at the end"),
    (TRAINING + "GroupTraining.swift", "if isDue { recent = TrainingStep() }", "", "the training loss is that of the whole run"),
    (TRAINING + "Training.swift", "Set([min(2, run[.batchSize]), min(2, smallest)])", "Set([min(2, run[.batchSize])])",
     "a last batch of one sample is not tried"),
    (TRAINING + "Training.swift", "where !setting.concerns(self, model, normalizer) {", "where setting.name.isEmpty {",
     "what does not concern a run renames it"),
    (TRAINING + "Schedule.swift", "Double(step + 1) / (Double(warmUp) + 1)", "Double(step) / Double(warmUp)", "the first step goes nowhere"),
    (TRAINING + "Schedule.swift", "progress < 0.75 ? 0.1", "progress < 0.9 ? 0.1", "the second fall of the rate comes late"),
    (TRAINING + "Metric.swift", "observations.first { ($0.test?", "observations.last { ($0.test?", "the last epoch above 90 % instead of the first"),
    (TRAINING + "Metric.swift", "?? Double(course.epochs)", "?? .nan", "a run that never comes to 90 % is left out"),
    (TRAINING + "Metric.swift", "measured.first { $0.validation?.accuracy == best }", "observations.max { ($0.test?.accuracy ?? 0) < ($1.test?.accuracy ?? 0) }",
     "the epoch is selected on the test images"),
    (TRAINING + "Stopwatch.swift", "if threads == share {", "if true {", "the rate with whatever threads there were"),
    (TRAINING + "Comparison.swift", "guard error == nil, started < count", "guard started < count", "runs are begun after an error"),
    (TRAINING + "Comparison.swift", "failure = failure ?? error", "failure = failure ?? HarnessError.interrupted", "an error of a run is an interruption"),
    (TRAINING + "Comparison.swift", "waiting[index] = .some(finished)",
     "if finished != nil { waiting[index] = .some(finished) }",
     "what was trained beside a run that failed is lost"),
    (TRAINING + "Comparison.swift", "try directory.commit(result, replacing: force)", "try? directory.commit(result, replacing: force)",
     "runs that are not recorded are told of as finished"),
    # -- Records
    (RECORDS + "RunRecord.swift", "status == .diverged ? self[.guessAccuracy] : self[.testAccuracy]", "self[.testAccuracy]",
     "a run that diverged counts with what it had"),
    (RECORDS + "RunRecord.swift", "correct.count { $0 } < Binomial", "correct.count { $0 } <= Binomial", "one image above guessing is guessing"),
    (RECORDS + "RunRecord.swift", ".flatMap { Int($0) } ?? 1", ".flatMap { Int($0) } ?? Harness.numerics", "old runs are of today's numerics"),
    (RECORDS + "CSV.swift", "guard value.isFinite else { return \"\" }", "guard value.isFinite else { return \"nan\" }", "nan where there is no number"),
    (RECORDS + "CSV.swift", "$0 == comma || $0 == quote ||", "$0 == comma ||", "quotes are not quoted"),
    (RECORDS + "Journal.swift", "guard lines.popLast() ?? \"\" == Self.end else { return [] }", "lines.removeAll { $0 == Self.end }",
     "a journal that was cut is believed"),
    (RECORDS + "ResultFile.swift", "if place == 0 && record.first != UInt8(ascii: \"\\\"\") {", "if place == 0 {",
     "a run in quotes is another"),
    (RECORDS + "ResultsDirectory.swift", "length > 0,\n        file.hasLine(endingAt: length)", "length > 0", "any journal is believed"),
    (RECORDS + "ResultsDirectory.swift", "if try !whole.isSuperset(of: outcomes.runs(from: 0).runs) {", "if whole.isEmpty {",
     "what was taken out stays in other files"),
    (RECORDS + "ResultsDirectory.swift", "if seen.insert(record.run).inserted { records.append(record) }", "records.append(record)",
     "a run that was pasted counts twice"),
    (RECORDS + "CSV.swift", "isCut = isQuoted", "isCut = false", "a quotation swallows the rest"),
    (RECORDS + "ResultFile.swift", "(lines + others).contains { !$0(column).isEmpty }", "false", "no column for what is rarely measured"),
    (TRAINING + "Training.swift", "guard steps.overflow || run[.warmUp] < steps.partialValue", "guard true", "a warm-up without an end"),
    (TRAINING + "Training.swift", "where setting.canonical(run[setting]) == nil {", "where setting.name.isEmpty {",
     "values that are none of their setting's"),
    (SETTINGS + "Settings.swift", "!setting.applies(run, none) && choices", "choices", "every setting belongs to the normalizer"),
    (SETTINGS + "Grid.swift", "(normalizer.isNone && setting.isOfNormalizer)", "false", "the baseline is not what was asked for"),
    ("Sources/Harness/Models/NormalizerChoice.swift", "takesAffine = other?.isAffine == false", "takesAffine = true",
     "recorded without γ and β, trained with them"),
    ("Sources/Harness/Tuning/TuningStudy.swift", "if seen.insert(\"\\(replicate.study) \\(replicate.configuration[.seed])\").inserted { replicates.append(replicate) }",
     "replicates.append(replicate)", "a seed counts twice"),
    (RECORDS + "ResultFile.swift", "ftruncate(file, start)\n", "\n", "a short write leaves half a line"),
    (RECORDS + "ResultFile.swift", "if end < length, ftruncate(file, end) != 0", "if end > length", "an unfinished line stays"),
    (RECORDS + "ResultFile.swift", "CSV.Columns(old + new)", "CSV.Columns(columns)", "a column that nobody knows is lost"),
    (RECORDS + "ResultFile.swift", " || isNothing ?", " ?", "nan stays in files of version 1"),
    (RECORDS + "ResultsDirectory.swift", "let isRecorded = try known.catchUp(runs).contains(run)", "let isRecorded = false",
     "two writers record a run twice"),
    (RECORDS + "KnownRuns.swift", " || !file.hasLine(endingAt: known.end)", "", "a new file with an old number is taken for the old one"),
    (RECORDS + "ResultsDirectory.swift", "try curves.prepare(keeping: whole.contains)", "try curves.prepare()", "curves without a run stay"),
    (RECORDS + "ResultsDirectory.swift", "          try? recover()\n", "", "a full disk leaves curves without a run"),
    (RECORDS + "KnownRuns.swift", "file.runs(from: known.end)", "file.runs(from: 0)",
     "every commit reads all runs again"),
    (RECORDS + "ResultsDirectory.swift", "if isRecorded && replacing {", "if false {", "force replaces nothing"),
    # -- Analysis and tuning
    (STATISTICS + "Analysis.swift", "Estimate(runs.map(\\.countedAccuracy))", "Estimate(runs.filter { $0.status != .diverged }.map(\\.countedAccuracy))",
     "runs that diverged are left out of the mean"),
    (STATISTICS + "Analysis.swift", "Estimate(runs.filter { $0.status != .diverged }.map { $0[.trainLoss] })", "Estimate(runs.map { $0[.trainLoss] })",
     "losses of diverged runs enter the mean"),
    (STATISTICS + "Analysis.swift", "rows.indices.filter { rows[$0].numerics == numerics }", "Array(rows.indices)", "runs of other numerics are paired"),
    (STATISTICS + "Analysis.swift", " && $0.fingerprint == run.fingerprint", "", "runs on other bytes are paired"),
    (STATISTICS + "Analysis.swift", "guard run.status == .diverged else { return outcomes[run.run] }", "if let known = outcomes[run.run] { return known }",
     "a run without outcomes guesses"),
    (STATISTICS + "Analysis.swift", "outcomes, comparisons: pairs.count)", "outcomes, comparisons: 1)", "intervals hold one at a time"),
    (STATISTICS + "Analysis.swift", "?? (norms.contains(\"none\") ? \"none\" : nil)", "", "the baseline is the first row, whatever it is"),
    (STATISTICS + "Analysis.swift", "without(AnySetting.all.filter(\\.isOfNormalizer))", "without([Setting.norm.erased])",
     "other groups have no baseline"),
    (STATISTICS + "Analysis.swift", "if rows.contains(where: { $0.isToldFromBest != nil }) {", "if true {", "ranks without differences"),
    (STATISTICS + "PairedDifference.swift", "first.count >= 3, ", "first.count >= 2, ", "an interval over two seeds"),
    (STATISTICS + "Distributions.swift", "above + weights[least - 1] <= limit", "above + weights[least - 1] < limit", "a probability that is just small enough is not"),
    (TUNING + "Tuning.swift", "seed: base[.seed])", "seed: 0)", "every seed has the same points"),
    (TUNING + "Tuning.swift", "exp((1 - position) * log(range.lowerBound) + position * log(range.upperBound))",
     "range.lowerBound + (range.upperBound - range.lowerBound) * position", "points are uniform, and not in their logarithm"),
    (TUNING + "Tuning.swift", "? loss(a) < loss(b) :", "? loss(a) > loss(b) :", "of two alike, the higher loss"),
    (TUNING + "Tuning.swift", "run.status == .diverged ? run[.guessAccuracy] : run[.validationAccuracy]", "run[.validationAccuracy]",
     "a run that diverged is chosen by what it had"),
    (TUNING + "Tuning.swift", "$0.prefix(budget))?", "$0.suffix(budget))?", "a smaller budget takes the last points"),
    (TUNING + "Tuning.swift", ".filter { $0.count == tuning.budget }", "", "a choice among the trials that are there"),
    (TUNING + "Tuning.swift", "? (pair.0, true) : nil", "? (pair.0, false) : nil", "the wrong end of the range"),
    (TUNING + "TrialSequence.swift", "pow(1 / root, Double($0))", "pow(0.5, Double($0))", "two points, again and again"),
    (TUNING + "TrialSequence.swift", "purpose: \"tuning/\\(axis)\"", "purpose: \"tuning\"", "all axes have one shift"),
    # -- The terminal
    (COMPARE + "ProgressLine.swift", "guard room - 2 >= bar.lowerBound else { return nil }", "guard room >= bar.lowerBound else { return nil }",
     "a line two characters too long"),
    (COMPARE + "ProgressLine.swift", "?? fit(padded, bar: bar, without: [.speed, .loss], in: width)", "", "the epoch goes before the bar is short"),
    (COMPARE + "ProgressLine.swift", "let both = briefs.joined(separator: \"  \")", "let both = briefs.last ?? \"\"", "the time left stays longest"),
    (COMPARE + "LiveLines.swift", "\\(lines.count - 1)A", "\\(lines.count)A", "the cursor goes up one line too many"),
    (COMPARE + "LiveLines.swift", "block + \"\\u{1B}[J\" + back", "block + back", "bars stay when their run has ended"),
    (COMPARE + "ProgressDisplay.swift", "let (columns, rows) = screen.size()", "let (columns, rows) = (80, screen.size().rows)",
     "every terminal has eighty columns"),
    (COMPARE + "ProgressDisplay.swift", "state.runs[index].takeProgress()\n      state.runs[index].line.titleWidth", "state.runs[index].line.titleWidth",
     "bars stay at their start"),
    (COMPARE + "ProgressDisplay.swift", "if screen.isTerminal { screen.write(LiveLines.update(to: [])) }", "", "Ctrl-C leaves the bars behind"),
    (COMPARE + "StandardStream.swift", "signal(SIGPIPE, SIG_IGN)", "", "a reader who has gone ends the program"),
    (COMPARE + "StandardStream.swift", "_ = open(\"/dev/null\", O_RDONLY)", "_ = open(\"/dev/null\", O_RDWR)", "closed streams take everything"),
    (COMPARE + "StandardStream.swift", "rest.removeFirst(written)", "rest = []", "what is not taken at once is dropped"),
    (COMPARE + "StandardStream.swift", "guard failure == nil else { return }", "", "writing goes on after a failure"),
    (COMPARE + "CompareCommand.swift", "if let failure = StandardStream.output.failure { fail(failure.message, failure.exitCode) }", "",
     "a full standard output is not noticed"),
    (COMPARE + "Interruption.swift", "_exit(128 + number)", "", "the second Ctrl-C is ignored"),
    (COMPARE + "Interruption.swift", "guard before != unsafeBitCast(SIG_IGN, to: Int.self) else { continue }", "", "a hangup ends what nohup started"),
    (COMPARE + "StopRequest.swift", "since.duration(to: instant) < Self.oneRequest ? .nothing : .endAtOnce", ".endAtOnce",
     "a signal that is sent twice at once is not waited for"),
    (NORMS + "NormalizerState.swift", "calibrationPasses = mode == .calibration ? calibrationPasses + 1 : 0",
     "calibrationPasses += mode == .calibration ? 1 : 0", "training does not end a calibration"),
    (NORMS + "NormalizerState.swift", "if let calibrated, calibrated !=", "if false, let calibrated, calibrated !=",
     "a calibration goes on from statistics of a snapshot"),
    (NORMS + "Normalization.swift", "let corrects = mode == .training || !mixesSamples", "let corrects = true",
     "a correction by running statistics outside of training"),
    (NORMS + "NormalizerState.swift", "guard mode.records else { return }",
     "guard mode != .inference else { return }", "inference with statistics of the batch records them"),
    (NORMS + "NormalizationGradient.swift", "if isAffine && !learnsShift { shift", "if false { shift",
     "a shift that is not learned gathers a gradient"),
    (NORMS + "InjectedNoise.swift", "case .channelsLast: samples\n", "case .channelsLast: 1\n",
     "noise of channels-last images goes by the samples' rows"),
    (NORMS + "InjectedNoise.swift", "0.1 * amount * stream.nextNormal()", "0.1 * amount * (2 * stream.nextUnit() - 1)",
     "factors of noise are uniform"),
    (NORMS + "InjectedNoise.swift", "    passes += 1\n", "", "every pass has the same noise"),
    (NORMS + "GhostBatches.swift", "<= (size > 1 ? 1 : 0) ? samples", "<= 0 ? samples", "a part of one sample"),
    (NORMS + "GhostBatches.swift", "let axis = layout == .timeMajor ? input.shape.count - 2 : 0", "let axis = 0",
     "time-major batches are cut along time"),
    (NORMS + "GhostBatches.swift", "mode == .training ? Self.parts", "true ? Self.parts", "parts outside of training, too"),
    (TRAINING + "GroupTraining.swift", "let open = runs.indices.filter { !courses[$0].isDiverged }",
     "let open = Array(runs.indices)", "a run that is over is tested on"),
    (TRAINING + "TrainingGroup.swift", "(run.configuration.ofTraining, run.dataset.fingerprint)",
     "(run.configuration, run.dataset.fingerprint)", "every run is trained by itself"),
    (TRAINING + "GroupTraining.swift", "if step == 0 { firstLoss", "if step == 1 { firstLoss", "the first loss is the second"),
    (TRAINING + "Examiner.swift", "try prepared[inference] ?? prepare(model, for: inference)",
     "try prepared.values.first ?? prepare(model, for: inference)", "all runs of a training share their statistics"),
    (TRAINING + "Examiner.swift", "number * whole / count * batchSize", "number * batchSize",
     "the first hundred batches are the population"),
    (TRAINING + "Examiner.swift", "evaluate(&model, inference, heldOut",
     "evaluate(&model, Inference(statistics: .moving, batchSize: 256), heldOut", "validation by the moving averages"),
    (TRAINING + "Examination.swift", "statistics == .batch ? .batchInference : .inference", ".inference",
     "statistics of the batch are those of training"),
    ("Sources/Harness/Data/Dataset.swift", "lit == 1 ? variance : lit * (variance + mean * mean) - centre * centre",
     "variance", "the deviation of painted images is that of grey ones"),
    ("Sources/Harness/Data/TestImages.swift", "weights.suffix(1) + weights.dropLast()",
     "weights.dropFirst() + weights.prefix(1)", "colours turn the other way"),
    ("Sources/Harness/Models/NormalizerChoice.swift", "name: \"layer\\(layer)\"", "name: \"layer\"",
     "all layers have the same noise"),
    ("Sources/Harness/Models/NormalizerChoice.swift", "if run[.affine] == .shift { normalizer?.state.learnsScale = false }",
     "", "shift alone is scale and shift"),
    ("Sources/Layers/L2Regularization.swift", "return factor * sum / 2", "return factor * sum", "twice the L2 term in the loss"),
    ("Sources/Layers/L2Regularization.swift", "guard parameter.value.shape.count > 1 else { return }", "",
     "L2 regularization of scales, shifts and biases"),
    # -- Claims
    (CLAIMS + "Questions/Question.swift", "if low >= scaled(delta) && isLeast {", "if low >= scaled(delta) {",
     "a bound from above supports what says more"),
    (CLAIMS + "Questions/Question.swift", "return high < scaled(delta) && isMost ?", "return high < scaled(delta) ?",
     "a bound from below contradicts what says more"),
    (CLAIMS + "Questions/Question.swift", "if low > -delta && high < delta && isLeast && isMost", "if high < delta && isLeast && isMost",
     "equal is no larger"),
    (CLAIMS + "Questions/Question.swift", "|| (high <= -delta && isMost) ?", "?", "less is never contradicted to be equal"),
    (CLAIMS + "Questions/Question.swift", "form == .ratio ? log2(delta) : delta", "delta", "a factor is taken for its logarithm"),
    (CLAIMS + "Questions/Reading.swift", "case .atLeast: .atMost", "case .atLeast: .atLeast", "a bound that is subtracted stays what it is"),
    (CLAIMS + "Questions/Reading.swift", "one == other ? one : .unknown", "one", "bounds in two directions are one"),
    (CLAIMS + "Questions/Finding.swift", "1 - 0.025 / Double(max(comparisons, 1))", "0.975", "each interval holds by itself alone"),
    (CLAIMS + "Questions/Finding.swift", "max(half, question.quantity.resolution)", "half", "a grid tells more than its steps"),
    (CLAIMS + "Questions/Finding.swift", "} else if isUndecided {", "} else if false {", "a verdict rests on a rate at the end of its range"),
    (CLAIMS + "Questions/Finding.swift", "guard values.count >= 3", "guard values.count >= 2", "two seeds have an interval"),
    (CLAIMS + "Questions/Evidence.swift", "record.status == .diverged ? guess : outcomes", "outcomes", "what diverged has no outcomes"),
    (CLAIMS + "Quantities/Target.swift", "min(0.9, 0.98 * $0)", "0.9 + 0 * $0", "a target that one side cannot reach"),
    (CLAIMS + "Quantities/Target.swift", "?? .nan, .atLeast)", "?? .nan)", "what never got there got there at the end"),
    (CLAIMS + "Quantities/Sweeps.swift", "last == values.count - 1 ? .atLeast : .exact", ".exact", "the end of the grid is the largest rate"),
    (CLAIMS + "Quantities/Sweeps.swift", "runs.indices[best...].prefix { runs[$0].trains }.last", "runs.indices.last { runs[$0].trains }",
     "what trains by luck counts"),
    (CLAIMS + "Quantities/Sweeps.swift", "count == runs.count ? .atLeast : .exact", ".exact", "a band that fills the grid ends there"),
    (CLAIMS + "Quantities/LayerRows.swift", "case .start: rows.filter { $0.step == 0 }", "case .start: rows", "before the first step is always"),
    (CLAIMS + "Quantities/LayerRows.swift", "case .end: rows.filter { $0.step == last }", "case .end: rows", "the end is always"),
    (CLAIMS + "Quantities/Landscape.swift", "$0.isNaN ? .infinity : $0", "$0", "what is no number has changed little"),
    (CLAIMS + "Quantities/Landscape.swift", "guard high.isFinite else { return Reading(largest, .atLeast) }", "", "what is no number is the median"),
    (CLAIMS + "Inquiry/Inquiry.swift", "questions.count { $0.rule != .shown }", "min(questions.count, 1)", "intervals hold for one question"),
    (CLAIMS + "Inquiry/Inquiry.swift", "if recordings[training.identifier] == nil { order.append(training) }", "order.append(training)",
     "what two questions need is trained twice"),
    (CLAIMS + "Inquiry/Plan.swift", "chosen.count == studies.count ? chosen : nil", "chosen", "what is missing of a tuning is left out"),
    (CLAIMS + "Inquiry/Plan.swift", "return archive.best(of: choosing).map", "return archive.best(of: own).map", "each configuration chooses a network of its own"),
    (CLAIMS + "Inquiry/Assembly.swift", "second, comparisons: comparisons, remarks: [\"\\(error)\"],", "second, comparisons: comparisons, remarks: [],",
     "nobody is told why a question cannot be computed"),
    (CLAIMS + "Inquiry/Assembly.swift", "if isStopped() { throw HarnessError.interrupted }", "", "Ctrl-C waits for what is computed"),
    (CLAIMS + "Quantities/LayerRows.swift", "runs[0].record.status == .diverged ? .atLeast : .exact", ".exact", "a run that diverged blew up by so much and no more"),
    (CLAIMS + "Measures/UnseenBias.swift", "isSeen ? direct + throughMean : direct", "direct", "the gradient never sees the mean"),
    (CLAIMS + "Inquiry/VerdictFile.swift", "$0.isEmpty ? nil : $0 } ?? \"0\"", "$0 } ?? \"0\"",
     "verdicts of an older file stand beside their successors"),
    ("Sources/Harness/Settings/GridException.swift", "cases.allSatisfy {", "cases.contains {", "an exception is for runs of one of its cases"),
    ("Sources/Harness/Settings/Grid.swift", "isFor ? exception.applied(to: run) : [run]", "exception.applied(to: run)",
     "an exception is for every run"),
    ("Sources/Harness/Settings/Grid.swift", "guard isFor.contains(true) else {", "guard true else {", "an exception for no run goes unnoticed"),
    (COMPARE + "PlanFile.swift", "GridException.fixed.contains { $0.name == change.setting.name }", "false", "an exception changes the seed"),
    (TRAINING + "TimeEstimate.swift", "max(total / Double(min(jobs, groups.count)), dearest.seconds)", "total / Double(jobs)",
     "less time than the dearest run takes"),
    (TRAINING + "TimeEstimate.swift", "if seconds > dearest.seconds {", "if dearest.seconds < 0 {", "the first run is the dearest"),
    (TRAINING + "Comparison.swift", "guard checkpoint.isOf(group) else { return }", "", "a checkpoint of other runs is gone on from"),
    (RECORDS + "Merge.swift", "if hasCurves && !evaluated.contains(run) {", "if false {", "a run without its curve is merged"),
    (CHECKPOINTS + "CheckpointFolder.swift", "StableHash(of: content.checkpoint).value == content.hash,", "",
     "a spoiled checkpoint is gone on from"),
    (CHECKPOINTS + "TimeLimit.swift", "elapsed + 1.5 * longest + 1 < seconds", "elapsed < seconds", "an epoch is begun that is not over in time"),
    (TRAINING + "GroupTraining.swift", "(recent, firstLoss) = (checkpoint.recent, checkpoint.firstLoss)", "firstLoss = checkpoint.firstLoss",
     "the steps since the last evaluation are forgotten at a stop"),
    (TRAINING + "Trainer.swift", "try optimizer.restore(memory, for: model)", "_ = memory", "the optimizer begins anew after a stop"),
    (TRAINING + "Comparison.swift", "checkpoints.remove(of: finished.group.runs)", "_ = checkpoints", "checkpoints stay behind for ever"),
    (TRAINING + "Comparison.swift", "guard !force, !isWatched, let", "guard !force, let", "a run whose inside is recorded has gaps after a stop"),
    ("Sources/Harness/Tuning/ChosenTrial.swift", "guard trials.count == tuning.budget, own", "guard own",
     "a seed that lacks trials has a choice"),
    ("Sources/Harness/Tuning/ChosenTrial.swift", "(chooser ?? self).replicates", "replicates", "each study chooses for itself"),
    ("Sources/Harness/Tuning/ChosenTrial.swift", "{ !seen.contains(key($0)) }", "{ _ in true }", "what was chosen before stays"),
    (RECORDS + "ResultFile.swift", "header == columns.filter(header.contains), ", "header == columns, ",
     "a file of an older version cannot be read"),
    (CLAIMS + "Study.swift", "max(run[.epochs] * batches", "max(batches", "the more epochs, the more evaluations"),
    (CLAIMS + "Inquiry/VerdictFile.swift", "{ !asked.contains(key($0)) }", "{ _ in false }", "verdicts of other claims are lost"),
    (CLAIMS + "Measures/BatchNoise.swift", "means.append((log(Double(size)), log(ofMeans) / 2))", "means.append((log(Double(size)), log(ofMeans)))",
     "a variance is taken for a deviation"),
    (CLAIMS + "Measures/AffineIdentity.swift", "(variance + epsilon).squareRoot()", "variance.squareRoot()", "the identity forgets ε"),
    (CLAIMS + "Measures/ZCAWhitening.swift", "root = root.map { $0 / trace.squareRoot() }", "root = root.map { $0 / trace }", "whitened values have no variance of 1"),
    (CLAIMS + "Measures/Slope.swift", "($1.x - x) * ($1.y - y)", "($1.x - x) * $1.x", "a slope of the places alone"),
    (COMPARE + "Command.swift", "guard word == \"all\" || known.contains(word) else", "guard !word.isEmpty else", "any word is a claim"),
    # -- Many machines
    (TRAINING + "Operations.swift", "runs.map(\\.operationsOfTests).sorted().reduce(0, +)", "runs[0].operationsOfTests", "only the first way of testing counts"),
    (TRAINING + "Operations.swift", "tests * Double(tested + samplesHeldOut + calibrated)", "tests * Double(tested + calibrated)", "images held out cost nothing"),
    (TRAINING + "Operations.swift", "(steps / every).rounded(.up)", "(steps / every).rounded(.down)", "the last test is not counted"),
    (TRAINING + "GridSlice.swift", "one.cost > other.cost", "one.cost < other.cost", "the smallest runs are dealt first"),
    (TRAINING + "GridSlice.swift", "one.cost == other.cost ? one.name < other.name : one", "one", "equal runs are dealt in the order of the grid"),
    (TRAINING + "GridSlice.swift", "loads[least] += trainings[index].cost", "loads[least] += 1", "slices have as many runs and not as much work"),
    (TRAINING + "GridSlice.swift", "let groups = TrainingGroup.groups(of: grid)", "let groups = grid.map { TrainingGroup([$0]) }", "runs of one training are torn apart"),
    (RECORDS + "Replacement.swift", "if names.popLast() == Self.end {", "do { _ = names.popLast()", "a list that is cut is believed"),
    (RECORDS + "Replacement.swift", "where !name.contains(\"/\") && FileManager.default.fileExists(atPath: path(of: name))", "where !name.contains(\"/\")", "what is in its place already is in the way"),
    (RECORDS + "Replacement.swift", "guard !FileManager.default.fileExists(atPath: list) else { return }", "return", "what was written beside is never cleared away"),
    (RECORDS + "StoredRow.swift", "if let one = Double(values.0), let two = Double(values.1), one == two { return nil }", "", "a number spelled otherwise is another one"),
    (RECORDS + "StoredRow.swift", "other.columns.places[column] != nil else", "!column.isEmpty else", "a column that one file lacks contradicts"),
    (RECORDS + "StoredRow.swift", "values.0 != values.1, !values.0.isEmpty, !values.1.isEmpty", "values.0 != values.1", "a row of an older version contradicts by what it lacks"),
    (RECORDS + "MergedRuns.swift", "[\"version\"] + Metric<Course>.all.filter(\\.isTime)", "[\"version\"] + Metric<Course>.all.filter(\\.isWhole)", "a run that took another time contradicts"),
    (RECORDS + "MergedRuns.swift", "filter { owners[$0]?.first != 0 }", "filter { _ in true }", "a contradicted run is taken from the target"),
    (RECORDS + "MergedRuns.swift", "if contradicted.contains(run) { return 0 }", "", "the last version of a contradicted run may come into the target"),
    (RECORDS + "MergedRuns.swift", "guard let places = owners[run], !left.contains(run) else", "guard let places = owners[run] else", "a contradicted run is merged"),
    (RECORDS + "MergedRuns.swift", "guard own.count == others.count else {", "guard !own.isEmpty else {", "a curve that is cut is the same curve"),
    (RECORDS + "OutputFile.swift", "guard count > 0 else { throw failure() }", "guard count > 0 else { break }", "a full disk is passed over"),
    (RECORDS + "OutputFile.swift", "unlink(temporary)\n", "", "what cannot be written whole leaves its beginning behind"),
    (RECORDS + "OutputFile.swift", "\"\\(path).new-\\(getpid())\"", "path", "a file is begun anew in its own place"),
    (RECORDS + "OutputFolder.swift", "if let flaw = make(parent) { return flaw }", "", "the folders above are not made"),
    (RECORDS + "FolderLock.swift", "while take(file) != 0 {", "while take(file) > 0 {", "a file system without locks is passed over"),
    (RECORDS + "FolderLock.swift", "guard errno == EINTR else {", "guard errno != errno else {", "a signal ends the waiting for a lock"),
    (RECORDS + "MergedTable.swift", "isNew = isNew || place > 0", "isNew = false", "tables are not merged"),
    (RECORDS + "MergedTable.swift", "columns.filter { row[$0] != other[$0] }", "columns.filter { _ in false }", "tables never contradict"),
    (RECORDS + "Merge.swift", "replacement.abandon()\n      throw error", "throw error", "a merge that failed leaves its files"),
    (RECORDS + "Merge.swift", "old.filter { !runs.contains($0[\"run\"] ?? \"\") && !new.contains($0) }", "old", "contradictions that are settled stay"),
    (RECORDS + "Merge.swift", "if !names.isEmpty { try replacement.promise(names) }", "", "nothing that was merged takes its place"),
    (COMPARE + "GridTask.swift", "left = force ? runs : try", "left = try", "--force of a task leaves what is merged"),
    (COMPARE + "Request.swift", "slice.map { \"\\(folder)/\\($0.folder)\" } ?? folder", "folder", "all tasks record in one folder"),
    (COMPARE + "Merging.swift", "guard !report.contradictions.isEmpty else { return }", "guard report.left > 0 else { return }", "a contradiction with the target is passed over"),
    (COMPARE + "AskingClaims.swift", "if !request.isQuick { try VerdictFile", "do { try VerdictFile", "a quick trial leaves verdicts"),
]

# What the thread sanitizer must report, while models are trained on several threads and several of them side by side.
RACES = [
    (TENSORS + "ThreadPool.swift", "gate.store(next.bits, ordering: .sequentiallyConsistent)", "gate.store(next.bits, ordering: .relaxed)",
     "the gate opens before the job is written"),
    (TENSORS + "ThreadPool.swift", "gate.subtract(1, ordering: .acquiringAndReleasing)", "gate.subtract(1, ordering: .relaxed)",
     "a worker leaves before its results are written"),
    (TENSORS + "ThreadPool.swift", "      body?.pointee(piece)\n    }", "      body?.pointee(piece)\n      done += 1\n    }\n\n    var done = 0",
     "a counter that all threads of the pool share"),
    (TENSORS + "Processor.swift", "func takeBlock(bytes: Int) -> UnsafeMutableRawPointer {",
     "nonisolated(unsafe) static var taken = 0\n\n  func takeBlock(bytes: Int) -> UnsafeMutableRawPointer {\n    Self.taken += 1",
     "a value beside the lock, touched outside of it"),
    (TENSORS + "ThreadSanitizer.swift", "if let address { notes?.release(address) }", "",
     "no race: the sanitizer is not told of the locks"),
]
RACING = "--norm batch,layer --model cnn,rnn --epochs 1 --train-limit 400 --threads 4 --jobs 2 --record layers --quiet".split()


def check_all(mutations) -> None:
    """Every mutation must fit the code exactly once."""
    wrong = []
    for number, (file, old, _, note) in enumerate(mutations, 1):
        found = (ROOT / file).read_text().count(old)
        if found != 1:
            wrong.append(f"{number}: {file}: {note}: {found} places instead of one")
    if wrong:
        sys.exit("\n".join(wrong))


def run(arguments, folder, timeout=900):
    try:
        done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=timeout)
        return done.returncode, done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        return 1, "hangs"


def verdict(folder: pathlib.Path) -> str:
    code, text = run(["swift", "build", "--build-tests"], folder)
    if code:
        lines = [line for line in text.splitlines() if "error:" in line]
        return "does not build: " + (lines[0].strip() if lines else text[-200:])
    for stage in STAGES:
        code, text = run(["swift", "test", "--skip-build", "--filter", stage], folder)
        if code:
            failed = [line.split('"')[1] for line in text.splitlines() if line.startswith("✘ Test \"")]
            return "killed by " + (f"“{failed[0]}”" if failed else "a crash" if text != "hangs" else "a hang")
    return "survived"


def races(folder: pathlib.Path) -> str:
    """How often the thread sanitizer reports a race."""
    code, text = run(["swift", "build", "--product", "compare", "--sanitize=thread"], folder, timeout=3000)
    if code:
        return "does not build: " + text[-200:]
    os.environ["TSAN_OPTIONS"] = f"exitcode=66 suppressions={folder}/Tests/threads.suppressions"
    results = folder.parent / "results"
    code, text = run([folder / ".build/debug/compare", *RACING, "--results", results], folder)
    shutil.rmtree(results, ignore_errors=True)
    count = text.count("WARNING: ThreadSanitizer")
    if code not in (0, 66) or (code == 66) != (count > 0):
        return f"exit code {code}, {count} reports"
    return f"{count} reports" if count else "clean"


def plant_all(folder: pathlib.Path, chosen: list[int]) -> None:
    """Plants one race after the other; stops unless each is reported, and nothing without them."""
    missed = []
    planted = [RACES[number - 1] for number in chosen] or RACES
    for file, old, new, note in [*planted, (RACES[0][0], "", "", "the code as it is")]:
        text = (folder / file).read_text()
        if old:
            (folder / file).write_text(text.replace(old, new))
        result = races(folder)
        (folder / file).write_text(text)
        print(f"{result:20} {pathlib.Path(file).name}: {note}", flush=True)
        if result.endswith("reports") != bool(old) or result.startswith("exit"):
            missed.append(note)
    if missed:
        sys.exit(f"Not as it should be: {', '.join(missed)}")


def main() -> None:
    check_all(RACES if "--races" in sys.argv else MUTATIONS + RACES)
    if "--list" in sys.argv:
        for number, (file, _, _, note) in enumerate(MUTATIONS, 1):
            print(f"{number:3} {file}: {note}")
        return
    chosen = [int(word) for word in sys.argv[1:] if word.isdigit()] or list(range(1, len(MUTATIONS) + 1))
    folder = pathlib.Path(tempfile.mkdtemp()) / "mutant"
    subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
    if "--races" in sys.argv:
        try:
            return plant_all(folder, [int(word) for word in sys.argv[1:] if word.isdigit()])
        finally:
            shutil.rmtree(folder.parent)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=folder, capture_output=True, text=True).stdout.strip()
    if (baseline := verdict(folder)) != "survived":
        sys.exit(f"The tests do not pass as they are: {baseline}")
    rows, start = [], time.time()
    try:
        for number in chosen:
            file, old, new, note = MUTATIONS[number - 1]
            path = folder / file
            text = path.read_text()
            path.write_text(text.replace(old, new))
            result = verdict(folder)
            path.write_text(text)
            rows.append((number, file, note, result))
            print(f"{number:3} {result:60} {pathlib.Path(file).name}: {note}", flush=True)
    finally:
        shutil.rmtree(folder.parent)
    killed = sum(row[3].startswith("killed") for row in rows)
    summary = f"{killed} of {len(rows)} mutants killed at commit {commit}, in {(time.time() - start) / 60:.0f} minutes."
    print(summary)
    if len(chosen) == len(MUTATIONS):
        table = "\n".join(f"| {n} | `{pathlib.Path(f).name}` | {note} | {result} |" for n, f, note, result in rows)
        (ROOT / "Tests/Mutations/REPORT.md").write_text(
            f"# Mutations\n\n{summary} Made by `python3 Tests/Mutations/mutate.py`.\n\n"
            f"| | file | what was broken | result |\n|---|---|---|---|\n{table}\n")


if __name__ == "__main__":
    main()
