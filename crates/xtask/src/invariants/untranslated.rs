//! No text outside of `locales/`: the page's sources, read for literals that people would see.
//!
//! Seen is what stands in a view as a text or as the value of a block, what is said by an attribute
//! that is read, and, wherever it stands, what only a language of ours is written in. A text that
//! takes another way to the page is not found.

use super::tokens::after_item;
use crate::files::files_below;
use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use std::{fs, path::Path};

/// Attributes and properties that people read, by the last word of their name.
const READ: [&str; 13] = [
    "alt",
    "description",
    "hint",
    "label",
    "legend",
    "note",
    "placeholder",
    "roledescription",
    "summary",
    "term",
    "text",
    "title",
    "valuetext",
];

/// What is the same in every language: names, and what is typed as it stands.
const NAMES: [&str; 8] = [
    "繁體中文",
    "curl {url}",
    "/health",
    "www.example.com",
    "https://www.example.com",
    "JSESSIONID",
    r"192.0.2.0/24\n2001:db8::/32",
    r"192.0.2.10:80\n[2001:db8::1]:80\n192.0.2.12 80 5",
];

/// For development and for tests: no release has them.
const UNSEEN: [&str; 3] = ["src/ui/gallery", "src/ui/gallery.rs", "src/store/tests.rs"];

/// The literals of a source that people would see.
fn seen(source: &str) -> Result<Vec<String>, String> {
    let tokens: TokenStream = source.parse().map_err(|error| format!("{error}"))?;
    let mut found = Vec::new();
    anywhere(tokens, &mut found)?;
    Ok(found)
}

/// Looks for views, and for what is written as no code is.
fn anywhere(tokens: TokenStream, found: &mut Vec<String>) -> Result<(), String> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < trees.len() {
        if let Some(view) = macro_at(&trees, at, "view") {
            nodes(view.stream(), found)?;
            at += 3;
            continue;
        }
        match &trees[at] {
            TokenTree::Group(group) => {
                let test = group.delimiter() == Delimiter::Bracket
                    && at > 0
                    && is_punct(&trees[at - 1], '#')
                    && group.stream().to_string().replace(' ', "").starts_with("cfg(test)");
                let attribute = at > 0
                    && (is_punct(&trees[at - 1], '#')
                        || (is_punct(&trees[at - 1], '!')
                            && at > 1
                            && is_punct(&trees[at - 2], '#')));
                if test {
                    at = after_item(&trees, at + 1);
                    continue;
                }
                if !attribute {
                    anywhere(group.stream(), found)?;
                }
            }
            TokenTree::Literal(_) => {
                let foreign = |c: char| c.is_alphabetic() && !c.is_ascii();
                found.extend(text(&trees[at]).filter(|text| text.contains(foreign)));
            }
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// Reads what is between the braces of `view!`.
fn nodes(tokens: TokenStream, found: &mut Vec<String>) -> Result<(), String> {
    let whole = tokens.to_string();
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut depth = 0_usize;
    for (at, tree) in trees.iter().enumerate() {
        let arrow = at > 0
            && matches!(&trees[at - 1], TokenTree::Punct(before)
                if matches!(before.as_char(), '-' | '=') && before.spacing() == Spacing::Joint);
        match tree {
            tree if is_punct(tree, '<') => depth += 1,
            tree if is_punct(tree, '>') && !arrow => {
                depth = depth
                    .checked_sub(1)
                    .ok_or_else(|| format!("a view has a > too many: {whole}"))?;
            }
            TokenTree::Literal(_) if depth == 0 => found.extend(words(tree)),
            TokenTree::Ident(name) if depth > 0 => {
                let read = READ.contains(&name.to_string().as_str());
                if read && trees.get(at + 1).is_some_and(|next| is_punct(next, '=')) {
                    value(&trees[at + 2..], found);
                }
            }
            TokenTree::Group(group) if depth == 0 => block(group.stream(), found),
            _ => {}
        }
    }
    if depth > 0 {
        return Err(format!("a view has a < too many: {whole}"));
    }
    anywhere(trees.into_iter().collect(), found)
}

/// What an attribute says, if it is a literal or a closure that gives one.
fn value(trees: &[TokenTree], found: &mut Vec<String>) {
    let begin = trees.iter().position(|tree| {
        let moved = matches!(tree, TokenTree::Ident(word) if word == "move");
        !moved && !is_punct(tree, '|')
    });
    let Some(trees) = begin.map(|begin| &trees[begin..]) else { return };
    match trees {
        [TokenTree::Group(group), ..] => block(group.stream(), found),
        [TokenTree::Ident(name), TokenTree::Group(group), ..]
            if name == "text" || name == "Some" =>
        {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            value(&inside, found);
        }
        [literal @ TokenTree::Literal(_), ..] => found.extend(words(literal)),
        _ => found.extend(macro_at(trees, 0, "format").and_then(written)),
    }
}

/// What a block may give: a literal at its beginning, in an arm, or from a closure.
fn block(tokens: TokenStream, found: &mut Vec<String>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        let gives = match at.checked_sub(1).map(|before| &trees[before]) {
            None => true,
            Some(TokenTree::Punct(before)) => match before.as_char() {
                '|' => true,
                '>' => at > 1 && is_punct(&trees[at - 2], '='),
                _ => false,
            },
            Some(_) => false,
        };
        match tree {
            // What a condition is compared with is no text.
            TokenTree::Literal(_) if gives && !arm(&trees, at) => found.extend(words(tree)),
            TokenTree::Ident(_) => {
                found.extend(macro_at(&trees, at, "format").and_then(written));
            }
            TokenTree::Group(group) if group.delimiter() != Delimiter::Bracket => {
                let view = at > 1 && macro_at(&trees, at - 2, "view").is_some();
                let called = group.delimiter() == Delimiter::Parenthesis;
                let arguments: Vec<TokenTree> = group.stream().into_iter().collect();
                // The argument of a call is a name more often than a text.
                let literal = matches!(arguments.first(), Some(TokenTree::Literal(_)));
                if !(view || called && literal) {
                    block(group.stream(), found);
                }
            }
            _ => {}
        }
    }
}

/// Whether a literal is what an arm of a `match` stands for.
fn arm(trees: &[TokenTree], at: usize) -> bool {
    trees.get(at + 1).is_some_and(|next| is_punct(next, '=') || is_punct(next, '|'))
}

/// The words that `format!` writes around its values.
fn written(arguments: &Group) -> Option<String> {
    arguments.stream().into_iter().next().as_ref().and_then(words)
}

/// The arguments of a macro that is called here.
fn macro_at<'a>(trees: &'a [TokenTree], at: usize, name: &str) -> Option<&'a Group> {
    match trees.get(at..at + 3)? {
        [TokenTree::Ident(word), bang, TokenTree::Group(group)]
            if word == name && is_punct(bang, '!') =>
        {
            Some(group)
        }
        _ => None,
    }
}

