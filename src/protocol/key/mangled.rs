//! Text that never was a key, or that an environment, a shell or a web form changed on its way.

use super::complaint::Complaint;
use crate::wiped::Wiped;

/// Says what stands in the place of a secret that nobody filled in: a placeholder, a reference to a secret store, a name.
pub(crate) fn unfilled(text: &str) -> Option<Complaint> {
    const LONGEST: usize = 500;
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'));
    if text.len() > LONGEST || text.contains('\n') {
        return None;
    }
    if let Some((start, what)) = REFERENCES.iter().find(|(start, _)| starts_like(text, start)) {
        return Some(format!("this is {what} ({start}…), not the secret itself; fetch it and give its value"));
    }
    let complaint = if is_placeholder(text) {
        PLACEHOLDER
    } else if is_variable(text) {
        "this is the name of an environment variable or of a setting; give its value"
    } else if ["{", "[", "[{"].contains(&text) {
        "only the first line of JSON arrived; give it on one line, or as a file"
    } else {
        return None;
    };
    Some(complaint.into())
}

/// Says if a placeholder stands in the place of an identifier. Unlike a secret, an identifier may be any word, and a URL too.
pub(crate) fn unfilled_identifier(text: &str) -> Option<Complaint> {
    let is_variable = text.starts_with('$') && is_variable(text);
    (is_in_brackets(text) || is_variable).then(|| PLACEHOLDER.into())
}

const PLACEHOLDER: &str = "this is a placeholder that nobody filled in; give the value that belongs in its place";

const STORE: &str = "a reference to a secret store";
const HARDWARE: &str = "a reference to a key that stays in a device or a service";

/// How references start, in lower case.
const REFERENCES: &[(&str, &str)] = &[
    ("arn:aws:kms:", HARDWARE),
    ("arn:", STORE),
    ("op://", STORE),
    ("vault:", STORE),
    ("bao:", STORE),
    ("ref+", STORE),
    ("sm://", STORE),
    ("gcp-sm:", STORE),
    ("gcpsm:", STORE),
    ("secretmanager:", STORE),
    ("secretsmanager:", STORE),
    ("{{resolve:", STORE),
    ("aws-sm:", STORE),
    ("awssm:", STORE),
    ("aws-ssm:", STORE),
    ("awsssm:", STORE),
    ("ssm:", STORE),
    ("@microsoft.keyvault(", STORE),
    ("keyvault:", STORE),
    ("azurekeyvault:", STORE),
    ("azure-key-vault:", STORE),
    ("secret:", STORE),
    ("secrets:", STORE),
    ("secretref:", STORE),
    ("doppler:", STORE),
    ("infisical:", STORE),
    ("akeyless:", STORE),
    ("bws:", STORE),
    ("keeper:", STORE),
    ("keyring:", STORE),
    ("keychain:", STORE),
    ("pass:", STORE),
    ("pkcs11:", HARDWARE),
    ("awskms:", HARDWARE),
    ("gcpkms:", HARDWARE),
    ("azurekms:", HARDWARE),
    ("hashivault:", HARDWARE),
    ("tpmkey:", HARDWARE),
    ("env:", "a reference to an environment variable"),
    ("env://", "a reference to an environment variable"),
    ("file:", "a reference to a file"),
    ("http://", "a URL"),
    ("https://", "a URL"),
    ("s3://", "a URL"),
    ("gs://", "a URL"),
    // Google's names of secrets and of keys.
    ("projects/", STORE),
];

fn starts_like(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|first| first.eq_ignore_ascii_case(start))
}

/// Whether this is a name in the brackets of a template.
fn is_in_brackets(text: &str) -> bool {
    /// Nothing else begins and ends like these, so anything may stand in them.
    const TEMPLATES: &[(&str, &str)] =
        &[("${", "}"), ("$(", ")"), ("{{", "}}"), ("{%", "%}"), ("#{", "}"), ("%{", "}"), ("<%", "%>"), ("%(", ")s")];
    const BRACKETS: &[(&str, &str)] =
        &[("{", "}"), ("<", ">"), ("[", "]"), ("@@", "@@"), ("@", "@"), ("__", "__"), ("%", "%"), ("*", "*")];
    let name_in = |(open, close): &(&str, &str)| {
        let name = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        name.filter(|name| name.contains(|c: char| c.is_ascii_alphabetic()))
    };
    TEMPLATES.iter().any(|brackets| name_in(brackets).is_some())
        || BRACKETS.iter().filter_map(name_in).any(|name| !name.contains(['"', '\\', '<', '>', '/', ',']))
}

