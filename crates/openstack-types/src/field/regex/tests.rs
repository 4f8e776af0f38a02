use super::*;

#[test]
fn common_expressions_are_valid() {
    for good in [
        "",
        "^/api/v[0-9]+(/|$)",
        r"\.(jpe?g|png)$",
        r"(?i)^www\.",
        "a{2}b{2,}c{2,3}?d{",
        "x{a}",
        r"[^]\]a-z-][[:alpha:]_-][.][:]",
        "(?P<q>['\"]).*?(?P=q)",
        "(?=a)(?!b)(?<=ab|cd)(?<!x{3})a",
        "(?>a+)b++",
        "(?i-s:a)|",
        "é|(?:ü)+",
        r"\x41\d\-\ ",
        "(?#note)a",
        "[a-z]{1000}",
    ] {
        assert_eq!(check_regex(good), Ok(()), "{good}");
    }
}

#[test]
fn a_problem_has_its_position() {
    use RegexProblem::*;
    for (bad, position, problem) in [
        ("a(b", 2, UnclosedGroup),
        ("a)b", 2, UnopenedGroup),
        ("[a", 1, UnclosedClass),
        ("[]", 1, UnclosedClass),
        ("*a", 1, NothingToRepeat),
        ("a**", 3, NothingToRepeat),
        ("^*", 2, NothingToRepeat),
        ("(?=a)+", 6, NothingToRepeat),
        ("{2}", 1, NothingToRepeat),
        ("a{3,2}", 2, BadRepeat),
        ("a{,3}", 2, BadRepeat),
        ("a{99999}", 2, BadRepeat),
        (r"\q", 1, UnknownEscape),
        (r"a\", 2, UnknownEscape),
        (r"\x4", 1, UnknownEscape),
        (r"(a)\1", 4, NumberedReference),
        ("(*UTF)a", 1, UnknownGroup),
        ("(?R)", 1, UnknownGroup),
        ("(?x)a#", 1, UnknownGroup),
        ("(?P<a>x)(?P<a>y)", 9, BadName),
        ("(?P<a>(?P<a>x))", 7, BadName),
        ("(?P=a)", 1, BadName),
        ("(?<1a>x)", 4, BadName),
        ("[z-a]", 2, BadRange),
        (r"[\d-z]", 2, BadRange),
        ("[[:none:]]", 2, BadRange),
        ("[:alpha:]", 1, BadRange),
        ("[é]", 2, NotAscii),
        ("é+", 2, NotAscii),
        ("(?<=a+)b", 1, Lookbehind),
        ("(?<=a|bc)d", 1, Lookbehind),
        ("((a{1000}b){1000}c){100}", 12, TooLarge),
    ] {
        assert_eq!(check_regex(bad), Err(RegexError { position, problem }), "{bad}");
    }
}
