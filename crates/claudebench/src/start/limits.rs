//! The bounds that methods keep, as they are configured.

use claudebench_services::Limits;

use crate::config::Config;

/// The bounds that methods keep.
pub(super) fn of(config: &Config) -> Limits {
    let (limits, check_ms) = (&config.limits, config.instances.check_ms);
    // A look that comes late is still within the second one.
    let looks = if config.store.is_embedded() { 0 } else { 2 };
    Limits {
        metadata_bytes: limits.metadata_bytes,
        result_bytes: limits.result_bytes,
        attachment_bytes: limits.attachment_bytes,
        waiting_claims: limits.waiting_claims,
        instance_silence_ms: config.instances.silence_ms,
        session_silence_ms: config.instances.session_silence_ms,
        session_lease_ms: config.instances.session_silence_ms,
        lease_ms: config.tasks.lease_ms,
        heard_within_ms: i64::try_from(check_ms).unwrap_or(i64::MAX).saturating_mul(looks),
    }
}
