//! Rate limits per address and per account: one door, in memory now, a shared store later.

use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock as _};
use kernel::Fault;
use std::{collections::HashMap, num::NonZeroU32, time::Duration};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bucket {
    /// Tries to sign in, by address.
    SignInAddress,
    /// Tries to sign in, by account.
    SignInAccount,
    /// Sign-up, reset, guests' requests: whatever sends mail to an address somebody typed.
    Mail,
    /// Requests and messages of one account.
    Post,
    /// Uploads begun by one account or address.
    Upload,
    /// Look-ups of one account or address.
    Search,
    /// API calls of one account.
    Api,
    /// Anything, by address.
    Any,
}

/// Bucket, tries that may come at once, tries a minute after that.
const QUOTAS: &[(Bucket, u32, u32)] = &[
    (Bucket::SignInAddress, 30, 10),
    (Bucket::SignInAccount, 10, 2),
    (Bucket::Mail, 10, 2),
    (Bucket::Post, 60, 60),
    (Bucket::Upload, 120, 120),
    (Bucket::Search, 60, 120),
    (Bucket::Api, 600, 3_000),
    (Bucket::Any, 2_000, 12_000),
];

/// Counts and refuses.
pub struct Limits {
    buckets: HashMap<Bucket, DefaultKeyedRateLimiter<String>>,
}

impl Limits {
    pub(crate) fn new(on: bool) -> Self {
        let quota = |burst: u32, per_minute: u32| {
            Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN)).allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
        };
        let buckets =
            QUOTAS.iter().filter(|_| on).map(|(bucket, burst, per_minute)| (*bucket, DefaultKeyedRateLimiter::keyed(quota(*burst, *per_minute)))).collect();
        Self { buckets }
    }

    /// Counts one try; too many are a `Fault::TooMany` with the seconds to wait.
    pub fn check(&self, bucket: Bucket, key: &str) -> Result<(), Fault> {
        let Some(limiter) = self.buckets.get(&bucket) else { return Ok(()) };
        limiter.check_key(&key.to_owned()).map_err(|until| {
            // its own clock: a new one asks the processor what it is, which costs more than all the rest (CPUID traps in a virtual machine)
            let wait: Duration = until.wait_time_from(limiter.clock().now());
            Fault::TooMany(wait.as_secs() + 1)
        })
    }

    /// Forgets who has been quiet; called by the clockwork.
    pub fn sweep(&self) {
        for limiter in self.buckets.values() {
            limiter.retain_recent();
        }
    }
}