fn is_placeholder(text: &str) -> bool {
    /// Words without their separators, in lower case.
    const WORDS: &[&str] = &[
        "changeme",
        "changethis",
        "replaceme",
        "replacethis",
        "fillme",
        "fillin",
        "todo",
        "tbd",
        "fixme",
        "placeholder",
        "example",
        "null",
        "none",
        "nil",
        "undefined",
        "redacted",
        "masked",
        "hidden",
        "secret",
        "privatekey",
        "clientprivatekey",
        "(null)",
    ];
    const FIRST_WORDS: &[&str] = &["your", "my", "insert", "paste", "replace", "put", "enter", "add"];
    // A key is longer. It passes through no buffer here, because buffers would have to be wiped.
    const LONGEST_WORD: usize = 60;
    if is_in_brackets(text) || is_mask(text) {
        return true;
    }
    if text.len() > LONGEST_WORD {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    let joined: String = lower.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '.' | '…')).collect();
    // A word that stands alone, for example your_private_key_here.
    let is_sentence =
        FIRST_WORDS.iter().any(|word| lower.strip_prefix(*word).is_some_and(|rest| rest.starts_with(['_', '-', ' '])))
            && ["key", "secret", "credential", "pem"].iter().any(|word| lower.contains(*word));
    WORDS.contains(&joined.as_str()) || is_sentence
}

/// Whether a log or a form hid the value.
fn is_mask(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '…' | '•' | '?' | '#'))
}

/// Whether this is `$NAME`, or a name such as `TALKDESK_PRIVATE_KEY` in capitals.
fn is_variable(text: &str) -> bool {
    let is_name = |name: &str| {
        name.len() < 60
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:.".contains(&byte))
    };
    let in_code = ["process.env", "os.environ", "os.getenv", "System.getenv", "ENV[", "getenv("];
    text.strip_prefix('$').is_some_and(is_name)
        || in_code.iter().any(|code| text.starts_with(code))
        || (is_name(text) && text.contains('_') && !text.contains(|c: char| c.is_ascii_lowercase()))
}

pub(super) const LOST_BACKSLASHES: &str =
    "the backslashes of \\n are lost, so its line breaks are letters now; quote the key, or give it as a file";

/// Says what happened to a base64 body that can't be read.
pub(super) fn explained(body: &str) -> Option<Complaint> {
    let complaint = if body.contains("...") || body.contains('…') {
        "shortened: dots stand for a part of it; copy the whole key"
    } else if has_bare_escapes(body) {
        LOST_BACKSLASHES
    } else if body.contains("&#") || body.contains("<br") {
        "escaped for HTML; undo the escapes"
    } else {
        return None;
    };
    Some(complaint.into())
}

/// How a line break may look without its backslash: of `\n`, `\r\n`, `\x0a` and `\012`; and with a slash instead.
const BARE_ESCAPES: &[&str] = &["n", "rn", "/n", "x0a", "x0A", "012"];

/// Whether the body starts with a bare escape. The base64 of a key starts with `M`, and that of OpenSSH's keys with `b3B`.
pub(super) fn starts_with_bare_escape(body: &str) -> bool {
    let follows = |escape: &&str| body.trim_start().strip_prefix(*escape);
    BARE_ESCAPES.iter().filter_map(follows).any(|rest| rest.starts_with('M') || rest.starts_with("b3B"))
}

/// Whether a bare escape ends each line of 64 characters.
fn has_bare_escapes(body: &str) -> bool {
    const LINE: usize = 64;
    let follow_each_line = |escape: &&str| {
        let (mut rest, mut lines) = (body.trim(), 0);
        while let Some(after) = rest.get(LINE..).and_then(|after| after.strip_prefix(*escape)) {
            (rest, lines) = (after, lines + 1);
        }
        lines > 0 && rest.len() <= LINE + escape.len()
    };
    BARE_ESCAPES.iter().any(follow_each_line)
}

/// The body with a plus sign in the place of each blank, if it has blanks: a form or a URL may have made them of plus signs.
pub(super) fn with_plus_signs(body: &str) -> Option<Wiped<String>> {
    let mut plus = Wiped::new(String::with_capacity(body.len()));
    plus.extend(body.trim().chars().map(|c| if c == ' ' { '+' } else { c }));
    body.trim().contains(' ').then_some(plus)
}
