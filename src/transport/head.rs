//! The head of an answer (RFC 9112 §4, §5). Servers write heads with faults that say nothing about the body. Such a head is mended,
//! because the answer may hold a token. A fault that may hide where the body ends is never passed over: otherwise the rest of one
//! answer could be taken for the next one.

use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, StatusCode};
use std::fmt;

/// The most bytes of all heads of one answer.
pub(super) const LONGEST: usize = 256 << 10;
/// The most headers that the HTTP library gets. It refuses more than 100.
const MOST_FIELDS: usize = 90;

/// Why a head can't be used. The text completes the sentence "its answer can't be read: …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    NotHttp,
    TooLong,
    /// A line that may be this header.
    Malformed(HeaderName),
    Contradiction,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NotHttp => f.write_str("it does not begin with a status line of HTTP/1.1"),
            Fault::TooLong => write!(f, "its headers have more than {LONGEST} bytes"),
            Fault::Malformed(name) => {
                let name = if *name == CONTENT_LENGTH { "Content-Length" } else { "Transfer-Encoding" };
                write!(f, "its header {name} is malformed, so that nobody can tell where the body ends")
            }
            Fault::Contradiction => f.write_str(
                "its headers Content-Length and Transfer-Encoding are malformed and contradict each other, so that nobody can tell \
                 where the body ends",
            ),
        }
    }
}

impl std::error::Error for Fault {}

/// A head without faults.
#[derive(Debug)]
pub(super) struct Head {
    pub status: StatusCode,
    pub text: Vec<u8>,
}

/// A line with all lines that continue it (RFC 9112 §5.2).
struct Line {
    text: Vec<u8>,
    is_folded: bool,
}

/// The headers of a head.
#[derive(Default)]
struct Fields {
    lengths: Vec<HeaderValue>,
    codings: Vec<HeaderValue>,
    others: Vec<(HeaderName, HeaderValue)>,
    /// Whether a line was changed or left out. Then the server and the library may disagree on more, and the connection carries no
    /// other request.
    is_mended: bool,
    /// Whether this is so for a line that says where the body ends.
    is_framing_mended: bool,
}

/// Reads the bytes up to an empty line, and writes the head anew.
pub(super) fn read(bytes: &[u8]) -> Result<Head, Fault> {
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    // RFC 9112 §2.2 wants empty lines before a message to be passed over.
    let mut lines = lines.skip_while(|line| line.is_empty());
    let (is_1_0, status, reason) = lines.next().and_then(status_line).ok_or(Fault::NotHttp)?;
    let mut fields = Fields::default();
    for line in unfolded(lines) {
        fields.add(&line)?;
    }
    let mut text = format!("HTTP/1.{} {} ", u8::from(!is_1_0), status.as_str()).into_bytes();
    text.extend_from_slice(&reason);
    text.extend_from_slice(b"\r\n");
    for (name, value) in fields.checked(is_1_0)? {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            text.extend_from_slice(part);
        }
    }
    text.extend_from_slice(b"\r\n");
    Ok(Head { status, text })
}

/// Whether the version is 1.0, the status, and the reason phrase.
fn status_line(line: &[u8]) -> Option<(bool, StatusCode, Vec<u8>)> {
    let mut words = line.splitn(2, |byte| is_blank(*byte));
    let minor = words.next()?.strip_prefix(b"HTTP/1.")?;
    let rest = words.next()?.trim_ascii_start();
    let (status, reason) = rest.split_at_checked(3)?;
    if minor.len() != 1 || !minor[0].is_ascii_digit() || reason.first().is_some_and(|byte| !is_blank(*byte)) {
        return None;
    }
    let printable = |byte: &u8| if byte.is_ascii_control() { b' ' } else { *byte };
    let reason = reason.trim_ascii().iter().map(printable).collect();
    Some((minor == b"0", StatusCode::from_bytes(status).ok()?, reason))
}

fn unfolded<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Vec<Line> {
    let mut unfolded: Vec<Line> = Vec::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        match unfolded.last_mut().filter(|_| is_blank(line[0])) {
            Some(last) => {
                last.text.push(b' ');
                last.text.extend_from_slice(line.trim_ascii());
                last.is_folded = true;
            }
            None => unfolded.push(Line { text: line.to_vec(), is_folded: false }),
        }
    }
    unfolded
}

impl Fields {
    fn add(&mut self, line: &Line) -> Result<(), Fault> {
        let Some((name, value, has_blank)) = field(&line.text) else {
            self.is_mended = true;
            return alarming(&line.text, "").map_or(Ok(()), |name| Err(Fault::Malformed(name)));
        };
        let is_changed = has_blank || line.is_folded;
        self.is_mended |= is_changed;
        let place = match &name {
            name if *name == CONTENT_LENGTH => &mut self.lengths,
            name if *name == TRANSFER_ENCODING => &mut self.codings,
            _ => {
                // To some servers, the second line of a fold is a header of its own.
                if let Some(name) = alarming(value.as_bytes(), ":").filter(|_| line.is_folded) {
                    return Err(Fault::Malformed(name));
                }
                self.others.push((name, value));
                return Ok(());
            }
        };
        place.push(value);
        self.is_framing_mended |= is_changed;
        Ok(())
    }

