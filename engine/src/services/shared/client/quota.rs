//! The retry quota of one client: a bucket of tokens that only successes fill.

/// Tokens for retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quota {
    capacity: u32,
    available: u32,
}

impl Quota {
    /// A full quota.
    #[must_use]
    pub fn new(capacity: u32) -> Self {
        Self {
            capacity,
            available: capacity,
        }
    }

    /// Takes `cost` tokens if there are as many.
    pub fn acquire(&mut self, cost: u32) -> bool {
        let fits = cost <= self.available;
        if fits {
            self.available -= cost;
        }
        fits
    }

    /// Gives tokens back, up to the capacity.
    pub fn release(&mut self, tokens: u32) {
        self.available = self.available.saturating_add(tokens).min(self.capacity);
    }

    /// Tokens left.
    #[must_use]
    pub fn available(&self) -> u32 {
        self.available
    }

    /// Whether it is as good as new.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.available == self.capacity
    }
}
