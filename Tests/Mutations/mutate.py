#!/usr/bin/env python3
"""Breaks the code on purpose, one line at a time, and reports which breaks the tests do not notice.

    python3 Tests/Mutations/mutate.py            # all of them, about a minute each; writes Tests/Mutations/REPORT.md
    python3 Tests/Mutations/mutate.py --list     # check that every mutation still fits the code
    python3 Tests/Mutations/mutate.py 3 17       # only these; writes nothing

Works on a clone in a temporary folder. Each mutation replaces one piece of text, which must stand exactly once
in its file. The quick tests run first; a mutation that survives them meets all the others.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
STAGES = (
    "NormalizerReferenceTests|ModelReferenceTests|NormsTests|LayersTests",
    "TensorsTests|CNNTests|RNNTests",
    "HarnessTests|CompareTests",
    "StressTests",
)

KERNELS = "Sources/Tensors/Kernels/"
MUTATIONS = [
    # -- Moments
    (KERNELS + "PanelMoments.swift", "Double(estimate) + distance * reciprocal", "Double(estimate) - distance * reciprocal",
     "sign of the mean's correction"),
    (KERNELS + "PanelMoments.swift", "max(square - distance * distance * reciprocal, 0)", "max(square, 0)",
     "missing correction of the sum of squares"),
    (KERNELS + "PanelMoments.swift", "      squares.addProduct(distance, distance)\n    }\n    return",
     "      squares.addProduct(distance, estimate)\n    }\n    return", "squares of something else"),
    (KERNELS + "PanelMoments.swift", "padding: estimate) - estimate\n      sum", ") - estimate\n      sum",
     "padding of the last vector counts"),
    (KERNELS + "PanelMoments.swift", "let target = (unit * panels.parts + part) * panels.cells\n    @inline",
     "let target = part * panels.cells\n    @inline", "moments of one unit overwrite another's"),
    (KERNELS + "Panels.swift", "start &+= count &* columns\n    }\n    for", "start &+= columns\n    }\n    for",
     "rows of very wide panels are counted twice"),
    ("Sources/Norms/Statistics.swift", "mean[statistic] += length * parts.mean[part]",
     "mean[statistic] += parts.mean[part]", "parts of unequal length weigh the same"),
    ("Sources/Norms/Statistics.swift", "variance[statistic] += parts.squares[part] + length * distance * distance",
     "variance[statistic] += parts.squares[part]", "missing term between the parts' means"),
    ("Sources/Norms/Statistics.swift", "let reciprocal = 1 / Double(values)",
     "let reciprocal = 1 / Double(values - 1)", "n − 1 for n"),
    ("Sources/Norms/Statistics.swift", "inverseDeviation[statistic] = 1 / (variance[statistic] + epsilon).squareRoot()",
     "inverseDeviation[statistic] = 1 / variance[statistic].squareRoot()", "dropped ε"),
    ("Sources/Norms/Statistics.swift", "inverseDeviation[index] = 1 / (Double(pair.1) + epsilon).squareRoot()",
     "inverseDeviation[index] = 1 / Double(pair.1).squareRoot()", "dropped ε in inference"),
    # -- Forward
    ("Sources/Norms/Normalization.swift", "transform.shift[cell] = Scalar(Double(shift[channel]) - (mean - Double(centre)) * factor)",
     "transform.shift[cell] = Scalar(Double(shift[channel]))", "what the centre cannot hold of the mean is lost"),
    ("Sources/Norms/Normalization.swift", "* Double(scale[channel])", "* Double(scale[statistic % scale.count])",
     "scale by statistic instead of channel"),
    (KERNELS + "PanelTransform.swift", "shift.addingProduct(centred, factor)", "(-shift).addingProduct(centred, factor)",
     "sign of the shift"),
    (KERNELS + "Panels.swift", "sharesCells ? 0 : unit &* cells", "0", "every sample is normalized like the first"),
    (KERNELS + "Activation.swift", "repeating: self == .relu ? 0 : -Scalar.infinity", "repeating: 0",
     "every normalizer is followed by a rectifier"),
    ("Sources/Norms/StatisticsPlan.swift", "unitsOfSample == 1 ? 0 : unit % unitsOfSample * panels.cells", "0",
     "every run of a large sample's channels has the scale of the first"),
    ("Sources/Norms/Normalization.swift", "if axes.contains(.batch) { try record(statistics) }",
     "try record(statistics)", "everybody records running statistics"),
    ("Sources/Norms/Normalization.swift", "mode == .inference && axes.contains(.batch)", "mode == .inference",
     "inference by running statistics for all"),
    (KERNELS + "VectorMemory.swift", "_mm256_stream_ps(target + 8, halves.highHalf)", "_mm256_stream_ps(target + 8, halves.lowHalf)",
     "half of a vector is written past the caches twice"),
    ("Sources/Tensors/TensorScalar.swift", "where: lanes .< Vector(repeating: Double(count)))",
     "where: lanes .<= Vector(repeating: Double(count)))", "one lane too many at the end of a row"),
    ("Sources/Tensors/TensorScalar.swift", "toByteOffset: 4 * (count & 12)", "toByteOffset: 4 * (count & 8)",
     "the ends of rows are stored over each other"),
    ("Sources/Norms/StatisticsPlan.swift", "axes == self.axes && shape == self.shape", "axes == self.axes",
     "an input of another shape is walked like the last"),
    ("Sources/Tensors/Processor.swift", "min(max(count, 1), threads)", "threads", "a limit of threads that is none"),
    # -- Running statistics
    ("Sources/Norms/NormalizerState.swift", "decay * Double(old) + (1 - decay) * new(index)",
     "(1 - decay) * Double(old) + decay * new(index)", "the decay is the other one's"),
    ("Sources/Norms/NormalizerState.swift", "statistics.variance[$0] * bessel", "statistics.variance[$0]",
     "biased running variance"),
    # -- Axes
    ("Sources/Norms/LayerNorm.swift", "[.group, .channel, .position]", "[.group, .channel]", "a missing axis"),
    ("Sources/Norms/GroupNorm.swift", "[.channel, .position]", "[.group, .position]", "a wrong axis"),
    ("Sources/Norms/BatchNorm.swift", "[.batch, .position]", "[.batch]", "a missing axis"),
    ("Sources/Norms/StatisticsPlan.swift", "return (cell / channels, 0, cell % channels)",
     "return (cell % batch, 0, cell / batch)", "time-major cells in the wrong order"),
    ("Sources/Norms/StatisticsPlan.swift", "index(.group, place.channel / groupChannels)",
     "index(.group, place.channel % groups)", "channels dealt to the groups one by one"),
    ("Sources/Norms/Normalizer.swift", "mixesSamples || reducedAxes.isSubset(of: .position)", "mixesSamples",
     "instance normalization within a time step"),
    # -- Backward
    (KERNELS + "PanelMoments.swift", "product.addProduct(upstream, x.vector(at: index, lanes: lanes) - centre)",
     "product.addProduct(upstream, x.vector(at: index, lanes: lanes))", "products with the input as it is"),
    (KERNELS + "Panels.swift", "for _ in 0..<count % 4 { addBlock(rows: 1) }", "", "the last rows of very wide panels are left out"),
    (KERNELS + "PanelMoments.swift", "product.addProduct(upstream, centred)", "product.addProduct(upstream, upstream)",
     "products with something else in very wide panels"),
    ("Sources/Norms/NormalizationGradient.swift", "(cells.scale[cell] - residue * cells.shift[cell])",
     "(cells.scale[cell] + residue * cells.shift[cell])", "sign of the residue in dγ"),
    ("Sources/Norms/NormalizationGradient.swift", "cells.sum[statistic] += Double(scale[channel]) * cells.shift[cell]",
     "cells.sum[statistic] += cells.shift[cell]", "γ missing in mean(g)"),
    ("Sources/Norms/NormalizationGradient.swift", "cells.product[statistic] += Double(scale[channel]) * cells.scale[cell]",
     "cells.product[statistic] += cells.scale[cell]", "γ missing in mean(g·x̂)"),
    ("Sources/Norms/NormalizationGradient.swift", "statistics.dependOnInput ? 1 / Double(statistics.values) : 0",
     "1 / Double(statistics.values)", "inference back-propagates through the statistics"),
    ("Sources/Norms/NormalizationGradient.swift", "-inverse * inverse * cells.product[statistic] * mean",
     "-inverse * cells.product[statistic] * mean", "one 1/σ missing"),
    ("Sources/Norms/NormalizationGradient.swift", "-inverse * cells.sum[statistic] * mean - residue * fromInput",
     "-inverse * cells.sum[statistic] * mean", "the residue is forgotten in dx"),
    ("Sources/Norms/NormalizationGradient.swift", "scale.gradient.add(parameters.scale)",
     "scale.gradient = parameters.scale", "gradients do not add up"),
    # -- Rows
    (KERNELS + "RowNormalization.swift", "* reciprocalWidth - distance * distance, 0)", "* reciprocalWidth, 0)",
     "missing correction of a row's sum of squares"),
    (KERNELS + "RowNormalization.swift", "= Scalar(-distance * inverse)", "= Scalar(0)", "a row's mean is left estimated"),
    (KERNELS + "RowNormalization.swift", "(variance + epsilon).squareRoot()", "variance.squareRoot()", "dropped ε in rows"),
    (KERNELS + "RowNormalization.swift", "(scaled - meanGradient).addingProduct(-normalized, meanProduct)",
     "(scaled - meanGradient).addingProduct(normalized, meanProduct)", "sign in a row's dx"),
    (KERNELS + "RowNormalization.swift", "sum += scaled", "sum += upstream", "γ missing in a row's mean(g)"),
    # -- Products and convolutions
    (KERNELS + "ProductTile.swift", "c3.addProduct(Vector(repeating: a.3[k]), row)",
     "c3.addProduct(Vector(repeating: a.2[k]), row)", "a wrong row in the tile"),
    (KERNELS + "ProductTile.swift", "c4 += addend.4.vector(at: 0, lanes: lanes)", "c4 += addend.3.vector(at: 0, lanes: lanes)",
     "a wrong row added to"),
    (KERNELS + "MatrixProduct.swift", "plus: start > first ? .init(UnsafePointer(c), rowStride: n) : nil", "plus: nil",
     "only the last block of a long sum"),
    (KERNELS + "MatrixProduct.swift", "let end = min(first + chunkLength, p)", "let end = min(chunkLength, p)",
     "only the first chunk of a long sum"),
    (KERNELS + "Convolution.swift", "to: partial + piece * size, adding: sample > first)",
     "to: partial + piece * size, adding: false)", "only the last sample's weight gradient"),
    (KERNELS + "Convolution.swift", "target[((8 &- tap) &* k", "target[(tap &* k", "the kernel is not flipped"),
    (KERNELS + "MaxPooling.swift", "Scalar.select(all - toA, where: b,", "Scalar.select(all, where: b,",
     "equal values in a window all get the gradient"),
    (KERNELS + "MaxPooling.swift", "rectified ? Scalar.gate(upstream, wherePositive: largest) : upstream", "upstream",
     "no way back through the rectifier before pooling"),
    # -- Layers and optimizers
    (KERNELS + "Activation.swift", "gradient * (one - y * y)", "gradient * (one - y)", "derivative of tanh"),
    (KERNELS + "SoftmaxCrossEntropy.swift", "Scalar(1 / (sum * Double(rows)))", "Scalar(1 / sum)",
     "the gradient of the sum instead of the mean"),
    (KERNELS + "OptimizerSteps.swift", "let rootOfBias = vector(1 / bias(decays.1).squareRoot())",
     "let rootOfBias = vector(1)", "Adam without its second bias correction"),
    (KERNELS + "OptimizerSteps.swift", "v.store(step, at: index)", "v.store(g.vector(at: index), at: index)",
     "a velocity that forgets"),
    ("Sources/Layers/Linear.swift", "bias?.gradient.add(gradient.sumOfRows())", "bias?.gradient.add(gradient.slice(0))",
     "the bias's gradient of one sample"),
    ("Sources/Layers/Trainable.swift", "parameter.gradient.scale(by: Scalar(limit / norm))",
     "parameter.gradient.scale(by: Scalar(limit))", "clipping by the wrong factor"),
    # -- Recurrence
    ("Sources/RNN/RecurrentLayer.swift", "lag: batch))", "lag: 0))", "W_h's gradient from the states of the wrong step"),
    ("Sources/RNN/RecurrentLayer.swift", "cache: caches[step])", "cache: caches[0])", "a stale cache"),
    ("Sources/RNN/RecurrentLayer.swift", "ofStep: step + 1, intoStep: step, of: sequence, adding: adding)",
     "ofStep: step + 1, intoStep: step, of: sequence, adding: false)", "states lose the gradient from above"),
    ("Sources/RNN/RecurrentLayer.swift", "normalizer?.state.scale.gradient.add(walked", "normalizer?.state.scale.gradient = (walked",
     "only the last piece of the batch moves the scale"),
    ("Sources/CNN/ConvolutionBlock.swift", "if placement == .after { denormalize(&gradient, cache.normalizer) }", "",
     "no way back through a normalizer after the activation"),
    # -- Elementary functions
    (KERNELS + "Elementary.swift", "let half = rounded(n * Vector(repeating: 0.5))", "let half = n",
     "no way to subnormal results"),
    (KERNELS + "Elementary.swift", ".addingProduct(n, Vector(repeating: -naturalLogarithmOfTwo.low))", "",
     "the low part of ln 2 is dropped"),
    (KERNELS + "Elementary.swift", "let n = exponent - shift", "let n = exponent", "the logarithm of subnormal numbers"),
]


def check_all() -> None:
    """Every mutation must fit the code exactly once."""
    wrong = []
    for number, (file, old, _, note) in enumerate(MUTATIONS, 1):
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


def main() -> None:
    check_all()
    if "--list" in sys.argv:
        for number, (file, _, _, note) in enumerate(MUTATIONS, 1):
            print(f"{number:3} {file}: {note}")
        return
    chosen = [int(word) for word in sys.argv[1:]] or list(range(1, len(MUTATIONS) + 1))
    folder = pathlib.Path(tempfile.mkdtemp()) / "mutant"
    subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
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
