import Norms
import Tensors

/// Normalizes with one normalizer, and goes back with another.
private func confuse(
  _ first: some Normalizer<Float>, _ second: some Normalizer<Float>, gradient: [Int] = [2, 4, 3]
) throws {
  var (first, second) = (first, second)
  let (_, cache) = try first.forward(.zeros([2, 4, 3]), mode: .training)
  _ = second.backward(.zeros(gradient), cache: cache)
}

private func layerNorm(epsilon: Double = 1e-5) -> LayerNorm<Float> { LayerNorm(channels: 4, epsilon: epsilon) }

let cacheDoors: [Door] = [
  Door("Normalizer.backward", "a gradient of another shape", .stops("[2, 4, 2]", "[2, 4, 3]")) {
    try confuse(layerNorm(), layerNorm(), gradient: [2, 4, 2])
  },
  Door("Normalizer.backward", "a gradient in another layout", .stops("[3, 2, 4]", "[2, 4, 3]")) {
    try confuse(layerNorm(), layerNorm(), gradient: [3, 2, 4])
  },
  Door("Normalizer.backward", "a gradient without axes", .stops("[]", "[2, 4, 3]")) {
    try confuse(layerNorm(), layerNorm(), gradient: [])
  },
  Door("Normalizer.backward", "a cache of other axes", .stops("batch, position", "group, channel, position")) {
    try confuse(BatchNorm<Float>(channels: 4), layerNorm())
  },
  Door("Normalizer.backward", "a cache of other channels", .stops("4 channels", "8 channels")) {
    try confuse(layerNorm(), LayerNorm<Float>(channels: 8))
  },
  Door("Normalizer.backward", "a cache of other groups", .stops("2 groups", "4 groups")) {
    try confuse(GroupNorm<Float>(groups: 2, channels: 4), GroupNorm<Float>(groups: 4, channels: 4))
  },
  Door("Normalizer.backward", "a cache of another ε", .stops("0.1", "1e-05")) {
    try confuse(layerNorm(epsilon: 0.1), layerNorm())
  },
  Door("Normalizer.backward", "a cache without centring", .stops("ε = 1e-05, without centring", "ε = 1e-05.")) {
    try confuse(RMSNorm<Float>(channels: 4), layerNorm())
  },
  Door("Normalizer.backward", "a cache with a correction", .stops("ε = 1e-05, with a correction", "ε = 1e-05.")) {
    try confuse(BatchRenorm<Float>(channels: 4), BatchNorm<Float>(channels: 4))
  },
  Door("Normalizer.backward", "a cache of DynamicTanh", .stops("forward pass of its own", "group, channel, position")) {
    try confuse(DynamicTanh<Float>(channels: 4), layerNorm())
  },
  Door("DynamicTanh.backward", "a cache of LayerNorm", .stops("what the shared computation keeps", "Saved")) {
    try confuse(layerNorm(), DynamicTanh<Float>(channels: 4))
  },
  Door("DynamicTanh.backward", "a gradient of another shape", .stops("[2, 4]", "[2, 4, 3]")) {
    try confuse(DynamicTanh<Float>(channels: 4), DynamicTanh<Float>(channels: 4), gradient: [2, 4])
  },
  Door("NormalizerCache.saved", "another type", .stops("String", "Int")) {
    NormalizerCache<Float>(saving: "mine").saved(as: Int.self)
  },
  Door("NormalizerCache.means", "a cache of a member's own", .computes("[] [] 0")) {
    let cache = NormalizerCache<Float>(saving: 1)
    return "\(cache.means) \(cache.variances) \(cache.valuesPerStatistic)"
  },
]
