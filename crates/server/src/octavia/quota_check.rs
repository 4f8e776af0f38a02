//! The quota check: a create is refused that would exceed a limit of the project.

use super::{change::Change, error::OctaviaError};
use crate::{
    model::{
        HEALTH_MONITOR, L7POLICY, L7RULE, MEMBER, POOL, PROJECT_ID, Resource, Row, l7policy, pool,
    },
    store::octavia::{quotas, relations::count_enabled},
};

impl Change<'_> {
    /// Requires that every load balancer that is enabled fits on this machine, with what this change has
    /// inserted or enabled. What serves already has precedence.
    ///
    /// # Errors
    /// 503.
    pub fn require_room(&self) -> Result<(), OctaviaError> {
        let (load_balancers, listeners) = count_enabled(self.tx)?;
        if self.app.engine.capacity().fits(load_balancers, listeners) {
            Ok(())
        } else {
            Err(OctaviaError::no_room())
        }
    }

    /// Requires that the project may have this many more objects of a resource, by its quota and by the
    /// limit of the operator.
    ///
    /// # Errors
    /// 403.
    pub fn require_quota(
        &self,
        resource: &Resource,
        project: &str,
        additional: usize,
    ) -> Result<(), OctaviaError> {
        if quotas::allows(self.tx, resource, project, additional, &self.app.config.limits)? {
            Ok(())
        } else {
            Err(OctaviaError::quota(resource.title))
        }
    }

    /// Requires quota for new pools with their members and health monitors.
    pub fn require_quota_for_pools(
        &self,
        load_balancer: &Row,
        pools: &[Row],
    ) -> Result<(), OctaviaError> {
        let project = load_balancer.get(PROJECT_ID);
        let count = |field| pools.iter().map(|pool| pool.nested(field).len()).sum();
        self.require_quota(&POOL, project, pools.len())?;
        self.require_quota(&MEMBER, project, count(pool::MEMBERS))?;
        self.require_quota(&HEALTH_MONITOR, project, count(pool::HEALTHMONITOR))
    }

    /// Requires quota for new L7 policies with their rules.
    pub fn require_quota_for_l7policies(
        &self,
        load_balancer: &Row,
        policies: &[Row],
    ) -> Result<(), OctaviaError> {
        let project = load_balancer.get(PROJECT_ID);
        let rules = policies.iter().map(|policy| policy.nested(l7policy::RULES).len()).sum();
        self.require_quota(&L7POLICY, project, policies.len())?;
        self.require_quota(&L7RULE, project, rules)
    }
}
