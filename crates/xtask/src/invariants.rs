//! The rules of ARCHITECTURE.md that the compiler does not check, as tests that read the sources.

mod circles;
mod documents;
mod imports;
mod layers;
mod messages;
mod rules;
mod tokens;
mod untranslated;
