//! Latencies in bins that grow with them: always the same memory, and always about the same relative error.

use std::time::Duration;

/// Each doubling of the latency has so many bins: a bin is at most an eighth wider than it is long.
const PARTS: u64 = 8;

/// Bits of `PARTS`.
const BITS: u32 = PARTS.trailing_zeros();

/// The first bins are so many microseconds wide.
const UNIT: u64 = 64;

/// Doublings beyond the first bins: the last bin begins at two minutes and holds whatever is longer.
const DOUBLINGS: u32 = 18;

/// How many bins there are.
pub(super) const BINS: usize = ((DOUBLINGS + 1) * PARTS as u32) as usize;

/// The bin of a latency.
pub(super) fn bin(latency: Duration) -> usize {
    let units = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX) / UNIT;
    let Some(shift) = units.checked_ilog2().unwrap_or(0).checked_sub(BITS) else {
        return usize::try_from(units).unwrap_or_default();
    };
    let (shift, part) = (u64::from(shift), (units >> shift) % PARTS);
    usize::try_from((shift + 1) * PARTS + part).unwrap_or(usize::MAX).min(BINS - 1)
}

/// The middle of a bin.
pub(super) fn middle(bin: usize) -> Duration {
    let bin = u64::try_from(bin).unwrap_or(u64::MAX);
    let (row, part) = (bin / PARTS, bin % PARTS);
    let (start, width) = match row.checked_sub(1) {
        None => (part, 1),
        Some(shift) => ((PARTS + part) << shift, 1 << shift),
    };
    Duration::from_micros(start * UNIT + width * UNIT / 2)
}

/// The latency below which this share of the calls stays; nothing without a call.
pub(super) fn quantile(bins: &[u64; BINS], share: f64) -> Option<Duration> {
    let all: u64 = bins.iter().sum();
    // Never more calls than are counted in 53 bits.
    let rank = ((all as f64 * share).ceil() as u64).clamp(1, all.max(1));
    let mut counted = 0;
    let found = bins.iter().position(|count| {
        counted += count;
        counted >= rank
    });
    found.map(middle)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bins_follow_each_other() {
        for at in 0..BINS {
            assert_eq!(bin(middle(at)), at, "{at}");
            assert!(at == 0 || middle(at) > middle(at - 1), "{at}");
        }
        for (latency, expected) in [
            (Duration::ZERO, 0),
            (Duration::from_micros(63), 0),
            (Duration::from_micros(64), 1),
            (Duration::from_micros(512), 8),
            (Duration::from_secs(125), BINS - 2),
            (Duration::from_secs(126), BINS - 1),
            (Duration::from_secs(86_400), BINS - 1),
            (Duration::MAX, BINS - 1),
        ] {
            assert_eq!(bin(latency), expected, "{latency:?}");
        }
    }

    #[test]
    fn quantiles_of_known_calls() {
        let mut bins = [0; BINS];
        assert_eq!(quantile(&bins, 0.5), None);
        for (millis, count) in [(10, 90), (100, 9), (1_000, 1)] {
            bins[bin(Duration::from_millis(millis))] += count;
        }
        for (share, millis) in [(0.0, 10), (0.5, 10), (0.9, 10), (0.91, 100), (0.99, 100), (0.991, 1_000), (1.0, 1_000)]
        {
            assert_eq!(quantile(&bins, share), Some(middle(bin(Duration::from_millis(millis)))), "{share}");
        }
    }

    proptest! {
        #[test]
        fn what_is_told_is_near(micros in 1_000_u64..120_000_000) {
            let told = middle(bin(Duration::from_micros(micros))).as_micros() as f64;
            let error = (told - micros as f64).abs() / micros as f64;
            prop_assert!(error <= 0.0625, "{micros} became {told}");
        }
    }
}
