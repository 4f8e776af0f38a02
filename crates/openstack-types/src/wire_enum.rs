/// An enum whose arms are fixed words on the wire, with an `Unknown(String)` arm, so that a newer
/// cloud's word is shown as it is and never breaks a page.
macro_rules! wire_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$arm_meta:meta])* $arm:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$arm_meta])* $arm,)+
            /// A word this version does not know, kept as it came.
            Unknown(String),
        }

        impl $name {
            /// Every word known, in the order they are declared.
            pub const KNOWN: &'static [$name] = &[$($name::$arm,)+];

            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $($name::$arm => $word,)+
                    $name::Unknown(word) => word,
                }
            }

            /// The arm for a word; never fails, because `Unknown` takes the rest.
            pub fn from_word(word: &str) -> Self {
                match word {
                    $($word => $name::$arm,)+
                    other => $name::Unknown(other.to_owned()),
                }
            }

            /// The arm for a word that this version knows.
            pub fn known(word: &str) -> Option<Self> {
                match Self::from_word(word) {
                    $name::Unknown(_) => None,
                    known => Some(known),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<'de, str>::deserialize(d)?;
                Ok(Self::from_word(&word))
            }
        }
    };
}
pub(crate) use wire_enum;
