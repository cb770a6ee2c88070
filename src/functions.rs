//! The objects of the C ABI and their functions: one table. The declarations and the plain getters of every binding follow it, and
//! the comments of the header.
//!
//! Its texts hold for every language. Where a text names a function or an error, each language shows its own name for it.

use crate::error::ErrorCode;
use std::fmt;

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Object {
    /// `td_client`
    Client,
    /// `td_assertion`
    Assertion,
    /// `td_token`
    Token,
    /// `td_call`
    Call,
    /// `td_queue`
    Queue,
    /// `td_error`
    Error,
}

/// One row of the table of objects.
#[derive(Debug)]
#[non_exhaustive]
pub struct ObjectSpec {
    /// Which object it is.
    pub object: Object,
    /// The name: `token` is `td_token` in C and the class `Token` in other languages.
    pub name: &'static str,
    /// What it is.
    pub documentation: Documentation,
    /// What its `get` answers by name, where bindings offer a getter for it.
    pub members: &'static [Member],
    /// Whether its `get` also knows names that `members` does not list. Bindings then offer `get` too.
    pub is_open: bool,
}

/// Something that an object's `get` answers by name.
#[derive(Debug)]
#[non_exhaustive]
pub struct Member {
    /// The name that `get` takes.
    pub name: &'static str,
    /// How its text reads.
    pub kind: ValueKind,
    /// What it is.
    pub documentation: Documentation,
}

/// One row of the table of functions.
#[derive(Debug)]
#[non_exhaustive]
pub struct FunctionSpec {
    /// Which function it is.
    pub function: Function,
    /// The name of its symbol.
    pub name: &'static str,
    /// The object that it belongs to, if it belongs to one.
    pub object: Option<Object>,
    /// What it takes, in order.
    pub parameters: &'static [Parameter],
    /// What it gives.
    pub gives: Gives,
    /// The errors that it may give, beside `invalid_argument`.
    pub errors: &'static [ErrorCode],
    /// What its caller waits for.
    pub blocks: Blocks,
    /// What it does or answers.
    pub documentation: Documentation,
}

/// A parameter of a function.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: ParameterKind,
}

/// What a [`Parameter`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterKind {
    /// An object of this kind.
    Object(Object),
    /// An object of this kind that the function changes.
    Changed(Object),
    /// An object of any kind.
    AnyObject,
    /// Names and values, which the table of options lists.
    Options,
    /// Names and values: those of another function.
    OptionsOf(Function),
    /// The name of what is asked for.
    Name,
    /// A number by which the host knows a call.
    Tag,
    /// Milliseconds.
    Milliseconds,
    /// The place where the function writes the object that it makes.
    Place(Object),
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gives {
    /// Nothing.
    Nothing,
    /// An object, in its last parameter; or an error, which it returns.
    Object(Object),
    /// A value that needs no freeing.
    Value(ValueKind),
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueKind {
    /// Text.
    Text,
    /// JSON that stays text in every language.
    Json,
    /// A JSON object, which becomes a mapping where the language has JSON.
    JsonObject,
    /// A point in time, as Unix seconds.
    Time,
    /// A number of seconds.
    Seconds,
    /// A number.
    Number,
    /// Yes or no, as 1 or 0.
    Boolean,
    /// A descriptor that the caller closes.
    Descriptor,
    /// A number by which the host knows a call.
    Tag,
}

/// What the caller of a function waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blocks {
    /// Nothing.
    Never,
    /// A computation: a signature.
    Computation,
    /// Files that are read.
    Files,
    /// The network.
    Network,
    /// The end of a call.
    Call,
}

/// What something is, does or answers, in words for every language.
#[derive(Debug)]
#[non_exhaustive]
pub struct Documentation {
    /// One sentence.
    pub summary: &'static str,
    /// When a getter has no answer, as the end of a sentence: "… where the server did not say".
    pub absent: Option<&'static str>,
    /// Further sentences; may be empty.
    pub details: &'static str,
}

