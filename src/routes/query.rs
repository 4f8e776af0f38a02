//! What stands behind the `?`: the state of a list, and percent-encoding.

/// What a list can be sorted by. The default is the newest first.
pub trait Sorting: Copy + Default + Eq + 'static {
    /// Every key.
    const ALL: &'static [Self];

    /// The word in the URL.
    fn as_str(self) -> &'static str;

    /// The direction that a first click on the header means: times begin with the newest.
    fn first_direction(self) -> Direction {
        if self == Self::default() { Direction::Descending } else { Direction::Ascending }
    }
}

/// What the list of certificates is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CertificateSort {
    /// Name, as people count.
    Name,
    /// `ACTIVE`, all of them, on most clouds.
    State,
    /// What ends first.
    Expires,
    /// The first name it is for.
    Domains,
    /// How many listeners use it.
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

/// What the list of load balancers is sorted by; the word in the URL is [`Sorting::as_str`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// Name, as people count: `web-2` before `web-10`.
    Name,
    /// What needs attention first.
    State,
    /// Application before Network.
    Type,
    /// The address, by number.
    Vip,
    /// The first listener's port.
    Listeners,
    /// The part of the servers that is healthy.
    Servers,
    /// Time of creation.
    #[default]
    CreatedAt,
    /// User.
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

/// Which end of a sorted list comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The least first.
    Ascending,
    /// The most first.
    Descending,
}

impl Direction {
    /// The other way round.
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// What a list shows and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery<K = SortKey> {
    /// What is typed in the search field.
    pub search: String,
    /// What it is sorted by.
    pub sort: K,
    /// Which end comes first.
    pub direction: Direction,
}

impl<K: Sorting> Default for ListQuery<K> {
    fn default() -> Self {
        let sort = K::default();
        Self { search: String::new(), sort, direction: sort.first_direction() }
    }
}

impl<K: Sorting> ListQuery<K> {
    /// The list after a click on a header: the same column turns round, another begins anew.
    pub fn sorted_by(&self, sort: K) -> Self {
        let direction =
            if self.sort == sort { self.direction.reversed() } else { sort.first_direction() };
        Self { search: self.search.clone(), sort, direction }
    }

    /// Reads a query; what makes no sense is as if it were not there.
    pub(super) fn parse(query: &str) -> Self {
        let sort = get(query, "sort")
            .and_then(|word| K::ALL.iter().copied().find(|key| key.as_str() == word))
            .unwrap_or_default();
        let direction = match get(query, "dir").as_deref() {
            Some("asc") => Direction::Ascending,
            Some("desc") => Direction::Descending,
            _ => sort.first_direction(),
        };
        Self { search: get(query, "search").unwrap_or_default(), sort, direction }
    }

    /// Only what differs from the default stands in the URL.
    pub(super) fn print(&self, path: &str) -> String {
        let sort = (self.sort != K::default()).then(|| self.sort.as_str());
        let direction = match self.direction {
            usual if usual == self.sort.first_direction() => None,
            Direction::Ascending => Some("asc"),
            Direction::Descending => Some("desc"),
        };
        let search = (!self.search.is_empty()).then_some(self.search.as_str());
        with(path, &[("search", search), ("sort", sort), ("dir", direction)])
    }
}

/// A path with the pairs that are there.
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

/// Everything but RFC 3986's unreserved characters as `%` and two digits.
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

/// `+` is a blank, as forms write it; a `%` without two digits stands for itself.
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
    fn the_default_leaves_the_url_clean() {
        let usual = ListQuery::<SortKey>::default();
        assert_eq!(usual.print("/x"), "/x");
        assert_eq!(ListQuery::parse(""), usual);
        assert_eq!(ListQuery::parse("sort=nonsense&dir=up"), usual);
    }

    #[test]
    fn a_header_click_sorts_and_a_second_one_turns_round() {
        let newest = ListQuery::<SortKey>::default();
        let by_name = newest.sorted_by(SortKey::Name);
        assert_eq!((by_name.sort, by_name.direction), (SortKey::Name, Direction::Ascending));
        assert_eq!(by_name.sorted_by(SortKey::Name).direction, Direction::Descending);
        assert_eq!(newest.sorted_by(SortKey::CreatedAt).direction, Direction::Ascending);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read(search in "\\PC{0,30}", key in 0_usize..8, descending: bool) {
            let direction = if descending { Direction::Descending } else { Direction::Ascending };
            let list = ListQuery { search, sort: SortKey::ALL[key], direction };
            let href = list.print("/l");
            let query = href.strip_prefix("/l").unwrap().trim_start_matches('?');
            prop_assert_eq!(ListQuery::parse(query), list);
        }

        #[test]
        fn no_query_breaks_the_parser(query in "\\PC{0,60}") {
            ListQuery::<SortKey>::parse(&query);
        }
    }
}