fn is_punct(tree: &TokenTree, what: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == what)
}

/// A literal that is a text, as it stands in the source.
fn text(tree: &TokenTree) -> Option<String> {
    let text = tree.to_string();
    text.starts_with(['"', 'r']).then_some(text)
}

/// A literal with letters that is nobody's name, without places such as `{name}` and `\n`.
fn words(tree: &TokenTree) -> Option<String> {
    let whole = text(tree)?;
    let inside = whole.trim_start_matches('r').trim_matches('#').trim_matches('"');
    let mut letters = false;
    let mut depth = 0_usize;
    let mut escaped = false;
    for c in inside.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => letters |= depth == 0 && c.is_alphabetic(),
        }
    }
    letters.then_some(whole)
}

#[test]
fn what_people_see_is_in_the_translations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut lines = Vec::new();
    let mut read = 0;
    for file in files_below(&root.join("src")).unwrap() {
        let path = file.strip_prefix(&root).unwrap();
        let unseen = UNSEEN.iter().any(|unseen| path.starts_with(unseen));
        if unseen || file.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let found = seen(&fs::read_to_string(&file).unwrap());
        let found = found.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let named = |text: &String| NAMES.contains(&text.trim_matches('"'));
        let untranslated = found.into_iter().filter(|text| !named(text));
        lines.extend(untranslated.map(|text| format!("{}: {text}", path.display())));
        read += 1;
    }
    assert!(read > 10, "only {read} sources were found");
    assert!(lines.is_empty(), "put these into locales/:\n{}", lines.join("\n"));
}

#[test]
fn every_way_to_say_something_is_found() {
    for source in [
        r#"view! { <p>"Hello"</p> }"#,
        r#"view! { <p class="lead">{name} " of all"</p> }"#,
        r#"fn f() { list.map(|x| view! { <li>{"Gone"}</li> }) }"#,
        r#"view! { <p>{move || "Gone".to_owned()}</p> }"#,
        r#"view! { <p>{move || match x { true => "Yes", false => t!(i18n, a.no) }}</p> }"#,
        r#"view! { <p>{if x { "Yes" } else { yes }}</p> }"#,
        r#"view! { <p>{name.unwrap_or_else(|| "Nobody".to_owned())}</p> }"#,
        r#"view! { <p>{move || format!("{count} servers")}</p> }"#,
        r#"view! { <button aria-label="Close" on:click=move |_| close()></button> }"#,
        r#"view! { <input placeholder="Name" /> }"#,
        r#"view! { <a title=move || format!("Go to {name}")>{name}</a> }"#,
        r#"view! { <Table label=text(move || "Servers".to_owned()) /> }"#,
        r#"view! { <Show when=move || x.get() fallback=move || view! { "Wait" }><b /></Show> }"#,
        r#"const WAIT: &str = "請稍候";"#,
    ] {
        assert_eq!(seen(source).unwrap().len(), 1, "{source}");
    }
}

#[test]
fn what_nobody_reads_passes() {
    for source in [
        r#"view! { <p class="lead" id="x">{t!(i18n, a.b)} " · " {number}</p> }"#,
        r#"view! { <p>{move || format!("{a} · {b}\n\u{a0}")}</p> }"#,
        r#"view! { <input title=move || t_string!(i18n, a.b).to_owned() type="text" /> }"#,
        r#"view! { <p>{match word { "a" | "b" => known.get("x"), "c" => None }}</p> }"#,
        r#"fn f(x: &str) -> bool { x == "ACTIVE" } // "Hello"
           /// 請稍候
           fn g() {}"#,
        r#"#[cfg(test)] mod tests { fn f() { view! { <p>"Hello"</p> } } }"#,
    ] {
        assert_eq!(seen(source).unwrap(), Vec::<String>::new(), "{source}");
    }
}
