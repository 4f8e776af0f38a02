//! Reading sources as tokens.

use proc_macro2::{Delimiter, TokenTree};

/// The index after the item that begins at `at`: after its body or its semicolon.
pub fn after_item(trees: &[TokenTree], mut at: usize) -> usize {
    while let Some(tree) = trees.get(at) {
        at += 1;
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
            TokenTree::Punct(p) if p.as_char() == ';' => break,
            _ => {}
        }
    }
    at
}
