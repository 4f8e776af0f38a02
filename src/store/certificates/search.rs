//! The certificates that are shown, in order. Pure.

use super::{Certificate, Uses};
use crate::routes::{CertificateSort, Direction, ListQuery};
use crate::store::lower;
use openstack_types::SecretId;
use std::{cmp::Ordering, sync::Arc};

/// The certificates that match every word of the search, sorted. A word also matches the name of a
/// load balancer that uses the certificate.
pub fn view(
    all: &[Arc<Certificate>],
    uses: &Uses,
    query: &ListQuery<CertificateSort>,
) -> Vec<SecretId> {
    let search = lower(&query.search);
    let words: Vec<&str> = search.split_whitespace().collect();
    let found = |one: &Certificate, word: &str| {
        one.searchable.contains(word)
            || uses.of(one.id).iter().any(|found| lower(&found.name).contains(word))
    };
    let mut shown: Vec<&Arc<Certificate>> =
        all.iter().filter(|one| words.iter().all(|word| found(one, word))).collect();
    shown.sort_by(|a, b| {
        let order = compare(a, b, uses, query.sort);
        let order = match query.direction {
            Direction::Ascending => order,
            Direction::Descending => order.reverse(),
        };
        // Ties are broken by id, whatever the order of the service.
        order.then_with(|| b.created_at.cmp(&a.created_at)).then_with(|| a.id.cmp(&b.id))
    });
    shown.into_iter().map(|one| one.id).collect()
}

fn compare(a: &Certificate, b: &Certificate, uses: &Uses, key: CertificateSort) -> Ordering {
    // Unknown values sort last.
    let end = |one: &Certificate| {
        let end = one.facts.as_ref().map(|facts| facts.validity.not_after);
        (end.is_none(), end)
    };
    match key {
        CertificateSort::Name => a.name_key.cmp(&b.name_key),
        CertificateSort::State => a.status.cmp(&b.status),
        CertificateSort::Expires => end(a).cmp(&end(b)),
        CertificateSort::Domains => a.domains().first().cmp(&b.domains().first()),
        CertificateSort::UsedBy => uses.of(a.id).len().cmp(&uses.of(b.id).len()),
        CertificateSort::CreatedAt => a.created_at.cmp(&b.created_at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn one(last: u8, name: &str, names: &str, not_after: &str) -> Arc<Certificate> {
        let id = format!("00000000-0000-0000-0000-00000000000{last}");
        let word = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let metadata = match not_after {
            "" => BTreeMap::new(),
            not_after => BTreeMap::from([
                word("subject", "CN=x"),
                word("fingerprint", "0A"),
                word("names", names),
                word("not_before", "2020-01-01T00:00:00Z"),
                word("not_after", not_after),
            ]),
        };
        let created = format!("2026-11-2{last}T00:00:00");
        let id: SecretId = id.parse().unwrap();
        Arc::new(Certificate::new(id, String::new(), name.to_owned(), created, &metadata))
    }

    fn all() -> Vec<Arc<Certificate>> {
        vec![
            one(1, "shop-10", "shop.example *.shop.example", "2027-01-01T00:00:00Z"),
            one(2, "shop-2", "a.example", "2026-12-01T00:00:00Z"),
            one(3, "by hand", "", ""),
        ]
    }

    fn names(search: &str, sort: CertificateSort) -> Vec<String> {
        let query = ListQuery { search: search.to_owned(), ..ListQuery::default().sorted_by(sort) };
        let all = all();
        let name = |id| all.iter().find(|one| one.id == id).unwrap().name.clone();
        view(&all, &Uses::default(), &query).into_iter().map(name).collect()
    }

    #[test]
    fn the_earliest_expiry_is_first_and_unknown_ones_are_last() {
        assert_eq!(names("", CertificateSort::Expires), ["shop-2", "shop-10", "by hand"]);
        assert_eq!(names("", CertificateSort::Name), ["by hand", "shop-2", "shop-10"]);
    }

    #[test]
    fn every_word_must_match() {
        let by_name = CertificateSort::Name;
        assert_eq!(names("SHOP.example", by_name), ["shop-10"]);
        assert_eq!(names("shop a.ex", by_name), ["shop-2"]);
        assert_eq!(names("active 0003", by_name), ["by hand"]);
        assert!(names("shop nothing", by_name).is_empty());
    }
}
