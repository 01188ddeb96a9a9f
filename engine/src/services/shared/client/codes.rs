//! How an SDK reads an error: by its code, then by the HTTP status (aws-facts 4.6, SDK-retry).

use super::Failure;

/// Codes that count as throttling.
const THROTTLING: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

/// Codes that count as passing trouble whatever the status.
const TRANSIENT: &[&str] = &["RequestTimeout", "RequestTimeoutException"];

/// The failure behind an error code and a status; [`Failure::Fatal`] is not retried.
#[must_use]
pub fn failure(code: Option<&str>, status: u16) -> Failure {
    match code {
        Some(code) if THROTTLING.contains(&code) => Failure::Throttle,
        Some(code) if TRANSIENT.contains(&code) => Failure::Transient,
        _ if matches!(status, 500 | 502 | 503 | 504) => Failure::Transient,
        _ => Failure::Fatal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_before_the_status() {
        for (code, status, expected) in [
            (Some("SlowDown"), 503, Failure::Throttle),
            (Some("LimitExceededException"), 400, Failure::Throttle),
            (Some("RequestTimeout"), 400, Failure::Transient),
            (Some("InternalServerError"), 500, Failure::Transient),
            (None, 502, Failure::Transient),
            (Some("ValidationException"), 400, Failure::Fatal),
            (None, 404, Failure::Fatal),
        ] {
            assert_eq!(failure(code, status), expected, "{code:?} {status}");
        }
    }
}
