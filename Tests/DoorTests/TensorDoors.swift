import Tensors

private let matrix = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])
private let largest = "1099511627776"

let tensorDoors: [Door] = [
  Door("Tensor(_:shape:)", "3 scalars for [2, 2]", .stops("3", "[2, 2]")) { Tensor<Float>([1, 2, 3], shape: [2, 2]) },
  Door("Tensor(repeating:shape:)", "[Int.max, 2]", .stops("[9223372036854775807, 2]", largest)) {
    Tensor<Float>(repeating: 1, shape: [.max, 2])
  },
  Door("Tensor.zeros", "[2⁴⁰, 2]", .stops("[1099511627776, 2]", largest)) { Tensor<Float>.zeros([1 << 40, 2]) },
  Door("Tensor.zeros", "[-1, 2]", .stops("[-1, 2]", "0 or more")) { Tensor<Float>.zeros([-1, 2]) },
  Door("Tensor.zeros", "[0, -1]", .stops("[0, -1]", "0 or more")) { Tensor<Float>.zeros([0, -1]) },
  Door("Tensor.zeros", "[Int.min, Int.min]", .stops("[\(Int.min), \(Int.min)]", "0 or more")) {
    Tensor<Float>.zeros([.min, .min])
  },
  Door("Tensor.zeros", "[]", .computes("Tensor<Float>[](0.0)")) { Tensor<Float>.zeros([]) },
  Door("Tensor.zeros", "[3, 0]", .computes("Tensor<Float>[3, 0]()")) { Tensor<Float>.zeros([3, 0]) },
  Door("Tensor[…]", "[2, 0] of [2, 3]", .stops("[2, 0]", "[2, 3]")) { matrix[2, 0] },
  Door("Tensor[…]", "[-1, 0] of [2, 3]", .stops("[-1, 0]", "[2, 3]")) { matrix[-1, 0] },
  Door("Tensor[…]", "[5] of [2, 3]", .stops("[5]", "[2, 3]")) { matrix[5] },
  Door("Tensor[…]", "[0, 0, 0] of [2, 3]", .stops("[0, 0, 0]", "[2, 3]")) { matrix[0, 0, 0] },
  Door("Tensor[…] =", "[0, 3] of [2, 3]", .stops("[0, 3]", "[2, 3]")) {
    var copy = matrix
    copy[0, 3] = 1
  },
  Door("Tensor[…]", "[0] of [0]", .stops("[0]", "shape [0]")) { Tensor<Float>.zeros([0])[0] },
  Door("Tensor.reshaped", "[2, 3] to [4]", .stops("[2, 3]", "[4]")) { matrix.reshaped(to: [4]) },
  Door("Tensor.reshaped", "[2, 3] to [-2, -3]", .stops("[-2, -3]", "0 or more")) { matrix.reshaped(to: [-2, -3]) },
  Door("Tensor.reshaped", "[2, 3] to [Int.max, Int.max]", .stops("[\(Int.max), \(Int.max)]", largest)) {
    matrix.reshaped(to: [.max, .max])
  },
  Door("Tensor.reshaped", "[2, 3] to []", .stops("[2, 3]", "[]")) { matrix.reshaped(to: []) },
  Door("Tensor.transposed(axes:)", "[0] of two axes", .stops("[0]", "[2, 3]")) { matrix.transposed(axes: [0]) },
  Door("Tensor.transposed(axes:)", "[0, 0] of two axes", .stops("[0, 0]", "[2, 3]")) {
    matrix.transposed(axes: [0, 0])
  },
  Door("Tensor.transposed(axes:)", "[2, -1] of two axes", .stops("[2, -1]", "[2, 3]")) {
    matrix.transposed(axes: [2, -1])
  },
  Door("Tensor.transposed(axes:)", "an empty tensor", .computes("Tensor<Float>[0, 2, 3]()")) {
    Tensor<Float>.zeros([2, 0, 3]).transposed(axes: [1, 0, 2])
  },
  Door("Tensor.transposed()", "one axis", .stops("[6]", "matrix")) { matrix.reshaped(to: [6]).transposed() },
  Door("Tensor.transposed()", "no axis", .stops("[]", "matrix")) { Tensor<Float>.zeros([]).transposed() },
  Door("Tensor.dot", "[2, 3] and [3, 2]", .stops("[2, 3]", "[3, 2]")) { matrix.dot(matrix.transposed()) },
  Door("Tensor.dot", "two empty tensors", .computes("0.0")) { Tensor<Float>.zeros([0]).dot(.zeros([0])) },
  Door("Tensor.withUnsafeBufferPointer", "an empty tensor", .computes("0")) {
    Tensor<Float>.zeros([0]).withUnsafeBufferPointer { $0.count }
  },
  Door("Tensor(uniformWithin:)", "[-1]", .stops("[-1]", "0 or more")) {
    var stream = RandomStream(seed: 1, name: "door")
    _ = Tensor<Float>(uniformWithin: 1, shape: [-1], from: &stream)
  },
  Door("Tensor(orthogonalOfSize:)", "-1", .stops("[-1, -1]", "0 or more")) {
    var stream = RandomStream(seed: 1, name: "door")
    _ = Tensor<Float>(orthogonalOfSize: -1, factor: 1, from: &stream)
  },
  Door("Tensor(orthogonalOfSize:)", "2³²", .stops("[4294967296, 4294967296]", largest)) {
    var stream = RandomStream(seed: 1, name: "door")
    _ = Tensor<Float>(orthogonalOfSize: 1 << 32, factor: 1, from: &stream)
  },
  Door("RandomStream.permutation", "-1", .stops("-1", "0 to \(largest)")) {
    var stream = RandomStream(seed: 1, name: "door")
    _ = stream.permutation(of: -1)
  },
  Door("RandomStream.permutation", "Int.max", .stops("\(Int.max)", "0 to \(largest)")) {
    var stream = RandomStream(seed: 1, name: "door")
    _ = stream.permutation(of: .max)
  },
  Door("RandomStream.permutation", "0", .computes("[]")) {
    var stream = RandomStream(seed: 1, name: "door")
    return stream.permutation(of: 0)
  },
  Door("Processor(threads:)", "0", .stops("0", "1 to 4096")) { Processor(threads: 0).threads },
  Door("Processor(threads:)", "-3", .stops("-3", "1 to 4096")) { Processor(threads: -3).threads },
  Door("Processor(threads:)", "Int.max", .stops("\(Int.max)", "1 to 4096")) { Processor(threads: .max).threads },
  Door("Processor.limit", "-5 and Int.max threads", .computes("[-2.0, -4.0, -6.0]")) {
    let processor = Processor(threads: 2)
    processor.limit(toThreads: -5)
    processor.limit(toThreads: .max)
    return Tensor<Float>([1, 2, 3], shape: [3], on: processor).scaled(by: -2).scalars
  },
  Door("Activation.forward", "an empty tensor", .computes("Tensor<Float>[0, 2]()")) {
    Activation.tanh.forward(Tensor<Float>.zeros([0, 2]))
  },
  Door("Activation.backward", "[2, 3], output [3, 2]", .stops("[2, 3]", "[3, 2]")) {
    Activation.relu.backward(matrix, output: matrix.transposed())
  },
]
