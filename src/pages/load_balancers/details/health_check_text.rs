//! A health check in one line.

use crate::i18n::{I18nContext, Locale, t_string};
use openstack_types::octavia::HealthMonitor;

/// `HTTP /health every 5 s · timeout 3 s, healthy after 2, unhealthy after 3`
pub(super) fn health_check_text(i18n: I18nContext<Locale>, monitor: &HealthMonitor) -> String {
    let path = monitor.url_path.as_deref().map(|path| format!(" {path}"));
    let kind = format!("{}{}", monitor.kind, path.unwrap_or_default());
    let delay = monitor.delay.to_string();
    let note = t_string!(i18n, create.health_summary, kind = kind, delay = delay).to_string();
    let rest = t_string!(
        i18n,
        create.health_summary_thresholds,
        timeout = monitor.timeout.to_string(),
        rise = monitor.max_retries.to_string(),
        fall = monitor.max_retries_down.to_string()
    );
    format!("{note} · {rest}")
}
