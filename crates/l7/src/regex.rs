//! Regular expressions, as HAProxy's PCRE2 evaluates them.

mod machine;
mod program;

use machine::Machine;
use openstack_types::field::{REGEX_STEPS, parse_regex};
use program::Program;

/// Whether some part of the text matches. `None` if the expression is invalid, or if the search takes so many
/// steps that HAProxy may give up.
pub fn regex_matches(expression: &str, text: &str, ignore_case: bool) -> Option<bool> {
    let program = Program::compile(&parse_regex(expression, ignore_case).ok()?);
    Machine::new(&program, text.as_bytes(), REGEX_STEPS).search().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_some_part_of_the_text() {
        for (expression, text, expected) in [
            ("^/api/v[0-9]+(/|$)", "/api/v12", true),
            ("^/api/v[0-9]+(/|$)", "/api/v1x", false),
            (r"\.(jpe?g|png)$", "/a.jpg", true),
            ("(?i)^www", "WWW.example", true),
            ("a(?i)b|c", "C", true),
            ("(?i:a)b", "AB", false),
            ("a++a", "aaa", false),
            ("(?>a|ab)c", "abc", false),
            ("(?:a|ab)c", "abc", true),
            ("(?<=ab)c", "abc", true),
            ("(?<!ab)c", "abc", false),
            ("a(?!b)", "abab", false),
            ("(?P<q>['\"])x(?P=q)", "'x\"", false),
            ("(?P<q>['\"])x(?P=q)", "\"x\"", true),
            ("(?:a*)*b", "aac", false),
            ("(?:a|){3}b", "b", true),
            ("x{2,3}y", "axxxy", true),
            (r"\bcat\b", "a cat.", true),
            ("é", "café", true),
            ("[^[:alpha:]]", "abc", false),
            ("a$", "a\n", true),
            (r"a\z", "a\n", false),
            (r"a\Rb", "a\r\nb", true),
            (r"^a\R\nb", "a\r\nb", false),
            ("", "", true),
        ] {
            assert_eq!(regex_matches(expression, text, false), Some(expected), "{expression}");
        }
        assert_eq!(regex_matches("[[:upper:]]", "a", true), Some(true));
    }

    /// In steps, not in time: the page that evaluates has to answer on every machine.
    #[test]
    fn a_search_that_takes_too_many_steps_is_given_up() {
        let long = "a".repeat(20_000);
        for (expression, text) in [
            ("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"),
            ("^(a|a)*$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"),
            ("(?:(?:a*)*)*b", long.as_str()),
            ("(?P<n>a*)(?P=n)b", long.as_str()),
            ("(?=(a+)+b)a|x", long.as_str()),
            (".*.*.*=", long.as_str()),
        ] {
            assert_eq!(regex_matches(expression, text, false), None, "{expression}");
        }
        assert_eq!(regex_matches("^a+$", &long, false), Some(true));
        assert_eq!(regex_matches("(a", "a", false), None);
        let nested = format!("{}a{}", "(".repeat(20_000), ")".repeat(20_000));
        assert_eq!(regex_matches(&nested, "a", false), None);
    }
}
