//! Sums of one's own usage.

use latchkey_domain::{
    StoreError,
    usage::{UsageGroup, UsageGroupBy, UsageQuery},
};
use time::Date;

use super::Usage;
use crate::Actor;

impl Usage {
    /// The actor's usage from the first to the last day (both included, in UTC), grouped in this order.
    pub async fn summary(
        &self,
        actor: &Actor,
        from: Date,
        to: Date,
        group_by: Vec<UsageGroupBy>,
    ) -> Result<Vec<UsageGroup>, StoreError> {
        let query = UsageQuery {
            user: actor.user.id,
            from,
            to,
            group_by,
        };
        self.ports.usage.summarize_usage(&query).await
    }
}