const fn says(summary: &'static str) -> Documentation {
    Documentation { summary, absent: None, details: "" }
}

impl Documentation {
    const fn absent(self, absent: &'static str) -> Documentation {
        Documentation { absent: Some(absent), ..self }
    }

    const fn details(self, details: &'static str) -> Documentation {
        Documentation { details, ..self }
    }
}

const fn member(name: &'static str, kind: ValueKind, documentation: Documentation) -> Member {
    Member { name, kind, documentation }
}

/// Every object there is, in the order of the header's sections.
#[rustfmt::skip]
pub const OBJECTS: &[ObjectSpec] = &[
    ObjectSpec {
        object: Object::Client,
        name: "client",
        documentation: says("A registered client: its private key, parsed once, and its token endpoint.")
            .details("Make one and keep it: it holds connections and the trust store. Any number of threads may use it at once, \
                on both sides of a fork."),
        members: &[],
        is_open: true,
    },
    ObjectSpec {
        object: Object::Assertion,
        name: "assertion",
        documentation: says("A signed JWT client assertion (RFC 7523 §2.2): good for one request, until it expires.")
            .details("It is a secret. `td_assertion_new` makes it."),
        members: &[
            member("jti", ValueKind::Text, says("The assertion's identifier, fresh and random.")),
            member("aud", ValueKind::Text, says("The audience.")),
            member("iat", ValueKind::Time, says("When the assertion was issued.")
                .details("It is 5 s in the past, since clocks differ.")),
            member("exp", ValueKind::Time, says("When the assertion expires.")),
            member("header", ValueKind::JsonObject, says("The whole header (RFC 7515 §4).")),
            member("claims", ValueKind::JsonObject, says("All claims (RFC 7519 §4).")),
        ],
        is_open: false,
    },
    ObjectSpec {
        object: Object::Token,
        name: "token",
        documentation: says("What the token endpoint answered: an access token and all that came with it.")
            .details("Everything in it is secret. `td_token_exchange` makes it."),
        members: &[
            member("scope", ValueKind::Text, says("The granted scopes, separated by spaces.").absent("nobody named any")
                .details("Where the server left the scope out, they are the requested ones (RFC 6749 §5.1).")),
            member("refresh_token", ValueKind::Text, says("The refresh token (RFC 6749 §6).").absent("none came")),
            member("id_token", ValueKind::Text, says("The ID token (OpenID Connect Core §2), unchecked.").absent("none came")),
        ],
        is_open: true,
    },
    ObjectSpec {
        object: Object::Call,
        name: "call",
        documentation: says("A call that was started. It goes on by itself, on a thread of the library's.")
            .details("`td_token_exchange_start` makes it. It keeps its client alive. To free it while it runs cancels it. Any thread may \
                use it at any time, also while another thread waits in it; only its freeing may not overlap another use."),
        members: &[],
        is_open: false,
    },
    ObjectSpec {
        object: Object::Queue,
        name: "queue",
        documentation: says("A queue tells an event loop which calls have ended.")
            .details("Make one for each event loop. Any thread may use it at any time; only its freeing may not overlap another use. To \
                free it ends no call; its descriptors then report a hang-up. After a fork, the child's queue tells of the child's calls \
                only, by descriptors of its own."),
        members: &[],
        is_open: false,
    },
    ObjectSpec {
        object: Object::Error,
        name: "error",
        documentation: says("Why a call failed.")
            .details("Every function that can fail returns one, or NULL for success. It holds no key, assertion, token, code or \
                other secret: log it freely."),
        members: &[],
        is_open: true,
    },
];

/// Writes the functions and their table from the same rows.
macro_rules! table_of_functions {
    ($($function:ident $name:literal: $row:expr;)*) => {
        /// A function of the C ABI.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Function {
            $(#[doc = concat!("`", $name, "`")] $function,)*
        }

        /// Every function there is, in the header's order.
        pub const FUNCTIONS: &[FunctionSpec] = &[
            $(FunctionSpec { function: Function::$function, name: $name, ..$row },)*
        ];

        impl Function {
            /// The name of its symbol. Unlike the row, it costs the library no texts.
            pub fn name(self) -> &'static str {
                match self {
                    $(Function::$function => $name,)*
                }
            }
        }
    };
}

