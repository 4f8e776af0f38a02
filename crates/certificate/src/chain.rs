//! Builds the chain of a certificate from certificates in any order.

use crate::certificate::Certificate;

pub(crate) struct Chain {
    /// The leaf first.
    pub certificates: Vec<Certificate>,
    /// Whether the input had them in another order.
    pub was_reordered: bool,
    /// Certificates of the input that are not part of the chain.
    pub unrelated: Vec<Certificate>,
}

/// Follows the issuers from the certificate at `leaf`, as far as `all` contains them.
pub(crate) fn order(all: Vec<Certificate>, leaf: usize) -> Chain {
    let mut path = vec![leaf];
    let mut last = leaf;
    while !all[last].info.is_self_signed {
        let issuers = (0..all.len()).filter(|i| {
            // A duplicate certificate is used once.
            path.iter().all(|used| all[*used].der != all[*i].der)
                && all[last].is_issued_by(&all[*i])
        });
        // Of several with the same name and key, such as a renewed one, take the one that expires last.
        let Some(issuer) = issuers.max_by_key(|i| all[*i].info.validity.not_after) else { break };
        path.push(issuer);
        last = issuer;
    }

    let was_reordered = !path.is_sorted();
    let in_chain: Vec<Vec<u8>> = path.iter().map(|i| all[*i].der.clone()).collect();
    let mut all: Vec<Option<Certificate>> = all.into_iter().map(Some).collect();
    let certificates = path.into_iter().filter_map(|i| all[i].take()).collect();
    let unrelated = all.into_iter().flatten().filter(|c| !in_chain.contains(&c.der)).collect();
    Chain { certificates, was_reordered, unrelated }
}
