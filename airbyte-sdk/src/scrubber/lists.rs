//! Lists of characters: `s, k, _`, `["s", "k"]`, `{"0": "s", "1": "k"}`, `U+0073 U+006B`.

use super::reading::Unit;

/// The maximum distance between two characters of a list: a few quotes, commas and indentation.
const MAX_DISTANCE: usize = 8;

/// Passes the characters of each list to `found`, without the separators.
pub(super) fn read(units: &[Unit], found: &mut impl FnMut(Vec<Unit>)) {
    let mut some = |run: &mut Vec<Unit>| {
        let run = std::mem::take(run);
        if run.iter().any(|unit| unit.c.is_alphanumeric()) {
            found(run);
        }
    };
    separated(units, &mut some);
    quoted(units, &mut some);
    code_points(units, &mut some);
}

/// Single characters with the same separator between all of them.
fn separated(units: &[Unit], found: &mut impl FnMut(&mut Vec<Unit>)) {
    for stride in 2..=MAX_DISTANCE {
        for offset in 0..stride.min(units.len()) {
            let (mut run, mut last): (Vec<Unit>, &[Unit]) = (Vec::new(), &[]);
            for group in units[offset..].windows(stride + 1).step_by(stride) {
                let (Some(first), Some(next)) = (group.first(), group.last()) else { continue };
                let separator = &group[1..stride];
                if separator.iter().any(|unit| unit.c.is_alphanumeric()) {
                    found(&mut run);
                    continue;
                }
                if run.is_empty() || !separator.iter().map(|unit| unit.c).eq(last.iter().map(|unit| unit.c)) {
                    found(&mut run);
                    run.push(first.clone());
                }
                run.push(next.clone());
                last = separator;
            }
            found(&mut run);
        }
    }
}

/// Single characters in quotes. Keys in front of them are left out.
fn quoted(units: &[Unit], found: &mut impl FnMut(&mut Vec<Unit>)) {
    let c = |at: usize| units.get(at).map(|unit| unit.c);
    let (mut run, mut at) = (Vec::new(), 0);
    while let Some(quote) = c(at) {
        if !matches!(quote, '"' | '\'' | '`') {
            if quote.is_alphabetic() {
                found(&mut run);
            }
            at += 1;
            continue;
        }
        let (place, end) = match (c(at + 1), c(at + 2), c(at + 3)) {
            (Some('\\'), Some(_), Some(last)) if last == quote => (Some(at + 2), at + 3),
            (Some(_), Some(last), _) if last == quote => (Some(at + 1), at + 2),
            _ => {
                let length = units[at + 1..].iter().position(|unit| unit.c == quote);
                (None, length.map_or(at, |length| at + 1 + length))
            }
        };
        // The opening quote of a whole list: `"["s", …`.
        if place.is_some() && c(end + 1).is_some_and(char::is_alphanumeric) {
            at += 1;
            continue;
        }
        if !is_key(units, end + 1) {
            match place.and_then(|place| units.get(place)) {
                Some(unit) => run.push(unit.clone()),
                None => found(&mut run),
            }
        }
        at = end + 1;
    }
    found(&mut run);
}

/// Returns whether the quoted text that ends here is a key, followed by `:` or `=>`.
fn is_key(units: &[Unit], end: usize) -> bool {
    let mut rest = units.get(end..).unwrap_or_default().iter().map(|unit| unit.c).take(MAX_DISTANCE);
    match rest.find(|c| !c.is_whitespace()) {
        Some(':') => true,
        Some('=') => rest.next() == Some('>'),
        _ => false,
    }
}

/// Code points: `U+0073 U+006B`.
fn code_points(units: &[Unit], found: &mut impl FnMut(&mut Vec<Unit>)) {
    let (mut run, mut at) = (Vec::new(), 0);
    while let Some(unit) = units.get(at) {
        let digits =
            units.get(at + 2..).unwrap_or_default().iter().map_while(|unit| unit.c.to_digit(16)).take(6);
        let digits: Vec<u32> = match units.get(at + 1) {
            Some(plus) if matches!(unit.c, 'u' | 'U') && plus.c == '+' => digits.collect(),
            _ => Vec::new(),
        };
        let code = digits.iter().fold(0, |code, digit| code * 16 + digit);
        match (char::from_u32(code), units.get(at + 1 + digits.len())) {
            (Some(c), Some(last)) if digits.len() >= 4 => {
                run.push(Unit { c, from: unit.from, to: last.to });
                at += 2 + digits.len();
            }
            _ => {
                if unit.c.is_alphanumeric() {
                    found(&mut run);
                }
                at += 1;
            }
        }
    }
    found(&mut run);
}

/// Returns the text without the indexes of a list: `{"0": 115, "1": 107}` becomes `{ 115, 107}`. `None` if there are none.
pub(super) fn without_indexes(units: &[Unit]) -> Option<Vec<Unit>> {
    let mut rest: Vec<Unit> = Vec::with_capacity(units.len());
    for unit in units {
        if unit.c == ':' {
            let behind = rest.iter().rposition(|unit| !matches!(unit.c, '"' | '\'' | ' '));
            rest.truncate(behind.map_or(0, |behind| behind + 1));
            while rest.pop_if(|unit| unit.c.is_ascii_digit()).is_some() {}
        } else {
            rest.push(unit.clone());
        }
    }
    (rest.len() < units.len()).then_some(rest)
}
