//! Health checks.

use super::{Diff, changed, changed_text, patch};
use crate::{
    FieldPath, GroupDraft, HealthDraft, HealthField, RowKey,
    edit::{
        call::{Call, PoolRef},
        parsed::ParsedGroup,
        steps::{Step, StepSummary},
    },
};
use openstack_types::octavia::{HealthMonitor, Pool, UpdateHealthMonitor};

impl Diff<'_> {
    pub(super) fn health_monitor(&mut self, group: &GroupDraft, pool: &Pool, parsed: &ParsedGroup) {
        let base = self.edit.base_draft.group(group.key);
        if base.is_some_and(|base| base.health == group.health) {
            return;
        }
        let existing = self.edit.health_monitor(group.key);
        let name = group.name.clone();
        let create = || {
            let pool = PoolRef::Existing(pool.id);
            parsed.monitor.clone().map(|body| Call::CreateHealthMonitor { pool, body })
        };
        let steps: Vec<Step> = match (existing, &group.health.kind) {
            (None, None) => Vec::new(),
            (None, Some(_)) => create()
                .map(|call| Step { call, summary: StepSummary::AddHealthCheck { group: name } })
                .into_iter()
                .collect(),
            (Some(existing), None) => {
                let call = Call::DeleteHealthMonitor { id: existing.id };
                vec![Step { call, summary: StepSummary::RemoveHealthCheck { group: name } }]
            }
            // Octavia cannot change the type.
            (Some(existing), Some(kind)) if *kind != existing.kind => {
                let calls = [Some(Call::DeleteHealthMonitor { id: existing.id }), create()];
                let summary = StepSummary::ChangeHealthCheck { group: name };
                let calls = calls.into_iter().flatten();
                calls.map(|call| Step { call, summary: summary.clone() }).collect()
            }
            (Some(existing), Some(_)) => {
                let body = self.monitor_update(group.key, existing, parsed);
                let summary = StepSummary::ChangeHealthCheck { group: name };
                let call = Call::UpdateHealthMonitor { id: existing.id, body: body.clone() };
                let is_empty = body == UpdateHealthMonitor::default();
                if is_empty { Vec::new() } else { vec![Step { call, summary }] }
            }
        };
        self.steps.monitors.extend(steps);
    }

    fn monitor_update(
        &self,
        group: RowKey,
        existing: &HealthMonitor,
        parsed: &ParsedGroup,
    ) -> UpdateHealthMonitor {
        let Some(parsed) = &parsed.monitor else { return UpdateHealthMonitor::default() };
        let differs = |field| self.edit.differs(self.draft, &FieldPath::Health { group, field });
        let sends_request = HealthDraft::sends_request(&existing.kind);
        let text = |field, parsed: &Option<String>, existing: &Option<String>| {
            (sends_request && differs(field) && parsed != existing)
                .then(|| parsed.clone())
                .flatten()
        };
        let (Some(now), Some(base)) = (self.draft.group(group), self.edit.base_draft.group(group))
        else {
            return UpdateHealthMonitor::default();
        };
        let (now, base) = (&now.health, &base.health);
        let domain = sends_request && differs(HealthField::Domain);
        let version = sends_request && (domain || now.http_version != base.http_version);
        UpdateHealthMonitor {
            name: changed_text(&now.name, &base.name, &existing.name),
            admin_state_up: changed(&now.enabled, &base.enabled, &existing.admin_state_up),
            delay: (differs(HealthField::Delay) && parsed.delay != existing.delay)
                .then_some(parsed.delay),
            timeout: (differs(HealthField::Timeout) && parsed.timeout != existing.timeout)
                .then_some(parsed.timeout),
            max_retries: (differs(HealthField::Rise) && parsed.max_retries != existing.max_retries)
                .then_some(parsed.max_retries),
            max_retries_down: parsed
                .max_retries_down
                .filter(|fall| differs(HealthField::Fall) && *fall != existing.max_retries_down),
            http_method: text(HealthField::Method, &parsed.http_method, &existing.http_method),
            url_path: text(HealthField::Path, &parsed.url_path, &existing.url_path),
            expected_codes: text(
                HealthField::Codes,
                &parsed.expected_codes,
                &existing.expected_codes,
            ),
            domain_name: patch(domain, &parsed.domain_name, &existing.domain_name),
            http_version: patch(version, &parsed.http_version, &existing.http_version),
            tags: changed(&now.tags, &base.tags, &existing.tags),
        }
    }
}
