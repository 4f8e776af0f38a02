//! Certificates: list, wizard, details, replacement and deletion.

mod choice;
mod chunks;
mod create;
mod delete;
mod details;
mod expiry;
mod facts;
mod list;
mod names;
mod note;
mod replace;
mod uses;
mod warning;

pub use choice::CertificateChoice;
pub use create::CreateCertificate;
pub use delete::name_of;
pub use details::CertificateDetails;
pub use expiry::{badge as expiry_badge, now};
pub use list::CertificateList;
pub use names::NamesForSearch;
pub use note::CertificateNote;
pub use warning::warn_of_expiry;
