//! What the Ruby binding knows of options and errors: the keywords' documentation in `client.rb`, its error classes, its signatures
//! and its version.

use super::{markdown, replaced};
use std::fmt::Write;
use talkdesk_auth::{ERRORS, ErrorSpec, FieldKind, Function, Kind, OPTIONS, OptionSpec};

const SOURCES: &str = "Rendered from the tables of the library; `make generate` rewrites it.";

pub fn version() -> String {
    format!(
        "# frozen_string_literal: true\n\n# {SOURCES}\n\nmodule TalkdeskAuth\n  \
         # The version of this gem, and of the library inside it.\n  VERSION = \"{}\"\nend\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// A method of `TalkdeskAuth::Client`, whose keywords are the options of one function.
struct Method {
    function: Function,
    name: &'static str,
    keywords: &'static str,
    result: &'static str,
    prose: &'static [&'static str],
}

const METHODS: &[Method] = &[
    Method {
        function: Function::Client,
        name: "initialize",
        keywords: "options",
        result: "void",
        prose: &[
            "Checks everything, the key above all; sends nothing and connects to nothing. nil is as if it were not given.",
        ],
    },
    Method {
        function: Function::Assertion,
        name: "assertion",
        keywords: "options",
        result: "Assertion",
        prose: &["Signs a fresh assertion, for a program that sends the token request itself; {#exchange} needs none."],
    },
    Method {
        function: Function::Exchange,
        name: "exchange",
        keywords: "parameters",
        result: "Token",
        prose: &[
            "Exchanges a grant for a token, authenticated by a fresh assertion. Other Ruby threads run meanwhile. The call ends by its",
            "deadline and nothing ends it sooner: a timeout, Thread#kill or Ctrl-C takes effect when it has ended.",
        ],
    },
];

/// `client.rb` with the documentation of its keywords rendered anew.
pub fn client(page: String) -> String {
    METHODS.iter().fold(page, |page, method| method_replaced(&page, method))
}

/// `options.rb` with the families of options rendered anew.
pub fn options(page: String) -> String {
    let families = OPTIONS.iter().filter_map(|spec| spec.name.strip_suffix(".NAME"));
    let families: Vec<String> = families.map(|family| format!("\"{family}s\" => \"{family}.\"")).collect();
    let between = format!(
        "    # The keywords that take a Hash, and what the library puts before its names.\n    FAMILIES = {{ {} }}.freeze\n",
        families.join(", ")
    );
    replaced(&page, "    # generated: families\n", "    # end of generated\n", &between)
}

/// `page` with the region of this method rendered anew: its documentation and first line, which stand together for YARD.
fn method_replaced(page: &str, method: &Method) -> String {
    let start = format!("    # generated: {}\n", method.name);
    replaced(page, &start, "      # end of generated\n", &format!("\n{}", documented(method)))
}

fn documented(method: &Method) -> String {
    let mut text = String::new();
    for line in method.prose {
        let _ = writeln!(text, "    # {line}");
    }
    text.push_str("    #\n");
    for (name, spec) in keywords(method.function) {
        let (list, value) = (method.keywords, yard_type(spec));
        let default = markdown::default(spec, method.function).replace('`', "");
        let default = if default.is_empty() { default } else { format!("({default}) ") };
        let _ = writeln!(text, "    # @option {list} [{value}] :{name} {default}{}", spec.summary);
    }
    if method.result != "void" {
        let _ = writeln!(text, "    # @return [{}]", method.result);
    }
    let _ = writeln!(text, "    # @raise [Error]\n    def {}(**{})", method.name, method.keywords);
    text
}

/// The keywords of a function; a family `claim.NAME` is one, `claims`.
fn keywords(function: Function) -> impl Iterator<Item = (String, &'static OptionSpec)> {
    OPTIONS.iter().filter(move |spec| spec.taken_by.contains(&function)).map(|spec| {
        let name = spec.name.strip_suffix(".NAME").map_or(spec.name.to_owned(), |family| format!("{family}s"));
        (name, spec)
    })
}

fn yard_type(spec: &OptionSpec) -> &'static str {
    if spec.name.ends_with(".NAME") {
        return "Hash{String, Symbol => String, nil}";
    }
    match spec.kind {
        Kind::Path => "String, Pathname",
        Kind::Seconds(..) | Kind::Elapsed => "Numeric",
        Kind::Boolean => "Boolean",
        Kind::Choice(_) => "String, Symbol",
        _ => "String",
    }
}

