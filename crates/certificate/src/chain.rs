//! The chain of a certificate, out of certificates in any order.

use crate::certificate::Certificate;

/// A chain and what is not of it.
pub struct Chain {
    /// The leaf first.
    pub certificates: Vec<Certificate>,
    /// Whether they stood in another order.
    pub was_reordered: bool,
    /// What does not belong to it.
    pub unrelated: Vec<Certificate>,
}

/// Follows the issuers from the certificate at `leaf`, as far as they are there.
pub fn order(all: Vec<Certificate>, leaf: usize) -> Chain {
    let mut path = vec![leaf];
    let mut at = leaf;
    while !all[at].info.is_self_signed {
        let issuers = (0..all.len()).filter(|i| {
            // A certificate that is there twice is taken once.
            path.iter().all(|seen| all[*seen].der != all[*i].der) && all[at].is_issued_by(&all[*i])
        });
        // Of several with one name and key, such as one renewed, the one that lasts longest.
        let Some(issuer) = issuers.max_by_key(|i| all[*i].info.validity.not_after) else { break };
        path.push(issuer);
        at = issuer;
    }

    let was_reordered = !path.is_sorted();
    let copies: Vec<Vec<u8>> = path.iter().map(|i| all[*i].der.clone()).collect();
    let mut all: Vec<Option<Certificate>> = all.into_iter().map(Some).collect();
    let certificates = path.into_iter().filter_map(|i| all[i].take()).collect();
    let unrelated = all.into_iter().flatten().filter(|c| !copies.contains(&c.der)).collect();
    Chain { certificates, was_reordered, unrelated }
}
