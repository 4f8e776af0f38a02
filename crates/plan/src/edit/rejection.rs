//! The field of the form that a rejected call is about.

use super::{
    base::Edit,
    call::{Call, ListenerRef, PolicyRef, PoolRef},
};
use crate::{Draft, FieldPath, RowKey, RuleDraft, path::RejectedPart};
use openstack_types::{error::ApiError, octavia::CreateL7Rule};

impl Edit {
    /// The field of `draft` that the service rejected with `error`; `None` if no single field is.
    pub fn rejected_field(
        &self,
        draft: &Draft,
        call: &Call,
        error: &ApiError,
    ) -> Option<FieldPath> {
        FieldPath::from_service_error(draft, self.part(draft, call)?, error)
    }

    fn part(&self, draft: &Draft, call: &Call) -> Option<RejectedPart> {
        let group_of = |pool: &PoolRef| match pool {
            PoolRef::New(group) => Some(*group),
            PoolRef::Existing(id) => self.rows.group(*id),
        };
        Some(match call {
            Call::CreatePool { group, .. } => RejectedPart::Group(*group),
            Call::UpdatePool { id, .. } => RejectedPart::Group(self.rows.group(*id)?),
            Call::CreateMember { pool, .. } | Call::CreateMembers { pool, .. } => {
                RejectedPart::Servers { group: group_of(pool)?, server: None }
            }
            Call::UpdateMember { pool, id, .. } => RejectedPart::Servers {
                group: self.rows.group(*pool)?,
                server: self.rows.server(*id),
            },
            Call::CreateHealthMonitor { pool, .. } => RejectedPart::HealthCheck(group_of(pool)?),
            Call::UpdateHealthMonitor { id, .. } => {
                let mut pools = self.base.pools.iter();
                let pool = pools
                    .find(|pool| self.base.health_monitor(pool).is_some_and(|one| one.id == *id))?;
                RejectedPart::HealthCheck(self.rows.group(pool.id)?)
            }
            Call::CreateListener { row, .. } => RejectedPart::Listener(*row),
            Call::UpdateListener { id, .. } => RejectedPart::Listener(self.rows.listener(*id)?),
            Call::CreatePolicy { row, listener, .. } => {
                let listener = match listener {
                    ListenerRef::New(row) => *row,
                    ListenerRef::Existing(id) => self.rows.listener(*id)?,
                };
                RejectedPart::Policy { listener, policy: *row }
            }
            Call::UpdatePolicy { policy, .. } => {
                let policy = self.policy_row(*policy)?;
                RejectedPart::Policy { listener: listener_of(draft, policy)?, policy }
            }
            Call::CreateRule { policy, body } => {
                let policy = self.policy_row(*policy)?;
                let listener = listener_of(draft, policy)?;
                let mut rules = draft.policy(listener, policy)?.rules.iter();
                let rule = rules.find(|rule| is_sent_as(rule, body)).map(|rule| rule.key);
                RejectedPart::Rules { listener, policy, rule }
            }
            Call::UpdateRule { policy, id, .. } => {
                let policy = self.policy_row(PolicyRef::Existing(*policy))?;
                let (listener, rule) = (listener_of(draft, policy)?, self.rows.rule(*id));
                RejectedPart::Rules { listener, policy, rule }
            }
            Call::UpdateLoadBalancer { .. } => RejectedPart::LoadBalancer,
            Call::DeletePool { .. }
            | Call::DeleteMember { .. }
            | Call::DeleteHealthMonitor { .. }
            | Call::DeleteListener { .. }
            | Call::DeletePolicy { .. }
            | Call::DeleteRule { .. } => return None,
        })
    }

    fn policy_row(&self, policy: PolicyRef) -> Option<RowKey> {
        match policy {
            PolicyRef::New(row) => Some(row),
            PolicyRef::Existing(id) => self.rows.policy(id),
        }
    }
}

/// Whether a request creates the condition of a row.
fn is_sent_as(rule: &RuleDraft, body: &CreateL7Rule) -> bool {
    (&rule.kind, &rule.compare, rule.invert)
        == (&body.kind, &body.compare_type, body.invert.unwrap_or_default())
        && rule.key_name.trim() == body.key.as_deref().unwrap_or_default()
        && rule.value == body.value.as_str()
}

fn listener_of(draft: &Draft, policy: RowKey) -> Option<RowKey> {
    let mut listeners = draft.listeners.iter();
    listeners.find(|listener| listener.policy(policy).is_some()).map(|listener| listener.key)
}
