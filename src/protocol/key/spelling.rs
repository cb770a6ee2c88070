//! Finds the bytes of a key in any spelling. Files, copies and environment variables spell the same key in many ways.

use super::complaint::Complaint;
use super::container::{self, Encoding};
use super::mangled;
use crate::protocol::plain_text;
use crate::wiped::Wiped;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::ops::Range;

/// The content of a spelling.
pub(super) enum Spelled {
    /// One DER document, or the content of each PEM block.
    Der(Vec<Wiped<Vec<u8>>>, Encoding),
    Json(Wiped<String>),
}

pub(super) const NOTHING: &str = "it contains no private key; give PEM, the bare base64 of a PKCS#8 key, DER or a JWK";

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Finds everything in `bytes` that may be a key.
pub(super) fn read(bytes: &[u8]) -> Result<Spelled, Complaint> {
    read_as(bytes, Encoding::AsTheyAre)
}

fn read_as(bytes: &[u8], encoding: Encoding) -> Result<Spelled, Complaint> {
    if let Some(der) = der_file(bytes)? {
        return Ok(Spelled::Der(vec![Wiped::new(der.to_vec())], encoding));
    }
    if let Some(container) = container::of(bytes) {
        return Err(container.complaint(encoding));
    }
    let text = plain_text::read(bytes).filter(|text| is_text(text)).ok_or_else(|| neither_text_nor_der(bytes))?;
    let text = unquoted(&text);
    if text.is_empty() {
        return Err("empty; give the private key".into());
    }
    let no_key = mangled::unfilled(text).or_else(|| container::complaint_of_text(text)).or_else(|| other_text(text));
    let text = unescaped(text);
    let text = unquoted(&text);
    if let Some(complaint) = no_key {
        // A PEM block that contains DER is still a key, whatever surrounds it.
        let blocks = pem_blocks(text).ok().filter(|blocks| blocks.iter().any(|block| der_length(block).is_some()));
        return blocks.map(|blocks| Spelled::Der(blocks, Encoding::Base64)).ok_or(complaint);
    }
    if text.starts_with(['{', '[']) {
        Ok(Spelled::Json(Wiped::new(text.to_owned())))
    } else if armour(text, BEGIN).is_some() {
        Ok(Spelled::Der(pem_blocks(text)?, Encoding::Base64))
    } else {
        bare_base64(text)
    }
}

/// Whether this is text. PEM may have a name in any encoding above its block.
fn is_text(text: &str) -> bool {
    !text.contains(char::REPLACEMENT_CHARACTER) || armour(text, BEGIN).is_some()
}

fn neither_text_nor_der(bytes: &[u8]) -> Complaint {
    der_length(bytes)
        .and_then(|whole| exactly(bytes, whole).err())
        .unwrap_or_else(|| "neither text nor DER; give PEM, the bare base64 of a PKCS#8 key, DER or a JWK".into())
}

/// The DER document in a file, without the white space after it; `None` if the file is something else.
fn der_file(bytes: &[u8]) -> Result<Option<&[u8]>, Complaint> {
    let Some(whole) = der_length(bytes) else { return Ok(None) };
    // The two bytes of the short form may also start a text. The long forms are not valid UTF-8.
    let may_be_text = bytes[1] < 0x80;
    match exactly(bytes, whole) {
        Err(_) if may_be_text => Ok(None),
        outcome => outcome.map(Some),
    }
}

/// The length of a DER document according to its first bytes, the header of a SEQUENCE.
fn der_length(bytes: &[u8]) -> Option<usize> {
    Some(match bytes {
        [0x30, short, ..] if *short < 0x80 => 2 + usize::from(*short),
        [0x30, 0x81, length, ..] => 3 + usize::from(*length),
        [0x30, 0x82, high, low, ..] => 4 + (usize::from(*high) << 8 | usize::from(*low)),
        [0x30, 0x83, high, middle, low, ..] => {
            5 + (usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low))
        }
        _ => return None,
    })
}

/// The first `whole` bytes, if nothing but white space follows them.
fn exactly(bytes: &[u8], whole: usize) -> Result<&[u8], Complaint> {
    /// The bytes in one line of PEM: 64 characters of base64, or 76.
    const LINES: [usize; 2] = [48, 57];
    match bytes.split_at_checked(whole) {
        Some((der, rest)) if rest.iter().all(u8::is_ascii_whitespace) => Ok(der),
        Some(_) => Err(format!("too long: its encoding says {whole} bytes, but it has {}; copy it again", bytes.len())),
        None => {
            let cause = if LINES.contains(&bytes.len()) { "; perhaps only its first line arrived" } else { "" };
            let found = bytes.len();
            Err(format!("cut short: its encoding says {whole} bytes, but it has {found}{cause}; copy it again"))
        }
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '“' | '”' | '„' | '‘' | '’' | '«' | '»')
}