pub fn errors() -> String {
    let mut text = format!("# frozen_string_literal: true\n\n# {SOURCES}\n\nmodule TalkdeskAuth\n");
    for spec in ERRORS {
        let _ = writeln!(
            text,
            "  # {}\n  #\n  # May be repeated: {}.\n  class {} < Error\n    # The stable code.\n    CODE = {}\n    \
             # The stable name.\n    NAME = \"{}\"",
            spec.summary,
            spec.retryable(),
            class_name(spec),
            spec.code as i32,
            spec.name
        );
        if !spec.fields.is_empty() {
            let conversions: Vec<String> = spec
                .fields
                .iter()
                .map(|field| format!("{}: {}", field.name, if number(field.kind) { ":to_i" } else { ":to_s" }))
                .collect();
            let _ = writeln!(
                text,
                "    # The fields, and how their text is read.\n    FIELDS = {{ {} }}.freeze",
                conversions.join(", ")
            );
        }
        for field in spec.fields {
            let (name, value) = (field.name, if number(field.kind) { "Integer" } else { "String" });
            let _ =
                writeln!(text, "\n    # @return [{value}, nil] {}\n    def {name} = fields[:{name}]", field.summary);
        }
        text.push_str("  end\n\n");
    }
    text.push_str("  class Error\n    # The class of each code.\n    #\n    # @private\n    CLASSES = [\n");
    let names: Vec<String> = ERRORS.iter().map(|spec| format!("      {}", class_name(spec))).collect();
    let _ = write!(text, "{}\n    ].to_h {{ |kind| [kind::CODE, kind] }}.freeze\n  end\nend\n", names.join(",\n"));
    text
}

fn class_name(spec: &ErrorSpec) -> String {
    let words = spec.name.trim_end_matches("_error").split('_').chain(["error"]);
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn number(kind: FieldKind) -> bool {
    kind == FieldKind::Number
}

pub fn signatures() -> String {
    let mut text = format!("# {SOURCES}\n\nmodule TalkdeskAuth\n  VERSION: String\n\n  class Client\n");
    for method in METHODS {
        let keywords: Vec<String> =
            keywords(method.function).map(|(name, spec)| format!("?{name}: {}?", rbs_type(spec))).collect();
        let keywords = keywords.join(",\n      ");
        let _ = writeln!(text, "    def {}: (\n      {keywords}\n    ) -> {}\n", method.name, method.result);
        if method.function == Function::Client {
            let _ = writeln!(
                text,
                "    def self.open: (\n      {keywords}\n    ) -> Client\n    | [T] (\n      {keywords}\n    ) {{ (Client) -> T }} -> T\n"
            );
        }
    }
    text.truncate(text.trim_end().len());
    text.push_str("\n  end\n");
    for spec in ERRORS {
        let _ = writeln!(text, "\n  class {} < Error", class_name(spec));
        for field in spec.fields {
            let value = if number(field.kind) { "Integer" } else { "String" };
            let _ = writeln!(text, "    def {}: () -> {value}?", field.name);
        }
        text.push_str("  end\n");
    }
    text.push_str("end\n");
    text
}

fn rbs_type(spec: &OptionSpec) -> &'static str {
    if spec.name.ends_with(".NAME") {
        return "family";
    }
    match spec.kind {
        Kind::Path => "file",
        Kind::Seconds(..) | Kind::Elapsed => "seconds",
        Kind::Boolean => "switch",
        _ => "text",
    }
}
