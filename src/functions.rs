//! One table of the objects of the C ABI and their functions. The declarations and plain getters of every binding are rendered from
//! it, and so are the comments of the header.
//!
//! Its texts hold for every language. If a text names a function or an error, each language shows its own name for it.

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
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ObjectSpec {
    /// The object.
    pub object: Object,
    /// The name: `token` is `td_token` in C and the class `Token` in other languages.
    pub name: &'static str,
    /// Explains the object.
    pub documentation: Documentation,
    /// Says which threads may use it; may be empty.
    pub threads: &'static str,
    /// Says how it behaves at a fork; may be empty.
    pub fork: &'static str,
    /// The members that its `get` finds by name and that bindings offer as getters.
    pub members: &'static [Member],
    /// Whether its `get` also knows names that `members` does not list. Bindings then offer `get` too.
    pub is_open: bool,
}

/// A value that an object's `get` finds by name.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Member {
    /// The name that `get` takes.
    pub name: &'static str,
    /// The form of its text.
    pub kind: ValueKind,
    /// The member that holds it, if one does: `claims` holds `jti`.
    pub inside: Option<&'static str>,
    /// Explains the member.
    pub documentation: Documentation,
}

/// One row of the table of functions.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FunctionSpec {
    /// The function.
    pub function: Function,
    /// The name of its symbol.
    pub name: &'static str,
    /// The object that it belongs to, if it belongs to one.
    pub object: Option<Object>,
    /// Its parameters, in order.
    pub parameters: &'static [Parameter],
    /// Its result.
    pub gives: Gives,
    /// The errors that it may return, in addition to `invalid_argument`.
    pub errors: &'static [ErrorCode],
    /// The operation that its caller waits for.
    pub blocks: Blocks,
    /// Explains the function.
    pub documentation: Documentation,
}

/// A parameter of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: ParameterKind,
}

/// The kind of a [`Parameter`].
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
    /// The name of the requested value.
    Name,
    /// A number by which the host knows a call.
    Tag,
    /// Milliseconds.
    Milliseconds,
    /// The place where the function writes the object that it makes.
    Place(Object),
}

/// The result of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gives {
    /// Nothing.
    Nothing,
    /// On success, an object in its last parameter; otherwise, an error, which the function returns.
    Object(Object),
    /// A value that the caller does not free.
    Value(ValueKind),
}

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueKind {
    /// Text.
    Text,
    /// JSON that stays text in every language.
    Json,
    /// A JSON object, which becomes a mapping if the language has JSON.
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

/// The operation that the caller of a function waits for.
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

/// Explains an object, a member or a function in words that fit every language.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Documentation {
    /// One sentence.
    pub summary: &'static str,
    /// When a getter has no value: the end of a sentence that continues with "if", as in "… if the server did not say".
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
    Member { name, kind, inside: None, documentation }
}

impl Member {
    const fn inside(self, member: &'static str) -> Member {
        Member { inside: Some(member), ..self }
    }
}

