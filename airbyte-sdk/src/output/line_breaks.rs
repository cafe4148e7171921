//! Escapes the characters that some readers treat as line breaks, so that each message is one line.

/// Escapes the characters in `line[from..]` that some readers (Python's `splitlines`) treat as line breaks.
///
/// In JSON these characters occur only within strings, so the escapes do not change any value.
#[inline]
pub(crate) fn escape_line_breaks(line: &mut Vec<u8>, from: usize) {
    if !line[from..].is_ascii() {
        escape_non_ascii(line, from);
    }
}

fn escape_non_ascii(line: &mut Vec<u8>, from: usize) {
    const BREAKS: [(&[u8], &[u8]); 3] = [
        ("\u{85}".as_bytes(), b"\\u0085"),
        ("\u{2028}".as_bytes(), b"\\u2028"),
        ("\u{2029}".as_bytes(), b"\\u2029"),
    ];
    let mut escaped = Vec::new();
    let mut copied = from;
    let mut at = from;
    while at < line.len() {
        let rest = &line[at..];
        match BREAKS.iter().find(|(character, _)| rest.starts_with(character)) {
            Some((character, escape)) => {
                escaped.extend_from_slice(&line[copied..at]);
                escaped.extend_from_slice(escape);
                at += character.len();
                copied = at;
            }
            None => at += 1,
        }
    }
    if copied > from {
        escaped.extend_from_slice(&line[copied..]);
        line.truncate(from);
        line.append(&mut escaped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_line_separators_parse_to_the_same_text() {
        let text = "a\u{2028}b\u{2029}c\u{85}d é \u{20ac}";
        let mut line = b"{\"prefix\":".to_vec();
        let from = line.len();
        serde_json::to_writer(&mut line, text).unwrap();
        line.push(b'}');
        escape_line_breaks(&mut line, from);
        let written = String::from_utf8(line).unwrap();
        assert!(!written.contains(['\u{2028}', '\u{2029}', '\u{85}']));
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["prefix"], text);
    }
}
