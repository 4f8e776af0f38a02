//! References between objects.

use serde::{Deserialize, Serialize};

/// `{"id": …}`: how Octavia refers to another object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ref<I> {
    pub id: I,
}
