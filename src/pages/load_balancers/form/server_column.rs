//! The columns of tables of servers.

use crate::{
    i18n::{I18nContext, Locale, t_string},
    ui::{Text, text},
};

/// The columns that have a label, of which each table has some.
#[derive(Clone, Copy)]
pub enum ServerColumn {
    Address,
    Port,
    State,
    Weight,
    Backup,
    Enabled,
    Actions,
}

impl ServerColumn {
    pub fn label(self, i18n: I18nContext<Locale>) -> Text {
        text(move || {
            match self {
                Self::Address => t_string!(i18n, create.private_ip),
                Self::Port => t_string!(i18n, create.port),
                Self::State => t_string!(i18n, edit.state),
                Self::Weight => t_string!(i18n, create.weight),
                Self::Backup => t_string!(i18n, create.backup),
                Self::Enabled => t_string!(i18n, edit.enabled),
                Self::Actions => t_string!(i18n, edit.actions),
            }
            .to_owned()
        })
    }
}
