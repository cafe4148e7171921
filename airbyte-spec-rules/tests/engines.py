"""Writes engines.tsv: what each pattern matches in JavaScript without and with the flag `u`, in Java and in Python.

Needs node and a JDK in PATH; the file in the repository was written with node 20, Java 17 and Python 3.11. Patterns are searched
for, as JSON Schema says: `new RegExp(p).test(v)`, `Pattern.compile(p).matcher(v).find()`, `re.search(p, v)`. A result has a digit
for each value in the first line. `-` means that the engine does not compile the pattern, or that Python warns of it.
"""

import json
import re
import subprocess
import tempfile
import warnings
from pathlib import Path

VALUES = [
    "", "a", "A", "b", "c", "d", "e", "z", "Z", "Q", "ab", "abc", "aa", "aaa", "aaaa", "ba", "foo", "xfoo", "foo bar", "a b",
    "a\n", "\n", "a\nb", "a\r", "a\r\n", "\r", "a\u0085", "\u0085", "a\u2028", "\u2028", "\u2029",
    "1", "12", "123", "\u0661", "\u00e9", "\u00e9a", "a\u00e9", "\u212a", "\u017f", "k", "s", "_", "-", "a-b", "b-", "--", "+",
    " ", "  ", "\u00a0", "\ufeff", "\u3000", "\u001c", "\t", "\u000b", "\f", "\u0007", "\u0008", "\u001b", "\u0000",
    "\U0001f600", "a\U0001f600", "\U0001f600\U0001f600", "\U0001f601", "{", "}", "a{", "a{,2}", "a{x}", "a{1", "{}", "[", "]", "[]", "a]", "^", "$",
    "&", "&&", "|", "||", "~", "~~", "/", "\\", ":", "[:alpha:]", "alpha", "#", ".", ",", "@", "\"", "'", "<", ">", "=", "%", "!", "`",
    "(", ")", "*", "?", ";", "x", "u", "x41", "u0041", "U0001F600", "p", "pL", "h", "k<n>a", "2024-01-31", "i", "(?i)", "n", "aba", "\u00e9foo", "a@b", "a\u00a0@b",
]

PATTERNS = r"""
abc
^abc$
^a$
a$
^$
^
$
a^b
(^a|b$)
^a|b$
^.$
^.+$
^.{2}$
^a.b$
^[^/]$
^[^/]+$
^[^\n]+$
^a*$
^a+?$
^a??$
^a{2}$
^a{2,}$
^a{2,3}$
^a{2,3}?$
^a{02}$
^(ab|c)$
^(?:ab|c)$
^()$
^(|a)$
^(a|)$
^(a*)*$
^((a)(b))+$
^(a+)+$
^é$
^é+$
^[é]$
^[a-z]$
^[a-zA-Z0-9_]+$
^[-a]$
^[a-]$
^[^-a]$
^[a^]$
^[a\-b]$
^[\]]$
^[\[]$
^[\\]$
^[\^a]$
^[.]$
^[$]$
^[*+?(){}|]$
^[/]$
^[ #]$
^[a-c-e]$
^[+--]$
^[,-.]$
^[!-/]$
^[a-\d]$
^[\d-a]$
^[\w-]$
^[-\w]$
^[\w.-]+$
^[\d]$
^[\s]$
^[\w]$
^[^\d]$
^[^\s]$
^[^\w]$
^[\D]$
^[\S]$
^[\W]$
^[\s\S]$
^[\d\D]$
^\d$
^\d+$
^\w$
^\s$
^\D$
^\W$
^\S$
^\S+$
\bfoo\b
\Bfoo
\ba
^[\b]$
\Aabc
abc\z
abc\Z
^a\z
^a\Z
\Ga
(?i)abc
(?i:A)
(?s).
(?s)^.$
(?m)^b$
(?x)a b
(?-i)a
^(?i)a$
(?P<n>a)
(?<n>a)
(?P=n)
(?<n>a)\k<n>
(?=a)a
(?!a)b
(?<=a)b
(?<!a)b
(?>a)b
(?#comment)a
(?|a|b)
(a)\1
(a)\2
\1(a)
(a)?(?(1)b|c)
a++
a*+
a?+
a{2}+
a**
a{1}{2}
^*
^+a
$*
^?a
a|*
*a
(*a)
a(+)
a{,2}
^a{,2}$
^a{ 1 }$
^a{1, 2}$
a{
{
}
^}$
{}
a{x}
a{1
a{2,1}
^{a
]
^]$
a]
\]
\[
\{
\}
^\{$
[]
[]a]
[^]
[^]a]
[
[a
[[]
[[a]b]
[a[b]]
[[:alpha:]]
[:alpha:]
[[:^alpha:]]
[a&&b]
[a-z&&[^b]]
[&&]
[a&b]
[a--b]
[a~~b]
[a||b]
[a|b]
[z-a]
[a-z--b]
\p{L}
\pL
\P{L}
\p{Alpha}
[\p{L}]
\x41
^\x41$
^[\x41]$
\x{41}
\x4
\xg1
\u0041
^\u0041$
^[\u0041-\u0042]$
\u{41}
^\u{41}$
\u{1F600}
\U0001F600
\ud83d\ude00
[\ud83d\ude00]
\u004
\0
\00
\01
\012
\101
\377
\8
\a
\e
\f
^\f$
\n
^\n$
\r
\t
^\t$
\v
^\v$
\cA
\cJ
\h
\H
\R
\X
\N
\K
\k
\l
\y
\i
\c
\Q.\E
\Q
\E
\/
^\/$
^[\/]$
\-
^\-$
^[\-]$
\_
\@
^\@$
\:
\"
\'
\<
\>
\#
\&
\~
\!
\%
\,
\;
\=
\`
\ 
^[\@]$
^[\.]$
^[\$]$
^[\*\+\?\(\)\{\}\|]$
^[\,]$
^[\:]$
^[\&]$
^[\"]$
\.
\*
\+
\?
\(
\)
\|
\^
\$
\\
\
a\
😀
^😀$
^😀+$
^(😀)+$
^(?:😀)+$
[😀]
^[😀]$
^[😀😁]$
^[^😀]$
^[^a]$
^[^a]{2}$
^[☺-♀]$
a b
^a b$
#
a#b
^ $
()
(
)
(a
a)
(?
(?:
(?:a
(?a)
|
a|
|a
a||b
^(a|b|)$
[a]*
[a]{2}
(a){2}
^(a){2,3}$
(?:)*
(a|b)*?c
^[0-9]{4}-[0-9]{2}-[0-9]{2}$
^[A-Za-z0-9][A-Za-z0-9.:-]{0,31}$
^(https?)://[^ ]+$
^[^ \t\r\n]+$
^[^\s@]+@[^\s@]+$
^[^0-9]$
a,b
^,$
a-b
^-$
"
'
@
&&
--
~
<
>
=
%
!
`
:
;
/
_
""".strip("\n").split("\n")