const CLIENT: Parameter = Parameter { name: "client", kind: ParameterKind::Object(Object::Client) };
const ASSERTION: Parameter = Parameter { name: "assertion", kind: ParameterKind::Object(Object::Assertion) };
const TOKEN: Parameter = Parameter { name: "token", kind: ParameterKind::Object(Object::Token) };
const ERROR: Parameter = Parameter { name: "error", kind: ParameterKind::Object(Object::Error) };
const CALL: Parameter = Parameter { name: "call", kind: ParameterKind::Object(Object::Call) };
const CHANGED_CALL: Parameter = Parameter { name: "call", kind: ParameterKind::Changed(Object::Call) };
const QUEUE: Parameter = Parameter { name: "queue", kind: ParameterKind::Object(Object::Queue) };
const NAME: Parameter = Parameter { name: "name", kind: ParameterKind::Name };
const OPTIONS: Parameter = Parameter { name: "options", kind: ParameterKind::Options };
const PARAMETERS: Parameter = Parameter { name: "parameters", kind: ParameterKind::Options };

const fn place(name: &'static str, object: Object) -> Parameter {
    Parameter { name, kind: ParameterKind::Place(object) }
}

/// A row of the table. The table itself sets the first two fields.
const fn function(parameters: &'static [Parameter], gives: Gives, documentation: Documentation) -> FunctionSpec {
    FunctionSpec {
        function: Function::Version,
        name: "",
        object: None,
        parameters,
        gives,
        errors: &[],
        blocks: Blocks::Never,
        documentation,
    }
}

/// A function that makes an object or fails.
const fn maker(object: Object, parameters: &'static [Parameter], documentation: Documentation) -> FunctionSpec {
    FunctionSpec { object: Some(object), ..function(parameters, Gives::Object(object), documentation) }
}

/// A function that reads an object.
const fn getter(
    object: Object,
    parameters: &'static [Parameter],
    kind: ValueKind,
    documentation: Documentation,
) -> FunctionSpec {
    FunctionSpec { object: Some(object), ..function(parameters, Gives::Value(kind), documentation) }
}

impl FunctionSpec {
    const fn blocks(self, blocks: Blocks) -> FunctionSpec {
        FunctionSpec { blocks, ..self }
    }

    const fn fails(self, errors: &'static [ErrorCode]) -> FunctionSpec {
        FunctionSpec { errors, ..self }
    }
}