/// Removes blanks and quotation marks around the text, and the comma or semicolon at the end of a copied line of code.
fn unquoted(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_quote(c) || matches!(c, ',' | ';'));
    // Python prints bytes as b'…'.
    text.strip_prefix(['b']).and_then(|rest| rest.strip_prefix(is_quote)).unwrap_or(text)
}

/// Decodes the escapes of JSON, shells and `.env` files: `\n`, `\r`, `\t`, `\/`, `\u003d`. They may even be escaped twice.
pub(super) fn unescaped(text: &str) -> Wiped<String> {
    // An escape is longer than its character, so the buffer never moves.
    let mut plain = Wiped::new(String::with_capacity(text.len()));
    let mut rest = text;
    let may_have_escapes = !is_json(text);
    while let Some(at) = rest.find('\\').filter(|_| may_have_escapes) {
        plain.push_str(&rest[..at]);
        rest = rest[at..].trim_start_matches('\\');
        if let Some(after) = rest.strip_prefix(['n', 'r', 't']) {
            plain.push('\n');
            rest = after;
        } else if let Some((c, after)) = unicode_escape(rest) {
            plain.push(c);
            rest = after;
        }
        // Drop any other backslash: a shell writes it at the end of a line, a string before a character that stands for itself.
    }
    plain.push_str(rest);
    plain
}

/// Whether the text is JSON that was not escaped as a whole: no backslash follows its first brace.
fn is_json(text: &str) -> bool {
    text.strip_prefix(['{', '[']).is_some_and(|inside| !inside.trim_start().starts_with('\\'))
}

fn unicode_escape(text: &str) -> Option<(char, &str)> {
    let (digits, rest) = text.strip_prefix('u')?.split_at_checked(4)?;
    Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, rest))
}

/// Recognises text that is no key, and says what to do.
fn other_text(text: &str) -> Option<Complaint> {
    let complaint = if text.len() >= 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || b": ".contains(&byte)) {
        "this is hexadecimal; give PEM, the bare base64 of a PKCS#8 key, DER or a JWK"
    } else if ["%0A", "%0a", "BEGIN%20", "BEGIN+"].iter().any(|escape| text.contains(escape)) {
        "this is escaped for a URL; undo the escapes"
    } else if is_path(text) {
        "this looks like the name of a file; give its content, or its name as private_key_file"
    } else {
        return None;
    };
    Some(complaint.into())
}

/// Runs before escapes are decoded, because the name of a Windows file may contain `\n`.
fn is_path(text: &str) -> bool {
    const LINE_OF_PEM: usize = 64;
    let one_short_line = text.len() < 256 && !text.contains(['\n', '{', '[']) && !text.contains("-----");
    // A colon may come from YAML. A slash may be the first character of a key whose first line was lost.
    let holds_a_key = text.split(|c| !is_base64(c)).any(|run| run.len() >= LINE_OF_PEM);
    one_short_line && !holds_a_key && (text.starts_with('/') || text.contains(['.', '~', ':']))
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/')
}

const BEGIN: &str = "BEGIN ";
const END: &str = "END ";

/// The place of `word` in the first armour line that has it, in upper or lower case, with or without blanks after its hyphens.
fn armour(text: &str, word: &str) -> Option<Range<usize>> {
    let follows_hyphens = |at: &usize| text[..*at].trim_end_matches(' ').ends_with('-');
    let is_word = |at: &usize| {
        text.as_bytes()[*at..].get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    let at = (0..text.len()).filter(is_word).find(follows_hyphens)?;
    Some(at..at + word.len())
}

/// Decodes every block between armour lines. The label, the number of hyphens and the line breaks do not matter.
fn pem_blocks(text: &str) -> Result<Vec<Wiped<Vec<u8>>>, Complaint> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(begin) = armour(rest, BEGIN) {
        rest = &rest[begin.end..];
        let next = armour(rest, BEGIN);
        let part = &rest[..next.as_ref().map_or(rest.len(), |next| next.start)];
        let body = block_body(part)?;
        if body.trim().is_empty() {
            // Armour around armour starts with one more line.
            if next.is_some() && armour(part, END).is_none() {
                continue;
            }
            return Err(if next.is_none() && armour(part, END).is_none() {
                "only the BEGIN line arrived; write \\n in place of each line break, or give the key as a file"
            } else {
                "nothing between the BEGIN line and the END line; copy the whole key"
            }
            .into());
        }
        blocks.push(decoded(&without_headers(body)).map_err(|complaint| mangled::unfilled(body).unwrap_or(complaint))?);
    }
    Ok(blocks)
}

