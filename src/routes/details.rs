//! What the address of the details page says beside the load balancer.

use super::query::{ListQuery, ServerSort, get};
use openstack_types::PoolId;

/// The tabs of `Load Balancer Details`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DetailsTab {
    #[default]
    Overview,
    Rules,
    Servers,
    Monitoring,
}

impl DetailsTab {
    /// In the order of the page.
    pub const ALL: [Self; 4] = [Self::Overview, Self::Rules, Self::Servers, Self::Monitoring];

    pub(super) fn print(self) -> Option<&'static str> {
        match self {
            Self::Overview => None,
            Self::Rules => Some("rules"),
            Self::Servers => Some("servers"),
            Self::Monitoring => Some("monitoring"),
        }
    }

    /// An unknown tab is the first.
    pub(super) fn parse(query: &str) -> Self {
        let word = get(query, "tab");
        let is_it = |tab: &Self| tab.print() == word.as_deref();
        Self::ALL.into_iter().find(is_it).unwrap_or_default()
    }
}

/// What the details page shows: a tab, and which servers in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailsView {
    pub tab: DetailsTab,
    /// The search of the tab `Servers`; the default on other tabs.
    pub servers: ListQuery<ServerSort>,
}

impl From<DetailsTab> for DetailsView {
    fn from(tab: DetailsTab) -> Self {
        Self { tab, servers: ListQuery::default() }
    }
}

impl DetailsView {
    /// The tab `Servers` with a search.
    pub fn servers(servers: ListQuery<ServerSort>) -> Self {
        Self { tab: DetailsTab::Servers, servers }
    }

    /// The pairs of the query.
    pub(super) fn pairs(&self) -> Vec<(&'static str, Option<&str>)> {
        let mut pairs = vec![("tab", self.tab.print())];
        pairs.extend(self.servers.pairs());
        pairs
    }

    pub(super) fn parse(query: &str) -> Self {
        match DetailsTab::parse(query) {
            DetailsTab::Servers => Self::servers(ListQuery::parse(query)),
            tab => tab.into(),
        }
    }
}

/// How the edit dialog opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EditStart {
    /// At its top.
    #[default]
    Form,
    /// With a new server: in a server group, or in the first.
    AddServer(Option<PoolId>),
    /// With a new listener.
    AddListener,
}

impl EditStart {
    /// The values of `add` and `group`.
    pub(super) fn print(self) -> (Option<&'static str>, Option<String>) {
        match self {
            Self::Form => (None, None),
            Self::AddServer(group) => (Some("server"), group.map(|group| group.to_string())),
            Self::AddListener => (Some("listener"), None),
        }
    }

    pub(super) fn parse(query: &str) -> Self {
        match get(query, "add").as_deref() {
            Some("server") => {
                Self::AddServer(get(query, "group").and_then(|group| group.parse().ok()))
            }
            Some("listener") => Self::AddListener,
            _ => Self::Form,
        }
    }
}
