//! The query of a URL: search and sorting of a list, and percent-encoding.

/// The sort keys of a list. The default is the time of creation, newest first.
pub trait Sorting: Copy + Default + Eq + 'static {
    /// All keys.
    const ALL: &'static [Self];

    /// The value in the URL.
    fn as_str(self) -> &'static str;

    /// The filters beside the search: the parameter in the URL, and the values that it may have.
    const FILTERS: &'static [(&'static str, &'static [&'static str])] = &[];

    /// The direction after the first click on a header: newest first for times.
    fn first_direction(self) -> Direction {
        if self == Self::default() { Direction::Descending } else { Direction::Ascending }
    }
}

/// The sort keys of certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CertificateSort {
    /// Name, in natural order.
    Name,
    /// The status of the secret.
    State,
    /// Time of expiry.
    Expires,
    /// The first domain name.
    Domains,
    /// Number of listeners that use it.
    UsedBy,
    /// Time of creation.
    #[default]
    CreatedAt,
}

impl Sorting for CertificateSort {
    const ALL: &'static [Self] =
        &[Self::Name, Self::State, Self::Expires, Self::Domains, Self::UsedBy, Self::CreatedAt];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::State => "state",
            Self::Expires => "expires",
            Self::Domains => "domains",
            Self::UsedBy => "used_by",
            Self::CreatedAt => "created_at",
        }
    }
}

/// The sort keys of the servers of a server group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ServerSort {
    /// The address as a number.
    Address,
    Weight,
    /// Failed ones first.
    #[default]
    Health,
}

impl Sorting for ServerSort {
    const ALL: &'static [Self] = &[Self::Address, Self::Weight, Self::Health];

    const FILTERS: &'static [(&'static str, &'static [&'static str])] = &[("health", &["down"])];

    fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Weight => "weight",
            Self::Health => "health",
        }
    }

    fn first_direction(self) -> Direction {
        Direction::Ascending
    }
}

/// The sort keys of load balancers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// Name, in natural order: `web-2` before `web-10`.
    Name,
    /// Urgency: what needs attention first.
    State,
    /// Application before Network.
    Type,
    /// The address as a number.
    Vip,
    /// The port of the first listener.
    Listeners,
    /// The share of healthy servers.
    Servers,
    /// Time of creation.
    #[default]
    CreatedAt,
    CreatedBy,
}

impl Sorting for SortKey {
    const ALL: &'static [Self] = &[
        Self::Name,
        Self::State,
        Self::Type,
        Self::Vip,
        Self::Listeners,
        Self::Servers,
        Self::CreatedAt,
        Self::CreatedBy,
    ];

    const FILTERS: &'static [(&'static str, &'static [&'static str])] = &[
        ("state", &["healthy", "changing", "idle", "degraded", "down"]),
        ("type", &["application", "network"]),
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::State => "state",
            Self::Type => "type",
            Self::Vip => "vip",
            Self::Listeners => "listeners",
            Self::Servers => "servers",
            Self::CreatedAt => "created_at",
            Self::CreatedBy => "created_by",
        }
    }
}

/// The sort direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The least first.
    Ascending,
    /// The most first.
    Descending,
}

impl Direction {
    /// The opposite direction.
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// Filters that a list may have at most.
pub const MAX_FILTERS: usize = 2;

/// The search, filters and sorting of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery<K = SortKey> {
    /// The search text.
    pub search: String,
    /// For each of [`Sorting::FILTERS`] the chosen value; `None` lets every row pass.
    pub filters: [Option<&'static str>; MAX_FILTERS],
    pub sort: K,
    pub direction: Direction,
}

impl<K: Sorting> Default for ListQuery<K> {
    fn default() -> Self {
        let sort = K::default();
        Self {
            search: String::new(),
            filters: [None; MAX_FILTERS],
            sort,
            direction: sort.first_direction(),
        }
    }
}

impl<K: Sorting> ListQuery<K> {
    /// The query after a click on a header: reverses the current column, or sorts by another.
    pub fn sorted_by(&self, sort: K) -> Self {
        let direction =
            if self.sort == sort { self.direction.reversed() } else { sort.first_direction() };
        Self { sort, direction, ..self.clone() }
    }

    /// The query with another value of a filter; an unknown value lets every row pass.
    pub fn filtered(&self, filter: usize, value: &str) -> Self {
        let mut query = self.clone();
        if let (Some(slot), Some((_, values))) =
            (query.filters.get_mut(filter), K::FILTERS.get(filter))
        {
            *slot = values.iter().copied().find(|known| *known == value);
        }
        query
    }

