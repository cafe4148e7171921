//! Patterns that mean the same in every engine that evaluates a spec.
//!
//! Airbyte's form compiles a pattern by `new RegExp(pattern)`, other JavaScript validators with the flag `u`; Airbyte's server
//! uses `java.util.regex` and PyAirbyte Python's `re`; the connector uses `regex-lite`. A value that the connector accepts
//! must be accepted by all of them, so each of these constructs is rejected here:
//!
//! - one that some engine does not compile, such as `(?i)` or `\z`;
//! - one for which the connector matches a character that another engine does not, such as `\S`, which includes the
//!   no-break space here and excludes it in JavaScript.
//!
//! The opposite is allowed: `\d` matches fewer digits here than in Python, and `$` does not match before a final line feed
//! as it does in Java and Python. `.` is compiled to a class that excludes what any engine takes for the end of a line.
//! One difference remains, since no pattern avoids it: without the flag `u`, JavaScript counts a character above U+FFFF,
//! such as an emoji, as two.
//!
//! `tests/engines.tsv` in the repository holds what each engine matches; `tests/engines.py` writes it.

mod constructs;

use self::constructs::{Construct, ESCAPES, IN_CLASSES, OUTSIDE_OF_CLASSES};
use regex_lite::Regex;
use std::fmt;

/// A regular expression that means the same in JavaScript, Java, Python and here.
///
/// ```
/// use airbyte_spec_rules::Pattern;
///
/// let pattern = Pattern::new("^[a-z]{3}$").unwrap();
/// assert!(pattern.is_match("abc"));
/// assert!(!pattern.is_match("abc\n"));
///
/// let error = Pattern::new("(?i)^[a-z]{3}$").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the pattern is not portable: `(?i` at character 1 is a syntax error in JavaScript; write both cases, such as `[Aa]`"
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// If it is not a regular expression, or contains a construct that differs between the engines.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let compiled = Scanner::new(pattern).scan()?;
        Regex::new(&compiled).map(Self).map_err(|error| PatternError(Kind::Invalid(error.to_string())))
    }

    /// Returns whether the text contains a match. As JSON Schema says, a pattern is anchored by `^` and `$` only.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// Why a pattern was rejected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PatternError(Kind);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Kind {
    Invalid(String),
    NotPortable(String),
    NotSupported(String),
}

impl PatternError {
    /// Returns whether only this crate lacks a construct of the pattern: look-around or a backreference. Whether JavaScript,
    /// Java and Python accept the rest of it is not checked.
    pub fn is_portable(&self) -> bool {
        matches!(self.0, Kind::NotSupported(_))
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Invalid(why) => write!(f, "the pattern is not a regular expression: {why}"),
            Kind::NotPortable(why) => write!(f, "the pattern is not portable: {why}"),
            Kind::NotSupported(why) => write!(f, "the pattern is not supported: {why}"),
        }
    }
}

impl std::error::Error for PatternError {}

/// What was scanned last, and whether it can be repeated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// The beginning of a group or an alternative, or an anchor.
    Nothing,
    Atom,
    /// A literal that is two units without the flag `u` of JavaScript, which would repeat the second one alone.
    Pair,
    Repeated,
}

/// An escape sequence, which is a character or a set of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    Character,
    Set,
}

struct Scanner {
    pattern: Vec<char>,
    at: usize,
    compiled: String,
    not_supported: Option<PatternError>,
}

impl Scanner {
    fn new(pattern: &str) -> Self {
        Self { pattern: pattern.chars().collect(), at: 0, compiled: String::new(), not_supported: None }
    }

    /// Returns the pattern as it is compiled here. `regex-lite` reports anything that is not a regular expression.
    fn scan(mut self) -> Result<String, PatternError> {
        let mut last = Last::Nothing;
        while let Some(c) = self.peek(0) {
            if let Some(construct) = self.known(OUTSIDE_OF_CLASSES).filter(|_| !self.is_next("(?:")) {
                self.reject(construct)?;
                self.take(construct.text.len());
                last = Last::Nothing;
                continue;
            }
            last = match c {
                '\\' => {
                    self.escape(false)?;
                    Last::Atom
                }
                '[' => {
                    self.class()?;
                    Last::Atom
                }
                '*' | '+' | '?' | '{' => {
                    self.quantifier(last)?;
                    Last::Repeated
                }
                '.' => {
                    self.at += 1;
                    self.compiled.push_str(r"[^\n\r\u{85}\u{2028}\u{2029}]");
                    Last::Atom
                }
                '(' => {
                    self.take(if self.peek(1) == Some('?') { 3 } else { 1 });
                    Last::Nothing
                }
                _ => {
                    self.take(1);
                    match c {
                        '|' | '^' | '$' => Last::Nothing,
                        _ if c > '\u{ffff}' => Last::Pair,
                        _ => Last::Atom,
                    }
                }
            };
        }
        self.not_supported.map_or(Ok(self.compiled), Err)
    }