JAVA = """
import java.nio.file.*;
import java.util.*;
import java.util.regex.*;

class Engine {
    public static void main(String[] arguments) throws Exception {
        List<String> values = Files.readAllLines(Path.of(arguments[0]));
        for (String line : Files.readAllLines(Path.of(arguments[1]))) {
            StringBuilder result = new StringBuilder();
            try {
                Pattern pattern = Pattern.compile(text(line));
                for (String value : values) result.append(pattern.matcher(text(value)).find() ? '1' : '0');
            } catch (PatternSyntaxException error) {
                result = new StringBuilder("-");
            }
            System.out.println(result);
        }
    }

    static String text(String hex) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < hex.length(); at += 4) text.append((char) Integer.parseInt(hex.substring(at, at + 4), 16));
        return text.toString();
    }
}
"""

NODE = """
const [values, patterns, flags] = [JSON.parse(process.argv[1]), JSON.parse(process.argv[2]), process.argv[3]];
for (const pattern of patterns) {
    let result = "-";
    try {
        const regex = new RegExp(pattern, flags);
        result = values.map((value) => (regex.test(value) ? "1" : "0")).join("");
    } catch (error) {}
    console.log(result);
}
"""


def javascript(flags):
    command = ["node", "-e", NODE, "--", json.dumps(VALUES), json.dumps(PATTERNS), flags]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def java():
    def lines(texts):
        return "".join(text.encode("utf-16-be").hex() + "\n" for text in texts)

    with tempfile.TemporaryDirectory() as folder:
        source, values, patterns = (Path(folder, name) for name in ("Engine.java", "values", "patterns"))
        source.write_text(JAVA)
        values.write_text(lines(VALUES))
        patterns.write_text(lines(PATTERNS))
        return subprocess.run(["java", source, values, patterns], check=True, capture_output=True, text=True).stdout.splitlines()


def python():
    for pattern in PATTERNS:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                regex = re.compile(pattern)
            yield "".join("1" if regex.search(value) else "0" for value in VALUES)
        except (re.error, Warning, OverflowError):
            yield "-"


def main():
    rows = zip(PATTERNS, javascript(""), javascript("u"), java(), python(), strict=True)
    lines = [json.dumps(VALUES)] + ["\t".join(row) for row in rows]
    Path(__file__).with_suffix(".tsv").write_text("\n".join(lines) + "\n")


main()
