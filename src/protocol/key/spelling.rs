//! From the key as its holder has it to the bytes inside: files, copies and environment variables spell one key in many ways.

use super::Complaint;
use crate::json::Json;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

/// What stands behind a spelling.
pub(super) enum Spelled {
    Der(Zeroizing<Vec<u8>>),
    Json(Json),
}

pub(super) const NOTHING: &str = "no private key in it; give PEM, the bare base64 of a PKCS#8 key, DER or a JWK";

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// All that may be a key in `bytes`: one DER or JSON document, or as many as there are PEM blocks.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Spelled>, Complaint> {
    if let Some(der) = der_document(bytes)? {
        return Ok(vec![Spelled::Der(Zeroizing::new(der.to_vec()))]);
    }
    let text = text_of(bytes)?;
    let text = unescaped(unquoted(&text));
    let text = unquoted(&text);
    if text.is_empty() {
        return Err("empty; give the private key".into());
    }
    refuse_other_formats(text)?;
    if text.starts_with(['{', '[']) {
        return Json::parse(text.as_bytes()).map(|document| vec![Spelled::Json(document)]).map_err(|error| {
            format!("begins like JSON, but is none (line {}, column {})", error.line(), error.column())
        });
    }
    if text.contains("-----BEGIN") { pem_blocks(text) } else { bare_base64(text) }
}

/// The DER document that `bytes` are, without white space behind it; `None` where they are something else.
fn der_document(bytes: &[u8]) -> Result<Option<&[u8]>, Complaint> {
    // SEQUENCE, and a length that no text has at this place: long form, or right to the byte.
    let (header, length) = match bytes {
        [0x30, short, ..] if *short < 0x80 => (2, usize::from(*short)),
        [0x30, 0x81, length, ..] => (3, usize::from(*length)),
        [0x30, 0x82, high, low, ..] => (4, usize::from(*high) << 8 | usize::from(*low)),
        _ => return Ok(None),
    };
    let whole = header + length;
    match bytes.get(whole..) {
        Some(behind) if behind.iter().all(u8::is_ascii_whitespace) => Ok(Some(&bytes[..whole])),
        _ if header == 2 => Ok(None),
        None => Err(format!("cut short: its encoding says {whole} bytes, {} are there; copy it again", bytes.len())),
        Some(behind) => Err(format!("{} bytes too many behind the key's {whole}; copy it again", behind.len())),
    }
}

fn text_of(bytes: &[u8]) -> Result<Zeroizing<String>, Complaint> {
    const NEITHER: &str = "neither text nor DER; give PEM, the bare base64 of a PKCS#8 key, DER or a JWK";
    let utf16 = |unit: fn([u8; 2]) -> u16| {
        let units = Zeroizing::new(bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect::<Vec<_>>());
        String::from_utf16(&units).map(Zeroizing::new).map_err(|_| NEITHER.to_owned())
    };
    match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        _ => std::str::from_utf8(bytes).map(|text| Zeroizing::new(text.to_owned())).map_err(|_| NEITHER.to_owned()),
    }
}

/// White space, byte order marks and zero-width characters, which copying leaves behind.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\0')
}

/// Without blanks and quotation marks around it.
fn unquoted(text: &str) -> &str {
    text.trim_matches(|c| is_blank(c) || matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’'))
}

/// With the escapes of JSON, shells and `.env` files undone: `\n`, `\r`, `\t`, `\/`, also where they were escaped twice.
fn unescaped(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    if text.starts_with(['{', '[']) {
        plain.push_str(text);
        return plain;
    }
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        while characters.next_if_eq(&'\\').is_some() {}
        match characters.next_if(|c| matches!(c, 'n' | 'r' | 't')) {
            Some(_) => plain.push('\n'),
            // A backslash at the end of a line is a shell's, one before another character a string's.
            None => continue,
        }
    }
    plain
}

/// Formats that people hold in place of a key that can be used, each with the way out.
fn refuse_other_formats(text: &str) -> Result<(), Complaint> {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| text.starts_with(prefix));
    let complaint = if starts(&["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-"]) {
        "this is an SSH public key; give the private key"
    } else if text.contains("BEGIN OPENSSH PRIVATE KEY") {
        "this is a key in OpenSSH's own format; convert a copy of it: ssh-keygen -p -m PKCS8 -f FILE"
    } else if text.contains("BEGIN SSH2 ") {
        "this is an SSH2 key; convert it: ssh-keygen -i -m PKCS8 -f FILE"
    } else if starts(&["PuTTY-User-Key-File"]) {
        "this is a PuTTY key; convert it: puttygen FILE -O private-openssh -o NEW, then ssh-keygen -p -m PKCS8 -f NEW"
    } else if text.contains("BEGIN PGP ") {
        "this is an OpenPGP key; give the private key that the client was registered with"
    } else if text.contains("Proc-Type: 4,ENCRYPTED") || text.contains("Proc-Type:4,ENCRYPTED") {
        "encrypted in OpenSSL's traditional way; convert it: openssl pkcs8 -topk8 -in FILE -out NEW"
    } else {
        return Ok(());
    };
    Err(complaint.into())
}

/// Every block between armour lines, whatever the label and wherever the lines break.
fn pem_blocks(text: &str) -> Result<Vec<Spelled>, Complaint> {
    let mut blocks = Vec::new();
    for part in text.split("-----BEGIN").skip(1) {
        let (label, body) = part
            .trim_start_matches('-')
            .split_once("-----")
            .ok_or("an armour line that does not end with five hyphens; the line reads -----BEGIN PRIVATE KEY-----")?;
        let body = body.split("-----").next().unwrap_or_default();
        if label.trim() == "EC PARAMETERS" {
            continue;
        }
        blocks.push(Spelled::Der(decoded(&without_headers(body))?));
    }
    Ok(blocks)
}

/// A PEM body without the `Name: value` lines that some tools write above it.
fn without_headers(body: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(body.len()));
    plain.extend(body.lines().filter(|line| !line.contains(':')));
    plain
}

/// A key without armour, or with some of it lost: what stands on lines with hyphens at their ends is armour.
fn bare_base64(text: &str) -> Result<Vec<Spelled>, Complaint> {
    let body = match text.find("-----") {
        Some(end) => &text[..end],
        None => text,
    };
    if body.len() < 256 && (body.contains(['.', '~', '\\', ':']) || body.starts_with('/')) && !body.contains('\n') {
        return Err("this looks like the name of a file; use private_key_file".into());
    }
    let bytes = decoded(body)?;
    match std::str::from_utf8(&bytes) {
        // Encoded once more, as secret stores do with whole files.
        Ok(inner) if inner.contains("-----BEGIN") || unquoted(inner).starts_with(['{', '[']) => read(&bytes),
        _ => Ok(vec![Spelled::Der(bytes)]),
    }
}

fn decoded(body: &str) -> Result<Zeroizing<Vec<u8>>, Complaint> {
    let mut characters = Zeroizing::new(String::with_capacity(body.len()));
    characters.extend(body.chars().filter(|c| !is_blank(*c)).map(|c| match c {
        '-' => '+',
        '_' => '/',
        other => other,
    }));
    if let Some(at) = characters.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '/' | '=')) {
        return Err(format!("character {} of the base64 is none of its characters; copy the key again", at + 1));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(characters.len()));
    BASE64
        .decode_vec(characters.as_bytes(), &mut bytes)
        .map_err(|_| "damaged base64: characters are missing or too many; copy the key again")?;
    match der_document(&bytes)? {
        Some(der) if der.len() < bytes.len() => Ok(Zeroizing::new(der.to_vec())),
        _ => Ok(bytes),
    }
}