    /// The headers for the HTTP library, which say in one way where the body ends (RFC 9112 §6.3).
    fn checked(mut self, is_1_0: bool) -> Result<Vec<(HeaderName, HeaderValue)>, Fault> {
        let has_both = !self.lengths.is_empty() && !self.codings.is_empty();
        if has_both && self.is_framing_mended {
            return Err(Fault::Contradiction);
        }
        // The coding counts, and the connection carries no other request.
        self.is_mended |= has_both || self.others.len() > MOST_FIELDS;
        self.others.truncate(MOST_FIELDS);
        let framing = if self.codings.is_empty() {
            one_length(&self.lengths)?.map(|length| (CONTENT_LENGTH, length))
        } else {
            Some((TRANSFER_ENCODING, one_coding(&self.codings, is_1_0)?))
        };
        self.others.extend(framing);
        if self.is_mended {
            self.others.push((CONNECTION, HeaderValue::from_static("close")));
        }
        Ok(self.others)
    }
}

/// The name and the value of a line, and whether there is a blank between the name and the colon.
fn field(line: &[u8]) -> Option<(HeaderName, HeaderValue, bool)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (written, value) = (&line[..colon], &line[colon + 1..]);
    let end = written.iter().rposition(|byte| !is_blank(*byte))? + 1;
    let name = HeaderName::from_bytes(&written[..end]).ok()?;
    Some((name, HeaderValue::from_bytes(value.trim_ascii()).ok()?, end < colon))
}

/// The header about the end of the body that the text may be, whatever stands between and around its letters. `end` must follow its
/// name.
fn alarming(text: &[u8], end: &str) -> Option<HeaderName> {
    let counts = |byte: &&u8| byte.is_ascii_alphabetic() || **byte == b':';
    let letters: String = text.iter().filter(counts).map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    let is_in = |name: &HeaderName| letters.contains(&(name.as_str().replace('-', "") + end));
    [CONTENT_LENGTH, TRANSFER_ENCODING].into_iter().find(is_in)
}

/// The length, which a server may repeat.
fn one_length(values: &[HeaderValue]) -> Result<Option<HeaderValue>, Fault> {
    let malformed = || Fault::Malformed(CONTENT_LENGTH);
    let mut lengths = items(values).map(|item| {
        let is_number = !item.is_empty() && item.iter().all(u8::is_ascii_digit);
        let number = std::str::from_utf8(item).ok().filter(|_| is_number);
        number.and_then(|number| number.parse::<u64>().ok()).ok_or_else(malformed)
    });
    let Some(first) = lengths.next().transpose()? else { return Ok(None) };
    for other in lengths {
        if other? != first {
            return Err(malformed());
        }
    }
    Ok(Some(first.into()))
}

/// The codings, of which `chunked` may only be the last. HTTP/1.0 has none.
fn one_coding(values: &[HeaderValue], is_1_0: bool) -> Result<HeaderValue, Fault> {
    let codings: Vec<&[u8]> = items(values).filter(|item| !item.is_empty()).collect();
    let is_chunked = |coding: &&[u8]| coding.eq_ignore_ascii_case(b"chunked");
    let earlier = codings.split_last().map_or(&[][..], |(_, earlier)| earlier);
    if is_1_0 || codings.is_empty() || earlier.iter().any(is_chunked) {
        return Err(Fault::Malformed(TRANSFER_ENCODING));
    }
    HeaderValue::from_bytes(&codings.join(&b", "[..])).map_err(|_| Fault::Malformed(TRANSFER_ENCODING))
}