    /// Parses a query; invalid values are ignored.
    pub(super) fn parse(query: &str) -> Self {
        let sort = get(query, "sort")
            .and_then(|word| K::ALL.iter().copied().find(|key| key.as_str() == word))
            .unwrap_or_default();
        let direction = match get(query, "dir").as_deref() {
            Some("asc") => Direction::Ascending,
            Some("desc") => Direction::Descending,
            _ => sort.first_direction(),
        };
        let mut list = Self {
            search: get(query, "search").unwrap_or_default(),
            filters: [None; MAX_FILTERS],
            sort,
            direction,
        };
        for (filter, (name, _)) in K::FILTERS.iter().enumerate() {
            if let Some(value) = get(query, name) {
                list = list.filtered(filter, &value);
            }
        }
        list
    }

    /// Prints only what differs from the default.
    pub(super) fn print(&self, path: &str) -> String {
        with(path, &self.pairs())
    }

    /// The parameters in the URL; those of the default have no value.
    pub(super) fn pairs(&self) -> Vec<(&'static str, Option<&str>)> {
        let sort = (self.sort != K::default()).then(|| self.sort.as_str());
        let direction = match self.direction {
            usual if usual == self.sort.first_direction() => None,
            Direction::Ascending => Some("asc"),
            Direction::Descending => Some("desc"),
        };
        let search = (!self.search.is_empty()).then_some(self.search.as_str());
        let mut pairs = vec![("search", search)];
        pairs.extend(K::FILTERS.iter().zip(self.filters).map(|((name, _), value)| (*name, value)));
        pairs.extend([("sort", sort), ("dir", direction)]);
        pairs
    }
}

/// A path with the pairs that have a value.
pub(super) fn with(path: &str, pairs: &[(&str, Option<&str>)]) -> String {
    let mut out = path.to_owned();
    let mut separator = '?';
    for (key, value) in pairs {
        if let Some(value) = value {
            out.push(separator);
            out.push_str(key);
            out.push('=');
            encode_into(&mut out, value);
            separator = '&';
        }
    }
    out
}

/// The first value of a key, decoded.
pub(super) fn get(query: &str, key: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name == key).then(|| decode(value))
    })
}

/// Percent-encodes all but the unreserved characters of RFC 3986 and `/`.
fn encode_into(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)] as char);
            out.push(HEX[usize::from(byte & 15)] as char);
        }
    }
}

/// Decodes `%` and `+` (a space in forms); a `%` without two digits stays.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|b| (*b as char).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (b'+', ..) => {
                out.push(b' ');
                at += 1;
            }
            (other, ..) => {
                out.push(other);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(not(target_arch = "wasm32"))]
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_default_is_not_printed() {
        let usual = ListQuery::<SortKey>::default();
        assert_eq!(usual.print("/x"), "/x");
        assert_eq!(ListQuery::parse(""), usual);
        assert_eq!(ListQuery::parse("sort=nonsense&dir=up&state=good&type="), usual);
    }

    #[test]
    fn a_second_click_on_a_header_reverses_the_order() {
        let newest = ListQuery::<SortKey>::default();
        let by_name = newest.sorted_by(SortKey::Name);
        assert_eq!((by_name.sort, by_name.direction), (SortKey::Name, Direction::Ascending));
        assert_eq!(by_name.sorted_by(SortKey::Name).direction, Direction::Descending);
        assert_eq!(newest.sorted_by(SortKey::CreatedAt).direction, Direction::Ascending);
    }

    proptest! {
        #[test]
        fn printed_queries_are_parsed_back(
            search in "\\PC{0,30}", key in 0_usize..8, descending: bool, state in 0_usize..6, kind in 0_usize..3
        ) {
            let direction = if descending { Direction::Descending } else { Direction::Ascending };
            let filters = [(0, state), (1, kind)]
                .map(|(filter, value)| SortKey::FILTERS[filter].1.get(value).copied());
            let list = ListQuery { search, filters, sort: SortKey::ALL[key], direction };
            let href = list.print("/l");
            let query = href.strip_prefix("/l").unwrap().trim_start_matches('?');
            prop_assert_eq!(ListQuery::parse(query), list);
        }

        #[test]
        fn any_query_can_be_parsed(query in "\\PC{0,60}") {
            ListQuery::<SortKey>::parse(&query);
        }
    }
}
