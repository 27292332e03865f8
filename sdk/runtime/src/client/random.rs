//! Chance, injected.

use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where random numbers come from. They spread load; nothing secret is made of them.
pub trait Random: Send + Sync {
    /// The next 64 bits.
    fn next(&self) -> u64;
}

/// SplitMix64: small, fast, and good enough to spread load.
#[derive(Debug)]
pub struct SplitMix(AtomicU64);

impl SplitMix {
    /// Numbers that differ from process to process and from generator to generator.
    #[must_use]
    pub fn new() -> Self {
        Self::seeded(std::hash::RandomState::new().build_hasher().finish())
    }

    /// The same numbers for the same seed, for tests.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Default for SplitMix {
    fn default() -> Self {
        Self::new()
    }
}

impl Random for SplitMix {
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A number in `0.0..1.0`.
pub(crate) fn unit(random: &dyn Random) -> f64 {
    (random.next() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_no_seed_does_not() {
        let draw = |random: SplitMix| [random.next(), random.next(), random.next()];
        // The generator's published first numbers for the seed 0.
        assert_eq!(draw(SplitMix::seeded(0))[..2], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
        assert_eq!(draw(SplitMix::seeded(1)), draw(SplitMix::seeded(1)));
        assert_ne!(draw(SplitMix::new()), draw(SplitMix::new()));
    }

    #[test]
    fn units_stay_below_one() {
        struct Most;
        impl Random for Most {
            fn next(&self) -> u64 {
                u64::MAX
            }
        }
        assert!(unit(&Most) < 1.0);
        let random = SplitMix::seeded(7);
        let mean = (0..10_000).map(|_| unit(&random)).sum::<f64>() / 10_000.0;
        assert!((0.49..0.51).contains(&mean), "{mean}");
    }
}
