//! The constructs that differ between the engines, and what to write instead.

/// A construct that a pattern must not contain.
#[derive(Clone, Copy)]
pub(super) struct Construct {
    /// How it begins; for an escape, the character after the backslash. Empty if only the scanner finds it.
    pub(super) text: &'static str,
    /// The differences.
    pub(super) why: &'static str,
    /// A portable replacement; `{}` stands for the last character found.
    pub(super) instead: &'static str,
    /// It means the same in the other engines, and only `regex-lite` does not support it.
    pub(super) is_portable: bool,
}

const fn differs(text: &'static str, why: &'static str, instead: &'static str) -> Construct {
    Construct { text, why, instead, is_portable: false }
}

const fn not_supported(text: &'static str, instead: &'static str) -> Construct {
    Construct { text, why: "needs an engine that backtracks", instead, is_portable: true }
}

const LOOK: &str = "write a pattern without look-around, or check the value in the connector";

/// The first that fits counts.
pub(super) const OUTSIDE_OF_CLASSES: &[Construct] = &[
    not_supported("(?=", LOOK),
    not_supported("(?!", LOOK),
    not_supported("(?<=", LOOK),
    not_supported("(?<!", LOOK),
    differs("(?<", "is a syntax error in Python", "write `(?:…)`"),
    differs("(?P", "is a syntax error in JavaScript and Java", "write `(?:…)`"),
    differs("(?#", "is a syntax error in JavaScript and Java", "remove the comment"),
    differs("(?>", "is a syntax error in JavaScript", "write `(?:…)`"),
    differs("(?(", "is a syntax error in JavaScript and Java", "write an alternative for each case"),
    differs("(?i", "is a syntax error in JavaScript", "write both cases, such as `[Aa]`"),
    differs("(?s", "is a syntax error in JavaScript", r"write `[^\n]|\n` for any character"),
    differs("(?m", "is a syntax error in JavaScript", r"write `(^|\n)` and `(\n|$)`"),
    differs("(?x", "is a syntax error in JavaScript", "remove the whitespace and the comments"),
    differs("(?", "is not the same group in every engine", "write `(?:…)`"),
    differs("{,", "repeats in Python only", "write `{0,`"),
    differs("]", "is a syntax error in JavaScript with the flag `u`", r"write `\]`"),
    differs("}", "is a syntax error in JavaScript with the flag `u`", r"write `\}`"),
];

pub(super) const IN_CLASSES: &[Construct] = &[
    differs("[:", "is a named class in few engines", "list the characters, such as `[A-Za-z]`"),
    differs("[", "begins a nested class in Java", r"write `\[`"),
    differs("&&", "is an intersection in Java", "write `&` once, or list the characters"),
    differs("--", "is a difference in some engines", r"write `\-`, or list the characters"),
    differs("~~", "is an operator in some engines", "write `~` once"),
    differs("||", "is an operator in some engines", "write `|` once"),
];

/// By the character after the backslash.
pub(super) const ESCAPES: &[Construct] = &[
    differs("A", "is the letter A in JavaScript", "write `^`"),
    differs("z", "is the letter z in JavaScript", "write `$`"),
    differs("Z", "is the letter Z in JavaScript", "write `$`"),
    differs("G", "is the letter G in JavaScript", "write `^`"),
    differs(
        "b",
        "depends on the letters that each engine knows",
        "list what may stand there, such as `(^|[^A-Za-z0-9_])`",
    ),
    differs(
        "B",
        "depends on the letters that each engine knows",
        "list what may stand there, such as `[A-Za-z0-9_]`",
    ),
    differs("D", "excludes more digits in Python", "write `[^0-9]`"),
    differs("W", "excludes more letters in Python", "write `[^A-Za-z0-9_]`"),
    differs("S", "excludes more whitespace in JavaScript and Python", r"write `[^ \t\r\n]`"),
    differs("a", "is the letter a in JavaScript", r"write `\x07`"),
    differs("e", "is the letter e in JavaScript", r"write `\x1B`"),
    differs("v", "matches every line break in Java", r"write `\x0B`"),
    differs("0", "is an octal number in some engines", r"write `\x` and two hexadecimal digits"),
    differs("c", "is a syntax error in Python", r"write `\x` and two hexadecimal digits"),
    differs("x", "is not followed by two hexadecimal digits", r"write `\x41` or `\u0041`"),
    differs("u", "is not followed by four hexadecimal digits", r"write `\u0041`, or the character itself"),
    differs("U", "is the letter U in JavaScript", "write the character itself"),
    differs("p", "is a syntax error in Python", "list the characters, such as `[A-Za-zÀ-ÿ]`"),
    differs("P", "is a syntax error in Python", "list the characters, such as `[^A-Za-z]`"),
    differs("h", "is the letter h in JavaScript", r"write `[ \t]`"),
    differs("R", "is the letter R in JavaScript", r"write `\r?\n`"),
    differs("k", "is a syntax error in Python", "write a pattern without named groups"),
    differs("Q", "is the letter Q in JavaScript", "escape each character"),
    differs("E", "is the letter E in JavaScript", "escape each character"),
];

pub(super) const BRACE: Construct = differs(
    "",
    "is a syntax error in Java unless it is `{n}`, `{n,}` or `{n,m}`",
    r"write `\{` for the character",
);
pub(super) const NOTHING_TO_REPEAT: Construct =
    differs("", "has nothing to repeat", r"write `\{}` for the character");
pub(super) const REPEATED_TWICE: Construct =
    differs("", "follows another quantifier", "write one of them, or a group: `(?:a+)*`");
pub(super) const REPEATED_PAIR: Construct =
    differs("", "repeats half of a character above U+FFFF in JavaScript", "write a group: `(?:…)+`");
pub(super) const PAIR_IN_CLASS: Construct =
    differs("", "is two characters in a class in JavaScript", "write `(?:a|{})` instead of `[a{}]`");
pub(super) const EMPTY_CLASS: Construct = differs(
    "",
    "is a whole class in JavaScript and the beginning of one elsewhere",
    r"write `\]` for the character",
);
pub(super) const SET_IN_NEGATED_CLASS: Construct = differs(
    "",
    "excludes more characters in JavaScript or Python",
    r"list them, such as `0-9`, `A-Za-z0-9_` or ` \t\r\n`",
);
pub(super) const RANGE_OF_A_SET: Construct = differs(
    "",
    "is a syntax error in some engines beside a set of characters",
    r"write `\-`, or put it last",
);
pub(super) const BACKREFERENCE: Construct = not_supported("", "write the alternatives");
pub(super) const UNKNOWN_ESCAPE: Construct =
    differs("", "is not an escape sequence in every engine", "write `{}` for the character");
pub(super) const NEEDLESS_ESCAPE: Construct =
    differs("", "is a syntax error in JavaScript with the flag `u`", "write `{}` without the backslash");