table_of_functions! {
    Version "td_version": function(&[], Gives::Value(ValueKind::Text),
        says("The library's version, for example `\"0.1.0\"`: compare it with `TD_VERSION`, the version of the header.")
            .details("It is static; do not free it. Any thread may ask at any time, on both sides of a fork."));
    Free "td_free": function(&[Parameter { name: "object", kind: ParameterKind::AnyObject }], Gives::Nothing,
        says("Frees any object of this library, once: what came through an out-parameter, and every `td_error *`.")
            .details("It frees nothing else."));

    ClientNew "td_client_new": maker(Object::Client, &[OPTIONS, place("client", Object::Client)],
        says("Makes a client.").details("It checks everything, above all the key. It sends nothing and makes no connection."))
        .blocks(Blocks::Files).fails(&[ErrorCode::InvalidOption, ErrorCode::InvalidKey, ErrorCode::Internal]);
    ClientGet "td_client_get": getter(Object::Client, &[CLIENT, NAME], ValueKind::Text,
        says("The value of a client option: given, resolved or by default.").absent("the option is secret, unset or unknown")
            .details("`algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. A later version may reload a \
                changed key, and a value may change then; a string that was answered stays as it is."));

    AssertionNew "td_assertion_new": maker(Object::Assertion, &[CLIENT, OPTIONS, place("assertion", Object::Assertion)],
        says("Signs a fresh assertion, for a program that sends the token request itself.")
            .details("`td_token_exchange` needs none."))
        .blocks(Blocks::Computation).fails(&[ErrorCode::InvalidOption, ErrorCode::Internal]);
    AssertionJwt "td_assertion_jwt": getter(Object::Assertion, &[ASSERTION], ValueKind::Text,
        says("The assertion as it is sent, in JWS compact serialisation (RFC 7515 §7.1).")
            .details("It is the value of `client_assertion`, and a secret."));
    AssertionGet "td_assertion_get": getter(Object::Assertion, &[ASSERTION, NAME], ValueKind::Text,
        says("A part of the assertion, by name.").absent("the name is another one"));

    TokenExchange "td_token_exchange": maker(Object::Token, &[CLIENT, PARAMETERS, place("token", Object::Token)],
        says("Exchanges a grant for a token, authenticated by a fresh assertion (RFC 7523 §2.2).")
            .details("After `outcome_unknown` a code or refresh token may be spent."))
        .blocks(Blocks::Network).fails(&[ErrorCode::InvalidOption, ErrorCode::ConnectionFailed, ErrorCode::TlsFailed,
            ErrorCode::DeadlineExceeded, ErrorCode::OutcomeUnknown, ErrorCode::OauthError, ErrorCode::InvalidResponse,
            ErrorCode::Internal]);
    TokenAccessToken "td_token_access_token": getter(Object::Token, &[TOKEN], ValueKind::Text,
        says("The access token (RFC 6749 §1.4); never empty."));
    TokenType "td_token_type": getter(Object::Token, &[TOKEN], ValueKind::Text,
        says("The token's type (RFC 6749 §7.1) as the server wrote it, `Bearer` where it said nothing.")
            .details("Compare it without case."));
    TokenExpiresAt "td_token_expires_at": getter(Object::Token, &[TOKEN], ValueKind::Time,
        says("When the access token expires.").absent("the server did not say")
            .details("It is a time by the wall clock of the exchange."));
    TokenSecondsLeft "td_token_seconds_left": getter(Object::Token, &[TOKEN], ValueKind::Seconds,
        says("Whole seconds until the access token expires, 0 once it has.").absent("the server did not say")
            .details("It counts while the machine is suspended, and does not change when somebody sets the clock."));
    TokenGet "td_token_get": getter(Object::Token, &[TOKEN, NAME], ValueKind::Text,
        says("Any member of the response: a string as it is, anything else as JSON.").absent("it is absent, null or holds a NUL")
            .details("An omitted `scope` reads as the requested one (RFC 6749 §5.1)."));
    TokenJson "td_token_json": getter(Object::Token, &[TOKEN], ValueKind::Json,
        says("The whole response, JSON as the server wrote it."));

    TokenExchangeStart "td_token_exchange_start": maker(Object::Call, &[CLIENT,
            Parameter { name: "parameters", kind: ParameterKind::OptionsOf(Function::TokenExchange) },
            Parameter { name: "queue", kind: ParameterKind::Changed(Object::Queue) },
            Parameter { name: "tag", kind: ParameterKind::Tag }, place("call", Object::Call)],
        says("Starts an exchange of `td_token_exchange`, and returns at once.")
            .details("The time of `timeout` begins now. All that can go wrong later is the outcome of the call. The call may have ended \
                when this function returns."))
        .fails(&[ErrorCode::InvalidOption, ErrorCode::DeadlineExceeded, ErrorCode::Internal]);
    CallWait "td_call_wait": getter(Object::Call, &[CALL, Parameter { name: "milliseconds", kind: ParameterKind::Milliseconds }],
        ValueKind::Boolean, says("Waits until the call has ended, and tells whether it has."))
        .blocks(Blocks::Call);
    CallFd "td_call_fd": getter(Object::Call, &[CALL], ValueKind::Descriptor,
        says("A new descriptor that is readable once the call has ended.").absent("no descriptor is left"));
    CallToken "td_call_token": FunctionSpec {
        object: Some(Object::Call),
        ..maker(Object::Token, &[CHANGED_CALL, place("token", Object::Token)],
            says("Waits for the end of the call, and gives its outcome, once."))
    }
        .blocks(Blocks::Call).fails(&[ErrorCode::ConnectionFailed, ErrorCode::TlsFailed, ErrorCode::DeadlineExceeded,
            ErrorCode::OutcomeUnknown, ErrorCode::OauthError, ErrorCode::InvalidResponse, ErrorCode::Internal, ErrorCode::Cancelled]);
    CallCancel "td_call_cancel": FunctionSpec {
        object: Some(Object::Call),
        ..function(&[CHANGED_CALL], Gives::Nothing, says("Ends the call now, if it has not ended."))
    };

    QueueNew "td_queue_new": maker(Object::Queue, &[place("queue", Object::Queue)], says("Makes a queue."))
        .fails(&[ErrorCode::Internal]);
    QueueFd "td_queue_fd": getter(Object::Queue, &[QUEUE], ValueKind::Descriptor,
        says("A new descriptor that is readable while ended calls wait in the queue.").absent("no descriptor is left"));
    QueueNext "td_queue_next": getter(Object::Queue, &[Parameter { name: "queue", kind: ParameterKind::Changed(Object::Queue) }],
        ValueKind::Tag, says("The tag of the next call that has ended.").absent("no ended call waits in the queue"));

    ErrorCode "td_error_code": getter(Object::Error, &[ERROR], ValueKind::Number,
        says("The stable code, one of the `TD_ERROR_` constants.").details("Later versions may add codes. 0 stands for success."));
    ErrorName "td_error_name": getter(Object::Error, &[ERROR], ValueKind::Text,
        says("The name of the code, for example `\"invalid_option\"`: the same in every language."));
    ErrorMessage "td_error_message": getter(Object::Error, &[ERROR], ValueKind::Text,
        says("What happened and what to do, in English, on one line."));
    ErrorIsRetryable "td_error_is_retryable": getter(Object::Error, &[ERROR], ValueKind::Boolean,
        says("Whether repeating the call is safe, because it can't spend a grant twice."));
    ErrorGet "td_error_get": getter(Object::Error, &[ERROR, NAME], ValueKind::Text,
        says("A field of the error, by name.").absent("this error has no such field")
            .details("A number is in decimal."));
}

