//! One style sheet for the page: joins the files that `index.html` lists, without comments and
//! unneeded spaces.
//!
//! `style/` has a file for each part. Joined, they are one request instead of fifty, and compress
//! better.

use anyhow::{Context, Result, ensure};
use std::{fs, path::Path};

/// The content of the files, in their order.
pub fn join(root: &Path, files: &[&str]) -> Result<String> {
    ensure!(!files.is_empty(), "index.html links no style sheet");
    let mut css = String::new();
    for file in files {
        let text = fs::read_to_string(root.join(file)).with_context(|| (*file).to_owned())?;
        css += &minify(&text).with_context(|| (*file).to_owned())?;
    }
    Ok(css)
}

/// Removes comments, and spaces that mean nothing. Spaces in selectors, `calc()`, and strings may mean
/// something.
fn minify(css: &str) -> Result<String> {
    let mut text = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(next) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            (_, rest) = comment.split_once("*/").context("a comment without end")?;
        } else if next == '"' || next == '\'' {
            let end = rest[1..].find(next).context("a string without end")? + 2;
            ensure!(!rest[..end].contains('\\'), "an escape in a string: {}", &rest[..end]);
            text.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if next.is_ascii_whitespace() {
            rest = rest.trim_ascii_start();
            let after = text.ends_with(['{', '}', ';', ',', ':', ' ']) || text.is_empty();
            let before = rest.starts_with(['{', '}', ';', ',']) || rest.is_empty();
            if !after && !before {
                text.push(' ');
            }
        } else {
            if next == '}' && text.ends_with(';') {
                text.pop();
            }
            text.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_that_mean_something_stay() {
        for (css, want) in [
            ("a {\n  color: red;\n}\n\nb, c { x: 1 }\n", "a{color:red}b,c{x:1}"),
            ("a :hover > b { x: calc(1px + 2px) }", "a :hover > b{x:calc(1px + 2px)}"),
            ("/* a */ a /* b */ b {}", "a b{}"),
            (
                "@media (width < 600px) and (hover) { a { b: c; } }",
                "@media (width < 600px) and (hover){a{b:c}}",
            ),
            ("a { content: \" ; } /* \"; b: 'x' }", "a{content:\" ; } /* \";b:'x'}"),
        ] {
            assert_eq!(minify(css).unwrap(), want);
        }
        assert!(minify("a { content: \"\\\"\" }").is_err());
        assert!(minify("/* a").is_err());
    }
}
