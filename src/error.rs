//! The errors there are, and the value that carries one of them.

use crate::text::Text;
use std::fmt;

/// One row of the table of errors.
#[derive(Debug)]
#[non_exhaustive]
pub struct ErrorSpec {
    /// The stable code.
    pub code: ErrorCode,
    /// The name in every language: `td_error_name`, exception classes, `TD_ERROR_` constants.
    pub name: &'static str,
    /// The fields that [`Error::get`] may return for this code.
    pub fields: &'static [Field],
    /// One sentence that says what happened.
    pub summary: &'static str,
}

/// A named detail of an error.
#[derive(Debug)]
#[non_exhaustive]
pub struct Field {
    /// The name that [`Error::get`] takes.
    pub name: &'static str,
    /// The form of its text.
    pub kind: FieldKind,
    /// One sentence that explains the field.
    pub summary: &'static str,
    /// Whether the base of all errors of a binding has it, too. So a handler of all errors can read it.
    pub general: bool,
}

/// The form of a [`Field`]'s text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// Free text.
    Text,
    /// A whole number, in decimal; it may have a minus sign.
    Number,
}

const OPTION: Field = Field {
    name: "option",
    kind: FieldKind::Text,
    summary: "The name of the option or parameter that caused the error, if one did.",
    general: false,
};
const ERROR: Field = Field {
    name: "error",
    kind: FieldKind::Text,
    summary: "The error code of RFC 6749 §5.2, for example `invalid_client`.",
    general: false,
};
const ERROR_DESCRIPTION: Field = Field {
    name: "error_description",
    kind: FieldKind::Text,
    summary: "The server's explanation; the library removes the secrets of the request from it.",
    general: false,
};
const ERROR_URI: Field = Field {
    name: "error_uri",
    kind: FieldKind::Text,
    summary: "The URI of a page about the error; the library removes the secrets of the request from it.",
    general: false,
};
const HTTP_STATUS: Field = Field {
    name: "http_status",
    kind: FieldKind::Number,
    summary: "The HTTP status code of the answer.",
    general: true,
};
const RETRY_AFTER: Field = Field {
    name: "retry_after",
    kind: FieldKind::Number,
    summary: "Seconds to wait, from the answer's Retry-After header (RFC 9110 §10.2.3).",
    general: true,
};

const CLOCK_OFFSET: Field = Field {
    name: "clock_offset",
    kind: FieldKind::Number,
    summary: "Seconds by which the server's clock is ahead of this machine's, negative if behind; only if they differ by more than 30.",
    general: false,
};

/// Makes the codes and their table from the same rows.
macro_rules! table_of_errors {
    ($($code:ident = $number:literal, $name:literal { summary: $summary:literal, fields: $fields:expr })*) => {
        /// The stable code of an [`Error`]. A later version may add codes, but never changes one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum ErrorCode {
            $(#[doc = $summary] $code = $number,)*
        }

        /// All errors, by ascending code. `ERRORS.md`, the header's constants and the bindings' classes are rendered from it.
        pub const ERRORS: &[ErrorSpec] = &[
            $(ErrorSpec {
                code: ErrorCode::$code,
                name: $name,
                fields: &$fields,
                summary: $summary,
            },)*
        ];
    };
}

table_of_errors! {
    InvalidArgument = 1, "invalid_argument" {
        summary: "A pointer that must not be NULL was NULL.",
        fields: []
    }
    InvalidOption = 2, "invalid_option" {
        summary: "An option or parameter is unknown, missing, malformed, given twice, or contradicts another.",
        fields: [OPTION]
    }
    InvalidKey = 3, "invalid_key" {
        summary: "The private key can't be read, or can't be used with the given options.",
        fields: [OPTION]
    }
    ConnectionFailed = 4, "connection_failed" {
        summary: "The library could not connect to the token endpoint; nothing was sent.",
        fields: []
    }
    TlsFailed = 5, "tls_failed" {
        summary: "The TLS handshake failed; the server processed no request.",
        fields: []
    }
    DeadlineExceeded = 6, "deadline_exceeded" {
        summary: "The deadline passed before anything was sent.",
        fields: []
    }
    OutcomeUnknown = 7, "outcome_unknown" {
        summary: "The request was sent, but no complete answer came; a code or a refresh token may be spent.",
        fields: []
    }
    OauthError = 8, "oauth_error" {
        summary: "The token endpoint refused the request with an OAuth error (RFC 6749 §5.2).",
        fields: [ERROR, ERROR_DESCRIPTION, ERROR_URI, HTTP_STATUS, RETRY_AFTER, CLOCK_OFFSET]
    }
    InvalidResponse = 9, "invalid_response" {
        summary: "The answer is neither a token nor an OAuth error.",
        fields: [HTTP_STATUS, RETRY_AFTER]
    }
    Internal = 10, "internal" {
        summary: "Something failed inside the library, or the operating system refused a resource.",
        fields: []
    }
    Cancelled = 11, "cancelled" {
        summary: "The call was cancelled before anything was sent.",
        fields: []
    }
}

impl ErrorCode {
    /// The row of [`ERRORS`] for this code.
    pub fn spec(self) -> &'static ErrorSpec {
        &ERRORS[self as usize - 1]
    }
}

/// Why a call failed: a stable code, a message and fields. The message names the option or the step, and says what to do.
///
/// An error never contains a key, an assertion, a token, a code or another secret.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    code: ErrorCode,
    message: Text,
    fields: Vec<(&'static str, Text)>,
    retryable: bool,
}

impl Error {
    pub(crate) fn new(code: ErrorCode, message: impl AsRef<str>) -> Error {
        Error(Box::new(Inner { code, message: Text::lossy(message.as_ref()), fields: Vec::new(), retryable: false }))
    }

    /// An [`ErrorCode::InvalidOption`] about the option `name`. The message starts with that name.
    pub(crate) fn option(name: &str, complaint: impl fmt::Display) -> Error {
        Error::new(ErrorCode::InvalidOption, format!("{name}: {complaint}")).with("option", name)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Error {
        debug_assert!(
            self.0.code.spec().fields.iter().any(|field| field.name == name),
            "{name} is not a field of {}",
            self.name()
        );
        self.0.fields.push((name, Text::lossy(&value.to_string())));
        self
    }

    pub(crate) fn retryable(mut self, retryable: bool) -> Error {
        self.0.retryable = retryable;
        self
    }

    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The name of the code, for example `invalid_option`.
    pub fn name(&self) -> &'static str {
        self.0.code.spec().name
    }

    /// What happened and what to do, in English, on one line.
    pub fn message(&self) -> &str {
        self.0.message.as_str()
    }

    /// Whether you may repeat the call. The answer is no whenever a repeated call could spend a grant twice.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// The field `name` of the error, or `None`. The table of errors lists the fields of each code.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.field(name).map(Text::as_str)
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Text> {
        self.0.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    #[cfg(feature = "capi")]
    pub(crate) fn message_text(&self) -> &Text {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.name(), self.0.code as i32, self.message())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_stands_at_the_index_of_its_code() {
        for (index, spec) in ERRORS.iter().enumerate() {
            assert_eq!(spec.code as usize, index + 1);
            assert_eq!(spec.code.spec().name, spec.name);
        }
    }

    #[test]
    fn a_nul_in_a_message_becomes_a_visible_character() {
        let error = Error::new(ErrorCode::Internal, "before\0after");
        assert_eq!(error.message(), "before\u{fffd}after");
    }
}