impl Function {
    /// The row of [`FUNCTIONS`] for this function.
    pub fn spec(self) -> &'static FunctionSpec {
        &FUNCTIONS[self as usize]
    }
}

impl Object {
    /// The row of [`OBJECTS`] for this object.
    pub fn spec(self) -> &'static ObjectSpec {
        &OBJECTS[self as usize]
    }
}

impl Function {
    /// The name within its object: `seconds_left` of `td_token_seconds_left`.
    pub fn short_name(self) -> &'static str {
        self.parts().1
    }

    /// What its options are options of: the object that it makes, or else what it does.
    pub fn subject(self) -> &'static str {
        match self.parts() {
            (object, "new") => object,
            (_, name) => name,
        }
    }

    /// The names of its object and of what it does; of a function without an object, its name stands twice.
    fn parts(self) -> (&'static str, &'static str) {
        let name = self.name().trim_start_matches("td_");
        name.split_once('_').unwrap_or((name, name))
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {}", self.subject())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_stands_at_its_place() {
        for (index, spec) in FUNCTIONS.iter().enumerate() {
            assert_eq!(spec.function as usize, index);
            assert!(spec.name.starts_with("td_"), "{}", spec.name);
        }
        for (index, spec) in OBJECTS.iter().enumerate() {
            assert_eq!(spec.object as usize, index);
        }
    }

    #[test]
    fn the_name_of_a_function_begins_with_that_of_its_object() {
        for spec in FUNCTIONS.iter() {
            let Some(object) = spec.object else { continue };
            assert_eq!(spec.name, format!("td_{}_{}", object.spec().name, spec.function.short_name()));
        }
    }
}
