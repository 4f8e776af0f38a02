//! Regular expressions. The caller provides the matcher, because a browser has one and HAProxy has another.

/// Searches a text for a match of a regular expression.
pub trait RegexMatcher {
    /// Whether some part of the text matches. `None` if the expression can't be evaluated.
    fn is_match(&self, expression: &str, text: &str, ignore_case: bool) -> Option<bool>;
}

/// For policies without regular expressions.
impl RegexMatcher for () {
    fn is_match(&self, _: &str, _: &str, _: bool) -> Option<bool> {
        None
    }
}

/// Whether PCRE2 and ECMAScript read an expression in the same way. False if in doubt.
pub fn is_portable(expression: &str) -> bool {
    let mut in_class = false;
    let mut rest = expression.chars().peekable();
    let mut previous = None;
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                let escaped = rest.next();
                // Escapes with one meaning in both. `\b` in a class is a backspace in both.
                let known = |c: char| c.is_ascii_punctuation() || "dDwWbBnrtfv".contains(c);
                if !escaped.is_some_and(known) {
                    return false;
                }
                previous = Some('a');
                continue;
            }
            // A POSIX class such as `[:alpha:]`, or a bracket whose meaning depends on the position.
            '[' if in_class => return false,
            '[' => {
                in_class = true;
                if rest.peek() == Some(&'^') {
                    rest.next();
                }
                if rest.peek() == Some(&']') {
                    return false;
                }
            }
            ']' => in_class = false,
            '(' if !in_class && rest.peek() == Some(&'*') => return false,
            '?' if !in_class && previous == Some('(') => {
                let mut after = rest.clone();
                let ordinary = match after.next() {
                    Some(':' | '=' | '!') => true,
                    Some('<') => matches!(after.next(), Some('=' | '!')),
                    _ => false,
                };
                if !ordinary {
                    return false;
                }
            }
            // Possessive quantifiers.
            '+' if !in_class && matches!(previous, Some('*' | '+' | '?' | '}')) => return false,
            // A lone brace is a literal in one and an error in the other.
            '{' if !in_class => {
                let digits = |c: &char| c.is_ascii_digit() || *c == ',';
                let body: String = rest.clone().take_while(digits).collect();
                let closed = rest.clone().nth(body.len()) == Some('}');
                if !closed || !body.starts_with(|c: char| c.is_ascii_digit()) {
                    return false;
                }
            }
            c if !c.is_ascii() => return false,
            _ => {}
        }
        previous = Some(c);
    }
    !in_class
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_that_the_dialects_read_differently_are_not_portable() {
        for same in ["^/api/v[0-9]+", r"\.(png|jpe?g)$", "(?:a|b){2,3}?", r"a\/b\d", "(?<=a)b", ""]
        {
            assert!(is_portable(same), "{same}");
        }
        for differing in [
            "[[:alpha:]]",
            "(?i)a",
            "a++",
            "a*+",
            r"\Aa",
            r"\Qa\E",
            "(?>a)",
            "[]a]",
            "(?P<n>a)",
            "a{,3}",
            "{",
            "(*UTF)a",
            r"\x41",
            "é",
            "[a",
            "(?#comment)",
        ] {
            assert!(!is_portable(differing), "{differing}");
        }
    }
}
