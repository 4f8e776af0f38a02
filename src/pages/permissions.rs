//! Why the signed-in user cannot do something, as the reason on a disabled button.

use crate::{
    i18n::{I18nContext, Locale, errors, t_string, use_i18n},
    store::use_store,
};
use openstack_types::{ProvisioningStatus, rules::may_change};

/// Why the user may not change anything; `None` where they may.
pub fn read_only_reason() -> impl Fn() -> Option<String> + Copy + Send + Sync + 'static {
    let i18n = use_i18n();
    let store = use_store();
    move || (!store.session.may_change()).then(|| t_string!(i18n, errors.read_only).to_owned())
}

/// Why a load balancer in a state cannot be edited; `None` where it can.
pub fn edit_refusal(i18n: I18nContext<Locale>, status: &ProvisioningStatus) -> Option<String> {
    may_change(status).err().map(|refusal| errors::refusal(i18n, refusal))
}
