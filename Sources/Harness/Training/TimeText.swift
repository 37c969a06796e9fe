import Foundation

/// Seconds as a person says them: `7.5 s`, `90 s`, `7.5 min`, `3 h 30 min`; `–` where there are none.
package func timeText(_ seconds: Double) -> String {
  guard seconds.isFinite else { return "–" }
  if seconds < 10 { return String(format: "%.1f s", seconds) }
  if seconds < 100 { return "\(Int(seconds.rounded())) s" }
  if seconds < 600 { return String(format: "%.1f min", seconds / 60) }
  let minutes = Int(min(seconds / 60, 1e15).rounded())
  return minutes < 100 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
}
