//! How the portal is compiled.

/// A pair of profiles of the root Cargo.toml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// As it is shipped, measured, and tested in the browser.
    Release,
    /// The soonest to start: barely optimised, the page in one piece.
    Quick,
}

impl Profile {
    /// The profile of the server.
    pub fn of_the_server(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Quick => "quick",
        }
    }

    /// The profile of the page.
    pub fn of_the_page(self) -> &'static str {
        match self {
            Self::Release => "wasm",
            Self::Quick => "quick",
        }
    }
}