    fn quantifier(&mut self, last: Last) -> Result<(), PatternError> {
        let length = match self.peek(0) {
            Some('{') => self.counts().ok_or_else(|| self.differs(1, constructs::BRACE))?,
            _ => 1,
        };
        match last {
            Last::Atom => {}
            // In every engine an error, except for an anchor.
            Last::Nothing => return Err(self.differs(length, constructs::NOTHING_TO_REPEAT)),
            Last::Pair => return Err(self.differs(length, constructs::REPEATED_PAIR)),
            Last::Repeated => return Err(self.differs(length, constructs::REPEATED_TWICE)),
        }
        self.take(length);
        if self.peek(0) == Some('?') {
            self.take(1);
        }
        Ok(())
    }

    /// Returns the length of `{n}`, `{n,}` or `{n,m}`.
    fn counts(&self) -> Option<usize> {
        let rest = &self.pattern[self.at..];
        let end = rest.iter().position(|c| *c == '}')?;
        let inner: String = rest[1..end].iter().collect();
        let (least, most) = inner.split_once(',').unwrap_or((&inner, ""));
        let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        (!least.is_empty() && is_number(least) && is_number(most)).then_some(end + 1)
    }

    /// Scans from `[` to `]`.
    fn class(&mut self) -> Result<(), PatternError> {
        let is_negated = self.peek(1) == Some('^');
        let begin = if is_negated { 2 } else { 1 };
        if self.peek(begin) == Some(']') {
            return Err(self.differs(begin + 1, constructs::EMPTY_CLASS));
        }
        self.take(begin);
        let first = self.at;
        let mut before = Escape::Character;
        while let Some(c) = self.peek(0) {
            if let Some(construct) = self.known(IN_CLASSES) {
                self.reject(construct)?;
            }
            match c {
                ']' => {
                    self.take(1);
                    return Ok(());
                }
                '\\' => {
                    let start = self.at;
                    before = self.escape(true)?;
                    if before == Escape::Set && is_negated {
                        self.at = start;
                        return Err(self.differs(2, constructs::SET_IN_NEGATED_CLASS));
                    }
                    continue;
                }
                '-' if self.at > first && self.peek(1) != Some(']') => {
                    let is_set_next =
                        self.peek(1) == Some('\\') && matches!(self.peek(2), Some('d' | 's' | 'w'));
                    if before == Escape::Set || is_set_next {
                        return Err(self.differs(1, constructs::RANGE_OF_A_SET));
                    }
                }
                c if c > '\u{ffff}' => return Err(self.differs(1, constructs::PAIR_IN_CLASS)),
                _ => {}
            }
            before = Escape::Character;
            self.take(1);
        }
        Ok(())
    }

    fn escape(&mut self, in_class: bool) -> Result<Escape, PatternError> {
        let Some(c) = self.peek(1) else {
            self.take(1);
            return Ok(Escape::Character);
        };
        let hex =
            |count: usize| (2..2 + count).all(|at| self.peek(at).is_some_and(|c| c.is_ascii_hexdigit()));
        let length = match c {
            'd' | 's' | 'w' => {
                self.take(2);
                return Ok(Escape::Set);
            }
            'n' | 'r' | 't' | 'f' => 2,
            '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/' => 2,
            '-' if in_class => 2,
            'x' if hex(2) => 4,
            'u' if hex(4) => 6,
            '1'..='9' if !in_class => {
                self.not_supported.get_or_insert(self.error(
                    2,
                    constructs::BACKREFERENCE,
                    Kind::NotSupported,
                ));
                2
            }
            _ => {
                let known = ESCAPES.iter().find(|construct| construct.text.starts_with(c));
                let known = known.copied().unwrap_or(if c.is_ascii_alphanumeric() {
                    constructs::UNKNOWN_ESCAPE
                } else {
                    constructs::NEEDLESS_ESCAPE
                });
                return Err(self.differs(2, known));
            }
        };
        self.take(length);
        Ok(Escape::Character)
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.pattern.get(self.at + ahead).copied()
    }

    /// Adds the next characters as they are.
    fn take(&mut self, count: usize) {
        let end = self.pattern.len().min(self.at + count);
        self.compiled.extend(&self.pattern[self.at..end]);
        self.at = end;
    }

    fn is_next(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(at, c)| self.peek(at) == Some(c))
    }

    /// Returns the construct that begins here.
    fn known(&self, table: &[Construct]) -> Option<Construct> {
        table.iter().find(|construct| self.is_next(construct.text)).copied()
    }

    /// Fails at a construct that differs. One that is only not supported here is remembered, because others may follow.
    fn reject(&mut self, construct: Construct) -> Result<(), PatternError> {
        if construct.is_portable {
            let error = self.error(construct.text.len(), construct, Kind::NotSupported);
            self.not_supported.get_or_insert(error);
            return Ok(());
        }
        Err(self.differs(construct.text.len(), construct))
    }

    fn differs(&self, length: usize, construct: Construct) -> PatternError {
        self.error(length, construct, Kind::NotPortable)
    }

    fn error(&self, length: usize, construct: Construct, kind: fn(String) -> Kind) -> PatternError {
        let Construct { why, instead, .. } = construct;
        let end = self.pattern.len().min(self.at + length);
        let found: String = self.pattern[self.at..end].iter().collect();
        let last = found.chars().last().unwrap_or_default();
        let instead = instead.replace("{}", last.encode_utf8(&mut [0; 4]));
        PatternError(kind(format!("`{found}` at character {} {why}; {instead}", self.at + 1)))
    }
}