fn items(values: &[HeaderValue]) -> impl Iterator<Item = &[u8]> {
    values.iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(head: &str) -> Result<String, Fault> {
        read(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes()).map(|head| String::from_utf8(head.text).unwrap())
    }

    #[test]
    fn a_head_without_faults_says_the_same_as_before() {
        for (head, same) in [
            (
                "HTTP/1.1 200 OK\r\na: b\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 200 OK\r\na: b\r\ncontent-length: 5\r\n\r\n",
            ),
            ("\r\nHTTP/1.0 404 Not\tFound\n\n", "HTTP/1.0 404 Not Found\r\n\r\n"),
            ("HTTP/1.1 200\r\na:\r\nA:x,y\t\r\n\r\n", "HTTP/1.1 200 \r\na: \r\na: x,y\r\n\r\n"),
            (
                "HTTP/1.1 200 \r\nContent-Length: 5, 05\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 200 \r\ncontent-length: 5\r\n\r\n",
            ),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\ntransfer-encoding: Chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, Chunked\r\n\r\n",
            ),
        ] {
            assert_eq!(String::from_utf8(read(head.as_bytes()).expect(head).text).unwrap(), same);
        }
    }

    #[test]
    fn a_fault_that_says_nothing_about_the_body_is_mended_and_the_connection_closes() {
        let closed =
            |fields: &str| Ok(format!("HTTP/1.1 200 OK\r\n{fields}content-length: 5\r\nconnection: close\r\n\r\n"));
        for (line, fields) in [
            ("X Y: z", ""),
            ("X\u{1}Y: z", ""),
            ("no colon", ""),
            (": no name", ""),
            (" in front", ""),
            ("X: a\u{1}b", ""),
            ("X: a\0b", ""),
            ("X: a\rb", ""),
            ("X: a\r\n \tb\r\n c", "x: a b c\r\n"),
            ("X:\r\n a", "x: a\r\n"),
            ("X : a", "x: a\r\n"),
            ("X Y: z\r\n folded", ""),
            ("Expose: A,\r\n Content-Length", "expose: A, Content-Length\r\n"),
        ] {
            assert_eq!(mended(&format!("{line}\r\nContent-Length: 5")), closed(fields), "{line:?}");
        }
        let many: String = (0..500).map(|number| format!("x-{number}: y\r\n")).collect();
        let kept: String = (0..MOST_FIELDS).map(|number| format!("x-{number}: y\r\n")).collect();
        assert_eq!(mended(&format!("{many}Content-Length: 5")), closed(&kept));
    }

    #[test]
    fn a_fault_that_can_be_understood_in_one_way_only_is_mended() {
        for (lines, framing) in [
            ("Content-Length : 5", "content-length: 5"),
            ("Content-Length\t:5", "content-length: 5"),
            ("Content-Length:\r\n 5", "content-length: 5"),
            ("TRANSFER-ENCODING : chunked", "transfer-encoding: chunked"),
            ("Transfer-Encoding:\r\n\tchunked", "transfer-encoding: chunked"),
            ("Transfer-Encoding: chunked\r\nContent-Length: 5", "transfer-encoding: chunked"),
        ] {
            let expected = format!("HTTP/1.1 200 OK\r\n{framing}\r\nconnection: close\r\n\r\n");
            assert_eq!(mended(lines), Ok(expected), "{lines:?}");
        }
    }

    #[test]
    fn a_fault_that_may_hide_where_the_body_ends_is_never_passed_over() {
        let (length, coding) = (Fault::Malformed(CONTENT_LENGTH), Fault::Malformed(TRANSFER_ENCODING));
        for (lines, fault) in [
            ("Content Length: 5", &length),
            ("Content-Length 5", &length),
            (" Content-Length: 5", &length),
            ("cOnTeNt-\u{b}LENGTH: 5", &length),
            ("\u{a0}Content-Length: 5", &length),
            ("Content-Length: 5\0", &length),
            ("X: a\rContent-Length: 5", &length),
            ("X: a\r\n Content-Length: 5", &length),
            ("X Y: a\r\n Content-Length: 5", &length),
            ("X: a\r\n Content-\r\n Length: 5", &length),
            ("Content-Length: 5\r\n 6", &length),
            ("Content-Length: 5\r\nContent-Length: 6", &length),
            ("Content-Length: 5\r\nContent-Length : 6", &length),
            ("Content-Length: +5", &length),
            ("Content-Length: -5", &length),
            ("Content-Length: 0x5", &length),
            ("Content-Length: 5,", &length),
            ("Content-Length:", &length),
            ("Content-Length: 99999999999999999999", &length),
            ("Transfer Encoding: chunked", &coding),
            ("Transfer-Encoding chunked", &coding),
            ("Transfer-Encoding\u{c}: chunked", &coding),
            ("Transfer-Encoding: chunked\u{b}", &coding),
            ("X: a\r\n Transfer-Encoding: chunked", &coding),
            ("Transfer-Encoding: chunked, chunked", &coding),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", &coding),
            ("Transfer-Encoding:", &coding),
            ("Transfer-Encoding: ,", &coding),
            ("Transfer-Encoding : chunked\r\nContent-Length: 5", &Fault::Contradiction),
            ("Transfer-Encoding: chunked\r\nContent-Length:\r\n 5", &Fault::Contradiction),
        ] {
            assert_eq!(mended(lines).as_ref(), Err(fault), "{lines:?}");
        }
        let old = read(b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        assert_eq!(old.map(|_| ()), Err(coding));
    }

    #[test]
    fn what_is_no_status_line_is_named() {
        for line in [
            "",
            "HTTP/2 200 OK",
            "HTTP/1.1",
            "HTTP/1.1 20 OK",
            "HTTP/1.1 2000",
            "HTTP/1.1 099 x",
            "HTTP/1. 200",
            "ICY 200",
            "x: y",
        ] {
            assert_eq!(read(format!("{line}\r\n\r\n").as_bytes()).map(|_| ()), Err(Fault::NotHttp), "{line}");
        }
    }
}