/// Every object there is, in the order of the header's sections.
#[rustfmt::skip]
pub const OBJECTS: &[ObjectSpec] = &[
    ObjectSpec {
        object: Object::Client,
        name: "client",
        documentation: says("A registered client, with its parsed private key and its token endpoint.")
            .details("Make one client and keep it, because it holds connections and the trust store."),
        threads: "Any number of threads may use it at once.",
        fork: "It works on both sides of a fork.",
        members: &[],
        is_open: true,
    },
    ObjectSpec {
        object: Object::Assertion,
        name: "assertion",
        documentation: says("A signed JWT client assertion (RFC 7523 §2.2), for one request before it expires.")
            .details("It is a secret. `td_assertion_new` makes it."),
        threads: "",
        fork: "",
        members: &[
            member("jti", ValueKind::Text, says("The assertion's identifier, fresh and random.")).inside("claims"),
            member("aud", ValueKind::Text, says("The audience.")).inside("claims"),
            member("iat", ValueKind::Time, says("The time at which the assertion was issued.")
                .details("It is 5 s in the past, because clocks differ.")).inside("claims"),
            member("exp", ValueKind::Time, says("The time at which the assertion expires.")).inside("claims"),
            member("header", ValueKind::JsonObject, says("The whole header (RFC 7515 §4).")),
            member("claims", ValueKind::JsonObject, says("All claims (RFC 7519 §4).")),
        ],
        is_open: false,
    },
    ObjectSpec {
        object: Object::Token,
        name: "token",
        documentation: says("The answer of the token endpoint: an access token and everything that came with it.")
            .details("Everything in it is secret. `td_token_exchange` makes it."),
        threads: "",
        fork: "",
        members: &[
            member("scope", ValueKind::Text, says("The granted scopes, separated by spaces.")
                .absent("neither the answer nor the request has any")
                .details("If the server left the scope out, they are the requested ones (RFC 6749 §5.1).")),
            member("refresh_token", ValueKind::Text, says("The refresh token (RFC 6749 §6).").absent("the answer has none")),
            member("id_token", ValueKind::Text, says("The ID token (OpenID Connect Core §2), which the library does not check.")
                .absent("the answer has none")),
        ],
        is_open: true,
    },
    ObjectSpec {
        object: Object::Call,
        name: "call",
        documentation: says("A started call. A thread of the library carries it out.")
            .details("`td_token_exchange_start` makes it. A call keeps its client alive. If you free a running call, \
                it is cancelled."),
        threads: "Any thread may use it at any time, also while another thread waits for it. Free it only when nobody \
            uses it.",
        fork: "In a child of a fork, a call that was in flight has ended with `outcome_unknown`, because the parent may still send it.",
        members: &[],
        is_open: false,
    },
    ObjectSpec {
        object: Object::Queue,
        name: "queue",
        documentation: says("A queue tells an event loop which calls have ended.")
            .details("Make one for each event loop. If you free the queue, its calls go on, and its descriptors \
                report a hang-up."),
        threads: "Any thread may use it at any time. Free it only when nobody uses it.",
        fork: "After a fork, the child's queue has descriptors of its own, and reports only the child's calls.",
        members: &[],
        is_open: false,
    },
    ObjectSpec {
        object: Object::Error,
        name: "error",
        documentation: says("The reason why a call failed.")
            .details("It holds no key, assertion, token, code or other secret, so you may log it."),
        threads: "",
        fork: "",
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
            /// The name of its symbol. Unlike a use of the row, this adds no texts to the library.
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

/// A function that makes an object, or fails.
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
        says("The library's version, for example `\"0.1.0\"`.")
            .details("Compare it with `TD_VERSION`, the version of the header. The string is static; do not free it. Any thread \
                may call this at any time, on both sides of a fork."));
    Free "td_free": function(&[Parameter { name: "object", kind: ParameterKind::AnyObject }], Gives::Nothing,
        says("Frees an object of this library: one from an out-parameter, or a `td_error *`.")
            .details("Free each object once, and nothing else."));

    ClientNew "td_client_new": maker(Object::Client, &[OPTIONS, place("client", Object::Client)],
        says("Makes a client.")
            .details("It checks all options, above all the key. It sends nothing and makes no connection. It reads HTTPS_PROXY, \
                ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR from the environment; later calls do not read them. In a set-user-ID program, or in one with \
                file capabilities, it ignores them."))
        .blocks(Blocks::Files).fails(&[ErrorCode::InvalidOption, ErrorCode::InvalidKey, ErrorCode::Internal]);
    ClientGet "td_client_get": getter(Object::Client, &[CLIENT, NAME], ValueKind::Text,
        says("The given, resolved or default value of a client option.").absent("the option is secret, unset or unknown")
            .details("`algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. A value may change \
                if a later version of the library reloads a changed key."));
    ClientClockOffset "td_client_clock_offset": getter(Object::Client, &[CLIENT], ValueKind::Number,
        says("The seconds by which the token endpoint's clock is ahead of this machine's, negative if behind, or 0.")
            .details("The library learns them if the server refuses an assertion because of the clock, and accepts one that was \
                signed by its own clock (see `clock_correction`). It then signs by that clock. All clients of the endpoint in this \
                process share the value."));

    AssertionNew "td_assertion_new": maker(Object::Assertion, &[CLIENT, OPTIONS, place("assertion", Object::Assertion)],
        says("Signs a fresh assertion, for a program that sends the token request itself.")
            .details("The program puts two fields into its form (RFC 7523 §2.2): `client_assertion_type`, which is \
                `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, and `client_assertion`, which is the JWT. \
                `td_token_exchange` makes its own assertion."))
        .blocks(Blocks::Computation).fails(&[ErrorCode::InvalidOption, ErrorCode::Internal]);
    AssertionJwt "td_assertion_jwt": getter(Object::Assertion, &[ASSERTION], ValueKind::Text,
        says("The JWT as it is sent, in JWS compact serialisation (RFC 7515 §7.1).")
            .details("It is the value of `client_assertion`. It is a secret."));
    AssertionGet "td_assertion_get": getter(Object::Assertion, &[ASSERTION, NAME], ValueKind::Text,
        says("A part of the assertion, by name.").absent("the assertion has no such part"));

    TokenExchange "td_token_exchange": maker(Object::Token, &[CLIENT, PARAMETERS, place("token", Object::Token)],
        says("Exchanges a grant for a token, and authenticates the client with a fresh assertion (RFC 7523 §2.2).")
            .details("After `outcome_unknown`, a code or a refresh token may be spent."))
        .blocks(Blocks::Network).fails(&[ErrorCode::InvalidOption, ErrorCode::ConnectionFailed, ErrorCode::TlsFailed,
            ErrorCode::DeadlineExceeded, ErrorCode::OutcomeUnknown, ErrorCode::OauthError, ErrorCode::InvalidResponse,
            ErrorCode::Internal]);
    TokenAccessToken "td_token_access_token": getter(Object::Token, &[TOKEN], ValueKind::Text,
        says("The access token (RFC 6749 §1.4); it is never empty."));
    TokenType "td_token_type": getter(Object::Token, &[TOKEN], ValueKind::Text,
        says("The token's type (RFC 6749 §7.1) as the server wrote it, or `Bearer` if the answer has none.")
            .details("Ignore case when you compare it."));
    TokenExpiresAt "td_token_expires_at": getter(Object::Token, &[TOKEN], ValueKind::Time,
        says("The time at which the access token expires.").absent("the server did not say")
            .details("It is computed from the wall clock at the exchange."));
    TokenSecondsLeft "td_token_seconds_left": getter(Object::Token, &[TOKEN], ValueKind::Seconds,
        says("The whole seconds until the access token expires, or 0 if it has expired.").absent("the server did not say")
            .details("The countdown continues while the machine is suspended. It does not change when somebody sets the clock."));
    TokenGet "td_token_get": getter(Object::Token, &[TOKEN, NAME], ValueKind::Text,
        says("A member of the response: a string as it is, anything else as JSON.").absent("it is absent or null, or has a NUL"));
    TokenJson "td_token_json": getter(Object::Token, &[TOKEN], ValueKind::Json,
        says("The whole response, as the JSON text that the server wrote."));

    TokenExchangeStart "td_token_exchange_start": maker(Object::Call, &[CLIENT,
            Parameter { name: "parameters", kind: ParameterKind::OptionsOf(Function::TokenExchange) },
            Parameter { name: "queue", kind: ParameterKind::Changed(Object::Queue) },
            Parameter { name: "tag", kind: ParameterKind::Tag }, place("call", Object::Call)],
        says("Starts an exchange as `td_token_exchange` makes it, and returns at once.")
            .details("The time of `timeout` starts now. An error that occurs later is the outcome of the call. The call may have \
                ended when this function returns."))
        .fails(&[ErrorCode::InvalidOption, ErrorCode::Internal]);
    CallWait "td_call_wait": getter(Object::Call, &[CALL, Parameter { name: "milliseconds", kind: ParameterKind::Milliseconds }],
        ValueKind::Boolean, says("Waits until the call has ended or the time is over, and tells whether the call has ended."))
        .blocks(Blocks::Call);
    CallFd "td_call_fd": getter(Object::Call, &[CALL], ValueKind::Descriptor,
        says("A new descriptor that is readable once the call has ended.").absent("no descriptor is left")
            .details("Each use of this function makes another descriptor. Wait for it with `poll`, and close it when you no longer \
                need it. It stays readable after the end of the call. It may also report a hang-up."));
    CallToken "td_call_token": FunctionSpec {
        object: Some(Object::Call),
        ..maker(Object::Token, &[CHANGED_CALL, place("token", Object::Token)],
            says("Waits for the end of the call, and gives its outcome, once.")
                .details("If the outcome was taken before, the error is `invalid_argument`. If the call was cancelled and nothing was \
                    sent, the error is `cancelled`. If it was cancelled after its request was sent, the error is `outcome_unknown`."))
    }
        .blocks(Blocks::Call).fails(&[ErrorCode::ConnectionFailed, ErrorCode::TlsFailed, ErrorCode::DeadlineExceeded,
            ErrorCode::OutcomeUnknown, ErrorCode::OauthError, ErrorCode::InvalidResponse, ErrorCode::Internal, ErrorCode::Cancelled]);
    CallCancel "td_call_cancel": FunctionSpec {
        object: Some(Object::Call),
        ..function(&[CHANGED_CALL], Gives::Nothing, says("Ends the call now, if it has not ended.")
            .details("If nothing was sent, nothing will be sent, and the outcome is `cancelled`. Otherwise the outcome is \
                `outcome_unknown`."))
    };

    QueueNew "td_queue_new": maker(Object::Queue, &[place("queue", Object::Queue)], says("Makes a queue."))
        .fails(&[ErrorCode::Internal]);
    QueueFd "td_queue_fd": getter(Object::Queue, &[QUEUE], ValueKind::Descriptor,
        says("A new descriptor that is readable while ended calls wait in the queue.").absent("no descriptor is left")
            .details("Each use of this function makes another descriptor of the same queue. Close it when you no longer need it. It \
                may be readable although no call has ended. You may read its bytes, which mean nothing. The next call that ends \
                makes it readable again."));
    QueueNext "td_queue_next": getter(Object::Queue, &[Parameter { name: "queue", kind: ParameterKind::Changed(Object::Queue) }],
        ValueKind::Tag, says("The tag of the next call that has ended.").absent("no ended call waits in the queue")
            .details("When a descriptor of the queue is readable, call this function until no ended call waits."));

    ErrorCode "td_error_code": getter(Object::Error, &[ERROR], ValueKind::Number,
        says("The stable code, one of the `TD_ERROR_` constants.").details("Later versions may add codes. 0 stands for success."));
    ErrorName "td_error_name": getter(Object::Error, &[ERROR], ValueKind::Text,
        says("The name of the code, for example `\"invalid_option\"`; it is the same in every language."));
    ErrorMessage "td_error_message": getter(Object::Error, &[ERROR], ValueKind::Text,
        says("The message: what happened and what to do, in English, on one line."));
    ErrorIsRetryable "td_error_is_retryable": getter(Object::Error, &[ERROR], ValueKind::Boolean,
        says("Whether you may repeat the call.")
            .details("The answer is no whenever a repeated call could spend a grant twice."));
    ErrorGet "td_error_get": getter(Object::Error, &[ERROR, NAME], ValueKind::Text,
        says("A field of the error, by name.").absent("the error has no such field")
            .details("A number is written in decimal."));
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

    /// The name of the object that it makes, or else of its action. The names of its options begin with this.
    pub fn subject(self) -> &'static str {
        match self.parts() {
            (object, "new") => object,
            (_, name) => name,
        }
    }

    /// The names of its object and of its action. For a function without an object, both are its own name.
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
    fn each_row_is_at_the_index_of_its_function_or_object() {
        for (index, spec) in FUNCTIONS.iter().enumerate() {
            assert_eq!(spec.function as usize, index);
            assert!(spec.name.starts_with("td_"), "{}", spec.name);
        }
        for (index, spec) in OBJECTS.iter().enumerate() {
            assert_eq!(spec.object as usize, index);
        }
    }

    #[test]
    fn the_name_of_a_function_begins_with_its_object_or_with_the_function_that_it_starts() {
        for spec in FUNCTIONS.iter() {
            let Some(object) = spec.object else { continue };
            let started = spec.parameters.iter().find_map(|parameter| match parameter.kind {
                ParameterKind::OptionsOf(function) => Some(format!("{}_start", function.name())),
                _ => None,
            });
            let expected = format!("td_{}_{}", object.spec().name, spec.function.short_name());
            assert_eq!(spec.name, started.unwrap_or(expected));
        }
    }
}
