//! Amounts of money.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};
use std::str::FromStr;

use rust_decimal::Decimal;

/// An exact amount in yuan, as in `199.00`. Never a binary floating-point number.
///
/// Scale is kept: `"200.10"` is shown and sent as `200.10`.
///
/// ```
/// use topsdk::Money;
///
/// let total: Money = ["199.00", "0.50"].iter().map(|s| s.parse::<Money>().unwrap()).sum();
/// assert_eq!(total.to_string(), "199.50");
/// assert_eq!(total.fen(), Some(19950));
/// assert_eq!(Money::from_fen(19950), total);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(Decimal);

impl Money {
    /// An amount in yuan.
    #[must_use]
    pub fn from_yuan(yuan: impl Into<Decimal>) -> Self {
        Self(yuan.into())
    }

    /// An amount in fen (hundredths of a yuan).
    #[must_use]
    pub fn from_fen(fen: i64) -> Self {
        Self(Decimal::new(fen, 2))
    }

    /// The amount in yuan.
    #[must_use]
    pub fn yuan(self) -> Decimal {
        self.0
    }

    /// The amount in whole fen; `None` if it holds a fraction of a fen or is beyond 64 bits.
    #[must_use]
    pub fn fen(self) -> Option<i64> {
        let fen = self.0.checked_mul(Decimal::ONE_HUNDRED)?;
        if fen.is_integer() { i64::try_from(fen).ok() } else { None }
    }

    /// The sum, unless it leaves the range (about 7.9 × 10²⁸ yuan).
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

/// The text is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseMoneyError;

impl fmt::Display for ParseMoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an amount of money: expected decimal yuan such as `199.00`")
    }
}

impl std::error::Error for ParseMoneyError {}

impl FromStr for Money {
    type Err = ParseMoneyError;

    fn from_str(text: &str) -> Result<Self, ParseMoneyError> {
        let text = text.trim();
        // The library takes Rust's digit separators, which mean nothing here.
        if text.contains('_') {
            return Err(ParseMoneyError);
        }
        Decimal::from_str_exact(text).map(Self).map_err(|_| ParseMoneyError)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} yuan", self.0)
    }
}

impl Add for Money {
    type Output = Self;

    /// Stays at the largest amount instead of overflowing.
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;

    /// Stays at the largest amount instead of overflowing.
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_fen() {
        for (text, shown, fen) in [
            ("199.00", "199.00", Some(19900)),
            ("0.01", "0.01", Some(1)),
            ("-3.5", "-3.5", Some(-350)),
            ("7", "7", Some(700)),
            ("0.005", "0.005", None),
            ("92233720368547758.08", "92233720368547758.08", None),
        ] {
            let money: Money = text.parse().unwrap();
            assert_eq!((money.to_string().as_str(), money.fen()), (shown, fen), "{text}");
        }
        for text in ["", "1,000.00", "1_000", "12.3.4", "yuan", "1e400"] {
            assert_eq!(text.parse::<Money>(), Err(ParseMoneyError), "{text}");
        }
    }

    #[test]
    fn arithmetic_saturates() {
        let most = Money::from_yuan(Decimal::MAX);
        assert_eq!(most + most, most);
        assert_eq!(most.checked_add(most), None);
        assert_eq!(Money::from_fen(150) - Money::from_fen(50), Money::from_fen(100));
    }
}