/// The text between the label and the next armour line.
fn block_body(part: &str) -> Result<&str, Complaint> {
    let after_label = label_end(part)
        .ok_or("the BEGIN line does not end with five hyphens; write it like -----BEGIN PRIVATE KEY-----")?;
    Ok(before_armour(part[after_label..].trim_start_matches('-')))
}

/// The end of the label: two hyphens, because a label may contain one (RFC 7468 §3); else the end of its line; else one hyphen.
fn label_end(part: &str) -> Option<usize> {
    const LONGEST_LABEL: usize = 64;
    let line = &part[..part.find('\n').unwrap_or(part.len())];
    let ends_line = (line.len() < part.len() && (line.trim_end().ends_with('-') || !line.contains('-')))
        .then(|| line.trim_end().trim_end_matches('-').len());
    let ends = [line.find("--"), ends_line, line.find('-')];
    ends.into_iter().flatten().find(|end| *end <= LONGEST_LABEL)
}

/// The text before the END line. It may end with a hyphen, which is a character of base64url. Without an END line, only five
/// hyphens end the text. If no blank precedes the END line, the text keeps a sixth hyphen.
fn before_armour(text: &str) -> &str {
    let Some(end) = armour(text, END) else { return &text[..text.find("-----").unwrap_or(text.len())] };
    let line = text[..end.start].trim_end_matches(' ');
    let body = line.trim_end_matches('-');
    if body.ends_with(char::is_whitespace) { body } else { line.strip_suffix("-----").unwrap_or(body) }
}

/// A PEM body without the `Name: value` lines that some tools write above it.
fn without_headers(body: &str) -> Wiped<String> {
    let mut plain = Wiped::new(String::with_capacity(body.len()));
    plain.extend(body.lines().filter(|line| !line.contains(':')));
    plain
}

/// A key without armour, or without its first line.
fn bare_base64(text: &str) -> Result<Spelled, Complaint> {
    if text.starts_with('-') {
        return Err("no valid BEGIN line, or no key after it; write the line like -----BEGIN PRIVATE KEY-----".into());
    }
    let bytes = decoded(before_armour(text))?;
    if bytes.is_empty() {
        return Err(NOTHING.into());
    }
    // Secret stores encode whole files, so the bytes may be another spelling.
    let is_other = der_length(&bytes).is_none() && container::of(&bytes).is_none();
    if is_other && plain_text::read(&bytes).is_some_and(|inner| is_text(&inner)) {
        return read_as(&bytes, Encoding::Base64);
    }
    Ok(Spelled::Der(vec![bytes], Encoding::Base64))
}

/// Decodes base64. If the result is DER, checks its length. If that fails, says what may have happened to the text.
fn decoded(body: &str) -> Result<Wiped<Vec<u8>>, Complaint> {
    if mangled::starts_with_bare_escape(body) {
        return Err(mangled::LOST_BACKSLASHES.into());
    }
    complete(body).map_err(|complaint| {
        let plus = mangled::with_plus_signs(body)
            .is_some_and(|body| complete(&body).is_ok_and(|der| der_length(&der).is_some()));
        if plus {
            return "its plus signs are blanks now, as a form or a URL reads them; copy the key again".into();
        }
        mangled::explained(body).unwrap_or(complaint)
    })
}

fn complete(body: &str) -> Result<Wiped<Vec<u8>>, Complaint> {
    let bytes = base64(body)?;
    match der_length(&bytes) {
        Some(whole) => Ok(Wiped::new(exactly(&bytes, whole)?.to_vec())),
        None => Ok(bytes),
    }
}

/// Decodes base64 in either alphabet, with any padding. Ignores white space, quotation marks and commas between its characters.
pub(super) fn base64(text: &str) -> Result<Wiped<Vec<u8>>, Complaint> {
    let mut characters = Wiped::new(String::with_capacity(text.len()));
    characters.extend(text.chars().filter(|c| !c.is_whitespace() && !is_quote(*c) && *c != ',').map(|c| match c {
        '-' => '+',
        '_' => '/',
        other => other,
    }));
    let characters = characters.trim_end_matches('=');
    if let Some(at) = characters.find(|c| !is_base64(c)) {
        return Err(format!("the base64 has an invalid character at position {}; copy the key again", at + 1));
    }
    let mut bytes = Wiped::new(Vec::with_capacity(characters.len()));
    BASE64
        .decode_vec(characters, &mut bytes)
        .map_err(|_| "damaged base64: it has too few or too many characters; copy the key again")?;
    Ok(bytes)
}
