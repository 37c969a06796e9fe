/// The least-squares slope of some points; NaN of fewer than two.
func slope(_ points: [(x: Double, y: Double)]) -> Double {
  let count = Double(points.count)
  guard count > 1 else { return .nan }
  let (x, y) = (points.map(\.x).reduce(0, +) / count, points.map(\.y).reduce(0, +) / count)
  let spread = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
  return points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / spread
}
